"""`hegui impact`: its formats, its ends, and rulesets out of git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import sample
from click.testing import CliRunner, Result
from goldens import same_as
from impact_kit import AS_OF, EDITS, SAMPLE, version

from hegui import api
from hegui.assure.impact.comparing import compared
from hegui.assure.impact.formats import WRITERS
from hegui.assure.impact.model import Impact
from hegui.assure.impact.revision import Revision, revision_of
from hegui.cli import main
from hegui.report.look import Look

ROOT = Path(__file__).parent.parent
TOGETHER = ("when", "scale", "limit", "reach", "severity", "at-least", "licence")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["impact", *arguments], env={"HEGUI_LANG": None, "COLUMNS": "100"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def write(folder: Path, *names: str) -> Path:
    """The sample ruleset with some edits, in a folder."""
    shutil.copytree(SAMPLE, folder)
    for name in names:
        path = folder / EDITS[name].file
        path.write_text(path.read_text("utf-8").replace(EDITS[name].was, EDITS[name].is_, 1), "utf-8")
    return folder


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small registry of the sample's kinds."""
    folder = tmp_path_factory.mktemp("facts")
    tables = {
        "town": "id,name\nT1,青石镇\nT2,East Bank\n",
        "quarry": "id,name,town,method,phone\nQ1,青石采石场,T1,open_pit,13800000000\nQ2,East Bank Quarry,T2,underground,\n"
        "Q3,三岔采石场,T1,underground,1\n",
        "licence": "id,quarry,from,to,scale\nL1,Q1,2020-01-01,2030-01-01,100\nL2,Q1,2020-01-01,2030-01-01,50\n"
        "L3,Q2,2015-01-01,2024-01-01,50\n",
        "year": "quarry,year,extracted\nQ1,2023,80\nQ2,2023,60\nQ3,2023,\n",
        "water": "id,quarry,taken_on,solids\nW1,Q1,2024-02-01,80\nW2,Q1,2024-02-01,130\nW3,Q2,2024-02-01,<5\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def impact() -> Impact:
    """One impact with a bit of everything, on the registry reports are tested with."""
    old, new = version(), version(TOGETHER)
    now = replace(sample.registry(), vocabulary=new.ruleset.vocabulary)
    found = compared((old, now), (new, now), AS_OF, AS_OF)
    sides = (
        replace(side, shown=shown, digest=f"sha256:{shown}") for side, shown in ((found.old, "old"), (found.new, "new"))
    )
    old_side, new_side = sides
    edits = tuple(replace(each, place=None if each.place is None else Path(each.place).name) for each in found.edits)
    return replace(found, old=old_side, new=new_side, edits=edits)


GOLDEN = [
    (f"impact-{lang}.{suffix}", form, lang)
    for form, suffix in (("text", "txt"), ("markdown", "md"), ("html", "html"))
    for lang in ("zh", "en")
]


@pytest.mark.parametrize(("name", "form", "lang"), [*GOLDEN, ("impact.json", "json", "en")])
def test_each_format_is_the_golden_one(name: str, form: str, lang: str) -> None:
    told = "".join(WRITERS[form](impact(), Look(lang, 100)))
    if form == "html":  # the style sheet is that of the page of a run, and has goldens of its own
        start, end = told.index("<style>") + len("<style>"), told.index("</style>")
        told = told[:start] + told[end:]
        told = told[: told.index("style-src")] + told[told.index("img-src") :]
    same_as(name, told)


def test_private_fields_appear_nowhere() -> None:
    for form in WRITERS:
        for lang in ("zh", "en"):
            assert "13800000000" not in "".join(WRITERS[form](impact(), Look(lang)))


def test_the_json_is_what_is_documented() -> None:
    data = json.loads("".join(WRITERS["json"](impact(), Look())))
    schema = json.loads((Path(__file__).parent / "data" / "impact.schema.json").read_text("utf-8"))
    jsonschema.validate(data, schema)
    assert sum(data["counts"].values()) == len(data["changes"])
    assert data["changes"]
    assert data["conclusions"]


def test_counts_are_not_capped_and_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from hegui.assure.impact import markdown, text

    monkeypatch.setattr(markdown, "MOST", 1)
    monkeypatch.setattr(text, "MOST", 1)
    found = impact()
    for form in ("markdown", "text"):
        told = "".join(WRITERS[form](found, Look("en", 100)))
        for change, count in found.changed.items():
            assert count < 2 or f"{count - 1} more are not listed" in told, (form, change)


def test_many_changes_stand_beside_the_json(tmp_path: Path, facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import polars as pl

    new = write(tmp_path / "new", *TOGETHER)
    given = (str(SAMPLE), str(new), "--facts", str(facts), "--as-of", "2024-03-11")
    every = json.loads(run(*given, "--format", "json").stdout)
    monkeypatch.setattr("hegui.engines.kept.LIMIT", 1)
    monkeypatch.setattr("hegui.assure.impact.data._changed", None)  # a record each is what takes time and memory
    target = tmp_path / "told.json"
    result = run(*given, "--format", f"json={target}")
    assert result.exit_code == 0
    assert [line.rpartition("/")[2] for line in result.stderr.splitlines()] == ["told.changes.parquet", "told.json"]
    data = json.loads(target.read_text("utf-8"))
    jsonschema.validate(data, json.loads((Path(__file__).parent / "data" / "impact.schema.json").read_text("utf-8")))
    assert data.pop("changes") == {"parquet": "told.changes.parquet", "count": len(every["changes"])}
    rows = pl.read_parquet(tmp_path / "told.changes.parquet").to_dicts()
    told = []
    for row in rows:
        about, key = row.pop("about"), row.pop("key")
        told.append({**row, "fingerprint": f"{row['rule']}/{about}/{key}"})
    assert told == every.pop("changes")
    assert data == every
    assert {path.name for path in tmp_path.iterdir()} == {"new", "told.json", "told.changes.parquet"}
    (tmp_path / "told.changes.parquet").unlink()
    (tmp_path / "told.changes.parquet").mkdir()
    result = run(*given, "--format", f"json={target}")
    assert result.exit_code == 3
    assert "cannot write" in result.stderr


# --- ends ------------------------------------------------------------------------------------------------------------


def test_the_gate(tmp_path: Path, facts: Path) -> None:
    new = write(tmp_path / "new", "violation", "when")
    given = (str(SAMPLE), str(new), "--facts", str(facts), "--as-of", "2024-03-11")
    assert run(*given).exit_code == 0
    assert run(*given, "--max-new", "1").exit_code == 0
    result = run(*given, "--max-new", "0")
    assert result.exit_code == 1
    assert result.stderr == "error: 1 newly violating, and `--max-new` allows 0 [max-new]\n"
    assert run(str(SAMPLE), str(SAMPLE), "--facts", str(facts), "--max-new", "0").exit_code == 0


def test_only_some_rules(tmp_path: Path, facts: Path) -> None:
    new = write(tmp_path / "new", "violation", "licence")
    given = (str(SAMPLE), str(new), "--facts", str(facts), "--as-of", "2024-03-11", "--format", "json")
    data = json.loads(run(*given, "--rule", "quarry.no-*").stdout)
    assert [rule["rule"] for rule in data["rules"]] == ["quarry.no-licence"]
    assert {each["name"] for each in data["edits"]} == {"quarry.no-licence"}
    assert data["conclusions"] is None
    same = run(str(SAMPLE), str(SAMPLE), "--facts", str(facts), "--rule", "quarry.no-*")
    assert "No verdict of the rules asked for changes." in same.stdout
    result = run(*given, "--rule", "nothing.*")
    assert result.exit_code == 3
    assert "no rule matches `nothing.*`" in result.stderr


def test_empty_facts_evaluate_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    folder.mkdir()
    for name in ("quarry", "year", "water"):
        (folder / f"{name}.csv").write_text("id,name\n" if name == "quarry" else "quarry\n", "utf-8")
    result = run(str(SAMPLE), str(SAMPLE), "--facts", str(folder))
    assert result.exit_code == 3
    assert "nothing was evaluated" in result.stderr


def test_a_table_that_is_not_there_is_said(tmp_path: Path, facts: Path) -> None:
    less = tmp_path / "less"
    shutil.copytree(facts, less)
    (less / "water.csv").unlink()
    new = write(tmp_path / "new", "limit")
    result = run(str(SAMPLE), str(new), "--facts", str(less), "--as-of", "2024-03-11")
    assert result.exit_code == 0
    assert "nothing can be said of `water.solids`: no table of water sample was supplied" in result.stdout


def test_an_unusable_ruleset(tmp_path: Path, facts: Path) -> None:
    new = write(tmp_path / "new")
    (new / "rules.yaml").write_text("rule: [\n", "utf-8")
    assert run(str(SAMPLE), str(new), "--facts", str(facts)).exit_code == 2
    assert run(str(SAMPLE), str(tmp_path / "none"), "--facts", str(facts)).exit_code == 3
    assert run(str(SAMPLE), str(SAMPLE), "--facts", str(tmp_path / "none")).exit_code == 3
    assert run(str(SAMPLE), str(SAMPLE), "--facts", str(facts), "--format", "pdf").exit_code == 3


def test_the_same_bytes_whatever_the_hash_seed(tmp_path: Path, facts: Path) -> None:
    new = write(tmp_path / "new", *TOGETHER)
    told = set()
    for seed in ("1", "2"):
        command = [
            sys.executable,
            "-m",
            "hegui",
            "impact",
            str(SAMPLE),
            str(new),
            "--facts",
            str(facts),
            "--as-of",
            "2024-03-11",
        ]
        command += [part for form in ("json", "markdown", "html") for part in ("--format", f"{form}={tmp_path / form}")]
        subprocess.run(
            command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC{seed}"}
        )
        told.add(tuple((tmp_path / form).read_bytes() for form in ("json", "markdown", "html")))
    assert len(told) == 1


# --- git -------------------------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> None:
    named = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *named, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a ruleset on top of another beside it, as it was committed first and as it is now."""
    folder = tmp_path / "repository"
    (folder / "rulesets").mkdir(parents=True)
    write(folder / "rulesets" / "base")
    (folder / "rulesets" / "local").mkdir()
    header = "ruleset: local\ntitle: {zh: 本地, en: local}\nversion: '1'\nextends: base\n"
    (folder / "rulesets" / "local" / "ruleset.yaml").write_text(header, "utf-8")
    text = (folder / "rulesets" / "base" / "ruleset.yaml").read_text("utf-8")
    (folder / "rulesets" / "base" / "ruleset.yaml").write_text(
        text.replace("ruleset: sample", "ruleset: base"), "utf-8"
    )
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    laws = folder / "rulesets" / "base" / "laws.yaml"
    laws.write_text(laws.read_text("utf-8").replace("value: 70,", "value: 120,"), "utf-8")
    monkeypatch.chdir(folder)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_a_revision_with_what_it_extends(repository: Path, facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.loads(
        run(
            "main:rulesets/local", "rulesets/local", "--facts", str(facts), "--as-of", "2024-03-11", "--format", "json"
        ).stdout
    )
    assert [edit["name"] for edit in data["edits"]] == ["solids.limit"]
    assert data["counts"]["cleared"] == 1
    assert data["old"]["given"] == "main:rulesets/local"
    then = api.load_version("HEAD:rulesets/local").ruleset
    git(repository, "stash", "-q")
    assert then == api.load_version("rulesets/local").ruleset
    assert then.parameters["solids.limit"].span.source.name == "HEAD:rulesets/base/laws.yaml"
    monkeypatch.chdir(repository / "rulesets")
    assert api.load_version("main:./local").ruleset.digest == then.digest
    assert api.load_version("main:rulesets/base/ruleset.yaml").ruleset.name == "base"


def test_what_a_repository_brings_along_is_not_run(repository: Path, tmp_path: Path) -> None:
    """Neither hooks nor filters, and attributes change nothing."""
    trap = tmp_path / "trap"
    (repository / ".gitattributes").write_text("*.yaml filter=trap export-ignore\nlaws.yaml export-subst\n", "utf-8")
    (repository / "rulesets" / "base" / "more.yaml").write_text("# $Format:%H$\n", "utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "second")
    git(repository, "config", "filter.trap.smudge", f"touch {trap}; cat")
    git(repository, "config", "core.fsmonitor", f"touch {trap}")
    hooks = repository / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {trap}\n", "utf-8")
        (hooks / name).chmod(0o755)
    assert api.load_version("main:rulesets/local").ruleset.parameters["solids.limit"].values[-1].value == 120
    assert not trap.exists()


WRONG = {
    "nowhere:rulesets/local": "there is no revision `nowhere` in this repository [no-such-revision]",
    "--help:rulesets/local": "there is no revision `--help` in this repository [no-such-revision]",
    "main:rulesets/none": "`rulesets/none` is not in revision `main` [not-in-revision]",
    "main:../else": "`../else` is outside the repository [outside-repository]",
    "main:rulesets": "the folder `main:rulesets` has no `ruleset.yaml` [no-ruleset-yaml]",
}


@pytest.mark.parametrize("given", sorted(WRONG))
def test_revisions_that_are_not_there(given: str, repository: Path, facts: Path) -> None:
    result = CliRunner().invoke(main, ["impact", "--facts", str(facts), "--", given, "rulesets/local"])
    assert result.exit_code == 3
    first, _, hint = result.stderr.partition("\n")
    assert first == f"error: {WRONG[given]}"
    assert ("`base`, `chongqing`, `local`" in hint) is (given == "main:rulesets")


def test_a_path_from_where_one_stands(repository: Path, facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "rulesets")
    result = run("main:local", "local", "--facts", str(facts))
    assert result.exit_code == 3
    assert "hint: paths count from the root of the repository; from here it is `main:./local`" in result.stderr


def test_links_are_not_followed(repository: Path, facts: Path) -> None:
    (repository / "rulesets" / "local" / "more.yaml").symlink_to("/etc/passwd")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "link")
    result = run("main:rulesets/local", "rulesets/base", "--facts", str(facts))
    assert result.exit_code == 3
    assert "`rulesets/local/more.yaml` is no plain file in revision `main`" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="file systems elsewhere take no names that are no text")
def test_names_that_are_no_text(repository: Path, facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder called so is as good as any; a file called so cannot come out of a revision, but lie in a folder."""
    odd = Path(os.fsdecode(b"local\xff "))
    shutil.copytree(repository / "rulesets" / "local", repository / odd)
    monkeypatch.chdir(repository / odd)
    data = json.loads(run("main:rulesets/base", "../rulesets/base", "--facts", str(facts), "--format", "json").stdout)
    assert [edit["name"] for edit in data["edits"]] == ["solids.limit"]
    laws = repository / "rulesets" / "base" / "laws.yaml"
    laws.rename(laws.with_name(os.fsdecode(b"laws\xff.yaml")))
    given = ("../rulesets/base", "--facts", str(facts), "--format", f"json={repository / 'told.json'}")
    assert run("main:rulesets/base", *given).exit_code == 0
    assert '"place": "../rulesets/base/laws?.yaml:' in (repository / "told.json").read_text("utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "odd")
    result = run("main:rulesets/base", *given)
    assert result.exit_code == 3
    assert "[name-not-portable]" in result.stderr
    assert "[name-not-portable]" in run("main:./", *given).stderr


@pytest.mark.skipif(os.name == "nt", reason="such files cannot be made there")
@pytest.mark.parametrize("name", ["con.yaml", "a/NUL.x.yaml", "lpt¹.yaml", "a./x.yaml"])
def test_names_that_mean_something_else_on_windows(repository: Path, facts: Path, name: str) -> None:
    file = repository / "rulesets" / "local" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("", "utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "odd")
    result = run("main:rulesets/local", "rulesets/local", "--facts", str(facts))
    assert result.exit_code == 3
    assert f"`rulesets/local/{name}` in revision `main` has a name that not every system can write" in result.stderr


def test_a_broken_revision_is_an_unusable_ruleset(repository: Path, facts: Path) -> None:
    (repository / "rulesets" / "base" / "rules.yaml").write_text("rule: [\n", "utf-8")
    git(repository, "commit", "-q", "-a", "-m", "broken")
    result = run("HEAD:rulesets/local", "HEAD~1:rulesets/local", "--facts", str(facts))
    assert result.exit_code == 2
    assert result.stderr.startswith("HEAD:rulesets/base/rules.yaml:")


def test_without_a_repository_or_git(tmp_path: Path, facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = run("main:rulesets/banan", "banan", "--facts", str(facts))
    assert result.exit_code == 3
    assert "[no-repository]" in result.stderr
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("main:rulesets/banan", "banan", "--facts", str(facts))
    assert result.exit_code == 3
    assert result.stderr == "error: `main:rulesets/banan` names a git revision, and git is not installed [no-git]\n"


def test_what_is_a_revision_and_what_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert revision_of("main:rulesets/banan") == Revision("main", "rulesets/banan")
    assert revision_of("HEAD~2:") == Revision("HEAD~2", "")
    assert revision_of("origin/x:./a") == Revision("origin/x", "./a")
    for path in (r"C:\rules\banan", "C:/rules", "c:", "rulesets/banan", "banan", str(tmp_path)):
        assert revision_of(path) is None
    monkeypatch.chdir(tmp_path)
    if os.name != "nt":
        Path("a:b").mkdir()
        assert revision_of("a:b") is None
