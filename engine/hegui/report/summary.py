"""How much a run found: counts that are never capped."""

from __future__ import annotations

from dataclasses import dataclass

from hegui.outcome import RuleSummary, Verdict


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts, never capped: rows of each kind, verdicts of each rule, rows that join no relation because their parent
    is unreadable or unknown; and the rules whose kind was not supplied, with that kind."""

    entities: dict[str, int]
    rules: tuple[RuleSummary, ...]
    orphans: dict[str, int]
    not_supplied: dict[str, str]

    @property
    def judged(self) -> int:
        """Rows judged, over all rules."""
        apart = sum(rule.from_memory + rule.waived for rule in self.rules)
        return apart + sum(map(self.total, Verdict))

    def total(self, verdict: Verdict) -> int:
        """How many verdicts of one sort there are, over all rules."""
        return sum(int(getattr(rule, verdict.value)) for rule in self.rules)
