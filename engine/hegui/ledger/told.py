"""The ledger as JSON: everything, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from hegui.datatypes import Text
from hegui.explaining.words import STANDING
from hegui.ledger.life import Entry, Sighting, events, in_force
from hegui.ledger.page import Writer
from hegui.ledger.standing import Account, Found, Matter
from hegui.ledger.tally import By, Overdue, Tally, looks
from hegui.report.rendered import place_data

SCHEMA: Final = "hegui/ledger/1"


def status(writer: Writer, total: Tally, groups: dict[str, Tally], by: By) -> Iterator[str]:
    """Counts, in all and by town or department."""
    yield _document(
        writer, {"total": total.data(), "by": by, "groups": {name: each.data() for name, each in groups.items()}}
    )


def overdue(writer: Writer, found: Overdue) -> Iterator[str]:
    """All that is overdue."""
    matters = [matter_data(matter, writer.day) for matter in found.matters]
    yield _document(writer, {"overdue": matters, "without_order": found.without_order})


def show(writer: Writer, found: Sequence[Found]) -> Iterator[str]:
    """Matters with all that runs and offices say of them."""
    yield _document(writer, {"matters": [_found_data(each, writer.day) for each in found]})


def _document(writer: Writer, data: dict[str, Any]) -> str:
    runs = [{"run": run.id, "as_of": run.as_of, "ruleset": run.ruleset, "version": run.version} for run in writer.runs]
    head = {"schema": SCHEMA, "as_of": writer.day, "statement": _text(STANDING), "runs": runs}
    return json.dumps({**head, **data}, ensure_ascii=False, indent=1, default=date.isoformat) + "\n"


def matter_data(matter: Matter, day: date) -> dict[str, Any]:
    """A matter as it stands."""
    life, now = matter.life, matter.now
    order = life.order
    return {
        "fingerprint": matter.fingerprint,
        "title": _text(now.words.title),
        "kind": now.kind,
        "entity": now.entity,
        "name": now.name,
        "jurisdiction": now.jurisdiction,
        "place": now.place,
        "severity": now.words.severity,
        "nature": now.words.nature,
        "authority": _text(now.words.authority),
        "progress": life.progress.value,
        "data": {"state": life.sighted.state.value, "as_of": life.sighted.last.as_of, "waiver": matter.waiver},
        "opened": life.sighted.opened.as_of,
        "proposed": {"day": matter.due, "no_earlier": matter.beyond} if matter.due is not None else None,
        "order": entry_data(order) if order is not None else None,
        "overdue_days": life.overdue(day),
        "looks": list(looks(matter)),
        "message": _text(now.message),
    }


def entry_data(entry: Entry) -> dict[str, Any]:
    """An entry: what was given, and its number."""
    names = ("id", "day", "document", "office", "text", "period", "deadline", "file", "digest", "corrects")
    return {
        "sort": entry.sort.value,
        **{name: getattr(entry, name) for name in names if getattr(entry, name) is not None},
    }


def _found_data(found: Found, day: date) -> dict[str, Any]:
    standing = {entry.id for entry in in_force(found.matter.entries)}
    return {
        **matter_data(found.matter, day),
        "former_fingerprints": list(found.former),
        "course": [_event_data(event, each) for event, each in events(found.sightings)],
        "entries": [{**entry_data(entry), "stands": entry.id in standing} for entry in found.matter.entries],
        "then": _account_data(found.matter.first),
        "now": _account_data(found.matter.now),
    }


def _event_data(event: str, sighting: Sighting) -> dict[str, Any]:
    found = {"run": sighting.at.run, "as_of": sighting.at.as_of, "event": str(event)}
    return found if sighting.waiver is None else {**found, "waiver": sighting.waiver}


def _account_data(account: Account) -> dict[str, Any]:
    facts = [
        {"label": _text(fact.label), "value": _text(fact.shown), "source": place_data(fact.place)}
        for fact in account.facts
    ]
    return {"message": _text(account.message), "occurred": account.occurred, "facts": facts}


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
