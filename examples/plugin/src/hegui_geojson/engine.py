"""An engine that trusts no engine: it judges twice, by columns and row by row, and refuses to go on where the two differ."""

from __future__ import annotations

from dataclasses import replace

from hegui.plugins import Judgement, Request, engine_of
from hegui.source import Diagnostic, EngineError, Wording

_DIFFER = Wording(
    "engines-differ", "`polars` and `scalar` do not agree on {what}", "`polars` 与 `scalar` 对 {what} 的结果不一致"
)


def judge(request: Request) -> Judgement:
    """What `polars` says, if `scalar` says the same.

    Raises:
        EngineError: it does not.
    """
    columns = engine_of("polars")(request)
    rows = engine_of("scalar")(replace(request, kept=None))
    for one, other in zip(columns.summaries, rows.summaries, strict=True):
        if one != other:
            raise EngineError(Diagnostic(_DIFFER, {"what": one.rule}))
    for one, other in zip(columns.findings, rows.findings, strict=True):
        if (one.fingerprint, one.verdict, one.causes) != (other.fingerprint, other.verdict, other.causes):
            raise EngineError(Diagnostic(_DIFFER, {"what": one.fingerprint}))
    return columns
