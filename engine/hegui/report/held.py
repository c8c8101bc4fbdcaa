"""Findings in a run document: held there, or told where they are kept as Parquet beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hegui.engines.kept import Kept
from hegui.explaining import RuleDocument
from hegui.facts.registry import SourceTable
from hegui.outcome import Finding, RuleSummary
from hegui.report import rendered
from hegui.report.stored import DamagedError, decode
from hegui.source import Wording

if TYPE_CHECKING:
    from hegui.facts.stands import Stand

_SEPARATORS: Final = frozenset("/\\:\0")
LOOSE: Final = Wording("run-damaged", "it does not hold together", "前后不一致")


def findings_data(kept: Kept) -> dict[str, Any]:
    """What says in a run document where its findings are; `layered` only where there are such rules."""
    data = {"parquet": kept.called, "mark": kept.mark, "count": len(kept), "counts": dict(kept.counts)}
    return {**data, "layered": sorted(kept.layered)} if kept.layered else data


def read_findings(
    data: Any,
    by_rule: Mapping[str, RuleDocument],
    sources: tuple[SourceTable, ...],
    counted: Sequence[RuleSummary],
    beside: Path,
) -> Sequence[Finding]:
    """The findings of the document, or those kept beside it."""
    if not isinstance(data, dict):
        items = enumerate(decode(list[Any], data, "findings"))
        return tuple(rendered.finding_from(item, by_rule, sources, f"findings[{i}]") for i, item in items)
    called = decode(str, data.get("parquet"), "findings.parquet")
    rules = {name: document.rule for name, document in by_rule.items()}
    counts = decode(dict[str, int], data.get("counts"), "findings.counts")
    outside = any(set(name) & _SEPARATORS for name in counts)  # a rule's name is part of the name of its file
    if list(counts) != [item.rule for item in counted] or not set(counts) <= set(rules) or outside:
        raise DamagedError("findings.counts", LOOSE)
    layered = decode(list[str], data.get("layered", []), "findings.layered")
    if not set(layered) <= set(counts):
        raise DamagedError("findings.layered", LOOSE)
    mark = decode(str | None, data.get("mark"), "findings.mark")
    return Kept(beside / called, rules, counts, called, layered=frozenset(layered), mark=mark).whole()


def read_stands(data: object) -> dict[str, Stand | None]:
    """The same read back.

    Raises:
        DamagedError: it is damaged.
    """
    from hegui.facts.stands import stands_from

    try:
        return stands_from(data)
    except ValueError as error:
        raise DamagedError("stands", LOOSE) from error
