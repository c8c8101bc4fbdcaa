"""A conclusion as JSON data, and back from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from hegui.facts.registry import Place, SourceTable
from hegui.outcome import ConclusionSummary, Drawn, HowKey, RowGround, conclusion_fingerprint
from hegui.report.rendered import Json, place_data, waiver_data
from hegui.report.stored import DamagedError, decode, encode
from hegui.ruleset.model import Certainty, Nature, Role, Severity
from hegui.source import Wording
from hegui.waivers.model import Waiver

NO_CONCLUSION: Final = Wording("run-damaged", "the run has no conclusion rule `{name}`", "结果中没有结论规则 `{name}`")
_VERDICT: Final = Literal["concluded", "undetermined"]
_FINGERPRINT: Final = Wording("run-damaged", "`{found}` is not `{wanted}`", "`{found}` 应为 `{wanted}`")


def drawn_data(
    drawn: Drawn, summary: ConclusionSummary, sources: Sequence[SourceTable], waivers: Sequence[Waiver] = ()
) -> Json:
    """A conclusion as it stands in a saved run, with the waivers that cover it."""
    return {
        "fingerprint": drawn.fingerprint,
        "conclusion": drawn.conclusion,
        "about": {"kind": drawn.kind, "id": drawn.entity},
        "name": drawn.name,
        "jurisdiction": drawn.jurisdiction,
        "verdict": drawn.verdict,
        "nature": summary.nature,
        "severity": summary.severity,
        "certainty": summary.certainty,
        "message": {"zh": drawn.message.zh, "en": drawn.message.en},
        "count": drawn.count,
        "because": list(drawn.because),
        "facts": [_row_data(row, sources) for row in drawn.rows],
        "causes": [{"reason": c.reason.value, "path": c.path, "count": c.count} for c in drawn.causes],
        "basis": [encode(cited) for cited in drawn.basis],
        "due": encode(drawn.due),
        "waived_by": [waiver_data(waiver) for waiver in waivers],
    }


def summary_from(data: Any, path: str) -> ConclusionSummary:
    """What a run keeps of a conclusion, read back.

    Raises:
        DamagedError: it is not that.
    """
    found: ConclusionSummary = decode(ConclusionSummary, data, path)
    for name, words in (("nature", Nature), ("severity", Severity), ("certainty", Certainty | None)):
        decode(words, getattr(found, name), f"{path}.{name}")
    for number, (key, _) in enumerate(found.how):
        decode(HowKey, key, f"{path}.how[{number}][0]")
    return found


def _row_data(row: RowGround, sources: Sequence[SourceTable]) -> Json:
    place = row_place(row, sources)
    return {"kind": row.kind, "key": row.key, "source": place_data(place), "table": row.source}


def row_place(row: RowGround, sources: Sequence[SourceTable]) -> Place | None:
    """Where a row a conclusion rests on stands."""
    if row.source is None:
        return None
    return sources[row.source].place(row.row, key=row.key)


def drawn_from(data: Any, known: set[str], sources: Sequence[SourceTable], path: str) -> Drawn:
    """A conclusion read back.

    Raises:
        DamagedError: it is not one, or the run does not know its rule.
    """
    item: Json = decode(dict[str, Any], data, path)
    about = decode(dict[str, str], item.get("about"), f"{path}.about")
    name = decode(str, item.get("conclusion"), f"{path}.conclusion")
    if name not in known:
        raise DamagedError(f"{path}.conclusion", NO_CONCLUSION, name=name)
    kind, id = (decode(str, about.get(key), f"{path}.about.{key}") for key in ("kind", "id"))
    wanted = conclusion_fingerprint(name, kind, id)
    if item.get("fingerprint") != wanted:
        raise DamagedError(f"{path}.fingerprint", _FINGERPRINT, found=item.get("fingerprint"), wanted=wanted)
    facts = decode(list[Any], item.get("facts"), f"{path}.facts")
    waived = decode(list[dict[str, Any]], item.get("waived_by", []), f"{path}.waived_by")
    shaped = {
        **{
            key: item.get(key)
            for key in ("name", "jurisdiction", "count", "message", "because", "causes", "basis", "due")
        },
        "conclusion": name,
        "kind": kind,
        "entity": id,
        "certain": decode(_VERDICT, item.get("verdict"), f"{path}.verdict") == "concluded",
        "waived_by": [each.get("waiver") for each in waived],
        "rows": [_row_from(row, sources, f"{path}.facts[{i}]") for i, row in enumerate(facts)],
    }
    found: Drawn = decode(Drawn, shaped, path)
    for number, cited in enumerate(found.basis):
        decode(Role, cited.role, f"{path}.basis[{number}].role")
    return found


def _row_from(data: Any, sources: Sequence[SourceTable], path: str) -> Json:
    item: Json = decode(dict[str, Any], data, path)
    place = decode(Place | None, item.get("source"), f"{path}.source")
    table = decode(int | None, item.get("table"), f"{path}.table")
    if table is not None and not 0 <= table < len(sources):
        table = None
    return {
        "kind": item.get("kind"),
        "key": item.get("key"),
        "source": table,
        "row": None if place is None else place.number,
    }
