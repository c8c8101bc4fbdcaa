"""Planes, by what rules over them come to."""

from __future__ import annotations

import shutil
from pathlib import Path

import test_since as since

from hegui import api
from hegui.engines import judge

RULE = """
rule: year.{name}
title: {{zh: 甲, en: a}}
about: site_year
{answers}nature: clue
severity: minor
authority: {{zh: 甲, en: a}}
violation: {violation}
message: {{zh: x, en: x}}
basis: []
"""


def test_what_causes_follow_and_leave_is_followed_once(tmp_path: Path) -> None:
    """Causes that take a join more are worked out later: then no reference they followed first may stay behind."""
    reaching = "site.firm.region.firms.exists(f, f.size > {0}) || site.samples.exists(s, s.value > amount * {0})"
    texts = [RULE.format(name=f"a{n}", answers="", violation=reaching.format(f"{n}.0")) for n in range(1, 5)]
    texts.append(RULE.format(name="b", answers="answers: site.firm\n", violation="amount > 5.0"))
    shutil.copytree(Path(since.__file__).parent / "since", tmp_path / "rules")
    (tmp_path / "rules" / "rules.yaml").write_text("---".join(texts), "utf-8")
    ruleset = api.load_ruleset(tmp_path / "rules")
    raw = {kind: rows for kind, rows in since.SMALL.items() if kind != "region"}
    raw |= {"sample": [{"site": "S0", "value": ""}], "site_year": [{"site": "S0", "year": "2022", "amount": ""}]}
    registry = api.load_registry([since.write(raw, tmp_path / "facts")], ruleset)
    by_row, in_columns = (judge(ruleset, registry, as_of=since.AS_OF, engine=name) for name in ("scalar", "polars"))
    assert len(by_row.findings) == len(texts)
    assert in_columns.findings == by_row.findings
