"""The door of a session: rows given as Python values, keys, and references that must lead somewhere.

What files hold has to be taken as it is, so what does not fit there is noted and left out. Whoever changes a session has the
value in hand: what does not fit is refused, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hegui.datatypes import Reason
from hegui.facts import words
from hegui.facts.entity import Shape, plain_row, plain_value, shapes
from hegui.language.scalar import RowData
from hegui.outcome import as_key, escape
from hegui.session.tables import Tables, identity, references, target, targets
from hegui.source import Diagnostic, HeguiError, UsageError, Wording, did_you_mean
from hegui.vocabulary import Kind, Vocabulary

_NO_KIND: Final = Wording(
    "unknown-kind", "there is no kind `{name}`; there are {known}", "没有种类 `{name}`；可用的有 {known}"
)
_NEAR: Final = Wording("did-you-mean", "did you mean `{near}`?", "是否应为 `{near}`？")
_OTHER_KIND: Final = Wording(
    "another-kind", "`{path}`: this is a `{found}`, not a `{kind}`", "`{path}`：这是 `{found}`，不是 `{kind}`"
)
_NO_ROWS: Final = Wording(
    "not-rows-of-kinds",
    "`{part}` is a mapping of kinds to lists, and not `{found}`",
    "`{part}` 应为“种类: 列表”的映射，而不是 `{found}`",
)
_NO_KEY: Final = Wording("key-missing", "`{path}` has no key: `{name}` is missing", "`{path}` 缺少主键 `{name}`")
_BLANK: Final = Wording(
    "says-nothing", "`{path}` says nothing: all its fields are empty", "`{path}` 没有内容：各字段均为空"
)
_BAD_KEY: Final = Wording("not-a-key", "`{found}` is no key of `{kind}`", "`{found}` 不是 `{kind}` 的主键")
_KEY_IS: Final = Wording("key-is", "its key is {parts}", "其主键为 {parts}")
_ABSENT: Final = Wording("no-such-row", "there is no `{kind}` `{key}` to be removed", "没有可移除的 `{kind}` `{key}`")
_TWICE: Final = Wording(
    "given-twice", "`{kind}` `{key}` is given twice, and not the same", "`{kind}` `{key}` 给出了两次，且内容不同"
)
_BOTH: Final = Wording(
    "put-and-removed", "`{kind}` `{key}` is both put and removed", "`{kind}` `{key}` 既被写入又被移除"
)
_BROKEN: Final = Wording(
    "broken-reference",
    "`{kind}` `{key}`: `{field}` is `{found}`, and there is no such `{target}`",
    "`{kind}` `{key}`：`{field}` 为 `{found}`，但没有该 `{target}`",
)
_HELD: Final = Wording(
    "still-referred-to",
    "`{kind}` `{key}` cannot be removed: it is referred to by {others}",
    "不能移除 `{kind}` `{key}`：{others} 引用了它",
)
_TOGETHER: Final = Wording(
    "in-one-change",
    "put it, or change what refers to it, in the same change",
    "请在同一次变更中写入它，或更改引用它的行",
)
_SHOWN: Final = 3
"""So many of the rows that refer to one that is to be removed are named."""

Frames = dict[str, dict[str, RowData | None]]
"""Rows as they are to be, by kind and identity; None for those that go."""


@dataclass(frozen=True)
class Change:
    """What is to be changed in a session.

    Args:
        put: kind → rows that are new, or take the place of those with their keys: mappings of field names to values, or
            pydantic models of the kind (`hegui.vocabulary.model`). Values are those of `docs/embedding.md`, in the unit of
            their field; a field that is left out is missing. A reference is a key; rows referred to are put under their
            own kind.
        remove: kind → keys of rows that go. A key of several fields is a tuple, or a text as in fingerprints
            (`"M1,2023"`). A row of a kind without a key is given as it is.
    """

    put: Mapping[str, Iterable[object]] = field(default_factory=dict)
    remove: Mapping[str, Iterable[object]] = field(default_factory=dict)


class Door:
    """Reads changes of a session."""

    def __init__(self, vocabulary: Vocabulary, tables: Tables) -> None:
        self.kinds, self.tables = vocabulary.kinds, tables
        self.shapes: Mapping[str, Shape] = shapes(vocabulary)
        self.titles = frozenset(self.kinds)

    def read(self, change: Change) -> Frames:
        """The rows of a change, without those that are already as it says.

        Raises:
            UsageError: with all that does not fit: kinds, fields, values, keys, references.
        """
        problems: list[Diagnostic] = []
        found: Frames = {}
        counters: dict[str, int] = {}
        for part, given in (("put", change.put), ("remove", change.remove)):
            for name, rows in self._parts(part, given, problems):
                found.setdefault(name, {})
                for number, each in enumerate(rows):
                    try:
                        if part == "put":
                            self._put(self.kinds[name], each, f"{name}[{number}]", found[name], counters)
                        else:
                            self._remove(self.kinds[name], each, found[name])
                    except HeguiError as error:
                        problems += error.diagnostics
        found = {kind: rows for kind, rows in found.items() if rows}
        problems += [] if problems else self._dangling(found)
        if problems:
            raise UsageError(problems)
        return {kind: self._changed(kind, rows) for kind, rows in found.items()}

    def _parts(self, part: str, given: object, problems: list[Diagnostic]) -> Iterator[tuple[str, list[object]]]:
        if not isinstance(given, Mapping):
            problems.append(Diagnostic(_NO_ROWS, {"part": part, "found": _short(given)}))
            return
        for name, rows in given.items():
            if name not in self.kinds:
                problems.append(self._no_kind(name))
            elif isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
                problems.append(Diagnostic(_NO_ROWS, {"part": part, "found": _short(rows)}))
            else:
                yield name, list(rows)

    def _no_kind(self, name: object) -> Diagnostic:
        args: dict[str, object] = {"name": name, "known": ", ".join(f"`{each}`" for each in sorted(self.kinds))}
        near = did_you_mean(str(name), self.kinds, 1)
        return Diagnostic(_NO_KIND, {**args, "near": near[0]}, None, _NEAR) if near else Diagnostic(_NO_KIND, args)

    # --- rows

    def _put(
        self, kind: Kind, given: object, path: str, found: dict[str, RowData | None], counters: dict[str, int]
    ) -> None:
        config = getattr(type(given), "model_config", None)
        title = config.get("title") if isinstance(config, dict) else None
        if title in self.titles and title != kind.name:
            raise UsageError(Diagnostic(_OTHER_KIND, {"path": path, "found": title, "kind": kind.name}))
        frame = plain_row(self.shapes[kind.name], given, path)
        number = -1
        if not kind.key:
            if all(value is None for value in frame.values()):
                raise UsageError(Diagnostic(_BLANK, {"path": path}))
            number = counters.get(kind.name, self.tables.counters.get(kind.name, 0))
            counters[kind.name] = number + 1
        row = _row(kind, frame, path, number)
        at = identity(kind, row)
        if at in found and not _same(found[at], row):
            wording = _TWICE if found[at] is not None else _BOTH
            raise UsageError(Diagnostic(wording, {"kind": kind.name, "key": row.key}))
        found[at] = row

    def _remove(self, kind: Kind, given: object, found: dict[str, RowData | None]) -> None:
        at, called = self._keyless(kind, given, found) if not kind.key else self._key(kind, given)
        if at is None or at not in self.tables.of.get(kind.name, {}):
            raise UsageError(Diagnostic(_ABSENT, {"kind": kind.name, "key": called}))
        if found.get(at) is not None:
            raise UsageError(Diagnostic(_BOTH, {"kind": kind.name, "key": called}))
        found[at] = None

    def _key(self, kind: Kind, given: object) -> tuple[str, str]:
        """The identity of a key, and what it is called."""
        several = len(kind.key) > 1
        if several and isinstance(given, str):
            return as_key(given), given
        parts = list(given) if several and isinstance(given, (tuple, list)) else [given]
        if len(parts) != len(kind.key):
            raise self._no_such_key(kind, given)
        shape, read = self.shapes[kind.name], []
        for name, part in zip(kind.key, parts, strict=True):
            value = plain_value(shape, name, part)
            if value is None:
                raise self._no_such_key(kind, given)
            read.append(str(value))
        at = ",".join(map(escape, read)) if several else read[0]
        return at, at

    def _no_such_key(self, kind: Kind, given: object) -> UsageError:
        parts = " + ".join(f"`{name}`" for name in kind.key)
        args: dict[str, object] = {"found": _short(given), "kind": kind.name, "parts": parts}
        return UsageError(Diagnostic(_BAD_KEY, args, None, _KEY_IS))

    def _keyless(self, kind: Kind, given: object, found: Mapping[str, RowData | None]) -> tuple[str | None, str]:
        """A row that holds what is given; of several that do the first."""
        wanted = _row(kind, plain_row(self.shapes[kind.name], given, kind.name), kind.name, -1)
        held = self.tables.of.get(kind.name, {})
        return next((at for at, row in held.items() if at not in found and _same(row, wanted)), None), _short(given)

    def _changed(self, kind: str, rows: Mapping[str, RowData | None]) -> dict[str, RowData | None]:
        held = self.tables.of.get(kind, {})
        return {at: row for at, row in rows.items() if row is None or not _same(held.get(at), row)}

    # --- references

    def _dangling(self, found: Frames) -> Iterator[Diagnostic]:
        for name, rows in found.items():
            kind = self.kinds[name]
            for at, row in rows.items():
                for reference in references(kind):
                    yield from self._broken(kind, row, reference, found)
                if row is None and len(kind.key) == 1:
                    yield from self._held(kind, at, found)
            if name not in self.tables.of:
                yield from self._awaited(kind, found)

    def _broken(self, kind: Kind, row: RowData | None, reference: str, found: Frames) -> Iterator[Diagnostic]:
        for key in targets(row, reference):
            if not self._there(target(kind, reference), key, found):
                assert row is not None
                yield self._no_target(kind, row, reference, key)

    def _no_target(self, kind: Kind, row: RowData, reference: str, key: str) -> Diagnostic:
        private = kind.fields[reference].private
        args: dict[str, object] = {
            "kind": kind.name, "key": row.key or "-", "field": reference, "found": "…" if private else key,
            "target": target(kind, reference),
        }  # fmt: skip
        return Diagnostic(_BROKEN, args, None, _TOGETHER)

    def _there(self, kind: str, key: str, found: Frames) -> bool:
        """Will there be the row, or no table at all?"""
        if kind not in self.tables.of and kind not in found:
            return True
        rows = found.get(kind, {})
        return rows[key] is not None if key in rows else key in self.tables.of.get(kind, {})

    def _held(self, kind: Kind, at: str, found: Frames) -> Iterator[Diagnostic]:
        others = []
        for name, reference, row in self.tables.referring(kind.name, at):
            own = identity(self.kinds[name], row)
            rows = found.get(name, {})
            if own not in rows or at in targets(rows[own], reference):
                others.append(f"`{name}` `{row.key or own}`")
        if others:
            more = f" … ({len(others)})" if len(others) > _SHOWN else ""
            args: dict[str, object] = {"kind": kind.name, "key": at, "others": ", ".join(others[:_SHOWN]) + more}
            yield Diagnostic(_HELD, args, None, _TOGETHER)

    def _awaited(self, kind: Kind, found: Frames) -> Iterator[Diagnostic]:
        """References to a kind whose table was not supplied so far were taken as they are."""
        for (name, reference), groups in self.tables.pointing.items():
            if target(self.kinds[name], reference) == kind.name:
                for key, rows in groups.items():
                    still = [row for row in rows if identity(self.kinds[name], row) not in found.get(name, {})]
                    if still and not self._there(kind.name, key, found):
                        yield self._no_target(self.kinds[name], still[0], reference, key)


def _row(kind: Kind, frame: Mapping[str, Any], path: str, number: int) -> RowData:
    parts = []
    for name in kind.key:
        value = frame[name]
        if value is None or value in words.TOTALS:
            raise UsageError(Diagnostic(_NO_KEY, {"path": path, "name": name}))
        parts.append(escape(str(value)))
    cells = {name: Reason.MISSING if value is None else value for name, value in frame.items()}
    return RowData(cells, ",".join(parts), None, None, number)


def _same(one: RowData | None, other: RowData | None) -> bool:
    if one is None or other is None or one.cells != other.cells:
        return one is other
    # a text may be spelt like a reason for having none, and equals it
    return all(each.__class__ is other.cells[name].__class__ for name, each in one.cells.items())


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
