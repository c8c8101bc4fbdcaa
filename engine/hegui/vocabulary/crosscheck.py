"""What kinds say of each other and of their own fields: every name exists, fits, and means one thing only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from hegui.source import Diagnostic, Span, Wording
from hegui.vocabulary.drafts import Draft
from hegui.vocabulary.kinds import Field, Kind, fold
from hegui.vocabulary.naming import unknown

_NO_FIELD = Wording("unknown-field", "`{kind}` has no field `{name}`", "`{kind}` 没有字段 `{name}`")
_NO_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有种类 `{name}`")
_KEY_TYPE = Wording("key-type", "`{name}` is a {type} and cannot be a key", "`{name}` 的类型为 {type}，不能用作主键")
_KEY_PRIVATE = Wording(
    "private-shown",
    "`{name}` is private, and what stands in `{key}` is shown in every finding",
    "`{name}` 为隐私字段，而 `{key}` 会出现在每条结果中",
)
_NO_SINGLE_KEY = Wording(
    "no-single-key",
    "`{name}` cannot be referred to: its key is not one field of type string, code or ref",
    "`{name}` 不能被引用：其主键不是单个 string、code 或 ref 类型的字段",
)
_NOT_A_REF = Wording("not-a-ref", "`{name}` is not a reference to `{kind}`", "`{name}` 不是指向 `{kind}` 的引用")
_NOT_FOLLOWED = Wording(
    "not-followed", "`{name}` is not a reference, so `.` cannot follow", "`{name}` 不是引用，其后不能用 `.`"
)
_JURISDICTION_TYPE = Wording(
    "jurisdiction-type",
    "`{name}` is a {type}; a jurisdiction is a ref, string or code",
    "`{name}` 的类型为 {type}；管辖须为 ref、string 或 code",
)
_COORDINATES = Wording(
    "two-coordinates",
    "`coordinates` takes two fields: longitude and latitude",
    "`coordinates` 须为经度、纬度两个字段",
)
_WANTED_TYPE = Wording("wanted-type", "`{name}` is a {type}, not a {wanted}", "`{name}` 的类型为 {type}，应为 {wanted}")
_HEADER_TWICE = Wording(
    "header-twice",
    "the header `{word}` stands for both `{first}` and `{name}`",
    "表头 `{word}` 同时表示 `{first}` 和 `{name}`",
)
_TABLE_TWICE = Wording(
    "table-word-twice",
    "the table name `{word}` stands for both `{first}` and `{name}`",
    "表名 `{word}` 同时表示 `{first}` 和 `{name}`",
)

_KEYS: Final = ("string", "code", "ref", "int", "date", "error")
_REFERABLE: Final = ("string", "code", "ref", "error")
_EVIDENCE: Final = {"source_doc": "string", "obtained_on": "date", "method": "string"}


def crosscheck(
    drafts: Mapping[str, Draft], kinds: Mapping[str, Kind], mentioned: Collection[str]
) -> Iterator[Diagnostic]:
    """All that does not fit together. Kinds `mentioned` but not understood are taken to exist."""
    for name, draft in drafts.items():
        check = _Check(draft, kinds[name], kinds, mentioned)
        yield from check.key()
        yield from check.shown()
        yield from check.jurisdiction()
        yield from check.coordinates()
        yield from check.references()
        yield from check.relations()
        yield from check.evidence()
        yield from check.headers()
    yield from _table_words(drafts)


class _Check:
    """One kind among the others."""

    def __init__(self, draft: Draft, kind: Kind, kinds: Mapping[str, Kind], mentioned: Collection[str]) -> None:
        self.draft, self.kind, self.kinds, self.mentioned = draft, kind, kinds, mentioned

    def at(self, *path: str | int) -> Span:
        return self.draft.document.span(path)

    def known_field(self, name: str, span: Span) -> Iterator[Diagnostic]:
        if name not in self.kind.fields:
            yield unknown(_NO_FIELD, span, name, self.kind.fields, kind=self.kind.name)

    def key(self) -> Iterator[Diagnostic]:
        whole = isinstance(self.draft.shape.key, str)
        for position, name in enumerate(self.kind.key):
            span = self.at("key") if whole else self.at("key", position)
            yield from self.known_field(name, span)
            yield from self.not_private(name, "key", span)
            each = self.kind.fields.get(name)
            if each is not None and each.type.name not in _KEYS:
                yield Diagnostic(_KEY_TYPE, {"name": name, "type": each.type.name}, span)

    def not_private(self, name: str, key: str, span: Span) -> Iterator[Diagnostic]:
        if name in self.kind.fields and self.kind.fields[name].private:
            yield Diagnostic(_KEY_PRIVATE, {"name": name, "key": key}, span)

    def shown(self) -> Iterator[Diagnostic]:
        if self.kind.name_field is not None:
            yield from self.known_field(self.kind.name_field, self.at("name"))
            yield from self.not_private(self.kind.name_field, "name", self.at("name"))

    def jurisdiction(self) -> Iterator[Diagnostic]:
        if self.kind.jurisdiction is None:
            return
        kind, span = self.kind, self.at("jurisdiction")
        *steps, last = self.kind.jurisdiction.split(".")
        for step in steps:
            each = kind.fields.get(step)
            if each is None or each.type.name != "ref":
                yield from self.not_followed(kind, each, step, span)
                return
            target = self.kinds.get(each.type.kind or "")
            if target is None:
                return
            kind = target
        yield from self.jurisdiction_end(kind, last, span)

    def not_followed(self, kind: Kind, each: Field | None, step: str, span: Span) -> Iterator[Diagnostic]:
        if each is None:
            yield unknown(_NO_FIELD, span, step, kind.fields, kind=kind.name)
        elif each.type.name != "error":
            yield Diagnostic(_NOT_FOLLOWED, {"name": step}, span)

    def jurisdiction_end(self, kind: Kind, name: str, span: Span) -> Iterator[Diagnostic]:
        each = kind.fields.get(name)
        if each is None:
            yield unknown(_NO_FIELD, span, name, kind.fields, kind=kind.name)
        elif each.type.name not in _REFERABLE:
            yield Diagnostic(_JURISDICTION_TYPE, {"name": name, "type": each.type.name}, span)
        elif each.private:
            yield Diagnostic(_KEY_PRIVATE, {"name": name, "key": "jurisdiction"}, span)

    def coordinates(self) -> Iterator[Diagnostic]:
        given = self.draft.shape.coordinates
        if given is None:
            return
        if len(given) != 2:
            yield Diagnostic(_COORDINATES, {}, self.draft.document.key_span(("coordinates",)))
        for position, name in enumerate(given):
            yield from self.typed(name, "number", self.at("coordinates", position))

    def typed(self, name: str, wanted: str, span: Span) -> Iterator[Diagnostic]:
        each = self.kind.fields.get(name)
        if each is None:
            yield from self.known_field(name, span)
        elif each.type.name not in (wanted, "error"):
            yield Diagnostic(_WANTED_TYPE, {"name": name, "type": each.type.name, "wanted": wanted}, span)

    def references(self) -> Iterator[Diagnostic]:
        for name, (_, shape) in self.draft.fields.items():
            if shape.to is not None:
                yield from self.referable(shape.to, self.draft.field_span(name, "to"))

    def referable(self, name: str, span: Span) -> Iterator[Diagnostic]:
        target = self.kinds.get(name)
        if target is None:
            yield from self.no_kind(name, span)
            return
        key = [target.fields[part].type.name for part in target.key if part in target.fields]
        if len(target.key) != 1 or any(type_ not in _REFERABLE for type_ in key):
            yield Diagnostic(_NO_SINGLE_KEY, {"name": name}, span)

    def no_kind(self, name: str, span: Span) -> Iterator[Diagnostic]:
        if name not in self.mentioned:
            yield unknown(_NO_KIND, span, name, self.kinds)

    def relations(self) -> Iterator[Diagnostic]:
        for name, relation in self.kind.relations.items():
            other = self.kinds.get(relation.kind)
            span = self.draft.relation_span(name, "by")
            if other is None:
                yield from self.no_kind(relation.kind, self.draft.relation_span(name, "kind"))
            elif relation.by not in other.fields:
                yield unknown(_NO_FIELD, span, relation.by, other.fields, kind=other.name)
            elif not self.refers_here(other.fields[relation.by]):
                yield Diagnostic(_NOT_A_REF, {"name": f"{other.name}.{relation.by}", "kind": self.kind.name}, span)

    def refers_here(self, each: Field) -> bool:
        return each.type.name == "error" or (each.type.name == "ref" and each.type.kind == self.kind.name)

    def evidence(self) -> Iterator[Diagnostic]:
        for name, (_, shape) in self.draft.fields.items():
            for part, wanted in _EVIDENCE.items():
                other = getattr(shape.evidence, part, None)
                if other is not None:
                    yield from self.typed(other, wanted, self.draft.field_span(name, "evidence", part))

    def headers(self) -> Iterator[Diagnostic]:
        seen: dict[str, str] = {}
        for name, each in self.kind.fields.items():
            for word in each.words:
                first = seen.setdefault(fold(word), name)
                if first != name:
                    args: dict[str, object] = {"word": word, "first": first, "name": name}
                    yield Diagnostic(_HEADER_TWICE, args, self.header_span(name, word))

    def header_span(self, name: str, word: str) -> Span:
        """The place of a label or alias; the field's name where it is the word itself."""
        document, shape = self.draft.fields[name]
        if word in shape.aliases:
            return document.span(("fields", name, "aliases", shape.aliases.index(word)))
        lang = "zh" if word == shape.label.zh else "en"
        path = ("fields", name, "label", lang)
        return document.span(path) if path in document.spans else document.key_span(("fields", name))


def _table_words(drafts: Mapping[str, Draft]) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for name, draft in drafts.items():
        label = draft.shape.label
        words = [(draft.document.span(("kind",)), name)]
        labels = (("zh", label.zh), ("en", label.en))
        words += [(draft.document.span(("label", lang)), word) for lang, word in labels if word]
        words += [(document.span(path), word) for document, path, word in draft.aliases]
        for span, word in words:
            first = seen.setdefault(fold(word), name)
            if first != name:
                yield Diagnostic(_TABLE_TWICE, {"word": word, "first": first, "name": name}, span)
