"""One entity given as Python values: its own small door, and the rows around it.

What is given is nested the way people think of it: a reference holds the row it points at or just its key, a relation a
list of rows; single values are `values`. What does not fit raises, all of it at once and each with its path: whoever calls
has the values in hand and can put them right, other than the reader of a workbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from hegui import limits
from hegui.characters import escaped
from hegui.datatypes import Reason
from hegui.facts.values import ROW, Misfit, Read, reader, shown
from hegui.outcome import escape
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean
from hegui.vocabulary import Kind, Relation, Vocabulary, fold

Frame = dict[str, Any]
"""The cells of a row by field: a value, a `Below`, or None. What else is known of it stands under `KEY` and `WHY`."""

KEY: Final = "#key"
"""The key of a row as references and findings have it, made up where it was left out."""
WHY: Final = "#why"
"""Field → why its cell has no value, where it is more than missing."""

_UNKNOWN = Wording("unknown-field", "`{path}`: `{kind}` has no `{name}`", "`{path}`：`{kind}` 没有 `{name}`")
_NEAR = Wording("did-you-mean", "did you mean `{known}`?", "是否应为 `{known}`？")
_HAS = Wording("there-are", "it has {known}", "可用的有 {known}")
_REFERENCE = Wording(
    "not-a-reference",
    "`{path}` is the key of a `{kind}`, a text, or its row, and not {found}",
    "`{path}` 应为 `{kind}` 的编号（文本）或其行，而不是 {found}",
)
_GIVE = Wording("give-instead", "give {hint}", "请给出 {hint}")
_NOT_ROW = Wording(
    "not-a-row",
    "`{path}` is a row: a mapping of field names to values, and not {found}",
    "`{path}` 是一行：字段名到值的映射，而不是 {found}",
)
_NOT_ROWS = Wording("not-rows", "`{path}` is a list of rows, and not {found}", "`{path}` 是行的列表，而不是 {found}")
_APART = Wording(
    "rows-apart",
    "`{path}` is a relation: its rows are given under their own kind, `{kind}`",
    "`{path}` 是关联表：其各行应列于种类 `{kind}` 之下",
)
_A_KEY = Wording(
    "a-key-here",
    "`{path}` is the key of a `{kind}`, and not {found}; the row itself is given under its own kind",
    "`{path}` 应为 `{kind}` 的编号，而不是 {found}；该行应列于其种类之下",
)
_DEEP = Wording("nested-too-deep", "rows are nested deeper than {limit} levels", "行的嵌套超过 {limit} 层")


@dataclass(frozen=True, slots=True)
class Shape:
    """How rows of one kind are read: a frame with nothing in it, a reader for each field, and what is linked."""

    kind: Kind
    blank: Frame
    readers: dict[str, Read]
    references: dict[str, str]
    relations: dict[str, Relation]
    key: str | None
    """The one field other rows refer to; None for a kind with a key of several, or none."""

    @property
    def names(self) -> list[str]:
        """Whatever a row of the kind may say."""
        return [*self.kind.fields, *self.relations]


def shapes(vocabulary: Vocabulary) -> dict[str, Shape]:
    """The shape of every kind."""
    return {name: _shape(kind) for name, kind in vocabulary.kinds.items()}


def _shape(kind: Kind) -> Shape:
    references = {name: str(each.type.kind) for name, each in kind.fields.items() if each.type.name == "ref"}
    readers = {name: reader(each, kind.key) for name, each in kind.fields.items()}
    key = kind.key[0] if len(kind.key) == 1 else None
    return Shape(kind, dict.fromkeys(kind.fields), readers, references, kind.relations, key)


class Entity:
    """One entity and the rows given with it. It belongs to one check and is never shared.

    A reference given as a plain key leads to a row of which nothing more is known. A relation that was not given is not
    known, unless the entity is `complete`: then there is nothing in it.
    """

    __slots__ = ("_by", "_keys", "_listed", "_made", "complete", "judged", "rows", "shapes")

    def __init__(self, shapes: Mapping[str, Shape], kind: str, given: object, complete: bool = False) -> None:
        self.shapes, self.complete, self._made = shapes, complete, 0
        self.rows: dict[str, list[Frame]] = {}
        self._listed: set[tuple[str, str, str]] | None = None
        self._keys: dict[tuple[str, str], Frame] | None = None
        self._by: dict[tuple[str, str], dict[str, list[Frame]]] | None = None
        try:
            self.judged = self._add(shapes[kind], given, 0)
        except Misfit:
            raise UsageError(_misfits(shapes, shapes[kind], given, (), 0)) from None

    # --- the rows around a row

    def follow(self, kind: str, key: str) -> Frame:
        """The row of `kind` with that key."""
        found = self._index().get((kind, key))
        if found is None:
            shape = self.shapes[kind]
            found = {**shape.blank, KEY: key}
            if shape.key is not None:
                found[shape.key] = key
            self._index()[kind, key] = found
        return found

    def related(self, kind: str, by: str, row: Frame) -> Sequence[Frame] | None:
        """The rows of `kind` whose reference `by` points at `row`, in the order given; None where that is not known."""
        key = row.get(KEY) or self._identify(self.shapes[self._parent(kind, by)], row)
        if not self.complete and (kind, by, key) not in (self._listed or ()):
            return None
        self._by = self._by or {}
        if (kind, by) not in self._by:
            groups: dict[str, list[Frame]] = {}
            for each in self.rows.get(kind, ()):
                if each[by] is not None:
                    groups.setdefault(each[by], []).append(each)
            self._by[kind, by] = groups
        return self._by[kind, by].get(key, ())

    def identity(self, kind: str, row: Frame) -> str:
        """The key of a row as findings have it."""
        return row.get(KEY) or self._identify(self.shapes[kind], row)

    def _parent(self, kind: str, by: str) -> str:
        return self.shapes[kind].references[by]

    def _index(self) -> dict[tuple[str, str], Frame]:
        if self._keys is None:
            self._keys = {}
            for kind, rows in self.rows.items():
                for row in rows:
                    self._keys[kind, self._identify(self.shapes[kind], row)] = row
        return self._keys

    def _identify(self, shape: Shape, row: Frame) -> str:
        parts = [row[name] for name in shape.kind.key]
        if shape.key is not None and parts[0] is not None:
            key = str(parts[0])
        elif parts and None not in parts:
            key = ",".join(escape(str(part)) for part in parts)
        else:
            self._made += 1
            key = f"{shape.kind.name}#{self._made}"
        row[KEY] = key
        return key

    # --- reading

    def _add(self, shape: Shape, given: object, depth: int, by: tuple[str, str] | None = None) -> Frame:
        """Read a row and all that hangs on it. `by` is the reference back to the row it was listed under, and its key."""
        values = _mapping(given)
        if depth > limits.ENTITY_DEPTH:
            raise UsageError(Diagnostic(_DEEP, {"limit": limits.ENTITY_DEPTH}))
        frame = shape.blank.copy()
        linked: Sequence[tuple[str, Any]] = ()
        if not _all_plain(frame, shape.readers, values):
            linked = _all_but_links(frame, shape, values)
        if by is not None:
            frame[by[0]] = by[1]
        links: list[tuple[Relation, Any]] = self._links(shape, linked, frame, depth) if linked else []
        row = self._keep(shape, frame, plain=not depth and not links)
        for relation, rows in links:
            self._list(shape, row, relation, rows, depth)
        return row

    def _links(
        self, shape: Shape, linked: Sequence[tuple[str, Any]], frame: Frame, depth: int
    ) -> list[tuple[Relation, Any]]:
        """Put the references in; returns the relations given."""
        relations = []
        for name, value in linked:
            if name in shape.references:
                frame[name] = self._reference(shape.references[name], value, depth)
            elif name in shape.relations:
                if value is not None:
                    relations.append((shape.relations[name], value))
            else:
                raise Misfit(_UNKNOWN, name)
        return relations

    def _reference(self, kind: str, value: object, depth: int) -> str | None:
        if not _is_row(value):
            raise Misfit(_REFERENCE, value, kind=kind)
        return self.identity(kind, self._add(self.shapes[kind], value, depth + 1))

    def _keep(self, shape: Shape, frame: Frame, plain: bool) -> Frame:
        """Put the row among the others; rows with one key are one, and empty where they differ."""
        if plain:
            self.rows[shape.kind.name] = [frame]
            return frame
        key = (shape.kind.name, self._identify(shape, frame))
        known = self._index().get(key) if shape.kind.key else None
        if known is not None:
            return _merged(shape, known, frame)
        self.rows.setdefault(shape.kind.name, []).append(frame)
        self._index()[key] = frame
        return frame

    def _list(self, shape: Shape, row: Frame, relation: Relation, rows: object, depth: int) -> None:
        if not isinstance(rows, (list, tuple)):
            raise Misfit(_NOT_ROWS, rows)
        key = self.identity(shape.kind.name, row)
        self._listed = self._listed or set()
        self._listed.add((relation.kind, relation.by, key))
        for each in rows:
            self._add(self.shapes[relation.kind], each, depth + 1, (relation.by, key))


def _all_plain(frame: Frame, readers: Mapping[str, Read], values: Mapping[Any, Any]) -> bool:
    """Put the values of a row in, if there is nothing among them that leads to other rows: the way most rows go."""
    for name, value in values.items():
        if value is not None and name in readers:
            read = readers[name](value)
            if read is ROW:
                return False
            frame[name] = read
        elif name not in frame:
            return False
    return True


def _all_but_links(frame: Frame, shape: Shape, values: Mapping[Any, Any]) -> Sequence[tuple[str, Any]]:
    """Put the plain values of a row in; returns all others."""
    linked = []
    for name, value in values.items():
        if value is None and name in frame:
            continue
        read = shape.readers[name](value) if name in shape.readers else ROW
        if read is ROW:
            linked.append((name, value))
        else:
            frame[name] = read
    return linked


def _merged(shape: Shape, known: Frame, other: Frame) -> Frame:
    for name in shape.blank:
        if known[name] is None and name not in known.get(WHY, ()):
            known[name] = other[name]
        elif other[name] is not None and other[name] != known[name]:
            known[name] = None
            known.setdefault(WHY, {})[name] = Reason.CONFLICTING
    return known


def _is_row(value: object) -> bool:
    return isinstance(value, Mapping) or hasattr(type(value), "model_fields")


def _mapping(given: object) -> Mapping[Any, Any]:
    """What a mapping or a pydantic model says."""
    if given.__class__ is dict or isinstance(given, Mapping):
        return given
    if hasattr(type(given), "model_fields"):
        values: dict[str, Any] = dict(given)  # type: ignore[call-overload]
        model: Any = type(given)
        for own, name in _renamed(model):
            values[name] = values.pop(own)
        return values
    raise Misfit(_NOT_ROW, given)


@lru_cache(1024)
def _renamed(model: Any) -> tuple[tuple[str, str], ...]:
    """The fields of a model that go by another name than the kind's: `from_` for `from` (`hegui models`)."""
    named = ((own, each.serialization_alias) for own, each in model.model_fields.items())
    return tuple((own, name) for own, name in named if name is not None and name != own)


def plain_row(shape: Shape, given: object, path: str) -> Frame:
    """One row by itself: it names others by their keys, and holds none.

    Raises:
        UsageError: it has a field its kind has not, a value its field cannot have, or holds other rows; with all of these.
    """
    try:
        values = _mapping(given)
    except Misfit as misfit:
        raise UsageError(_misfit(misfit, (path,))) from None
    frame = shape.blank.copy()
    try:
        if _all_plain(frame, shape.readers, values) or not _all_but_links(frame, shape, values):
            return frame
    except Misfit:
        pass
    raise UsageError([*_problems(shape, values, (path,)), *_nested(shape, values, path)])


def plain_value(shape: Shape, name: str, value: object) -> Any:
    """One value of a field; None where it says that there is none.

    Raises:
        UsageError: the field cannot have it.
    """
    try:
        read = None if value is None else shape.readers[name](value)
    except Misfit as misfit:
        raise UsageError(_misfit(misfit, (shape.kind.name, name))) from None
    if read is ROW:
        raise UsageError(_misfit(Misfit(_REFERENCE, value, kind=shape.references[name]), (shape.kind.name, name)))
    return read


# --- what is wrong -------------------------------------------------------------------------------------------------


def _problems(shape: Shape, values: Mapping[Any, Any], path: tuple[str, ...]) -> Iterator[Diagnostic]:
    """All that is wrong with a row's own fields."""
    for name, value in values.items():
        read = shape.readers.get(name)
        if name not in shape.blank and name not in shape.relations:
            yield _unknown(shape, str(name), path)
        elif read is not None and value is not None:
            try:
                read(value)
            except Misfit as misfit:
                yield _misfit(misfit, (*path, name))


def _misfits(
    shapes: Mapping[str, Shape], shape: Shape, given: object, path: tuple[str, ...], depth: int
) -> Iterator[Diagnostic]:
    """All that is wrong with a row and the rows given with it, in the order they are given."""
    if depth > limits.ENTITY_DEPTH:  # alone: rows that hold each other hold all else that is wrong any number of times
        raise UsageError(Diagnostic(_DEEP, {"limit": limits.ENTITY_DEPTH}))
    try:
        values = _mapping(given)
    except Misfit as misfit:
        yield _misfit(misfit, path or (shape.kind.name,))
        return
    yield from _problems(shape, values, path)
    for name, value in values.items():
        where = (*path, str(name))
        if name in shape.references and _is_row(value):
            yield from _misfits(shapes, shapes[shape.references[name]], value, where, depth + 1)
        elif name in shape.references and not isinstance(value, (str, type(None))):
            yield _misfit(Misfit(_REFERENCE, value, kind=shape.references[name]), where)
        elif name in shape.relations and isinstance(value, (list, tuple)):
            inner = shapes[shape.relations[name].kind]
            for number, each in enumerate(value):
                yield from _misfits(shapes, inner, each, (*path, f"{name}[{number}]"), depth + 1)
        elif name in shape.relations and value is not None:
            yield _misfit(Misfit(_NOT_ROWS, value), where)


def _nested(shape: Shape, values: Mapping[Any, Any], path: str) -> Iterator[Diagnostic]:
    """Rows that stand in another row."""
    for name, value in values.items():
        if value is None or name not in {*shape.references, *shape.relations}:
            continue
        if name in shape.relations:
            yield Diagnostic(_APART, {"path": f"{path}.{name}", "kind": shape.relations[name].kind})
        elif shape.readers[name](value) is ROW:
            yield Diagnostic(_A_KEY, {"path": f"{path}.{name}", "kind": shape.references[name], "found": shown(value)})


def _misfit(misfit: Misfit, path: tuple[str, ...]) -> Diagnostic:
    args: dict[str, object] = {**misfit.args_, "path": escaped(".".join(path))}
    if misfit.hint is None:
        return Diagnostic(misfit.wording, args)
    return Diagnostic(misfit.wording, {**args, "hint": f"`{misfit.hint}`"}, None, _GIVE)


def _unknown(shape: Shape, name: str, path: tuple[str, ...]) -> Diagnostic:
    args: dict[str, object] = {"path": escaped(".".join((*path, name))), "kind": shape.kind.name, "name": name}
    called = shape.kind.headers.get(fold(name))
    near = [called] if called else did_you_mean(name, shape.names, 1)
    if near:
        return Diagnostic(_UNKNOWN, {**args, "known": near[0]}, None, _NEAR)
    return Diagnostic(_UNKNOWN, {**args, "known": ", ".join(f"`{each}`" for each in shape.names)}, None, _HAS)
