"""Sessions: equal to a full check after any changes, and as they were after any that do not fit."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import conclusions_kit
import drawn_kit
import pytest
import shipped_kit
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from session_kit import Live, Model, Row, applied, bare, changed, key, random_change, same, told, unordered, whole

from hegui import api, vocabulary
from hegui.conclusions.telling import Teller
from hegui.engines import scalar
from hegui.facts import from_rows, readers
from hegui.facts.registry import Registry
from hegui.outcome import Finding
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset
from hegui.session import Applied, Change, Session
from hegui.session.found import Found
from hegui.session.network import Network
from hegui.session.watching import Files, lines, records, sorts
from hegui.source import HeguiError, UsageError
from hegui.waivers.model import Waivers

HERE = Path(__file__).parent
FOLDER = Path(tempfile.mkdtemp(prefix="hegui-test-"))

MORE = """
---
conclusion: region.quiet
title: {zh: 静, en: quiet}
nature: clue
severity: low
authority: {zh: 甲, en: a}
given: {f: 'finding("firm.large")'}
unless: {y: site_year}
unless_where: y.site.firm.region == f.jurisdiction && y.amount > 8.0
about: {kind: region, id: f.jurisdiction}
message: {zh: "{f.jurisdiction.name} {count}", en: "{f.entity.name} {count}"}
basis: []
---
conclusion: firm.both
title: {zh: 双, en: both}
nature: clue
severity: low
authority: {zh: 甲, en: a}
given:
  c: conclusion("region.many")
  d: firm
where: d.region == c.id && d.subsidiaries.exists(s, s.size > 2.0)
about: {kind: firm, id: d.id}
at_least: 1
message: {zh: "{d.name} {d.region.name}", en: "{d.name} {c.id.name}"}
basis: []
---
conclusion: firm.pairs
title: {zh: 对, en: pairs}
nature: clue
severity: low
authority: {zh: 甲, en: a}
given:
  one: firm
  other: firm
  c: conclusion("region.quiet")
where: one.parent == other.id && one.size > other.size && one.region == c.id
about: {kind: firm, id: other.id}
message: {zh: "{one.name} {count}", en: "{one.name} {count}"}
basis: []
"""
"""Conclusions with what blocks, counts, compares pairs and reaches across jurisdictions, to those of `since/`."""


@cache
def chains() -> Ruleset:
    """The rules with references, relations of relations, lists and detection limits, and conclusions on top."""
    folder = FOLDER / "chains"
    folder.mkdir(exist_ok=True)
    for path in (HERE / "since").iterdir():
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text + (MORE if path.name == "rules.yaml" else ""), encoding="utf-8")
    return api.load_ruleset(folder)


def number(draw: random.Random) -> float | None:
    return draw.choice([None, *map(float, range(1, 9))])


def ref(draw: random.Random, letter: str) -> str | None:
    return draw.choice([None, *(f"{letter}{each}" for each in range(4))])


def chain_row(draw: random.Random, kind: str) -> Row:
    """A row of any kind; with few keys, so that rows meet."""
    at = draw.randrange(4)
    rows: dict[str, Any] = {
        "region": lambda: {"id": f"R{at}", "name": draw.choice([None, "甲", "乙"]), "grade": draw.choice([None, 1, 2, 3])},
        "firm": lambda: {
            "id": f"F{at}", "name": draw.choice([None, "one", "two"]), "region": ref(draw, "R"), "parent": ref(draw, "F"),
            "others": draw.choice([None, [], [f"R{draw.randrange(4)}"], ["R0", "R1"]]), "size": number(draw),
            "paper": draw.choice([None, "p1"]), "lon": number(draw), "lat": number(draw), "owner": draw.choice([None, "x"]),
        },
        "profile": lambda: {"firm": f"F{at}", "score": draw.choice([None, 1, 4, 6])},
        "note": lambda: {"profile": ref(draw, "F"), "weight": draw.choice([None, 1, 5])},
        "site": lambda: {
            "id": f"S{at}", "firm": ref(draw, "F"), "open": draw.choice([None, True, False]),
            "since": draw.choice([None, "2019-05-01", "2022-01-01"]),
        },
        "site_year": lambda: {
            "site": f"S{at}", "year": draw.choice([2021, 2022, 2023]), "amount": number(draw), "checked_by": ref(draw, "R"),
        },
        "sample": lambda: {"site": ref(draw, "S"), "value": draw.choice([None, 1.0, 6.0, "<2", "<9"])},
    }  # fmt: skip
    row: Row = rows[kind]()
    return row


def mine_row(draw: random.Random, kind: str) -> Row:
    """A row of the kinds random conclusions are about."""
    at = draw.randrange(4)
    day = f"2024-0{draw.randrange(1, 4)}-01"
    grade = draw.choice([None, 0, 1, 2, 3])
    rows: dict[str, Row] = {
        "town": {"id": f"T{at}", "name": draw.choice([None, "t0", "t1"]), "near": ref(draw, "T"), "grade": grade},
        "department": {"id": f"D{at}", "name": draw.choice([None, "d"]), "grade": grade},
        "mine": {
            "id": f"M{at}", "name": draw.choice([None, "m"]), "town": ref(draw, "T"), "department": ref(draw, "D"),
            "output": draw.choice([None, *range(0, 16, 3)]), "dusty": draw.choice([None, True, False]),
            "known_on": draw.choice([None, day]), "revised": draw.choice([None, True, False]),
        },
        "order": {
            "id": f"O{at}", "mine": ref(draw, "M"), "department": ref(draw, "D"),
            "issued_on": draw.choice([None, day]), "grade": grade,
        },
    }  # fmt: skip
    return rows[kind]


def begun(draw: random.Random, ruleset: Ruleset, made: Any, most: int) -> Model:
    """Rows that fit: put one by one, those that do not left out. Now and then a table is not supplied at all."""
    kinds = ruleset.vocabulary.kinds
    model: Model = {name: [] for name in kinds if draw.random() < 0.9}
    for _ in range(draw.randrange(most)):
        name = draw.choice(sorted(model) or ["-"])
        model = (changed(kinds, model, Change({name: [made(draw, name)]})) if name in model else None) or model
    return model


def waived(draw: random.Random, ruleset: Ruleset) -> Waivers | None:
    """Waivers of some rules and conclusions, in some places; now and then none."""
    scopes = [f'rule: "*", jurisdiction: {place}' for place in ("T0", "T1", "R0", "R1")]
    scopes += [f'rule: "{name}"' for name in sorted({**ruleset.rules, **ruleset.conclusions})]
    chosen = draw.sample(scopes, min(draw.choice([0, 0, 1, 3]), len(scopes)))
    text = "".join(
        f"  - waiver: w{number}\n    scope: {{{scope}}}\n    reason: {{zh: 因, en: because}}\n    approved_by: 局\n"
        "    document: 文1\n    from: 2024-01-01\n    until: 2024-12-31\n"
        for number, scope in enumerate(chosen)
    )
    if not text:
        return None
    path = FOLDER / "waivers.yaml"
    path.write_text(f"schema: hegui/waivers/1\nwaivers:\n{text}", encoding="utf-8")
    return api.load_waivers([path], ruleset)


def way_back(ruleset: Ruleset, now: Model, then: Model) -> Change:
    """The change from some rows to others. A table stays a table."""
    put: Model = {}
    remove: dict[str, list[Any]] = {}
    for name, kind in ruleset.vocabulary.kinds.items():
        held, wanted = now.get(name, []), then.get(name, [])
        if kind.key:
            keys = {key(kind, row) for row in wanted}
            gone = [key(kind, row) for row in held if key(kind, row) not in keys]
            remove[name] = [each if len(each) > 1 else each[0] for each in gone]
            put[name] = wanted
        else:
            remove[name], put[name] = held, wanted
    return Change(put, remove)


class Sessions(RuleBasedStateMachine):
    """Any changes of a session, one after the other; some of them break off, and what was taken away comes back."""

    def begin(self, ruleset: Ruleset, made: Any, seed: int) -> None:
        self.draw, self.made = random.Random(seed), made
        rows, waivers = begun(self.draw, ruleset, made, 24), waived(self.draw, ruleset)
        self.live = Live(ruleset, rows, conclusions_kit.DAY, waivers=waivers)
        self.former = [rows]

    def changed(self, change: Change, breaking: int | None = None) -> None:
        rows = self.live.model
        if self.live.apply(change, breaking):
            self.former.append(rows)

    @rule(seed=st.integers(0, 2**32))
    def change(self, seed: int) -> None:
        kinds = self.live.ruleset.vocabulary.kinds
        self.changed(random_change(random.Random(seed), kinds, self.live.model, self.made))

    @rule(seed=st.integers(0, 2**32), breaking=st.integers(0, 60))
    def break_off(self, seed: int, breaking: int) -> None:
        kinds = self.live.ruleset.vocabulary.kinds
        self.changed(random_change(random.Random(seed), kinds, self.live.model, self.made), breaking)

    @rule(back=st.integers(1, 8))
    def as_it_was(self, back: int) -> None:
        """All rows as they were some changes ago."""
        self.changed(way_back(self.live.ruleset, self.live.model, self.former[-back:][0]))

    @rule()
    def nothing(self) -> None:
        put = {name: rows for name, rows in self.live.model.items() if self.live.ruleset.vocabulary.kinds[name].key}
        assert not self.live.session.apply(Change(put))


class Chains(Sessions):
    """With references, relations of relations, lists, rows without keys."""

    @initialize(seed=st.integers(0, 2**32))
    def start(self, seed: int) -> None:
        self.begin(chains(), chain_row, seed)


class Drawings(Sessions):
    """With random conclusions."""

    @initialize(seed=st.integers(0, 2**32), ruleset=st.integers(0, 60))
    def start(self, seed: int, ruleset: int) -> None:
        self.begin(conclusions_kit.written(ruleset, 6, FOLDER), mine_row, seed)


class Banan(RuleBasedStateMachine):
    """The shipped rules of Ba'nan over its registry, with random edits of single cells, rows removed and put back."""

    @initialize()
    def start(self) -> None:
        self.ruleset, registry = banan()
        self.session = Session(registry, self.ruleset, as_of=conclusions_kit.DAY)
        self.removed: list[tuple[str, Row]] = []
        self.run = self.full()

    def full(self) -> Run:
        return whole(self.session.registry(), self.ruleset, conclusions_kit.DAY)

    def rows(self, kind: str) -> list[Row]:
        table = self.session.registry().tables[kind].lazy().collect()
        fields = list(self.ruleset.vocabulary.kinds[kind].fields)
        return [
            {name: row[name] for name in fields} for row in table.iter_rows(named=True) if row[fields[0]] is not None
        ]

    def apply(self, change: Change) -> None:
        try:
            given = self.session.apply(change)
        except HeguiError:
            assert self.session.run().findings == self.run.findings
            return
        before, self.run = self.run, self.full()
        run = self.session.run()
        assert run.findings == self.run.findings
        assert run.drawing == self.run.drawing
        same(told(run), told(self.run))
        assert unordered(given) == unordered(applied(before, self.run))

    @rule(seed=st.integers(0, 2**32))
    def edit(self, seed: int) -> None:
        draw = random.Random(seed)
        kind = draw.choice([name for name in sorted(self.session.registry().tables) if self.rows(name)])
        own, rows = self.ruleset.vocabulary.kinds[kind], self.rows(kind)
        row, other = dict(draw.choice(rows)), draw.choice(rows)
        name = draw.choice([each for each in own.fields if each not in own.key] or list(own.fields))
        row[name] = draw.choice([other[name], None])
        self.apply(Change({kind: [row]}))

    @rule(seed=st.integers(0, 2**32))
    def remove(self, seed: int) -> None:
        draw = random.Random(seed)
        kinds = self.ruleset.vocabulary.kinds
        kind = draw.choice(
            [name for name in sorted(self.session.registry().tables) if self.rows(name) and kinds[name].key]
        )
        row = draw.choice(self.rows(kind))
        self.removed.append((kind, row))
        self.apply(
            Change(remove={kind: [key(kinds[kind], row) if len(kinds[kind].key) > 1 else row[kinds[kind].key[0]]]})
        )

    @rule()
    def put_back(self) -> None:
        if self.removed:
            kind, row = self.removed.pop()
            self.apply(Change({kind: [row]}))


@cache
def banan() -> tuple[Ruleset, Registry]:
    return shipped_kit.loaded(), shipped_kit.registry(conclusions_kit.DAY)


FEW = settings(
    max_examples=25, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
MANY = settings(FEW, max_examples=400, stateful_step_count=15)

TestChains = Chains.TestCase
TestDrawings = Drawings.TestCase
TestChains.settings = FEW
TestDrawings.settings = FEW
TestBanan = Banan.TestCase
TestBanan.settings = settings(FEW, max_examples=3, stateful_step_count=6)


@pytest.mark.slow
@pytest.mark.parametrize("machine", [Chains, Drawings])
def test_many_changes(machine: type[Sessions]) -> None:
    run_state_machine_as_test(machine, settings=MANY)


@pytest.mark.slow
def test_many_changes_of_banan() -> None:
    run_state_machine_as_test(Banan, settings=settings(MANY, max_examples=15))


# --- what comes back -----------------------------------------------------------------------------------------------


def session(folder: Path, *documents: str, **changed: Any) -> Session:
    """A session over the rows of the tests of conclusions."""
    ruleset = drawn_kit.load(folder, *(documents or drawn_kit.ALL))
    return Session(from_rows(ruleset.vocabulary, drawn_kit.rows(**changed)), ruleset, as_of=drawn_kit.DAY)


MINE = {
    "id": "M2",
    "name": "Two",
    "town": "T1",
    "department": "D1",
    "output": 30,
    "dusty": False,
    "known_on": "2024-01-01",
}


def test_a_conclusion_is_withdrawn_with_its_grounds_all_the_way_up(tmp_path: Path) -> None:
    live = session(tmp_path)
    told = {each.fingerprint for each in live.conclusions()}
    assert {"t.low/town/T1", "t.high/town/T1"} <= told
    put = [{**MINE, "output": 3}, {**MINE, "id": "M1", "name": "One", "output": 3}]
    given = live.apply(Change({"mine": put}))
    assert {"mine.over/mine/M1", "mine.over/mine/M2"} <= {each.fingerprint for each in given.closed}
    assert {"t.low/town/T1", "t.high/town/T1"} <= {each.fingerprint for each in given.conclusions_closed}
    back = live.apply(Change({"mine": [MINE]}))
    assert {"t.low/town/T1", "t.high/town/T1"} <= {each.fingerprint for each in back.conclusions_opened}


def test_what_changed_says_how_it_was(tmp_path: Path) -> None:
    live = session(tmp_path)
    given = live.apply(Change({"mine": [{**MINE, "output": 40}]}))
    (altered,) = given.changed
    assert isinstance(altered.before, Finding)
    assert isinstance(altered.after, Finding)
    assert [each.values[0].value for each in (altered.before, altered.after)] == [30, 40]
    assert live.told(altered.before).message == "Two: 30"
    assert live.told(altered.after).message == "Two: 40"
    assert live.data(altered.after)["evidence"][0]["source"]["file"] == "(session)"


def test_what_is_as_it_was_changes_nothing(tmp_path: Path) -> None:
    live = session(tmp_path)
    before = live.run()
    assert live.apply(Change({"mine": [MINE]})) == Applied()
    assert not live.apply(Change())
    assert live.run().findings == before.findings
    assert live.registry().digest == before.info.facts.digest


def test_models_of_a_kind_are_rows(tmp_path: Path) -> None:
    live = session(tmp_path)
    made = vocabulary.model(live.ruleset.vocabulary.kinds["mine"])
    given = live.apply(Change({"mine": [made(id="M9", name="Nine", town="T1", output=99)]}))
    assert [each.fingerprint for each in given.opened if each.rule == "mine.over"] == ["mine.over/mine/M9"]
    with pytest.raises(UsageError, match="this is a `mine`, not a `town`"):
        live.apply(Change({"town": [made(id="M9")]}))


def test_a_table_that_was_lacking_comes(tmp_path: Path) -> None:
    live = session(tmp_path, order=None)
    assert any(not each.certain for each in live.conclusions())
    live.apply(Change({"order": [{"id": "O1", "mine": "M2", "issued_on": "2024-01-20"}]}))
    same(
        told(live.run()),
        told(
            drawn_kit.check(live.ruleset, drawn_kit.rows(order=[{"id": "O1", "mine": "M2", "issued_on": "2024-01-20"}]))
        ),
    )


def test_explaining_follows_the_rows(tmp_path: Path) -> None:
    live = session(tmp_path)
    assert [each.message for each in live.explain("M2", "mine.over")] == ["Two: 30"]
    live.apply(Change({"mine": [{**MINE, "output": 11}]}))
    assert [each.message for each in live.explain("M2", "mine.over", "en")] == ["Two: 11"]
    with pytest.raises(UsageError, match=r"mine\.over"):
        live.explain("M2", "mine.ovr")


def test_waivers_cover_what_comes(tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(
        "schema: hegui/waivers/1\nwaivers:\n  - waiver: w\n    scope: {rule: mine.over, jurisdiction: T1}\n"
        "    reason: {zh: 因, en: because}\n    approved_by: 局\n    document: 文1\n    from: 2024-01-01\n    until: 2024-12-31\n",
        encoding="utf-8",
    )
    ruleset = drawn_kit.load(tmp_path, *drawn_kit.ALL)
    waivers = api.load_waivers([path], ruleset)
    live = Live(
        ruleset, {kind: [dict(row) for row in rows] for kind, rows in WHOLE.items()}, drawn_kit.DAY, waivers=waivers
    )
    for change in (
        Change({"mine": [{**MINE, "output": 3}]}),
        Change({"mine": [MINE]}),
        Change({"mine": [{**MINE, "id": "M1"}]}, {"order": ["O1"]}),
    ):
        assert live.apply(change)


WHOLE: Model = {
    kind: [{name: None if value == "" else value for name, value in row.items()} for row in rows]
    for kind, rows in drawn_kit.ROWS.items()
}


# --- what is refused -----------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[Any, str]] = {
    "an unknown kind": (Change({"mien": [{}]}), "did you mean `mine`"),
    "an unknown kind to remove": (Change(remove={"towns": ["T1"]}), "there is no kind `towns`"),
    "an unknown field": (Change({"mine": [{"id": "M1", "outptu": 3}]}), "did you mean `output`"),
    "a bad value": (Change({"mine": [{"id": "M1", "output": "many"}]}), "is a whole number"),
    "no key": (Change({"mine": [{"name": "x"}]}), "`id` is missing"),
    "a total": (Change({"mine": [{"id": "合计"}]}), "`id` is missing"),
    "a broken reference": (Change({"mine": [{"id": "M1", "town": "T9"}]}), "there is no such `town`"),
    "a row as a reference": (Change({"mine": [{"id": "M1", "town": {"id": "T1"}}]}), "given under its own kind"),
    "a relation": (Change({"mine": [{"id": "M1", "orders": []}]}), "under their own kind, `order`"),
    "an unknown key": (Change(remove={"mine": ["M77"]}), "there is no `mine` `M77`"),
    "what others refer to": (Change(remove={"town": ["T1"]}), "is referred to by `mine` `M1`, `mine` `M2`"),
    "one key twice": (Change({"mine": [MINE, {**MINE, "output": 1}]}), "given twice"),
    "put and removed": (Change({"mine": [{**MINE, "id": "M4"}]}, {"mine": ["M4"]}), "both put and removed"),
    "no row": (Change({"mine": ["M1"]}), "is a row"),
    "no list": (Change({"mine": {"id": "M1"}}), "a mapping of kinds to lists"),
    "no mapping": (Change([1]), "a mapping of kinds to lists"),  # type: ignore[arg-type]
    "a key of another type": (Change(remove={"mine": [7]}), "is a text, and not `7`"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_and_nothing_is_changed(case: str, tmp_path: Path) -> None:
    change, words = REFUSED[case]
    live = session(tmp_path)
    before, drawn = list(live.findings()), list(live.conclusions())
    with pytest.raises(UsageError, match=words):
        live.apply(change)
    assert (list(live.findings()), list(live.conclusions())) == (before, drawn)
    # with something that fits beside it, nothing of it is done either
    if isinstance(change.put, dict):
        with pytest.raises(UsageError):
            live.apply(Change({**change.put, "department": [{"id": "D9"}]}, change.remove))
        assert "D9" not in live.registry().keys("department")


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    live = session(tmp_path)
    with pytest.raises(UsageError) as caught:
        live.apply(Change({"mine": [{"id": "M1", "outptu": 3, "dusty": "perhaps"}, {"name": "x"}], "mien": []}))
    assert [each.id for each in caught.value.diagnostics] == [
        "key-missing",
        "not-a-bool",
        "unknown-field",
        "unknown-kind",
    ]


NO_SUCH: dict[str, tuple[Callable[[Session], object], str]] = {
    "no change": (lambda live: live.apply({"mine": []}), "`change` is a `Change`"),  # type: ignore[arg-type]
    "no registry": (lambda live: live.replace("facts"), "`registry` is a `Registry`"),  # type: ignore[arg-type]
    "no ruleset": (lambda live: Session(live.registry(), "banan"), "`ruleset` is a `Ruleset`"),  # type: ignore[arg-type]
    "no day": (
        lambda live: Session(live.registry(), live.ruleset, as_of="2024-03-11"),  # type: ignore[arg-type]
        "`as_of` is a `datetime.date`",
    ),
    "no waivers": (
        lambda live: Session(live.registry(), live.ruleset, waivers="w.yaml"),  # type: ignore[arg-type]
        "`waivers` is a `Waivers`",
    ),
    "no entity": (lambda live: live.explain(7, "mine.over"), "`entity` is a `str`"),  # type: ignore[arg-type]
    "another vocabulary": (lambda live: Session(live.registry(), chains()), "conformed to another vocabulary"),
    "another vocabulary in place": (
        lambda live: live.replace(from_rows(chains().vocabulary, {})),
        "conformed to another vocabulary",
    ),
    "a field more": (lambda live: live.replace(with_a_field_more(live)), "conformed to another vocabulary"),
    "a strange finding": (
        lambda live: live.told(replace(next(live.findings()), rule="mine.ovr")),
        "there is no rule `mine.ovr`",
    ),
    "a strange conclusion": (
        lambda live: live.data(replace(next(live.conclusions()), conclusion="t.lw")),
        "there is no conclusion `t.lw`",
    ),
}


def with_a_field_more(live: Session) -> Registry:
    """The same rows in a vocabulary with the same kinds, of which one has another field."""
    known = live.ruleset.vocabulary
    mine = known.kinds["mine"]
    more = replace(mine, fields={**mine.fields, "more": mine.fields["name"]})
    registry = live.registry()
    return replace(registry, vocabulary=replace(known, kinds={**known.kinds, "mine": more}))


@pytest.mark.parametrize("case", NO_SUCH)
def test_what_is_no_such_thing_is_said_to_be_none(case: str, tmp_path: Path) -> None:
    asked, words = NO_SUCH[case]
    with pytest.raises(UsageError, match=words):
        asked(session(tmp_path))


def test_nothing_given_of_a_kind_makes_it_no_table(tmp_path: Path) -> None:
    live = session(tmp_path, order=None)
    for change in (Change({"order": []}), Change(remove={"order": []})):
        assert live.apply(change) == Applied()
        assert "order" not in live.registry().tables
    far = session(tmp_path, town=None)
    far.apply(Change({"mine": [{**MINE, "town": "T9"}], "town": []}))
    assert "town" not in far.registry().tables


def entries(found: object, seen: set[int]) -> int:
    """How many entries there are in the mappings of a session."""
    if id(found) in seen:
        return 0
    seen.add(id(found))
    if isinstance(found, dict):
        return len(found) + sum(entries(each, seen) for each in found.values())
    if isinstance(found, list):
        return sum(entries(each, seen) for each in found)
    own = type(found).__module__.startswith(("hegui.session", "hegui.conclusions"))
    return entries(getattr(found, "__dict__", {}), seen) if own else 0


def test_of_rows_that_are_gone_nothing_is_left(tmp_path: Path) -> None:
    live = session(tmp_path)
    sizes = []
    for at in range(8):
        order = {"id": f"P{at}", "mine": f"X{at}", "issued_on": "2024-02-01"}
        live.apply(Change({"mine": [{**MINE, "id": f"X{at}"}], "order": [order]}))
        live.apply(Change(remove={"mine": [f"X{at}"], "order": [f"P{at}"]}))
        sizes.append(entries(live._state, set()))
    assert len(set(sizes[1:])) == 1, sizes


@pytest.mark.parametrize("at", ["judge", "chain", "find", "tell"])
def test_an_error_in_mid_change_leaves_the_session_as_it_was(
    at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = session(tmp_path)
    before, run = live.registry(), live.run()
    owner, name = {
        "judge": (scalar.RuleJudge, "finding"),
        "chain": (Network, "forget"),
        "find": (Found, "matches"),
        "tell": (Teller, "basis"),
    }[at]
    change = Change({"mine": [{**MINE, "town": "T2", "output": 11}]}, {"order": ["O1"]})
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            live.apply(change)
    after = live.run()
    assert (after.findings, after.drawing, after.summary) == (run.findings, run.drawing, run.summary)
    for kind, table in before.tables.items():
        assert table.equals(live.registry().tables[kind])  # type: ignore[union-attr]
    live.apply(change)
    full = whole(live.registry(), live.ruleset, drawn_kit.DAY)
    assert (live.run().findings, live.run().drawing) == (full.findings, full.drawing)


def test_readers_see_whole_changes_only(tmp_path: Path) -> None:
    """While one thread moves a mine to and fro, others look: each time either all of it has moved or nothing."""
    live = session(tmp_path)
    there = [live.run()]
    live.apply(Change({"mine": [{**MINE, "output": 3}]}))
    there.append(live.run())
    wanted = [(run.findings, run.drawing) for run in there]
    wrong: list[object] = []
    done = Event()

    def look() -> None:
        while not done.is_set():
            run = live.run()
            strange = [bare(each) for each in run.findings] not in [
                [bare(each) for each in found] for found, _ in wanted
            ]
            wrong.extend([run] * strange)

    with ThreadPoolExecutor(3) as pool:
        looking = [pool.submit(look) for _ in range(3)]
        for number in range(30):
            live.apply(Change({"mine": [{**MINE, "output": 3 if number % 2 else 30}]}))
        done.set()
        for each in looking:
            each.result()
    assert not wrong


# --- read again ----------------------------------------------------------------------------------------------------


def test_a_registry_read_again_takes_the_place_of_the_one_there_was(tmp_path: Path) -> None:
    ruleset = drawn_kit.load(tmp_path, *drawn_kit.ALL)
    folder = drawn_kit.tables(tmp_path / "facts")
    live = Session(api.load_registry([folder], ruleset), ruleset, as_of=drawn_kit.DAY)
    texts = {
        "mine": [",M1,One,T1,D1,3,2024-01-01", ",M1,One,T1,D1,20,2024-01-01\nM5,Five,T9,D1,30,", ",M3,x,T1,D1,1,"],
        "order": ["O1,M2,2024-03-20", ""],
        "town": ["T1,Alder\nT2,Birch\nT9,Far"],
    }
    for kind, bodies in texts.items():
        path = folder / f"{kind}.csv"
        head = path.read_text(encoding="utf-8").splitlines()[0]
        for body in bodies:
            path.write_text(f"{head}\n{body.removeprefix(',')}\n", encoding="utf-8")
            registry = api.load_registry([folder], ruleset)
            before = live.run()
            given = live.replace(registry)
            full = whole(registry, ruleset, drawn_kit.DAY)
            run = live.run()
            assert (run.findings, run.drawing) == (full.findings, full.drawing)
            assert run.data_quality == full.data_quality
            assert run.info.facts == full.info.facts
            assert unordered(given) == unordered(applied(before, full))
    (folder / "order.csv").unlink()
    registry = api.load_registry([folder], ruleset)
    live.replace(registry)
    assert live.run().drawing == whole(registry, ruleset, drawn_kit.DAY).drawing


@pytest.mark.parametrize("gone", [["department", "mine"], ["department", "order"]])
def test_what_a_registry_closed_is_told_as_it_was(gone: list[str], tmp_path: Path) -> None:
    """Its files may be gone, and those that are left have other numbers."""
    ruleset = drawn_kit.load(tmp_path, *drawn_kit.ALL)
    folder = drawn_kit.tables(tmp_path / "facts")
    live = Session(api.load_registry([folder], ruleset), ruleset, as_of=drawn_kit.DAY)
    before = {each.fingerprint: live.data(each) for each in (*live.findings(), *live.conclusions())}
    for name in gone:
        (folder / f"{name}.csv").unlink()
    mines = folder / "mine.csv"
    if mines.exists():
        mines.write_text(mines.read_text(encoding="utf-8").replace(",20,", ",3,"), encoding="utf-8")
    given = live.replace(api.load_registry([folder], ruleset))
    live.apply(Change({"town": [{"id": "T7"}]}))
    assert given.closed
    for record in records(live, given):
        found = record.get("finding") or record["conclusion"]
        if record["change"] == "closed":
            assert found == before[found["fingerprint"]]
        elif record["change"] == "changed":
            assert record["before"] == before[found["fingerprint"]]
    assert len(list(lines(live, given, "zh"))) == len(list(sorts(given)))


def test_files_that_did_not_change_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset = drawn_kit.load(tmp_path, *drawn_kit.ALL)
    folder = drawn_kit.tables(tmp_path / "facts")
    asked: list[str] = []
    reader = readers.READERS[".csv"]
    monkeypatch.setitem(readers.READERS, ".csv", lambda reading: asked.append(reading.path.stem) or reader(reading))
    files = Files([folder], ruleset.vocabulary, drawn_kit.DAY)
    first = files.read()
    assert sorted(asked) == ["department", "mine", "order", "town"]
    again = files.read()
    assert (len(asked), again.digest, again.sources) == (4, first.digest, first.sources)
    (folder / "town.csv").write_text("id,name\nT1,Elder\nT2,Birch\n", encoding="utf-8")
    changed = files.read()
    assert asked[4:] == ["town"]
    fresh = api.load_registry([folder], ruleset, as_of=drawn_kit.DAY)
    assert (changed.digest, changed.sources, changed.problems) == (fresh.digest, fresh.sources, fresh.problems)
    for kind, table in fresh.tables.items():
        assert changed.tables[kind].equals(table)  # type: ignore[union-attr]
