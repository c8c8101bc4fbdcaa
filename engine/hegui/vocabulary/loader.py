"""`kind:` documents → the vocabulary: every field understood, all problems collected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hegui import units
from hegui.datatypes import ERROR, Type
from hegui.source import Diagnostic, Document, Wording
from hegui.vocabulary.crosscheck import crosscheck
from hegui.vocabulary.documents import FieldShape, KindShape
from hegui.vocabulary.drafts import Draft, add, bad_name
from hegui.vocabulary.kinds import Evidence, Field, Kind, Relation, Vocabulary, fold
from hegui.vocabulary.naming import DID_YOU_MEAN
from hegui.vocabulary.validation import validate

_NO_KEY = Wording("no-key", "kind `{name}` has no `key`", "种类 `{name}` 缺少 `key`")
_SAY_NONE = Wording(
    "key-none",
    "name its key field, or write `key: none` where rows have none",
    "请写明主键字段；没有主键时写 `key: none`",
)
_NO_FIELDS = Wording("no-fields", "kind `{name}` has no fields", "种类 `{name}` 没有字段")
_NEEDS = Wording("field-needs", "a field of type {type} needs `{name}`", "{type} 类型的字段须有 `{name}`")
_NOT_FOR = Wording("not-for-type", "`{name}` is not for a field of type {type}", "{type} 类型的字段不能有 `{name}`")
_UNKNOWN_UNIT = Wording("unknown-unit", "unknown unit `{name}`", "未知的单位 `{name}`")
_CODE_WORD = Wording(
    "code-word-twice", "`{word}` stands for both `{first}` and `{name}`", "`{word}` 同时表示 `{first}` 和 `{name}`"
)


def load(documents: Sequence[Document]) -> tuple[Vocabulary, list[Diagnostic]]:
    """The vocabulary and all problems."""
    problems: list[Diagnostic] = []
    drafts: dict[str, Draft] = {}
    for document in documents:
        shape, found = validate(KindShape, document)
        problems += found
        if shape is not None:
            problems += add(drafts, shape, document)
    kinds: dict[str, Kind] = {}
    for name, draft in drafts.items():
        problems += _check_draft(draft)
        kinds[name] = _kind(draft, problems)
    mentioned = {str(each.data["kind"]) for each in documents if isinstance(each.data, dict) and "kind" in each.data}
    problems += crosscheck(drafts, kinds, mentioned)
    return Vocabulary(kinds), problems


def _check_draft(draft: Draft) -> Iterator[Diagnostic]:
    name, document = draft.shape.kind, draft.document
    yield from bad_name(name, document.span(("kind",)))
    if draft.shape.key is None:
        yield Diagnostic(_NO_KEY, {"name": name}, document.span(("kind",)), _SAY_NONE)
    if not draft.fields:
        yield Diagnostic(_NO_FIELDS, {"name": name}, document.span(("kind",)))


def _kind(draft: Draft, problems: list[Diagnostic]) -> Kind:
    shape = draft.shape
    key = () if shape.key in (None, "none") else (shape.key,) if isinstance(shape.key, str) else tuple(shape.key or ())
    place = shape.coordinates
    return Kind(
        name=shape.kind,
        label=shape.label.text(shape.kind),
        key=key,
        fields={name: _field(draft, name, problems) for name in draft.fields},
        relations={
            name: Relation(name, each.kind, each.by, each.label.text(name))
            for name, (_, each) in draft.relations.items()
        },
        name_field=shape.name,
        jurisdiction=shape.jurisdiction,
        coordinates=(place[0], place[1]) if place and len(place) == 2 else None,
        aliases=tuple(word for _, _, word in draft.aliases),
    )


def _field(draft: Draft, name: str, problems: list[Diagnostic]) -> Field:
    shape = draft.fields[name][1]
    checks = (_type_problems, _unit_problems, _code_problems)
    found = [problem for check in checks for problem in check(draft, name, shape)]
    problems += found
    codes = shape.codes or {}
    evidence = shape.evidence
    return Field(
        name=name,
        type=ERROR if found else _type(shape),
        label=shape.label.text(name),
        aliases=tuple(shape.aliases),
        codes={code: each.text(code) for code, each in codes.items()},
        code_aliases={word: code for code, each in codes.items() for word in each.aliases},
        private=shape.private,
        detection=shape.detection,
        evidence=Evidence(evidence.source_doc, evidence.obtained_on, evidence.method) if evidence else None,
    )


def _type(shape: FieldShape) -> Type:
    codes = tuple(shape.codes) if shape.codes else None
    unit = units.canonical(shape.unit) if shape.unit else None
    unit = None if unit == "1" else unit
    if shape.type == "list":
        return Type("list", element=Type(shape.of or "string", unit=unit, kind=shape.to, codes=codes))
    return Type(shape.type, unit=unit, kind=shape.to, codes=codes)


def _type_problems(draft: Draft, name: str, shape: FieldShape) -> Iterator[Diagnostic]:
    document = draft.fields[name][0]
    inner = (shape.of or "string") if shape.type == "list" else shape.type
    needed = {"to": inner == "ref", "codes": inner == "code", "of": shape.type == "list"}
    allowed = {**needed, "unit": inner in ("int", "number"), "detection": shape.type == "number"}
    for key, wanted in allowed.items():
        given = key in shape.model_fields_set
        args: dict[str, object] = {"type": shape.type, "name": key}
        if given and not wanted:
            yield Diagnostic(_NOT_FOR, args, document.key_span(("fields", name, key)))
        elif needed.get(key) and not given:
            yield Diagnostic(_NEEDS, args, document.span(("fields", name, "type")))


def _unit_problems(draft: Draft, name: str, shape: FieldShape) -> Iterator[Diagnostic]:
    if shape.unit and not units.known(shape.unit):
        near = ", ".join(f"`{unit}`" for unit in units.suggest(shape.unit))
        args: dict[str, object] = {"name": shape.unit, "known": near}
        yield Diagnostic(_UNKNOWN_UNIT, args, draft.field_span(name, "unit"), DID_YOU_MEAN if near else None)


def _code_problems(draft: Draft, name: str, shape: FieldShape) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for code, each in (shape.codes or {}).items():
        for word in (code, each.zh, each.en, *each.aliases):
            first = seen.setdefault(fold(word), code) if word else code
            if first != code:
                args: dict[str, object] = {"word": word, "first": first, "name": code}
                yield Diagnostic(_CODE_WORD, args, draft.fields[name][0].key_span(("fields", name, "codes", code)))
