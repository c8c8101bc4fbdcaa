"""What stands on the page whether scripts run or not: totals, counts, pictures, conclusions, data wanted, data quality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from hegui.datatypes import Text
from hegui.explaining.words import SEVERITIES, VERDICTS
from hegui.facts.registry import DataProblem
from hegui.outcome import RuleSummary, Verdict
from hegui.report.page import charts, words
from hegui.report.page.charts import Bar, Timeline
from hegui.report.page.placed import Placed, placed
from hegui.report.page.tally import ORDER, Cell
from hegui.report.run import Run
from hegui.report.sorts import Sort
from hegui.report.table import problem_text
from hegui.ruleset.model import Severity

MOST_ROWS: Final = 300
"""Rows of a table of counts, of data wanted or of the data's problems that are listed."""
MOST_TOWNS: Final = 20
"""Towns in the picture."""


@dataclass(frozen=True, slots=True)
class Row:
    """Findings of one town or kind: how many violations of each severity, how many are undetermined and waived."""

    at: str | None
    name: Text
    severities: Mapping[Severity, int]
    undetermined: int
    waived: int

    @property
    def total(self) -> int:
        """All violations."""
        return sum(self.severities.values())


@dataclass(frozen=True, slots=True)
class Problems:
    """Problems of one sort in one column: how many, and the first of them."""

    kind: str | None
    field: str | None
    found: tuple[DataProblem, ...]

    def texts(self, most: int) -> list[tuple[Text, DataProblem]]:
        """The first of them in words."""
        return [(Text(*(problem_text(each, lang) for lang in ("zh", "en"))), each) for each in self.found[:most]]


@dataclass(frozen=True)
class Overview:
    """The figures of a run. `cells` are its findings counted."""

    run: Run
    cells: Counter[Cell]

    # --- counts

    @cached_property
    def verdicts(self) -> list[tuple[Verdict, Text, int]]:
        """How often each verdict was given."""
        return [(verdict, VERDICTS[verdict], self.run.summary.total(verdict)) for verdict in ORDER]

    @property
    def waived(self) -> int:
        """Violations that a waiver covers."""
        return sum(item.waived for item in self.run.summary.rules)

    @property
    def standing(self) -> int:
        """How many waivers stand on the day of the decision."""
        return sum(each.stands(self.run.info.decided_on) for each in self.run.info.waivers.standing)

    @property
    def from_memory(self) -> int:
        """Violations that rest on memory only."""
        return sum(item.from_memory for item in self.run.summary.rules)

    @cached_property
    def severities(self) -> list[tuple[Severity, Text, int]]:
        """Violations of each severity, the gravest first."""
        counts = by_severity(self.run)
        return [(severity, SEVERITIES[severity], counts[severity]) for severity in charts.SEVERITIES]

    def severity(self, rule: str) -> Severity:
        """The severity of a rule."""
        return self.run.documents[rule].rule.severity

    @cached_property
    def rules(self) -> list[RuleSummary]:
        """The counts of each rule, the gravest and most frequent first."""
        return sorted(
            self.run.summary.rules, key=lambda item: (-self.severity(item.rule).rank, -item.violation, item.rule)
        )

    @cached_property
    def towns(self) -> list[Row]:
        """Findings by who answers for them, most violations first."""
        return self._groups("jurisdiction")

    @cached_property
    def kinds(self) -> list[Row]:
        """Findings by what they are filed under."""
        return self._groups("kind")

    def _groups(self, column: str) -> list[Row]:
        severities: dict[str | None, Counter[Severity]] = {}
        others: dict[Sort, Counter[str | None]] = {Sort.UNDETERMINED: Counter(), Sort.WAIVED: Counter()}
        for cell, count in self.cells.items():
            at = getattr(cell, column)
            if cell.sort is Sort.VIOLATION:
                severities.setdefault(at, Counter())[self.severity(cell.rule)] += count
            elif cell.sort in others:
                others[cell.sort][at] += count
        name = self.kind if column == "kind" else self.town
        open_, waived = others.values()
        every = (
            Row(at, name(at), severities.get(at, Counter()), open_[at], waived[at])
            for at in {*severities, *open_, *waived}
        )
        return sorted(every, key=lambda group: (-group.total, -group.undetermined, group.at or "~"))

    def town(self, at: str | None) -> Text:
        """What a jurisdiction is called."""
        if at is None:
            return words.NO_TOWN
        name = self.run.labels.jurisdictions.get(at, at)
        return Text(name, name)

    def kind(self, at: str | None) -> Text:
        """What a kind is called."""
        known = self.run.labels.kinds.get(at or "")
        return known.label if known is not None else Text(at or "", at or "")

    def field(self, kind: str | None, name: str | None) -> Text:
        """What a field is called."""
        known = self.run.labels.kinds.get(kind or "")
        label = known.fields.get(name or "") if known is not None else None
        return label.label if label is not None else Text(name or "", name or "")

    # --- pictures

    @cached_property
    def by_town(self) -> str:
        """Violations by town as a picture; empty where there are none."""
        found = [group for group in self.towns if group.total]
        bars = [Bar("—" if group.at is None else group.name.zh, group.severities) for group in found[:MOST_TOWNS]]
        if len(found) > MOST_TOWNS:
            rest = found[MOST_TOWNS:]
            counts = sum((Counter(group.severities) for group in rest), Counter[Severity]())
            bars.append(Bar(f"+ {len(rest)}", counts))
        return charts.drawn(charts.across(bars)) if bars else ""

    @cached_property
    def timeline(self) -> Timeline | None:
        """Violations by day of the act."""
        counts = Counter[tuple[date, Severity]]()
        for cell, count in self.cells.items():
            if cell.sort is Sort.VIOLATION and cell.occurred is not None:
                counts[cell.occurred, self.severity(cell.rule)] += count
        return charts.timeline(counts)

    @cached_property
    def undated(self) -> int:
        """Violations without a day of the act."""
        undated = (count for cell, count in self.cells.items() if cell.sort is Sort.VIOLATION and not cell.occurred)
        return sum(undated)

    @cached_property
    def over_time(self) -> str:
        """Violations over time as a picture; empty where there is only one bar."""
        found = self.timeline
        return charts.drawn(charts.upright(found.bars)) if found is not None and len(found.bars) > 1 else ""

    @cached_property
    def placed(self) -> Placed:
        """Entities with coordinates that have a violation."""
        return placed(self.run, charts.MOST_POINTS)

    @cached_property
    def map(self) -> str:
        """Entities on a map; empty where fewer than two have coordinates."""
        shown = self.placed.points
        return charts.drawn(charts.chart_of(shown)) if len(shown) > 1 else ""

    # --- data

    def problems(self, found: Sequence[DataProblem]) -> list[Problems]:
        """Problems by table, field and sort."""
        groups: dict[tuple[str, str, str], list[DataProblem]] = {}
        for problem in found:
            groups.setdefault((problem.kind or "", problem.field or "", problem.problem), []).append(problem)
        return [Problems(kind or None, field or None, tuple(each)) for (kind, field, _), each in groups.items()]

    @cached_property
    def not_supplied(self) -> list[tuple[Text, list[str]]]:
        """Tables that were not supplied, with the rules that were not checked."""
        rules: dict[str, list[str]] = {}
        for rule, kind in self.run.summary.not_supplied.items():
            rules.setdefault(kind, []).append(rule)
        return [(self.kind(kind), names) for kind, names in rules.items()]

    def counted(self, counts: Mapping[str, int]) -> Text:
        """Kinds with a number each, in one line."""
        zh, en = (
            _listed(((self.kind(kind).get(lang), count) for kind, count in counts.items()), lang) for lang in _LANGS
        )
        return Text(zh, en)


def by_severity(run: Run) -> Counter[Severity]:
    """How many violations of each severity there are."""
    counts = Counter[Severity]()
    for item in run.summary.rules:
        counts[run.documents[item.rule].rule.severity] += item.violation
    return counts


def then_and_now(former: Run, run: Run) -> str:
    """The violations of two runs as a picture; empty where neither has any."""
    bars = [Bar(each.info.as_of.isoformat(), by_severity(each)) for each in (former, run)]
    return charts.drawn(charts.across(bars)) if any(bar.total for bar in bars) else ""


def _listed(pairs: Iterable[tuple[str, int]], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(f"{name} {count:,}" for name, count in pairs)


_LANGS: Final = ("zh", "en")
