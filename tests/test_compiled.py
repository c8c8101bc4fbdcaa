"""Words and law of many findings are those of each by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sample
import shipped_kit

from hegui import api
from hegui.explaining import message, waits
from hegui.explaining.compiled import Teller
from hegui.explaining.law import basis, certainty, due, later
from hegui.explaining.values import contained
from hegui.report.run import Run

BANAN = Path(__file__).parent.parent / "facts" / "banan"


def banan() -> Run:
    ruleset, registry = shipped_kit.loaded(), shipped_kit.registry(None)
    days = {"as_of": date(2024, 3, 11), "decided_on": date(2026, 8, 20)}
    return api.check(registry, ruleset, chainer="reference", every=True, **days)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("whose", [lambda: sample.run(every=True), banan])
def test_a_teller_says_what_is_said_of_one(whose: object, lang: str) -> None:
    run = whose()  # type: ignore[operator]
    tellers = {name: Teller(document, run.setting, lang) for name, document in run.documents.items()}
    for finding in run.findings:
        case, teller = run.case(finding), tellers[finding.rule]
        assert teller.message(finding) == message(case, lang)
        assert teller.waits(finding) == waits(case, lang)
        law = teller.law(finding)
        assert (law.basis, law.later, law.certainty, law.due) == (basis(case), later(case), certainty(case), due(case))
        assert law.nature is case.rule.nature(case.day)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("plain", ""),
        ("\u202eturned", "\u202c"),
        ("\u202eturned\u202c back", ""),
        ("\u2067a\u202bb", "\u202c\u2069"),
        ("\u202ba\u2067b", "\u2069\u202c"),
        ("\u2067a\u202bb\u2069", ""),
        ("\u202ba\u2067b\u202c", "\u2069\u202c"),
        ("\u202c\u2069", ""),
    ],
)
def test_marks_of_direction_end_with_their_text(text: str, ends: str) -> None:
    assert contained(text) == text + ends
