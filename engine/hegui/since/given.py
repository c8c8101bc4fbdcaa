"""Changes as they are given: rows as they were and as they are, which go through the same door as a registry.

A row may change at the door though nobody touched it: what its reference points at was removed, or is there at last.
Such rows are found here; whoever gives changes need not know of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from hegui.datatypes import REASONS, Reason
from hegui.facts import problems, sources
from hegui.facts.draft import undecided
from hegui.facts.references import parents
from hegui.facts.registry import GHOST, LINE, ROW, SOURCE, DataProblem, Registry, why
from hegui.facts.standing import standing
from hegui.facts.stands import Stand, unplaced
from hegui.outcome import escape
from hegui.since.affected import id_text, key_text
from hegui.since.difference import Difference, alike, difference, joined, real
from hegui.since.index import Index, Indexes
from hegui.source import Diagnostic, FactsError, Wording
from hegui.vocabulary import Field, Kind

BEFORE: Final = "before"
AFTER: Final = "after"

_NO_FOLDER = Wording(
    "no-changes",
    "`{folder}` holds no changes: it has neither a folder `before` nor a folder `after`",
    "`{folder}` 中没有变更：既无 `before` 也无 `after` 文件夹",
)
_LAYOUT = Wording(
    "changes-layout",
    "`before` holds the rows that changed or were removed as they were, `after` the changed and new rows as they are",
    "`before` 存放已变更或删除的行原来的内容，`after` 存放变更后及新增的行",
)
_STRAY = Wording(
    "stray-change", "`{name}` among the changes is no table of the registry", "变更中的 `{name}` 不是台账的表"
)
_NOT_THERE = Wording(
    "change-not-there",
    "{count} rows of `{kind}` given under `after` are not in the registry, {which} for one",
    "`after` 中 `{kind}` 有 {count} 行不在台账中，例如 {which}",
)
_UNTOLD = Wording(
    "change-untold",
    "what rows of `{kind}` referred to was removed, and their `{field}` before is not known, that of {which} for one",
    "`{kind}` 的行所引用的对象已删除，其原 `{field}` 无从得知，例如 {which}",
)
_GIVE = Wording(
    "give-them-too", "give these rows under `before` and `after` too", "请将这些行同时列入 `before` 和 `after`"
)
_LACK: Final = REASONS.index(Reason.UNREADABLE)


def given(folder: Path, registry: Registry, indexes: Indexes, then: Mapping[str, Stand | None]) -> Difference:
    """The difference between the registry before and `registry` by what `folder` says of it. Rows as they are now are taken
    from `folder` where they can be, so that the registry need not be read through for them. `then` is where rows stood before.

    Raises:
        FactsError: the folder cannot be read, or says what cannot be.
    """
    found = [folder / name for name in (BEFORE, AFTER)]
    if not any(path.exists() for path in found):
        raise FactsError(Diagnostic(_NO_FOLDER, {"folder": str(folder)}, None, _LAYOUT))
    before, after = (_tables(path, registry) if _filled(path) else {} for path in found)
    return _Changes(registry, before, after, indexes, then).settled()


def _filled(path: Path) -> bool:
    """Is there anything? An empty folder says as much as none."""
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _tables(path: Path, registry: Registry) -> dict[str, pl.DataFrame]:
    part = sources.read([path], registry.vocabulary, part=True)
    stray = [each.raw or "" for each in part.problems if each.problem == problems.UNKNOWN_TABLE]
    stray += [kind for kind in part.tables if kind not in registry.tables]
    if stray:
        raise FactsError([Diagnostic(_STRAY, {"name": name}) for name in stray])
    return {kind: _marked(table.lazy().collect()) for kind, table in part.tables.items()}


def _marked(rows: pl.DataFrame) -> pl.DataFrame:
    return rows if GHOST in rows.columns else rows.with_columns(pl.lit(False).alias(GHOST))


def _references(kind: Kind, registry: Registry) -> Iterator[tuple[Field, Kind]]:
    """The reference fields that are held against a table, each with the kind it points at."""
    for field in kind.fields.values():
        target = (field.type.element or field.type).kind
        if target is not None and target in registry.tables and len(registry.vocabulary.kinds[target].key) == 1:
            yield field, registry.vocabulary.kinds[target]


def _values(column: pl.Series) -> pl.Series:
    """The distinct keys a column of references holds."""
    return (column.explode() if isinstance(column.dtype, pl.List) else column).drop_nulls().unique()


def _points_into(field: Field, keys: pl.Series) -> pl.Expr:
    """Does the reference, or one of a list, point at one of `keys`?"""
    if field.type.name == "list":
        return pl.col(field.name).list.eval(pl.element().is_in(keys.implode())).list.any().fill_null(False)
    return pl.col(field.name).is_in(keys.implode()).fill_null(False)


def _broken(rows: pl.DataFrame, field: Field, known: pl.Series) -> pl.Series:
    """Where the reference has a value that is none of the keys known."""
    column = rows[field.name]
    if isinstance(column.dtype, pl.List):
        return ~column.list.eval(pl.element().is_in(known.implode())).list.all().fill_null(True)
    return ~column.is_in(known.implode()).fill_null(True)


class _Changes:
    """Changes while they are settled: former rows by kind, and the numbers of changed rows now."""

    def __init__(
        self,
        registry: Registry,
        before: Mapping[str, pl.DataFrame],
        after: Mapping[str, pl.DataFrame],
        indexes: Indexes,
        then: Mapping[str, Stand | None],
    ) -> None:
        self.registry, self.kinds, self.indexes, self.then = registry, registry.vocabulary.kinds, indexes, then
        self.before = dict(before)
        self.after = dict(after)
        self.now: dict[str, pl.Series] = {}
        self.placed: dict[str, pl.DataFrame] = {}
        """Rows as they are now, with number and place."""
        self.stood: dict[str, pl.Series] = {}

    def settled(self) -> Difference:
        for name in dict.fromkeys([*self.before, *self.after]):
            self.now[name] = self.found_now(self.kinds[name])
        while any(self.settle_keys(kind) for kind in self.supplied()):
            pass  # a row set aside may be what another row's key refers to
        former = {kind.name: self.held_before(kind) for kind in self.supplied() if kind.name in self.before}
        again = {kind.name: self.changed_at_the_door(kind) for kind in self.supplied()}
        for name, (rows, numbers) in again.items():
            former[name] = joined([former[name], rows]) if name in former else rows
            self.now[name] = pl.concat([self.numbers(name), numbers]).unique()
        whole = {name: rows for name, rows in self.placed.items() if len(rows) == len(self.numbers(name))}
        stood = {
            name: places
            for name, places in self.stood.items()
            if name in whole and len(places) == (len(former[name]) if name in former else 0)
        }
        return replace(difference(former, self.now, whole), stood=stood)

    def supplied(self) -> Iterator[Kind]:
        return (self.kinds[name] for name in self.registry.tables)

    def table(self, kind: Kind) -> pl.LazyFrame:
        table = self.registry.tables[kind.name].lazy()
        return table if GHOST in table.collect_schema() else table.with_columns(pl.lit(False).alias(GHOST))

    def numbers(self, name: str) -> pl.Series:
        return self.now.get(name, pl.Series(ROW, [], dtype=pl.Int64))

    def unchanged(self, kind: Kind) -> pl.LazyFrame:
        """The rows now that were so before, as far as is known."""
        numbers = self.numbers(kind.name)
        return self.table(kind).filter(~pl.col(ROW).is_in(numbers.implode())) if len(numbers) else self.table(kind)

    # --- rows as they are

    def found_now(self, kind: Kind) -> pl.Series:
        """The numbers of the rows given as they are and of those that have the key of one that is given as it was."""
        after = self.after.get(kind.name)
        numbers = []
        if after is not None:
            after = self.as_it_is(after, kind)
        told = self.told_in_place(kind, after)
        if told is not None:
            return told
        if after is not None:
            loose = after if not kind.key else after.filter(GHOST)
            numbers.append(self.loose_now(loose, kind))
        index = self.indexes.of(kind.name) if kind.key else None
        if index is not None:
            numbers.append(self.named_now(kind, index, after))
        elif kind.key:
            both = [rows for rows in (self.before.get(kind.name), after) if rows is not None]
            keys = joined([rows.filter(~pl.col(GHOST)).select(kind.key) for rows in both]).unique()
            named = self.table(kind).filter(~pl.col(GHOST)).select(ROW, *kind.key)
            found = named.join(keys.lazy(), on=kind.key, how="semi").collect()
            if after is not None:
                self.refuse_strangers(after.filter(~pl.col(GHOST)).join(found, on=kind.key, how="anti"), kind)
            numbers.append(found[ROW])
        return pl.concat(numbers).unique() if numbers else self.numbers(kind.name)

    def told_in_place(self, kind: Kind, after: pl.DataFrame | None) -> pl.Series | None:
        """The numbers of the rows, where they are given with the places they had and have, and every other row stands where
        it stood; None where that cannot be seen. Then nothing has to be looked for."""
        then, now = self.then.get(kind.name), self.registry.stands.get(kind.name)
        table = self.registry.tables[kind.name].lazy().collect_schema()
        if then is None or now is None or not kind.key or GHOST in table:
            return None
        empty = table.to_frame().with_columns(pl.lit(False).alias(GHOST)).clear()
        was, is_ = (empty if rows is None else rows for rows in (self.before.get(kind.name), after))
        if was[GHOST].any() or is_[GHOST].any():
            return None
        stood, stand = (rows.select(standing()).to_series() for rows in (was, is_))
        if then.without(was, stood, kind) != now.without(is_, stand, kind) or not (
            then.holds(stood) and now.holds(stand)
        ):
            return None
        numbers = now.rows(stand)
        keys = self.registry.tables[kind.name].lazy().select(*kind.key).collect(engine="streaming")[numbers]
        if not keys.equals(
            is_.select(*kind.key)
        ):  # sums alone do not tell places that are wrong before and after alike
            return None
        self.stood[kind.name], self.placed[kind.name] = stood, is_.with_columns(numbers.alias(ROW))
        return numbers

    def named_now(self, kind: Kind, index: Index, after: pl.DataFrame | None) -> pl.Series:
        """The numbers of rows by their keys. The rows as they are now are put in their places, where these are known."""
        name = kind.key[0]
        if after is not None:
            after = after.filter(~pl.col(GHOST))
            at, there = index.find(after[name])
            self.refuse_strangers(after.filter(~there), kind)
            numbers, stand = index.numbers(at), self.registry.stands.get(kind.name)
            if stand is not None and len(stand) == len(index.keys):
                source, line = unplaced(stand.at(at))
                self.placed[kind.name] = after.with_columns(numbers.alias(ROW), source.alias(SOURCE), line.alias(LINE))
        else:
            numbers = self.numbers("")
        before = self.before.get(kind.name)
        if before is None:
            return numbers
        at, there = index.find(before.filter(~pl.col(GHOST))[name])
        return pl.concat([numbers, index.numbers(at.filter(there))]).unique()

    def loose_now(self, rows: pl.DataFrame, kind: Kind) -> pl.Series:
        """The numbers of rows without a key, found by all they hold."""
        if not len(rows):
            return self.numbers("")
        table = self.table(kind) if not kind.key else self.table(kind).filter(GHOST)
        found = alike(rows.with_columns(pl.lit(0, pl.Int64).alias(ROW)).lazy(), table, kind)
        if len(found) < len(rows):
            self.refuse_strangers(rows.head(len(rows) - len(found)), kind)
        return found

    def refuse_strangers(self, rows: pl.DataFrame, kind: Kind) -> None:
        if len(rows):
            args: dict[str, object] = {"kind": kind.name, "count": len(rows), "which": _which(rows, kind)}
            raise FactsError(Diagnostic(_NOT_THERE, args, None, _LAYOUT))

    def as_it_is(self, rows: pl.DataFrame, kind: Kind) -> pl.DataFrame:
        for field, target in _references(kind, self.registry):
            known = self.keys_among(self.table(target), target, rows[field.name])
            rows = self.emptied(rows, kind, field, _broken(rows, field, known))
        return self.ghosts_reduced(rows, kind)

    def emptied(self, rows: pl.DataFrame, kind: Kind, field: Field, broken: pl.Series) -> pl.DataFrame:
        """The rows with a reference emptied that points nowhere; where it is part of the key they are set aside."""
        if not broken.any():
            return rows
        if field.name in kind.key:
            rows = rows.with_columns((pl.col(GHOST) | pl.lit(broken)).alias(GHOST))
        return undecided(rows, field.name, broken, Reason.UNREADABLE)

    def ghosts_reduced(self, rows: pl.DataFrame, kind: Kind) -> pl.DataFrame:
        """The rows, those set aside with nothing but the references by which they belong to others."""
        ghosts = rows.filter(GHOST)
        if not len(ghosts):
            return rows
        kept = parents(kind, self.supplied())
        known = ghosts.filter(pl.any_horizontal(pl.lit(False), *(pl.col(name).is_not_null() for name in kept)))
        rest = [pl.lit(None, type_).alias(name) for name, type_ in _content(ghosts) if name not in kept]
        return joined([rows.filter(~pl.col(GHOST)), known.with_columns(rest)])

    # --- what was there

    def keys_among(self, table: pl.LazyFrame, kind: Kind, column: pl.Series) -> pl.Series:
        """Those of the keys in a column that rows of `table` have."""
        own = id_text(kind)
        assert own is not None
        found = table.filter(~pl.col(GHOST) & own.is_in(_values(column).implode())).select(own.alias("id"))
        return found.collect()["id"]

    def keys_before(self, kind: Kind, column: pl.Series) -> pl.Series:
        former = self.before.get(kind.name)
        found = [self.keys_among(self.unchanged(kind), kind, column)]
        return pl.concat([*found, self.keys_among(former.lazy(), kind, column)]) if former is not None else found[0]

    def turned(self, kind: Kind) -> tuple[pl.Series, pl.Series]:
        """The keys of a kind that are there now and were not before, and those that were."""
        own, nothing = id_text(kind), pl.Series("id", [], dtype=pl.String)
        if own is None or not (len(self.numbers(kind.name)) or kind.name in self.before):
            return nothing, nothing
        changed = self.table(kind).filter(~pl.col(GHOST) & pl.col(ROW).is_in(self.numbers(kind.name).implode()))
        now, former = changed.select(own.alias("id")).collect()["id"], self.before.get(kind.name)
        was = former.filter(~pl.col(GHOST)).select(own.alias("id"))["id"] if former is not None else nothing
        return now.filter(~now.is_in(was.implode())), was.filter(~was.is_in(now.implode()))

    def settle_keys(self, kind: Kind) -> bool:
        """Set aside the former rows whose key pointed nowhere; did that change anything?"""
        turned = False
        for field, target in _references(kind, self.registry):
            if field.name in kind.key:
                turned |= self.settle_former(kind, field, target)
                turned |= self.settle_present(kind, field, self.turned(target)[0])
        return turned

    def settle_former(self, kind: Kind, field: Field, target: Kind) -> bool:
        rows = self.before.get(kind.name)
        if rows is None:
            return False
        broken = _broken(rows, field, self.keys_before(target, rows[field.name])) & ~rows[GHOST]
        self.before[kind.name] = self.ghosts_reduced(self.emptied(rows, kind, field, broken), kind)
        return bool(broken.any())

    def settle_present(self, kind: Kind, field: Field, gained: pl.Series) -> bool:
        """Rows whose key points at something that was not there before were set aside then."""
        if not len(gained):
            return False
        rows = self.unchanged(kind).filter(~pl.col(GHOST) & _points_into(field, gained)).collect()
        if not len(rows):
            return False
        ghosts = rows.with_columns(pl.lit(True).alias(GHOST), pl.lit(None, pl.String).alias(field.name))
        known = [self.before[kind.name]] if kind.name in self.before else []
        self.before[kind.name] = joined([*known, self.ghosts_reduced(ghosts, kind)])
        self.now[kind.name] = pl.concat([self.numbers(kind.name), rows[ROW]])
        return True

    # --- references that broke or mended

    def held_before(self, kind: Kind, rows: pl.DataFrame | None = None) -> pl.DataFrame:
        """Former rows with those references unreadable that pointed nowhere then."""
        rows = self.before[kind.name] if rows is None else rows
        for field, target in _references(kind, self.registry):
            broken = _broken(rows, field, self.keys_before(target, rows[field.name]))
            if broken.any():
                rows = undecided(rows, field.name, broken, Reason.UNREADABLE)
        return self.ghosts_reduced(rows, kind)

    def changed_at_the_door(self, kind: Kind) -> tuple[pl.DataFrame, pl.Series]:
        """Rows nobody touched whose references broke or mended: as they were, and their numbers now."""
        concerned: list[pl.Expr] = []
        told: list[pl.DataFrame] = []
        for field, target in _references(kind, self.registry):
            gained, lost = self.turned(target)
            if len(gained):
                concerned.append(_points_into(field, gained))
            if len(lost):
                told.append(self.told(kind, field, lost))
                concerned.append(pl.col(ROW).is_in(told[-1][ROW].implode()))
        table = self.unchanged(kind) if concerned else self.table(kind).clear()
        rows = table.filter(pl.any_horizontal(pl.lit(False), *concerned)).collect()
        numbers = rows[ROW]
        for found in told:
            rows = self.restored(rows, found)
        return self.held_before(kind, rows), numbers

    def restored(self, rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
        """The rows with a reference as it stands in the source again."""
        name = next(each for each in told.columns if each != ROW)
        found = rows.select(ROW).join(told, on=ROW, how="left", maintain_order="left")[name]
        value, reason = pl.lit(found), pl.col(why(name)) if why(name) in rows.columns else pl.lit(None, pl.Int8)
        return rows.with_columns(
            pl.coalesce(value, pl.col(name)).alias(name),
            pl.when(value.is_null()).then(reason).alias(why(name)),
        )

    def told(self, kind: Kind, field: Field, lost: pl.Series) -> pl.DataFrame:
        """The references that are broken now and pointed at one of `lost`: number of the row, and what the data problems
        say stands in the source."""
        listed, gone = field.type.name == "list", set(lost)
        type_ = pl.List(pl.String) if listed else pl.String()
        found: list[tuple[DataProblem, list[str] | str]] = []
        for problem in self.registry.problems:
            if (problem.problem, problem.kind, problem.field) == (problems.BROKEN_REFERENCE, kind.name, field.name):
                values = (problem.raw or "").split("; ") if listed else [problem.raw or ""]
                if problem.raw is None or (field.name in kind.key and gone & set(values)):
                    self.refuse_untold(problem, kind, field)
                if gone & set(values):
                    found.append((problem, values if listed else values[0]))
        if not found:
            return pl.DataFrame(schema={ROW: pl.Int64, field.name: type_})
        places = self.places([problem for problem, _ in found], kind)
        told = places.with_columns(pl.Series(field.name, [value for _, value in found], dtype=type_))
        return told.drop_nulls(ROW).unique(ROW)

    def refuse_untold(self, problem: DataProblem, kind: Kind, field: Field) -> None:
        """What a broken reference held is not known where it is private, nor the row where it was part of the key."""
        which, rows = problem.entity or "?", self.after.get(kind.name)
        whole = rows.filter(~pl.col(GHOST)) if rows is not None and kind.key else None
        if whole is None or which not in set(whole.select(key_text(kind)).to_series()):
            args: dict[str, object] = {"kind": kind.name, "field": field.name, "which": f"`{which}`"}
            raise FactsError(Diagnostic(_UNTOLD, args, None, _GIVE))

    def places(self, found: list[DataProblem], kind: Kind) -> pl.DataFrame:
        """The numbers of the rows that data problems are about: by their address, or by their key without one."""
        numbers = {(each.file, each.sheet, each.kind): at for at, each in enumerate(self.registry.sources)}
        at = [
            (numbers.get((each.place.file, each.place.sheet, kind.name)), each.place.row)
            if each.place
            else (None, None)
            for each in found
        ]
        asked = pl.DataFrame(
            {"source": [a for a, _ in at], "line": [b for _, b in at], "key": [each.entity for each in found]},
            schema={"source": pl.Int32, "line": pl.Int64, "key": pl.String},
        )
        table = real(self.unchanged(kind))
        lines = table.filter(pl.col(LINE).is_in(asked["line"].drop_nulls().unique().implode())).select(
            SOURCE, LINE, ROW
        )
        by_line = asked.join(
            lines.collect(), left_on=["source", "line"], right_on=[SOURCE, LINE], how="left", maintain_order="left"
        )
        if not kind.key:
            return by_line.select(ROW).head(len(asked))
        text = key_text(kind)
        keys = table.filter(text.is_in(asked["key"].drop_nulls().implode())).select(text.alias("key"), ROW).collect()
        by_key = asked.join(keys, on="key", how="left", maintain_order="left")
        return pl.DataFrame({ROW: pl.select(pl.coalesce(by_key[ROW], by_line[ROW])).to_series()})


def _content(rows: pl.DataFrame) -> list[tuple[str, pl.DataType]]:
    hidden = (ROW, SOURCE, LINE, GHOST)
    return [(name, type_) for name, type_ in rows.schema.items() if name not in hidden]


def _which(rows: pl.DataFrame, kind: Kind) -> str:
    if kind.key and not rows.head(1)[GHOST].item():
        return f"`{rows.head(1).select(key_text(kind)).item()}`"
    shown = {
        name: value for name, value in rows.row(0, named=True).items() if name in kind.fields and value is not None
    }
    return ", ".join(f"`{escape(name)}: {value}`" for name, value in list(shown.items())[:3]) or "?"
