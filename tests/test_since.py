"""Checking again what changed since a saved run gives the run a full check gives: random registries, random changes."""

from __future__ import annotations

import csv
import json
import random
import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui import api
from hegui.cli import main
from hegui.engines import kept as keeping
from hegui.engines.kept import Kept
from hegui.facts import write_conformed
from hegui.facts.registry import Registry
from hegui.outcome import Verdict
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset
from hegui.since import frames, layering
from hegui.since.index import Indexes
from hegui.source import FactsError, UsageError

AS_OF = date(2024, 3, 11)
Rows = list[dict[str, str]]
Raw = dict[str, Rows]

KEYS = {"region": "R", "firm": "F", "site": "S"}
WORDS = ["site", "firm", *(f"{letter}{number}" for letter in "RFS" for number in range(9))]
KINDS = ("region", "firm", "profile", "note", "site", "site_year", "sample")


@cache
def ruleset() -> Ruleset:
    return api.load_ruleset(Path(__file__).parent / "since")


# --- random raw rows -----------------------------------------------------------------------------------------------


def some(draw: random.Random, *values: str) -> str:
    """One of the values; now and then nothing or something that cannot be read."""
    return draw.choice([*values * 4, "", "?!"])


def reference(draw: random.Random, letter: str) -> str:
    return some(draw, *(f"{letter}{number}" for number in range(5)))


def row(draw: random.Random, kind: str) -> dict[str, str]:
    number = lambda: some(draw, *map(str, range(1, 9)))  # noqa: E731
    made: dict[str, Any] = {
        "region": lambda: {"name": some(draw, "甲", "乙"), "grade": number()},
        "firm": lambda: {
            "name": some(draw, "one", "two"),
            "region": reference(draw, "R"),
            "parent": reference(draw, "F"),
            "others": ";".join(reference(draw, "R") for _ in range(draw.randrange(3))),
            "size": number(),
            "paper": some(draw, "p1", "p2"),
            "lon": number(),
            "lat": number(),
            "owner": some(draw, "x", "y"),
        },
        "profile": lambda: {"firm": reference(draw, "F"), "score": number()},
        "note": lambda: {"profile": reference(draw, "F"), "weight": number()},
        "site": lambda: {"firm": reference(draw, "F"), "open": some(draw, "yes", "no"), "since": some(draw, "2019-05-01", "2022-01-01")},
        "site_year": lambda: {
            "site": reference(draw, "S"), "year": some(draw, "2021", "2022", "2023"), "amount": number(), "checked_by": reference(draw, "R"),
        },
        "sample": lambda: {"site": reference(draw, "S"), "value": some(draw, "1", "6", "<2", "<9")},
    }[kind]()  # fmt: skip
    return {"id": reference(draw, KEYS[kind]), **made} if kind in KEYS else dict(made)


def rows(draw: random.Random, kind: str) -> Rows:
    made = [row(draw, kind) for _ in range(draw.randrange(8))]
    if kind in KEYS and draw.random() < 0.9:  # mostly each once
        for number, each in enumerate(made):
            each["id"] = f"{KEYS[kind]}{number}"
    return made


def registry(draw: random.Random) -> Raw:
    return {kind: rows(draw, kind) for kind in KINDS if kind == "site" or draw.random() < 0.93}


def changed(draw: random.Random, raw: Raw) -> Raw:
    """A registry some rows of which changed, came, went or moved; rarely a table does."""
    made = {kind: [dict(each) for each in found] for kind, found in raw.items()}
    for _ in range(draw.randrange(4)):
        kind = draw.choice(list(made))
        if draw.random() < 0.4:
            made[kind].insert(draw.randrange(len(made[kind]) + 1), row(draw, kind))
        elif made[kind]:
            at = draw.randrange(len(made[kind]))
            new = row(draw, kind)
            what = draw.randrange(3)
            if what == 0:
                del made[kind][at]
            elif what == 1:
                name = draw.choice([name for name in new if name != "id" or draw.random() < 0.3])
                made[kind][at][name] = new[name]
            else:
                made[kind][at] = {**new, **({"id": made[kind][at]["id"]} if "id" in new else {})}
    if draw.random() < 0.3:
        kind = draw.choice(list(made))
        draw.shuffle(made[kind])
    if draw.random() < 0.05:
        kind = draw.choice(KINDS)
        made = (
            {name: found for name, found in made.items() if name != kind}
            if kind in made
            else {**made, kind: rows(draw, kind)}
        )
    return made if "site" in made else {**made, "site": []}


# --- what a person would give as changes ---------------------------------------------------------------------------


def key(kind: str, each: dict[str, str]) -> tuple[str, ...] | None:
    """The key of a row as it stands; None of one that has none."""
    names = ruleset().vocabulary.kinds[kind].key
    parts = tuple(each[name] for name in names)
    return parts if names and not {"", "?!"} & set(parts) else None


def told(before: Raw, after: Raw) -> tuple[Raw, Raw]:
    """The rows that differ, as they were and as they are: of a key all rows; and rows set aside for what was removed."""
    gone: Raw = {}
    come: Raw = {}
    lost = {name: {e["id"] for e in before.get(name, [])} - {e["id"] for e in after.get(name, [])} for name in KEYS}
    lost["profile"] = {e["firm"] for e in before.get("profile", [])} - {e["firm"] for e in after.get("profile", [])}
    for kind in after:
        old, new = before.get(kind, []), after[kind]
        touched = set()
        for found in {key(kind, each) for each in [*old, *new]} - {None}:
            ours = [Counter(tuple(each.items()) for each in table if key(kind, each) == found) for table in (old, new)]
            if ours[0] != ours[1] or aside(kind, found, lost):
                touched.add(found)
        for table, other, target in ((old, new, gone), (new, old, come)):
            rest = Counter(tuple(each.items()) for each in other if key(kind, each) is None)
            for each in table:
                if key(kind, each) is None and rest[tuple(each.items())] > 0:
                    rest[tuple(each.items())] -= 1
                elif key(kind, each) is None or key(kind, each) in touched:
                    target.setdefault(kind, []).append(each)
    return gone, come


def aside(kind: str, found: tuple[str, ...] | None, lost: dict[str, set[str]]) -> bool:
    """Is a row's key part of what was removed?"""
    target = {"site_year": "site", "profile": "firm"}.get(kind)
    return target is not None and found is not None and found[0] in lost[target]


# --- both ways -----------------------------------------------------------------------------------------------------


def write(raw: Raw, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for kind, found in raw.items():
        names = list(ruleset().vocabulary.kinds[kind].fields)
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names)
            writer.writeheader()
            writer.writerows(found)
    return folder


def read(folder: Path) -> Registry:
    return api.load_registry([folder], ruleset(), as_of=AS_OF)


def saved(run: Run) -> Run:
    return Run.from_json(run.to_json())


def plain(run: Run) -> dict[str, Any]:
    """A run as JSON data without what says how and when it was made."""
    data: dict[str, Any] = json.loads(run.to_json())
    for name in ("started", "seconds", "since"):
        data["run"].pop(name, None)
    return data


def check(found: Registry, engine: str, **since: Any) -> Run:
    return api.check(found, ruleset(), as_of=AS_OF, engine=engine, chainer="reference", **since)


def agree(seed: int, engine: str) -> None:
    draw = random.Random(seed)
    before = registry(draw)
    after = changed(draw, before)
    folder = Path(tempfile.mkdtemp())
    try:
        old, new = read(write(before, folder / "old")), read(write(after, folder / "new"))
        run = saved(check(old, engine))
        expected = plain(check(new, engine))
        for name, part in zip(("before", "after"), told(before, after), strict=True):
            write(part, folder / "changes" / name) if part else (folder / "changes" / name).mkdir(parents=True)
        shutil.rmtree(folder / "old")
        for changes in (folder / "changes", old):
            found = check(new, engine, since=run, changes=changes)
            assert plain(found) == expected, f"seed {seed}, {type(changes).__name__}"
    finally:
        shutil.rmtree(folder)


RELAXED = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SEEDS = st.integers(0, 2**32)


@RELAXED
@given(SEEDS)
def test_the_same_as_a_full_run(seed: int) -> None:
    agree(seed, "scalar")


@settings(RELAXED, max_examples=8)
@given(SEEDS)
def test_the_same_as_a_full_run_in_columns(seed: int) -> None:
    agree(seed, "polars")


@pytest.mark.slow
@settings(RELAXED, max_examples=400)
@given(SEEDS)
def test_the_same_as_a_full_run_at_length(seed: int) -> None:
    agree(seed, "scalar")


# --- on a small registry -------------------------------------------------------------------------------------------

SMALL: Raw = {
    "region": [{"id": "R0", "name": "甲", "grade": "3"}, {"id": "R1", "name": "乙", "grade": "1"}],
    "firm": [
        {"id": "F0", "name": "one", "region": "R0", "size": "9"},
        {"id": "F1", "name": "two", "region": "R1", "size": "9"},
    ],
    "site": [{"id": f"S{number}", "firm": "F0", "open": "no", "since": "2022-01-01"} for number in range(3)],
    "sample": [{"site": "S0", "value": "6"}, {"site": "S1", "value": "1"}],
    "site_year": [{"site": "S0", "year": "2022", "amount": "9"}],
}


def edited(kind: str, at: int, **cells: str) -> Raw:
    made = {name: [dict(each) for each in found] for name, found in SMALL.items()}
    made[kind][at] |= cells
    return made


def moved_sample() -> Raw:
    return edited("sample", 0, site="S2")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return saved(check(read(write(SMALL, tmp_path / "old")), "scalar"))


def again(run: Run, after: Raw, tmp_path: Path, before: Raw | None, after_rows: Raw | None, **options: Any) -> Run:
    """A run made out of another, with the rows of `before` and `after_rows` given as changes."""
    new = read(write(after, tmp_path / "new"))
    for name, part in (("before", before), ("after", after_rows)):
        if part is not None:
            write(part, tmp_path / "changes" / name)
    return check(new, options.pop("engine", "scalar"), since=run, changes=tmp_path / "changes", **options)


def test_whoever_had_a_row_before_is_judged_again_too(run: Run, tmp_path: Path) -> None:
    after = edited("site_year", 0, site="S2")
    found = again(run, after, tmp_path, {"site_year": SMALL["site_year"]}, {"site_year": after["site_year"]})
    assert found.info.since is not None
    assert found.info.since.changed == 2
    assert found.info.since.judged == {"firm": 1, "site": 2, "site_year": 2}
    counts = {each.rule: each for each in found.summary.rules}
    assert counts["site.samples"].not_applicable == 1
    assert [each.key for each in found.findings if each.rule == "site.samples"] == ["S0"]
    assert plain(found) == plain(check(read(tmp_path / "new"), "scalar"))


def test_a_registry_before_that_is_not_the_one_of_the_run(run: Run, tmp_path: Path) -> None:
    """As where files were changed in their place: nothing would seem to have changed."""
    new = read(write(edited("site_year", 0, site="S2"), tmp_path / "new"))
    with pytest.raises(UsageError, match="not the one the run was made of"):
        check(new, "scalar", since=run, changes=new)
    found = check(new, "scalar", since=run, changes=read(write(SMALL, tmp_path / "copy")))
    assert plain(found) == plain(check(new, "scalar"))


def test_a_finding_decided_by_a_row_without_key_follows_its_row(run: Run, tmp_path: Path) -> None:
    after = {**SMALL, "sample": [{"site": "S2", "value": "1"}, *SMALL["sample"]]}
    found = again(run, after, tmp_path, {}, {"sample": after["sample"][:1]})
    assert found.info.since is not None
    assert found.info.since.judged == {"site": 3}
    assert plain(found) == plain(check(read(tmp_path / "new"), "scalar"))


def test_only_rows_that_look_at_a_change_are_judged_again(run: Run, tmp_path: Path) -> None:
    after = edited("region", 1, grade="2")
    found = again(run, after, tmp_path, {"region": SMALL["region"][1:]}, {"region": after["region"][1:]})
    assert found.info.since is not None
    assert found.info.since.judged == {"firm": 1, "region": 1}


def test_a_run_can_be_gone_on_from_again(run: Run, tmp_path: Path) -> None:
    first = check(read(write(moved_sample(), tmp_path / "new")), "scalar", since=run, changes=read(tmp_path / "old"))
    second = check(read(tmp_path / "old"), "scalar", since=saved(first), changes=read(tmp_path / "new"))
    assert plain(second) == plain(check(read(tmp_path / "old"), "scalar"))


def test_conformed_registries_and_changes(run: Run, tmp_path: Path) -> None:
    after = moved_sample()
    new = read(write(after, tmp_path / "raw"))
    write_conformed(new, tmp_path / "new")
    write(SMALL, tmp_path / "changes/before")
    write_conformed(read(tmp_path / "old"), tmp_path / "changes/before")
    write_conformed(new, tmp_path / "changes/after")
    expected = plain(check(read(tmp_path / "new"), "polars"))
    assert plain(check(read(tmp_path / "new"), "polars", since=run, changes=tmp_path / "changes")) == expected


def test_a_table_that_came_makes_a_full_run(run: Run, tmp_path: Path) -> None:
    after = {**SMALL, "profile": [{"firm": "F0", "score": "4"}]}
    found = again(run, after, tmp_path, {}, {"profile": after["profile"]})
    assert found.info.since is not None
    assert found.info.since.tables == ("profile",)
    assert plain(found) == plain(check(read(tmp_path / "new"), "scalar"))


def refused(error: pytest.ExceptionInfo[Any]) -> str:
    (found,) = error.value.diagnostics
    assert error.value.exit_code == 3
    assert found.render("zh") != found.render("en")
    return str(found.wording.id)


def test_changes_that_are_not_whole_are_refused(run: Run, tmp_path: Path) -> None:
    removed = {**SMALL, "site": SMALL["site"][:2]}
    cases: list[tuple[str, Raw, Raw | None, Raw | None]] = [
        ("since-sizes", removed, {}, {}),
        ("no-changes", removed, None, None),
        (
            "since-verdicts",
            moved_sample(),
            {"sample": [{"site": "S1", "value": "7"}]},
            {"sample": moved_sample()["sample"][:1]},
        ),
        ("change-not-there", SMALL, {}, {"sample": [{"site": "S2", "value": "77"}]}),
        ("change-not-there", SMALL, {}, {"site": [{"id": "S9", "firm": "F0"}]}),
        ("stray-change", SMALL, {"profile": [{"firm": "F0", "score": "4"}]}, {}),
        ("change-untold", {**SMALL, "site": SMALL["site"][1:]}, {"site": SMALL["site"][:1]}, {}),
        ("since-lost", edited("site", 2, id="S7"), {}, {}),
    ]
    for number, (expected, after, before, rows_after) in enumerate(cases):
        folder = tmp_path / str(number)
        with pytest.raises((FactsError, UsageError)) as error:
            again(run, after, folder, before, rows_after)
        assert refused(error) == expected


def test_runs_that_cannot_be_gone_on_from_are_refused(run: Run, tmp_path: Path) -> None:
    new = read(tmp_path / "old")
    other = replace(run.info, ruleset=replace(run.info.ruleset, digest="sha256:other"))
    some = check(new, "scalar", rules=["site.samples"])
    one = api.check(new, ruleset(), as_of=AS_OF, entity="F0")
    cases = [
        ("since-other", replace(run, info=other), {}),
        ("since-other", run, {"decided_on": date(2025, 1, 1)}),
        ("since-other", replace(run, info=replace(run.info, as_of=date(2024, 1, 1))), {}),
        ("since-part", some, {}),
        ("since-part", one, {}),
        ("since-part", replace(run, findings=run.findings[1:]), {}),
        ("since-whole", run, {"every": True}),
        ("since-whole", run, {"entity": "F0"}),
    ]
    for expected, former, options in cases:
        with pytest.raises(UsageError) as error:
            check(new, "scalar", since=former, changes=new, **options)
        assert refused(error) == expected
    with pytest.raises(UsageError) as error:
        check(new, "scalar", since=run)
    assert refused(error) == "no-changes-given"


def test_a_run_that_lists_everything_can_be_gone_on_from(tmp_path: Path) -> None:
    old, new = read(write(SMALL, tmp_path / "old")), read(write(moved_sample(), tmp_path / "new"))
    every = saved(check(old, "scalar", every=True))
    assert plain(check(new, "scalar", since=every, changes=old)) == plain(check(new, "scalar"))


# --- kept findings -------------------------------------------------------------------------------------------------


def kept_run(found: Registry, folder: Path, **since: Any) -> Run:
    """A run with its findings kept in `folder`, as it is read back."""
    folder.mkdir(parents=True)
    run = api.check(
        found, ruleset(), as_of=AS_OF, engine="polars", chainer="reference", findings=folder / "found", **since
    )
    (folder / "run.json").write_text(run.beside(folder / "run.json").to_json())
    return Run.from_json((folder / "run.json").read_text(), str(folder / "run.json"))


def look(run: Run) -> dict[str, Any]:
    """All a run with kept findings says, and what every way of reading them gives."""
    kept = run.findings
    assert isinstance(kept, Kept)
    data = plain(run)  # where rows stand is among it
    data.pop("findings")
    by_day = {rule: list(kept.by_day(rule, Verdict.VIOLATION)) for rule in kept.counts}
    return {
        **data,
        "counts": dict(kept.counts),
        "of": list(kept),
        "scan": {rule: kept.scan(rule).collect().to_dicts() for rule in kept.counts},
        "verdicts": [list(kept.by_verdict(verdict)) for verdict in Verdict],
        "days": {rule: [(each.occurred, each.scope, count) for each, count in found] for rule, found in by_day.items()},
        "causes": {rule: kept.causes(rule) for rule in kept.counts},
        "among": {column: kept.among(column, WORDS) for column in ("kind", "jurisdiction", "key")},
        "there": all(kept.get(each.fingerprint) == each and each in kept for each in kept),
    }


def increments(seed: int, folder: Path, count: int, moving: bool) -> list[Run]:
    """Runs made one out of another, each held against a full one. Without `moving`, rows keep their lines."""
    draw = random.Random(seed)
    raw = {kind: rows(draw, kind) for kind in KINDS}
    runs = [kept_run(read(write(raw, folder / "facts0")), folder / "run0")]
    for step in range(1, count + 1):
        after = {kind: found for kind, found in changed(draw, raw).items() if kind in raw}
        after = (
            {**raw, **after} if moving else {kind: edited_in_place(draw, kind, found) for kind, found in raw.items()}
        )
        new = read(write(after, folder / f"facts{step}"))
        for name, part in zip(("before", "after"), told(raw, after), strict=True):
            at = folder / f"changes{step}" / name
            write(part, at) if part else at.mkdir(parents=True)
        expected = look(kept_run(new, folder / f"full{step}"))
        found = kept_run(new, folder / f"run{step}", since=runs[-1], changes=folder / f"changes{step}")
        assert look(found) == expected, f"seed {seed}, step {step}"
        old = read(folder / f"facts{step - 1}")
        compared = kept_run(new, folder / f"compared{step}", since=runs[-1], changes=old)
        assert look(compared) == expected, f"seed {seed}, step {step}, compared"
        raw = after
        runs.append(found)
    return runs


def edited_in_place(draw: random.Random, kind: str, found: Rows) -> Rows:
    """Rows of which some have other values; now and then the last is removed, or one comes behind it."""
    letter, made = KEYS.get(kind), [dict(each) for each in found]
    for at, each in enumerate(made):
        if draw.random() < 0.2:
            made[at] = {**row(draw, kind), **{name: each[name] for name in ruleset().vocabulary.kinds[kind].key}}
    if made and draw.random() < 0.3:
        made.pop()
    if letter is not None and draw.random() < 0.3:
        taken = {each["id"] for each in made}
        free = [name for name in (f"{letter}{number}" for number in range(9)) if name not in taken]
        made.append({"id": draw.choice(free), **row(draw, kind)})
    return made


@pytest.mark.parametrize(("seed", "moving"), [(0, False), (1, False), (2, True)])
def test_kept_findings_are_gone_on_from(
    seed: int, moving: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layering, "SHARE", 100)
    monkeypatch.setattr(keeping, "STEP", 2)
    runs = increments(seed, tmp_path, 3, moving)
    assert moving or any(run.findings.layered for run in runs if isinstance(run.findings, Kept))


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.2, 0.5, 100])
@pytest.mark.parametrize("seed", range(10, 30))
def test_kept_findings_are_gone_on_from_at_length(
    seed: int, share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layering, "SHARE", share)
    monkeypatch.setattr(keeping, "STEP", 3)
    increments(seed, tmp_path, 5, bool(seed % 3 == 0))


# --- two layers ----------------------------------------------------------------------------------------------------


def many(open_: str = "no", size: int = 40) -> Raw:
    """Enough sites that a change is a small share of the findings."""
    numbers = [f"{at:02}" for at in range(size)]
    firms = [{"id": f"F{number}", "name": "one", "region": "R0", "size": "9"} for number in numbers]
    sites = [{"id": f"S{number}", "firm": f"F{number}", "open": open_, "since": "2022-01-01"} for number in numbers]
    samples = [{"site": f"S{number}", "value": "9"} for number in numbers]
    return {**SMALL, "firm": firms, "site": sites, "sample": samples, "site_year": []}


def step(tmp_path: Path, was: Raw, after: Raw, number: int, former: Run) -> Run:
    """A run made out of another whose findings are kept; equal to a full one."""
    new = read(write(after, tmp_path / f"facts{number}"))
    for name, part in zip(("before", "after"), told(was, after), strict=True):
        at = tmp_path / f"changes{number}" / name
        write(part, at) if part else at.mkdir(parents=True)
    found = kept_run(new, tmp_path / f"run{number}", since=former, changes=tmp_path / f"changes{number}")
    assert look(found) == look(kept_run(new, tmp_path / f"full{number}"))
    return found


def in_place(raw: Raw, kind: str, at: int, **cells: str) -> Raw:
    made = {name: [dict(each) for each in found] for name, found in raw.items()}
    made[kind][at] |= cells
    return made


def files(run: Run) -> dict[str, tuple[int, bytes]]:
    assert isinstance(run.findings, Kept)
    return {path.name: (path.stat().st_ino, path.read_bytes()) for path in run.findings.folder.iterdir()}


def test_former_files_stand_and_are_shared(tmp_path: Path) -> None:
    raw = many()
    first = kept_run(read(write(raw, tmp_path / "facts0")), tmp_path / "run0")
    before = files(first)
    second = step(tmp_path, raw, after := in_place(raw, "site", 3, since="2019-05-01"), 1, first)
    assert isinstance(second.findings, Kept)
    assert second.findings.layered
    for rule in second.findings.layered:
        assert files(second)[f"{rule}.parquet"] == before[f"{rule}.parquet"]
    assert files(first) == before
    third = step(tmp_path, after, in_place(after, "site", 5, since="2019-05-01"), 2, second)
    shutil.rmtree(tmp_path / "run0")  # each run is whole by itself
    shutil.rmtree(tmp_path / "run1")
    assert isinstance(third.findings, Kept)
    whole = list(third.findings)
    assert len(whole) == len(third.findings)
    assert third.findings[1::5] == tuple(whole[1::5])


def test_layers_are_copied_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuse)
    raw = many()
    first = kept_run(read(write(raw, tmp_path / "facts0")), tmp_path / "run0")
    second = step(tmp_path, raw, in_place(raw, "site", 3, since="2019-05-01"), 1, first)
    assert files(second).keys() > files(first).keys()


def test_layers_that_have_grown_are_written_together(tmp_path: Path) -> None:
    raw = many(size=12)
    run, layered = kept_run(read(write(raw, tmp_path / "facts0")), tmp_path / "run0"), []
    for number in range(1, 4):
        after = in_place(raw, "site", number, since="2019-05-01", open="yes")
        run = step(tmp_path, raw, after, number, run)
        assert isinstance(run.findings, Kept)
        layered.append(run.findings.layered)
        raw = after
    assert layered[0] - layered[-1]


def test_layers_that_are_lost_or_of_another_size_are_refused(tmp_path: Path) -> None:
    raw = many()
    first = kept_run(read(write(raw, tmp_path / "facts0")), tmp_path / "run0")
    second = step(tmp_path, raw, in_place(raw, "site", 3, since="2019-05-01"), 1, first)
    assert isinstance(second.findings, Kept)
    text, name = (tmp_path / "run1" / "run.json").read_text(), str(tmp_path / "run1" / "run.json")
    for path in (second.findings.folder / "~gone.parquet", next(second.findings.folder.glob("*~new.parquet"))):
        body = path.read_bytes()
        for broken in (None, b"PAR1"):
            path.unlink()
            if broken is not None:
                path.write_bytes(broken)
            with pytest.raises(UsageError) as error:
                Run.from_json(text, name)
            assert error.value.diagnostics[0].wording.id == "findings-lost"
            assert str(path) in error.value.diagnostics[0].render("en")
            path.write_bytes(body)
    rule = min(second.findings.layered)
    for damaged in (
        text.replace(f'"layered": ["{rule}"', '"layered": ["no.such"'),
        text.partition('"stands"')[0] + '"stands"' + text.partition('"stands"')[2].replace('"keys": ', '"keys": -'),
    ):
        with pytest.raises(UsageError) as error:
            Run.from_json(damaged, name)
        assert error.value.diagnostics[0].wording.id == "run-damaged"


def test_a_change_nobody_tells_is_refused_though_findings_are_not_read(tmp_path: Path) -> None:
    raw = many()
    first = kept_run(read(write(raw, tmp_path / "facts0")), tmp_path / "run0")
    after = in_place(raw, "site", 3, id="S99")
    new = read(write(after, tmp_path / "facts1"))
    (tmp_path / "changes" / "before").mkdir(parents=True)
    with pytest.raises(UsageError) as error:
        kept_run(new, tmp_path / "run1", since=first, changes=tmp_path / "changes")
    assert refused(error) == "since-lost"
    assert not list((tmp_path / "run1").iterdir())


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_half_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException) -> None:
    raw = many()
    first = kept_run(read(write(raw, tmp_path / "facts0")), tmp_path / "run0")
    before = files(first)
    after = in_place(raw, "site", 3, since="2019-05-01")
    new = read(write(after, tmp_path / "facts1"))
    gone, come = told(raw, after)
    write(gone, tmp_path / "changes" / "before")
    write(come, tmp_path / "changes" / "after")

    def break_off(*_: Any) -> None:
        raise problem

    monkeypatch.setattr(frames, "write_gone", break_off)
    with pytest.raises((UsageError, KeyboardInterrupt)):
        kept_run(new, tmp_path / "run1", since=first, changes=tmp_path / "changes")
    assert not list((tmp_path / "run1").iterdir())
    assert files(first) == before


def test_conformed_changes_in_their_places_need_no_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = many()
    old = read(write(raw, tmp_path / "raw0"))
    after = in_place(in_place(raw, "site", 3, since="2019-05-01"), "site", 7, open="yes")
    new = read(write(after, tmp_path / "raw1"))
    write_conformed(old, tmp_path / "old")
    write_conformed(new, tmp_path / "new")
    first = kept_run(read(tmp_path / "old"), tmp_path / "run0")
    for name, whole in (("before", old), ("after", new)):
        rows = whole.tables["site"].lazy().filter(pl.col("id").is_in(["S03", "S07"])).collect()
        write_conformed(replace(whole, tables={"site": rows}, stands={}), tmp_path / "changes" / name)
    expected = look(kept_run(read(tmp_path / "new"), tmp_path / "full"))
    monkeypatch.setattr(Indexes, "of", lambda *_: pytest.fail("nothing has to be looked for"))
    found = kept_run(read(tmp_path / "new"), tmp_path / "run1", since=first, changes=tmp_path / "changes")
    assert look(found) == expected
    assert isinstance(found.findings, Kept)
    assert found.findings.layered


def test_spark_does_not_go_on(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        check(read(tmp_path / "old"), "spark", since=run, changes=read(tmp_path / "old"))
    assert refused(error) == "since-engine"


# --- the command ---------------------------------------------------------------------------------------------------


def hegui(*args: str) -> Any:
    return CliRunner().invoke(main, [*args], env={"HEGUI_LANG": None})


def test_the_command(tmp_path: Path) -> None:
    write(SMALL, tmp_path / "old")
    write(moved_sample(), tmp_path / "new")
    rules = ("--rules", str(Path(__file__).parent / "since"), "--chainer", "reference")
    saved_at, next_at, full_at = (f"json={tmp_path / name}.json" for name in ("run", "next", "full"))
    made = hegui("check", str(tmp_path / "old"), *rules, "--as-of", "2024-03-11", "--format", saved_at)
    assert made.exit_code == 1
    base = ("check", str(tmp_path / "new"), *rules, "--since", str(tmp_path / "run.json"))
    found = hegui(*base, "--before", str(tmp_path / "old"), "--format", next_at)
    assert found.exit_code == 1, found.stderr
    assert "2 rows differ; 3 of 8" in found.stderr
    hegui("check", str(tmp_path / "new"), *rules, "--as-of", "2024-03-11", "--format", full_at)
    left, right = (Run.from_json((tmp_path / f"{name}.json").read_text()) for name in ("next", "full"))
    assert plain(left) == plain(right)
    for options in ((), ("--before", "x", "--changes", "y")):
        assert hegui(*base, *options).exit_code == 3
    assert hegui(*base[:-2], "--changes", "y").exit_code == 3
