"""Kinds put together from the documents of several layers, each part with the place it stands at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hegui import limits
from hegui.source import Diagnostic, Document, Path_, Span, Wording
from hegui.vocabulary.documents import FieldShape, KindShape, RelationShape
from hegui.vocabulary.naming import unknown

_KIND_TWICE = Wording("kind-twice", "kind `{name}` is defined twice", "种类 `{name}` 重复定义")
_SAY_EXTENDS = Wording(
    "say-extends", "to add fields to it, write `extends: true`", "如需为其增加字段，请写 `extends: true`"
)
_NOTHING_TO_EXTEND = Wording("nothing-to-extend", "there is no kind `{name}` to extend", "没有可扩展的种类 `{name}`")
_ONLY_ADDS = Wording(
    "extension-only-adds",
    "`{name}` cannot be changed by a document that says `extends: true`",
    "`extends: true` 的文档不能修改 `{name}`",
)
_BAD_NAME = Wording("bad-name", "`{name}` cannot be a name here", "`{name}` 不能用作名称")
_NAME_SHAPE = Wording(
    "identifier-shape",
    "a name starts with a Latin letter or `_`; Latin letters, digits and `_` follow; `{reserved}` are taken",
    "名称以拉丁字母或 `_` 开头，后接拉丁字母、数字或 `_`；`{reserved}` 为保留字",
)
_MANY_FIELDS = Wording(
    "too-many-fields", "kind `{kind}` has more than {limit} fields", "种类 `{kind}` 的字段超过 {limit} 个"
)
_FIELD_TWICE = Wording("field-twice", "`{kind}` has `{name}` already", "`{kind}` 已有 `{name}`")

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_RESERVED: Final = ("as_of", "false", "in", "null", "true")


@dataclass
class Draft:
    """A kind put together from the documents of several layers, with the document each part stands in."""

    shape: KindShape
    document: Document
    fields: dict[str, tuple[Document, FieldShape]] = field(default_factory=dict)
    relations: dict[str, tuple[Document, RelationShape]] = field(default_factory=dict)
    aliases: list[tuple[Document, Path_, str]] = field(default_factory=list)

    def field_span(self, name: str, *path: str | int) -> Span:
        """The place of something inside a field."""
        return self.fields[name][0].span(("fields", name, *path))

    def relation_span(self, name: str, *path: str | int) -> Span:
        """The place of something inside a relation."""
        return self.relations[name][0].span(("has_many", name, *path))


def add(drafts: dict[str, Draft], shape: KindShape, document: Document) -> Iterator[Diagnostic]:
    """Put one document's kind among the drafts, or what it extends together with them."""
    name, span = shape.kind, document.span(("kind",))
    known = drafts.get(name)
    if shape.extends and known is None:
        yield unknown(_NOTHING_TO_EXTEND, span, name, drafts)
    elif known is not None and not shape.extends:
        yield Diagnostic(_KIND_TWICE, {"name": name}, span, _SAY_EXTENDS)
    else:
        draft = drafts.setdefault(name, Draft(shape, document))
        if known is not None:
            yield from _only_adds(shape, document)
        yield from _merge(draft, shape, document)


def _only_adds(shape: KindShape, document: Document) -> Iterator[Diagnostic]:
    for name in ("label", "key", "name", "jurisdiction", "coordinates"):
        if name in shape.model_fields_set:
            yield Diagnostic(_ONLY_ADDS, {"name": name}, document.key_span((name,)))


def _merge(draft: Draft, shape: KindShape, document: Document) -> Iterator[Diagnostic]:
    draft.aliases += [(document, ("aliases", at), word) for at, word in enumerate(shape.aliases)]
    for name, each in shape.fields.items():
        if len(draft.fields) == limits.KIND_FIELDS:
            args: dict[str, object] = {"kind": shape.kind, "limit": limits.KIND_FIELDS}
            yield Diagnostic(_MANY_FIELDS, args, document.key_span(("fields", name)))
            break
        yield from _name_problems(draft, name, document.key_span(("fields", name)))
        draft.fields.setdefault(name, (document, each))
    for name, relation in shape.has_many.items():
        yield from _name_problems(draft, name, document.key_span(("has_many", name)))
        draft.relations.setdefault(name, (document, relation))


def _name_problems(draft: Draft, name: str, span: Span) -> Iterator[Diagnostic]:
    yield from bad_name(name, span)
    if name in draft.fields or name in draft.relations:
        yield Diagnostic(_FIELD_TWICE, {"kind": draft.shape.kind, "name": name}, span)


def bad_name(name: str, span: Span) -> Iterator[Diagnostic]:
    """The complaint about a name the condition language could not spell, if it is one."""
    if not _IDENTIFIER.match(name) or name in _RESERVED:
        yield Diagnostic(_BAD_NAME, {"name": name, "reserved": "`, `".join(_RESERVED)}, span, _NAME_SHAPE)
