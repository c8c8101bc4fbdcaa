"""An impact as JSON: everything, in both languages, one change to a line; many changes stand in a Parquet file beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from hegui.assure.impact.model import Change, Changed, Concluded, Edit, Impact, Redrawn, RuleImpact, Side, State
from hegui.datatypes import Text
from hegui.explaining.words import STANDING
from hegui.report.look import Look

SCHEMA: Final = "hegui/impact/1"


def as_json(impact: Impact, look: Look) -> Iterator[str]:
    """The whole impact. `look` makes no difference."""
    head = {
        "schema": SCHEMA,
        "statement": _text(STANDING),
        "old": _side(impact.old),
        "new": _side(impact.new),
        "as_of": impact.as_of.isoformat(),
        "decided_on": impact.decided_on.isoformat(),
        "facts": {"digest": impact.facts.digest, "problems": impact.facts.problems},
        "counts": _counted(impact.changed, Change),
        "severities": {severity.value: _counted(found, Change) for severity, found in impact.by_severity.items()},
        "jurisdictions": [_place(impact, id, found) for id, found in impact.by_jurisdiction.items()],
        "causes": [{"edits": cause, "counts": _counted(found, Change)} for cause, found in impact.by_cause.items()],
        "same": impact.same,
        "not_supplied": dict(sorted(impact.not_supplied.items())),
    }
    yield _json(head)[:-1] + ",\n"
    yield from _array("edits", map(_edit, impact.edits))
    yield from _array("rules", map(_rule, impact.rules))
    if impact.kept is None:
        yield from _array("changes", (_changed(each) for rule in impact.rules for each in rule.records()))
    else:
        yield f'"changes": {_json({"parquet": impact.kept, "count": impact.changed.total()})},\n'
    if impact.conclusions is None:
        yield '"conclusions": null}\n'
        return
    yield f'"conclusion_counts": {_json(_counted(impact.redrawn, Redrawn))},\n'
    yield from _array("conclusions", map(_concluded, impact.conclusions), last=True)


def _array(name: str, items: Iterator[dict[str, Any]], last: bool = False) -> Iterator[str]:
    yield f'"{name}": ['
    separator = "\n "
    for item in items:
        yield separator + _json(item)
        separator = ",\n "
    yield "\n]}\n" if last else "\n],\n"


def _side(side: Side) -> dict[str, Any]:
    return {"given": side.shown, "name": side.name, "version": side.version, "digest": side.digest}


def _place(impact: Impact, id: str | None, found: Counter[Change]) -> dict[str, Any]:
    return {"jurisdiction": id, "name": impact.place(id), "counts": _counted(found, Change)}


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "number": edit.number, "sort": edit.sort.value, "name": edit.name, "key": edit.key, "before": edit.before,
        "after": edit.after, "place": edit.place, "bears": edit.bears, "rules": edit.rules,
    }  # fmt: skip


def _rule(rule: RuleImpact) -> dict[str, Any]:
    turned = [
        {"before": State(before).word, "after": State(after).word, "count": count}
        for (before, after), count in sorted(rule.counts.items())
    ]
    return {
        "rule": rule.rule, "formerly": rule.former, "title": _text(rule.title), "about": rule.about,
        "nature": rule.nature.value, "severity": rule.severity.value, "edits": rule.edits, "turned": turned,
        "counts": _counted(rule.changed, Change),
    }  # fmt: skip


def _changed(each: Changed) -> dict[str, Any]:
    return {
        "change": each.change.value, "fingerprint": each.fingerprint, "rule": each.rule, "kind": each.kind,
        "entity": each.entity, "name": each.name, "jurisdiction": each.jurisdiction, "before": each.before.word,
        "after": each.after.word, "because": each.cause,
    }  # fmt: skip


def _concluded(each: Concluded) -> dict[str, Any]:
    return {
        "change": each.change.value, "fingerprint": each.fingerprint, "conclusion": each.conclusion,
        "title": _text(each.title), "kind": each.kind, "entity": each.entity, "name": each.name,
        "jurisdiction": each.jurisdiction, "severity": each.severity.value, "message": _text(each.message),
        "grounds": each.grounds, "because": each.edits,
    }  # fmt: skip


def _counted(found: Mapping[Any, int], every: type[StrEnum]) -> dict[str, int]:
    return {each.value: found.get(each, 0) for each in every}


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)
