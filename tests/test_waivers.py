"""Waivers as written, matched and accounted for; every broken file in `tests/broken/waivers` gets its diagnostics."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import sample
from hypothesis import given
from hypothesis import strategies as st

from hegui import api
from hegui.assure.schemas import documents
from hegui.datatypes import Text
from hegui.report.stored import NOWHERE
from hegui.source import UsageError
from hegui.waivers import loading
from hegui.waivers.account import LEAST, account_of
from hegui.waivers.documents import SCHEMA
from hegui.waivers.loading import load, reads_like_a_person
from hegui.waivers.matching import NOTHING, Covering
from hegui.waivers.model import Entity, Scope, Waiver, Waivers
from hegui.waivers.writing import written

BROKEN = Path(__file__).parent / "broken" / "waivers"
CASES = sorted(path.name for path in BROKEN.glob("*.yaml"))
DAY = date(2024, 3, 11)

GOOD = """
schema: hegui/waivers/1
waivers:
  - waiver: k01-transition
    document: 区府办函〔2024〕12号
    approved_by: 区人民政府办公室
    reason: {zh: 过渡期, en: a transition}
    from: 2024-01-01
    until: 2024-06-30
    scope:
      rule: mine.*
      entity: [{kind: mine, id: K 01}, "K02,2023"]
      jurisdiction: T01
"""


def waiver(name: str = "w", start: date = DAY, until: date = DAY, **scope: Any) -> Waiver:
    office = Text("区政府办公室", "district office")
    return Waiver(name, Scope(NOWHERE, **scope), Text("因", "why"), "1号", office, start, until, "w.yaml")


# --- files ---------------------------------------------------------------------------------------------------------


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(GOOD, "utf-8")
    (found,) = load([path]).given
    assert found.scope == Scope(NOWHERE, ("mine.*",), (Entity("K%2001", "mine"), Entity("K02,2023")), ("T01",))
    assert (found.start, found.until, found.document) == (date(2024, 1, 1), date(2024, 6, 30), "区府办函〔2024〕12号")
    assert found.reason == Text("过渡期", "a transition")
    assert found.approved_by == Text("区人民政府办公室", "区人民政府办公室")
    path.write_bytes(GOOD.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load([path]).digest == load([path]).digest != load([]).digest


@pytest.mark.parametrize("name", CASES)
def test_diagnostics(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    if name.startswith("warn-"):
        found = api.load_waivers([name], sample.ruleset()).warnings
    else:
        with pytest.raises(UsageError) as caught:
            load([Path(name)])
        found = caught.value.diagnostics
    text = "\n".join(each.render("en") for each in found) + "\n"
    expected = BROKEN / name.replace(".yaml", ".txt")
    if os.environ.get("HEGUI_REGENERATE"):
        expected.write_text(text, "utf-8")
    assert text == expected.read_text("utf-8")
    assert all(each.render("zh") != each.render("en") for each in found)


def test_a_name_is_given_once_in_all_files(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, "utf-8")
    with pytest.raises(UsageError, match=r"another waiver `k01-transition`, at .*a\.yaml:11"):
        load([tmp_path / "a.yaml", tmp_path / "b.yaml"])
    with pytest.raises(UsageError, match="cannot read"):
        load([tmp_path / "none.yaml"])


def test_names_rules_had_before_are_known(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(GOOD.replace("mine.*", "quarry.*"), "utf-8")
    assert api.load_waivers([tmp_path / "w.yaml"], sample.ruleset()).warnings == ()


@pytest.mark.parametrize("said", ["王小明", "李局长", "张三同志", "欧阳修"])
def test_persons(said: str) -> None:
    assert reads_like_a_person(said)


@pytest.mark.parametrize("said", ["区生态环境局", "区政府", "Office of the District", "巴南区人民政府办公室", "市委"])
def test_offices(said: str) -> None:
    assert not reads_like_a_person(said)


def test_the_schema_takes_what_is_taken() -> None:
    schema = documents()["waivers"]
    assert json.loads(json.dumps(schema)) == schema
    assert schema["properties"]["schema"]["const"] == SCHEMA
    scope = schema["$defs"]["ScopePart"]["properties"]
    assert set(scope) == {"rule", "entity", "jurisdiction", "fingerprints"}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
IDS = st.text("ABK01/,% 镇", min_size=1, max_size=4)


@given(
    st.lists(
        st.builds(
            waiver,
            rules=st.lists(TEXTS, min_size=1, max_size=2).map(tuple),
            entities=st.lists(st.builds(Entity, IDS.map(loading.as_key), st.none() | st.just("mine")), max_size=2).map(
                tuple
            ),
            jurisdictions=st.lists(TEXTS, max_size=2).map(tuple),
            fingerprints=st.lists(st.just("a.b/mine/K%201"), max_size=2).map(tuple),
        ),
        min_size=1,
        max_size=3,
    ),
    TEXTS,
)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, found: list[Waiver], said: str) -> None:
    from dataclasses import replace

    named = [replace(each, name=f"w{n}", document=said, reason=Text(said, said)) for n, each in enumerate(found)]
    path = tmp_path_factory.mktemp("written") / "w.yaml"
    path.write_text("".join(written(iter(named))), "utf-8", newline="\n")
    assert list(load([path]).given) == named


# --- matching ------------------------------------------------------------------------------------------------------

RULES = ["mine.a", "mine.b", "sewer.a"]
FORMERLY = {"mine.b": ("pit.b",)}


def naive(given: list[Waiver], day: date, rule: str, key: str, kind: str, entity: str, place: str | None) -> list[str]:
    """What covers a violation, said once more and as plainly as can be."""
    names = [rule, *FORMERLY.get(rule, ())]
    found = []
    for each in given:
        scope = each.scope
        fits = each.start <= day <= each.until
        fits = fits and (not scope.rules or any(fnmatchcase(n, pattern) for pattern in scope.rules for n in names))
        fits = fits and (not scope.entities or any(e.id == entity and e.kind in (None, kind) for e in scope.entities))
        fits = fits and (not scope.jurisdictions or place in scope.jurisdictions)
        fits = fits and (not scope.fingerprints or any(f"{n}/row/{key}" in scope.fingerprints for n in names))
        if fits:
            found.append(each.name)
    return found


days = st.integers(-3, 3).map(lambda n: DAY + timedelta(n))
some = st.lists
scopes = st.fixed_dictionaries(
    {
        "rules": some(st.sampled_from(["*", "mine.*", "mine.a", "pit.?", "[ms]*.a"]), max_size=2).map(tuple),
        "entities": some(
            st.builds(Entity, st.sampled_from("ABC"), st.sampled_from([None, "mine", "town"])), max_size=2
        ).map(tuple),
        "jurisdictions": some(st.sampled_from(["T1", "T2"]), max_size=2).map(tuple),
        "fingerprints": some(
            st.builds("{}/row/{}".format, st.sampled_from([*RULES, "pit.b"]), st.sampled_from("xy")), max_size=2
        ).map(tuple),
    }
).filter(lambda scope: scope["rules"] or scope["fingerprints"])


@given(st.lists(st.tuples(scopes, days, days), max_size=6), days)
def test_the_matcher_means_what_the_naive_one_says(given: list[Any], day: date) -> None:
    found = [waiver(f"w{n}", start, until, **scope) for n, (scope, start, until) in enumerate(given)]
    covering = Covering(found, day, FORMERLY)
    for rule in RULES:
        named = covering.named(rule, "row")
        for key in "xy":
            for kind, entity in (("mine", "A"), ("town", "A"), ("mine", "B"), ("mine", "D")):
                for place in ("T1", "T3", None):
                    told = [each.name for each in covering.of(rule, "row", key, kind, entity, place)]
                    assert told == naive(found, day, rule, key, kind, entity, place)
                    if named is None:
                        assert not told
                        continue
                    less = (
                        key if key in named.keys else None,
                        kind,
                        entity if entity in named.entities else None,
                        place if named.jurisdictions else None,
                    )
                    assert [
                        each.name for each in covering.of(rule, "row", *less)
                    ] == told  # the rest makes no difference


def test_conclusions_are_matched_by_name_and_fingerprint() -> None:
    by_name, by_print = (
        waiver("a", rules=("town.*",), entities=(Entity("T%201", "town"),)),
        waiver("b", fingerprints=("town.x/town/T%201",)),
    )
    covering = Covering([by_name, by_print], DAY)
    assert [each.name for each in covering.conclusion("town.x", "town", "T 1", None)] == ["a", "b"]
    assert covering.conclusion("town.x", "town", "T1", None) == ()
    assert not NOTHING
    assert covering


def test_a_day_before_and_a_day_after() -> None:
    stands = waiver(start=DAY, until=DAY + timedelta(1), rules=("*",))
    days = [DAY + timedelta(n) for n in (-1, 0, 1, 2)]
    assert [bool(Covering([stands], day)) for day in days] == [False, True, True, False]


# --- accounts ------------------------------------------------------------------------------------------------------


def test_an_account() -> None:
    far = DAY + timedelta(400)
    given = (
        waiver("ended", DAY - timedelta(9), DAY - timedelta(1), rules=("a",)),
        waiver("ends-today", DAY, DAY, rules=("a",)),
        waiver("ends-soon", DAY, DAY + timedelta(30), rules=("a",)),
        waiver("ends-later", DAY, DAY + timedelta(31), rules=("a",)),
        waiver("to-come", DAY + timedelta(1), far, rules=("a",)),
        waiver("all", DAY, far, rules=("**",)),
        waiver("most", DAY, far, rules=("mine.*",)),
        waiver("each", DAY, far, fingerprints=("a/b/c",)),
    )
    covers = {"ends-today": 1, "ends-later": 1, "all": 1, "most": LEAST, "each": 99}
    found = account_of(Waivers(given), DAY, covers, 2 * LEAST - 1, whole=True)
    assert found.expired == ("ended",)
    assert found.expiring == ("ends-today", "ends-soon")
    assert found.upcoming == ("to-come",)
    assert found.unused == ("ends-soon",)
    assert found.broad == ("all", "most")
    assert found.covers["ends-soon"] == 0
    assert "ended" not in found.covers
    assert not found.clean
    part = account_of(Waivers(given), DAY, covers, 2 * LEAST - 1, whole=False, soon=0)
    assert (part.unused, part.broad, part.expiring) == (None, ("all",), ("ends-today",))
    assert account_of(Waivers(), DAY, {}, 0, whole=True).clean
