"""An entity that nothing is filed under: asked for by a key that is mistyped, most of the time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hegui.engines.request import answering_row
from hegui.facts.registry import Registry
from hegui.report.run import Run
from hegui.ruleset.model import Rule
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean

_NOBODY: Final = Wording(
    "no-such-entity",
    "nothing was evaluated: no row is filed under `{entity}`",
    "没有核查任何数据：没有归于 `{entity}` 的行",
)
_NEAR: Final = Wording("did-you-mean", "did you mean `{near}`?", "是否应为 `{near}`？")


def nobody(entity: str, known: Iterable[str]) -> UsageError:
    """The error for a key of an entity no row is filed under, with the nearest there is."""
    near = did_you_mean(entity, known, 1)
    args: dict[str, object] = {"entity": entity, "near": "".join(near)}
    return UsageError(Diagnostic(_NOBODY, args, None, _NEAR if near else None))


def of_somebody(run: Run, registry: Registry, rules: Iterable[Rule]) -> Run:
    """The run, if it is not of an entity that no row is filed under.

    Raises:
        UsageError: it is.
    """
    entity = run.info.asked.entity
    if entity is None or run.summary.judged:
        return run
    kinds = registry.vocabulary.kinds
    answering = {answering_row(rule, kinds).kind for rule in rules} & set(registry.tables)
    raise nobody(entity, [key for kind in answering if len(kinds[kind].key) == 1 for key in registry.keys(kind)])
