"""Findings about a ruleset that are let stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

import hegui.ruleset
from hegui.assure.accepting import About, sifted
from hegui.ruleset.model import Ruleset

HEAD = """ruleset: {name}
title: {{zh: 规则集, en: rules}}
version: "1"
"""


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    folder = tmp_path_factory.mktemp("accepted")
    for name, extends, entries in (
        ("base", "", ["{finding: f, name: below, reason: {zh: 下层, en: below}}"]),
        (
            "top",
            "extends: base\n",
            [
                "{finding: f, name: whole, reason: {zh: 全部, en: all of it}}",
                "{finding: f, name: part, detail: one, reason: {zh: 其一, en: one of it}}",
                "{finding: g, name: gone, reason: {zh: 已无, en: gone}}",
            ],
        ),
    ):
        (folder / name).mkdir()
        (folder / name / "ruleset.yaml").write_text(HEAD.format(name=name) + extends, encoding="utf-8")
        text = "accepted:\n" + "".join(f"  - {entry}\n" for entry in entries)
        (folder / name / "accepted.yaml").write_text(text, encoding="utf-8")
    return hegui.ruleset.load(folder / "top")


FOUND = [About("f", "whole", "one"), About("f", "whole"), About("f", "part", "one"), About("f", "part", "two")]


def test_what_is_let_stand_keeps_its_reason_and_the_rest_is_left(ruleset: Ruleset) -> None:
    found = sifted(FOUND, ruleset, lambda each: each, {"f", "g"})
    assert found.left == (About("f", "part", "two"),)
    assert [(each.detail, entry.reason.en) for each, entry in found.let_stand] == [
        ("one", "all of it"),
        (None, "all of it"),
        ("one", "one of it"),
    ]


def test_an_entry_that_meets_nothing_is_told_where_its_check_ran(ruleset: Ruleset) -> None:
    found = sifted(FOUND, ruleset, lambda each: each, {"f", "g"})
    (warning,) = found.in_vain
    assert warning.wording.id == "accepted-in-vain"
    assert warning.level == "warning"
    assert warning.span is not None
    assert warning.span.source.name.endswith("accepted.yaml")
    assert warning.span.source.line_column(warning.span.start)[0] == 4
    assert not sifted(FOUND, ruleset, lambda each: each, {"f"}).stale
    assert not sifted(FOUND, ruleset, lambda each: each, {"f", "g"}, names=lambda name: name != "gone").stale


def test_entries_of_a_lower_layer_count_but_are_never_stale(ruleset: Ruleset) -> None:
    found = sifted([About("f", "below")], ruleset, lambda each: each, {"f"})
    assert not found.left
    assert {each.name for each in found.stale} == {"whole", "part"}
    assert {each.name for each in sifted([], replace(ruleset, name="base"), lambda each: each, {"f"}).stale} == {
        "below"
    }
