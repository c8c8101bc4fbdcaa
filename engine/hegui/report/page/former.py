"""What became of the findings of an earlier run, by fingerprint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from hegui.engines.kept import Kept
from hegui.outcome import Drawn, Finding, Verdict
from hegui.report.run import Run

if TYPE_CHECKING:
    import polars as pl

_VIOLATION: Final = Verdict.VIOLATION.value


@dataclass(frozen=True, slots=True)
class Change:
    """Violations of a rule: how many are new, persist, or are no longer found, of which some are now undetermined."""

    rule: str
    opened: int
    persisting: int
    closed: int
    to_open: int


@dataclass(frozen=True, slots=True)
class Since:
    """The difference between two runs. `closed` are violations of the former run that are no longer found, so many as are
    listed, with what they are now (None: nothing)."""

    former: Run
    rules: tuple[Change, ...]
    closed: tuple[tuple[Finding, Verdict | None], ...]
    concluded: tuple[Drawn, ...]
    withdrawn: tuple[Drawn, ...]

    @property
    def total(self) -> Change:
        """All rules together."""
        columns = ("opened", "persisting", "closed", "to_open")
        return Change("", *(sum(getattr(change, name) for change in self.rules) for name in columns))

    @property
    def apart_then(self) -> int:
        """How many violations were waived, or rested on memory, in the former run."""
        return sum(item.waived + item.from_memory for item in self.former.summary.rules)

    @property
    def unlisted(self) -> int:
        """How many violations that are no longer found are not listed."""
        return self.total.closed - len(self.closed)


def since(run: Run, former: Run, limit: int) -> Since:
    """What changed between `former` and `run`; of violations no longer found, `limit` are listed."""
    names = sorted({*run.documents, *former.documents})
    changes = tuple(_change(name, run, former) for name in names)
    certain, before = (_certain(each) for each in (run, former))
    return Since(
        former,
        changes,
        tuple(islice(_closed([change.rule for change in changes if change.closed], run, former), limit)),
        tuple(drawn for name, drawn in certain.items() if name not in before),
        tuple(drawn for name, drawn in before.items() if name not in certain),
    )


def _certain(run: Run) -> dict[str, Drawn]:
    return {drawn.fingerprint: drawn for drawn in run.drawing.drawn if drawn.certain}


def persisting(former: Run, shown: Collection[Finding]) -> set[str]:
    """The fingerprints of those findings that were violations in the former run already."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in shown:
        by_rule.setdefault(finding.rule, []).append(finding)
    found: set[str] = set()
    for rule, findings in by_rule.items():
        before = _keys(former, rule, [finding.key for finding in findings])
        found |= {finding.fingerprint for finding in findings if finding.key in before}
    return found


def _keys(run: Run, rule: str, keys: list[str]) -> set[str]:
    import polars as pl

    frame = _verdicts(run, rule).filter(pl.col("verdict") == _VIOLATION, pl.col("key").is_in(keys))
    return set(frame.collect()["key"].to_list())


def _verdicts(run: Run, rule: str) -> pl.LazyFrame:
    """Key and verdict of the findings of a rule."""
    import polars as pl

    if isinstance(run.findings, Kept) and rule in run.findings.counts:
        return run.findings.scan(rule).select("key", "verdict")
    found = [] if isinstance(run.findings, Kept) else run.found_of([rule])
    rows = [(finding.key, finding.verdict.value) for finding in found]
    return pl.LazyFrame(rows, schema={"key": pl.String, "verdict": pl.String}, orient="row")


def _change(rule: str, run: Run, former: Run) -> Change:
    import polars as pl

    both = _verdicts(run, rule).join(_verdicts(former, rule), on="key", how="full", coalesce=True, suffix="_then")
    pairs = both.group_by("verdict", "verdict_then").agg(pl.len()).collect(engine="streaming")
    counts = Counter({(now, then): count for now, then, count in pairs.iter_rows()})
    persisting = counts[_VIOLATION, _VIOLATION]
    now, then = (sum(count for at, count in counts.items() if at[side] == _VIOLATION) - persisting for side in (0, 1))
    return Change(rule, now, persisting, then, counts[Verdict.UNDETERMINED.value, _VIOLATION])


def _closed(rules: list[str], run: Run, former: Run) -> Iterator[tuple[Finding, Verdict | None]]:
    """Violations of the former run that are none now, by rule and key."""
    import polars as pl

    for rule in rules:
        now = _verdicts(run, rule).filter(pl.col("verdict") != Verdict.COMPLIANT.value).collect()
        verdicts = dict(now.iter_rows())
        found = former.findings.of(rule) if isinstance(former.findings, Kept) else former.found_of([rule])
        for finding in found:
            is_now = verdicts.get(finding.key)
            if finding.verdict is Verdict.VIOLATION and is_now != _VIOLATION:
                yield finding, Verdict(is_now) if is_now is not None else None
