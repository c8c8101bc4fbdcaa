"""The same in columns, for more findings than fit into memory as records: a frame per rule, as the Polars engine has them.

What is taken over is read from frames of the former run, and told where its rows stand now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from hegui.engines.polars import RuleFrame, judge_frames
from hegui.engines.request import Request
from hegui.facts.registry import LINE, ROW, SOURCE, Registry, SourceTable
from hegui.language.tree import Cell, Chain, Related
from hegui.outcome import RuleSummary, Verdict
from hegui.ruleset.model import Rule, Ruleset
from hegui.since.affected import Affected, affected, id_text, key_text
from hegui.since.carried import LostError, Still
from hegui.since.difference import Difference, real
from hegui.since.judging import moved_counts, refuse_verdicts
from hegui.since.reach import reach
from hegui.vocabulary import Kind

_KEY = "#key"


@dataclass(frozen=True)
class Former:
    """A former run in frames: the counts and the findings of each rule, and the sources of the facts."""

    summaries: Mapping[str, RuleSummary]
    findings: Mapping[str, pl.LazyFrame]
    sources: Sequence[SourceTable] = ()


def frames_since(
    ruleset: Ruleset, registry: Registry, former: Former, changes: Difference, as_of: date
) -> Iterator[RuleFrame]:
    """The findings of each rule as a full run over `registry` has them, kind by kind.

    Raises:
        UsageError: the changes do not lead from the run to the registry.
        LostError: a row findings speak of is not there, and no change says so.
    """
    rules = [rule for _, rule in sorted(ruleset.rules.items()) if rule.about in registry.tables]
    for kind in dict.fromkeys(rule.about for rule in rules):
        of_kind = tuple(rule for rule in rules if rule.about == kind)
        yield from _Kind(ruleset, registry, former, changes, as_of, kind, of_kind).merged()


class _Kind:
    """All rules about one kind."""

    def __init__(
        self,
        ruleset: Ruleset,
        registry: Registry,
        former: Former,
        changes: Difference,
        as_of: date,
        kind: str,
        rules: tuple[Rule, ...],
    ) -> None:
        self.ruleset, self.registry, self.former, self.changes = ruleset, registry, former, changes
        self.as_of, self.kind, self.rules = as_of, kind, rules
        self.still = Still(former.sources, registry)

    def merged(self) -> Iterator[RuleFrame]:
        root = reach(self.rules, self.kind, self.ruleset.vocabulary.kinds)
        found = affected(self.registry, self.changes, root, self.forced())
        again = found.keys if found is not None else pl.Series([], dtype=pl.String)
        then, now = self.judged(found) if found is not None else ({}, {})
        summaries = {name: self.former.summaries[name] for name in (rule.name for rule in self.rules)}
        fresh = [each.summary for each in now.values()]
        summaries |= {each.rule: each for each in moved_counts(summaries, list(then.values()), fresh)}
        places = _Places(self.registry)
        for rule in self.rules:
            frame = self.listed(rule).collect()
            concerned = frame["key"].is_in(again.implode())
            if rule.name in then:
                counts = frame.filter(concerned).group_by("verdict").len()
                known = {(rule.name, Verdict(verdict)): count for verdict, count in counts.iter_rows()}
                refuse_verdicts([then[rule.name]], known)
            kept = self.kept(rule, frame.filter(~concerned), places)
            new = now[rule.name].frame if rule.name in now else None
            yield RuleFrame(rule, summaries[rule.name], self.together(kept, new, places))

    def judged(self, found: Affected) -> tuple[dict[str, RuleSummary], dict[str, RuleFrame]]:
        """The counts of what is concerned as it was, and the findings on it as it is."""
        before, now = (
            Request(self.ruleset, part, self.as_of, self.rules, only={self.kind: found.rows(part, self.kind)})
            for part in (found.before, found.now)
        )
        then = {each.rule.name: each.summary for each in judge_frames(replace(before, listed=False))}
        return then, {each.rule.name: each for each in judge_frames(now)}

    def listed(self, rule: Rule) -> pl.LazyFrame:
        """The findings of the former run that any run lists."""
        wanted = [Verdict.VIOLATION.value, Verdict.UNDETERMINED.value]
        return self.former.findings[rule.name].filter(pl.col("verdict").is_in(wanted))

    def forced(self) -> set[str]:
        """Rows to be judged again because where a value of theirs stands could not be found otherwise."""
        keys: set[str] = set()
        for rule in self.rules:
            for name, source in _related(rule):
                if source.kind in self.still.moved:
                    unkeyed = pl.col(f"{name}.first").is_null() & pl.col(f"{name}.source").is_not_null()
                    keys |= set(self.former.findings[rule.name].filter(unkeyed).select("key").collect()["key"])
        return keys

    def kept(self, rule: Rule, frame: pl.DataFrame, places: _Places) -> pl.DataFrame:
        """The findings of a rule that are taken over, with where everything stands now."""
        at = places.of(self.kind, frame["key"], frame["line"])
        frame = frame.with_columns(at[ROW], at[SOURCE].alias("source"), at[LINE].alias("line"))
        for number, leaf in enumerate(rule.leaves):
            if isinstance(leaf, Cell) and leaf.row.refs:
                to = places.followed(self.kind, at, leaf.row.refs)
                frame = frame.with_columns(_placed(f"v{number}", to))
        for name, source in _related(rule):
            firsts = frame.filter(pl.col(f"{name}.first").is_not_null()).select(ROW, f"{name}.first", f"{name}.line")
            to = places.of(source.kind, firsts[f"{name}.first"], firsts[f"{name}.line"])
            frame = self.with_firsts(frame, name, firsts.select(ROW), to)
        return frame

    def with_firsts(self, frame: pl.DataFrame, name: str, rows: pl.DataFrame, to: pl.DataFrame) -> pl.DataFrame:
        """The frame with the places of first rows; those without a key stand where they did, in a source renumbered."""
        placed = rows.with_columns(_placed("#new", to))
        joined = frame.join(placed, on=ROW, how="left", maintain_order="left")
        renumbered = pl.col(f"{name}.source").replace_strict(self.still.numbers, default=None, return_dtype=pl.Int32)
        keyed = pl.col(f"{name}.first").is_not_null()
        return joined.with_columns(
            pl.when(keyed).then("#new.source").otherwise(renumbered).alias(f"{name}.source"),
            pl.when(keyed).then("#new.line").otherwise(f"{name}.line").alias(f"{name}.line"),
        ).drop("#new.source", "#new.line")

    def together(self, kept: pl.DataFrame, fresh: pl.DataFrame | None, places: _Places) -> pl.DataFrame:
        """Findings taken over and new ones in order of the rows judged."""
        if fresh is not None and len(fresh):
            rows = places.of(self.kind, fresh["key"], fresh["line"])[ROW]
            kept = pl.concat([kept, fresh.with_columns(rows).select(kept.columns)], how="vertical_relaxed")
        return kept.sort(ROW).drop(ROW)


def _related(rule: Rule) -> Iterator[tuple[str, Related]]:
    """The leaves that record the first of the rows they look at: the name of the column, and what they look at."""
    for number, leaf in enumerate(rule.leaves):
        if isinstance(leaf, Chain) and isinstance(leaf.source, Related):
            yield f"v{number}", leaf.source


def _placed(name: str, at: pl.DataFrame) -> list[pl.Series]:
    return [at[SOURCE].alias(f"{name}.source"), at[LINE].alias(f"{name}.line")]


class _Places:
    """Where the rows of a registry stand."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.kinds = registry, registry.vocabulary.kinds
        self.indexes: dict[str, pl.DataFrame] = {}

    def index(self, kind: str) -> pl.DataFrame:
        """The keys, references and places of all rows of a kind."""
        if kind not in self.indexes:
            declared = self.kinds[kind]
            references = [name for name, field in declared.fields.items() if field.type.name == "ref"]
            columns = dict.fromkeys((ROW, SOURCE, LINE, *declared.key, *references))
            self.indexes[kind] = real(self.registry.tables[kind].lazy()).select(*columns).collect(engine="streaming")
        return self.indexes[kind]

    def of(self, kind: str, keys: pl.Series, lines: pl.Series) -> pl.DataFrame:
        """The rows of the index with these keys, in their order; `lines` are where they stood, which spares a search
        where nothing moved.

        Raises:
            LostError: there is none with a key.
        """
        index, declared = self.index(kind), self.kinds[kind]
        if not len(keys):
            return index.clear()
        rows = _guessed(index[LINE], lines)
        if rows is not None:
            found = index[rows]
            if self.named(found, declared, keys):
                return found
        named = index.select(key_text(declared), pl.int_range(pl.len()).alias("#at"))
        wanted = keys.alias(_KEY).to_frame().with_row_index("#nth")
        found = wanted.join(named, on=_KEY, how="inner").sort("#nth")
        if len(found) < len(keys):
            raise LostError(kind, str(wanted.join(named, on=_KEY, how="anti")[_KEY][0]))
        return index[found["#at"]]

    @staticmethod
    def named(rows: pl.DataFrame, kind: Kind, keys: pl.Series) -> bool:
        """Are these the keys of the rows?"""
        plain = len(kind.key) == 1 and rows.schema[kind.key[0]] == pl.String
        if plain and bool((rows[kind.key[0]] == keys).all()):  # nothing in them that would be escaped
            return True
        return bool((rows.select(key_text(kind)).to_series() == keys).all())

    def followed(self, kind: str, rows: pl.DataFrame, path: Sequence[str]) -> pl.DataFrame:
        """The places of what rows refer to along a path, null where it leads nowhere."""
        for reference in path:
            target = self.kinds[kind].fields[reference].type.kind
            assert target is not None
            own = id_text(self.kinds[target])
            if target not in self.registry.tables or own is None:
                nowhere = {SOURCE: pl.Int32, LINE: pl.Int64}
                return pl.DataFrame(schema=nowhere).clear(len(rows))
            there = self.index(target).with_columns(own.alias("#to"))
            rows = rows.select(pl.col(reference).alias("#to")).join(there, on="#to", how="left", maintain_order="left")
            kind = target
        return rows


def _guessed(there: pl.Series, lines: pl.Series) -> pl.Series | None:
    """The positions of lines in a column of them, should they be the same as before; None where that cannot be."""
    if not len(there) or not len(lines) or there.null_count() or lines.null_count() or not there.is_sorted():
        return None
    rows = there.search_sorted(lines)
    return rows if bool((rows < len(there)).all()) else None
