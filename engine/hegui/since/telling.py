"""What is said of a run made out of another, and of options that do not go together."""

from __future__ import annotations

from hegui.report.run import Run
from hegui.source import Diagnostic, UsageError, Wording

_OPTIONS = Wording(
    "since-options",
    "`--changes` and `--before` go with `--since`, and one of the two with it",
    "`--changes` 与 `--before` 须与 `--since` 同用，且二者择一",
)
_AGAIN = Wording(
    "since",
    "{changed} rows differ; {judged} of {total} rows were judged again",
    "有 {changed} 行不同；{total} 行中重新核查 {judged} 行",
)
_ALL = Wording(
    "since-all",
    "everything was judged again: {tables} came or went since the run",
    "已全部重新核查：{tables} 在原结果之后新增或撤销",
)


def refuse_options(since: str | None, changes: str | None, before: str | None) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageError: `changes` or `before` without `since`, none of them with it, or both.
    """
    if (changes is not None) + (before is not None) != (since is not None):
        raise UsageError(Diagnostic(_OPTIONS))


def how_much(run: Run) -> tuple[Wording, dict[str, object]] | None:
    """How much of a run was judged again, in words; None where it was not made out of another."""
    made_of = run.info.since
    if made_of is None:
        return None
    if made_of.tables:
        return _ALL, {"tables": ", ".join(f"`{name}`" for name in made_of.tables)}
    total = sum(run.summary.entities.get(kind, 0) for kind in {rule.about for rule in run.summary.rules})
    return _AGAIN, {"changed": made_of.changed, "judged": sum(made_of.judged.values()), "total": total}
