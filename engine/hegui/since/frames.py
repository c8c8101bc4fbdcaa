"""The same in columns, where the findings of the former run are kept as Parquet: a frame per rule, as the Polars engine has
them. Where nothing that a rule looks at stands elsewhere than before, its findings become two layers (`since.layering`);
else they are read, told where their rows stand now, and written anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial

import polars as pl

from hegui.engines.frames import finding_columns
from hegui.engines.kept import Kept
from hegui.engines.polars import COMPRESSION, RuleFrame
from hegui.engines.request import Keeping, Request
from hegui.facts.registry import LINE, ROW, SOURCE, Registry
from hegui.facts.standing import standing
from hegui.language.tree import Cell, Chain, Related
from hegui.outcome import RuleSummary, Verdict
from hegui.ruleset.model import Rule
from hegui.since.affected import Affected, affected, id_text, key_text
from hegui.since.carried import LostError, Still
from hegui.since.counts import moved_counts, refuse_verdicts
from hegui.since.difference import Difference, real
from hegui.since.footing import Footing
from hegui.since.layering import Drop, Lower, write_gone
from hegui.since.reach import reach
from hegui.since.twice import judged_twice
from hegui.vocabulary import Kind

_KEY = "#key"


@dataclass(frozen=True)
class Former:
    """A former run whose findings are kept: its counts, those files, and which of its sources are still the same."""

    summaries: Mapping[str, RuleSummary]
    findings: Kept
    still: Still


@dataclass(frozen=True)
class Columns:
    """What is made of it: counts, findings, and how many rows of each kind were judged again."""

    summaries: dict[str, RuleSummary]
    findings: Kept
    judged: dict[str, int]


def kept_since(request: Request, former: Former, changes: Difference, footing: Footing) -> Columns:
    """The findings of each rule as a full run over the registry of `request` has them, in the folder where it keeps them.

    Raises:
        UsageError: the changes do not lead from the run to the registry; the findings of the run are damaged.
        LostError: a row findings speak of is not there, and no change says so.
    """
    assert request.kept is not None
    made = Columns({}, Kept(request.kept.folder, {}, {}), {})
    counts: dict[str, int] = {}
    gone: dict[str, pl.Series] = {}
    for kind in dict.fromkeys(rule.about for rule in request.judged):
        rules = tuple(rule for rule in request.judged if rule.about == kind)
        _Kind(request, former, changes, footing, kind, rules).put(made, counts, gone)
    write_gone(request.kept.folder, gone)
    ordered = {rule.name: rule for rule in request.judged}
    findings = Kept(request.kept.folder, ordered, {name: counts[name] for name in ordered}, layered=frozenset(gone))
    return Columns({name: made.summaries[name] for name in ordered}, findings, made.judged)


class _Kind:
    """All rules about one kind."""

    def __init__(
        self,
        request: Request,
        former: Former,
        changes: Difference,
        footing: Footing,
        kind: str,
        rules: tuple[Rule, ...],
    ) -> None:
        self.request, self.registry, self.former, self.changes = request, request.registry, former, changes
        self.footing, self.kind, self.rules, self.still = footing, kind, rules, former.still

    @property
    def keeping(self) -> Keeping:
        assert self.request.kept is not None
        return self.request.kept

    def put(self, made: Columns, counts: dict[str, int], gone: dict[str, pl.Series]) -> None:
        """Judge again what is concerned and write the findings of all rules of the kind."""
        root = reach(self.rules, self.kind, self.request.kinds)
        found = affected(self.registry, self.changes, root, self.forced())
        layered = [rule.name for rule in self.rules if self.layered(rule)]
        with ThreadPoolExecutor(2) as beside:  # Polars works while Python plans
            lower = beside.submit(self.lower, layered, found)
            then, now = self.judged(found)
            written = beside.map(partial(self.write, found, then, now, lower.result()), self.rules)
        for rule, (count, gone_now) in zip(self.rules, written, strict=True):
            counts[rule.name] = count
            gone |= {} if gone_now is None else {rule.name: gone_now}
        summaries = {rule.name: self.former.summaries[rule.name] for rule in self.rules}
        fresh = [now[name].summary for name in then]
        made.summaries.update(
            summaries | {each.rule: each for each in moved_counts(summaries, list(then.values()), fresh)}
        )
        if found is not None:
            made.judged[self.kind] = len(found)

    def lower(self, layered: Sequence[str], found: Affected | None) -> Lower | None:
        """The findings of rules whose former files stand as they are."""
        return Lower(self.former.findings, layered, self.drop(found)) if layered else None

    def write(
        self,
        found: Affected | None,
        then: Mapping[str, RuleSummary],
        now: Mapping[str, RuleFrame],
        lower: Lower | None,
        rule: Rule,
    ) -> tuple[int, pl.Series | None]:
        """Write the findings of a rule: how many there are, and in two layers what is gone of the lower one."""
        new = self.fresh(rule, now.get(rule.name))
        if lower is None or rule.name not in lower.rows:
            return self.rewrite(rule, found, then, new), None
        layers = lower.layers(rule.name)
        refuse_verdicts([then[rule.name]] if rule.name in then else [], layers.known)
        in_two, count = layers.write(self.keeping.folder, new)
        return count, layers.gone if in_two else None

    def judged(self, found: Affected | None) -> tuple[dict[str, RuleSummary], dict[str, RuleFrame]]:
        """The counts of what is concerned as it was, and the findings on it as it is."""
        if found is None:
            return {}, {}
        then, now = judged_twice(Request(self.request.ruleset, self.registry, self.request.as_of, self.rules), found)
        return {each.rule: each for each in then}, {each.rule.name: each for each in now}

    def fresh(self, rule: Rule, frame: RuleFrame | None) -> pl.DataFrame:
        """The new findings of a rule in the columns they are kept in, private values left out."""
        columns = finding_columns(rule)
        if frame is None:
            return pl.DataFrame(schema=columns)
        hidden = {f"v{number}{part}" for number in self.keeping.hidden.get(rule.name, ()) for part in ("", ".below")}
        made = [pl.lit(None, columns[name]).alias(name) for name in hidden if name in columns]
        return frame.frame.with_columns(made).collect().select(*columns)

    # --- two layers

    def layered(self, rule: Rule) -> bool:
        """Does everything stand where it stood that findings of a rule tell the place of?"""
        summary = self.former.summaries[rule.name]
        if self.former.findings.counts[rule.name] != summary.violation + summary.undetermined:
            return False  # the run lists what others do not
        supplied = _told_of(rule) & set(self.registry.tables)
        return all(self.footing.former(kind) is not None for kind in supplied)

    def drop(self, found: Affected | None) -> Drop:
        """The findings on rows that changed or are concerned."""
        former = self.footing.former(self.kind)
        assert former is not None
        places = [former]
        if found is not None:
            places.append(real(found.still.lazy()).select(standing()).collect()["place"])
        return Drop(pl.concat(places).unique(), self.footing.stand(self.kind))

    # --- written anew

    def rewrite(self, rule: Rule, found: Affected | None, then: Mapping[str, RuleSummary], fresh: pl.DataFrame) -> int:
        """Write the findings of a rule again, and say how many there are."""
        again = found.keys if found is not None else pl.Series([], dtype=pl.String)
        frame = self.former.findings.collected(rule.name, self.listed(rule))
        concerned = frame["key"].is_in(again.implode())
        if rule.name in then:
            counts = frame.filter(concerned).group_by("verdict").len()
            known = {(rule.name, Verdict(verdict)): count for verdict, count in counts.iter_rows()}
            refuse_verdicts([then[rule.name]], known)
        whole = self.together(self.kept(rule, frame.filter(~concerned)), fresh)
        whole.select(*finding_columns(rule)).write_parquet(
            self.keeping.folder / f"{rule.name}.parquet", compression=COMPRESSION
        )
        return len(whole)

    def listed(self, rule: Rule) -> pl.LazyFrame:
        """The findings of the former run that any run lists."""
        wanted = [Verdict.VIOLATION.value, Verdict.UNDETERMINED.value]
        return self.former.findings.scan(rule.name).filter(pl.col("verdict").is_in(wanted))

    @cached_property
    def places(self) -> _Places:
        return _Places(self.registry)

    def forced(self) -> set[str]:
        """Rows to be judged again because where a value of theirs stands could not be found otherwise."""
        keys: set[str] = set()
        for rule in self.rules:
            for name, source in _related(rule):
                if source.kind in self.still.moved:
                    unkeyed = pl.col(f"{name}.first").is_null() & pl.col(f"{name}.source").is_not_null()
                    found = self.former.findings.scan(rule.name).filter(unkeyed).select("key")
                    keys |= set(self.former.findings.collected(rule.name, found)["key"])
        return keys

    def kept(self, rule: Rule, frame: pl.DataFrame) -> pl.DataFrame:
        """The findings of a rule that are taken over, with where everything stands now."""
        at = self.places.of(self.kind, frame["key"], frame["line"])
        frame = frame.with_columns(at[ROW], at[SOURCE].alias("source"), at[LINE].alias("line"))
        for number, leaf in enumerate(rule.leaves):
            if isinstance(leaf, Cell) and leaf.row.refs:
                to = self.places.followed(self.kind, at, leaf.row.refs)
                frame = frame.with_columns(_placed(f"v{number}", to))
        for name, source in _related(rule):
            firsts = frame.filter(pl.col(f"{name}.first").is_not_null()).select(ROW, f"{name}.first", f"{name}.line")
            to = self.places.of(source.kind, firsts[f"{name}.first"], firsts[f"{name}.line"])
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

    def together(self, kept: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
        """Findings taken over and new ones in order of the rows judged."""
        if len(fresh):
            rows = self.places.of(self.kind, fresh["key"], fresh["line"])[ROW]
            kept = pl.concat([kept, fresh.with_columns(rows).select(kept.columns)], how="vertical_relaxed")
        return kept.sort(ROW).drop(ROW)


def _related(rule: Rule) -> Iterator[tuple[str, Related]]:
    """The leaves that record the first of the rows they look at: the name of the column, and what they look at."""
    for number, leaf in enumerate(rule.leaves):
        if isinstance(leaf, Chain) and isinstance(leaf.source, Related):
            yield f"v{number}", leaf.source


def _placed(name: str, at: pl.DataFrame) -> list[pl.Series]:
    return [at[SOURCE].alias(f"{name}.source"), at[LINE].alias(f"{name}.line")]


def _told_of(rule: Rule) -> set[str]:
    """The kinds of rows whose places findings of a rule tell."""
    kinds = {rule.about} | {source.kind for _, source in _related(rule)}
    return kinds | {kind for leaf in rule.leaves if isinstance(leaf, Cell) for kind in leaf.row.kinds[-1:]}


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
