"""Paths in what others wrote (manifests, folders of facts, rulesets, run documents) lead nowhere out of where they stand."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui import api, facts
from hegui.cli import main
from hegui.facts.problems import NOTES
from hegui.ruleset.model import Ruleset
from hegui.source import FactsError, HeguiError, RulesetError, UsageError

HEADER = "ruleset: {name}\ntitle: {{zh: 甲, en: a}}\nversion: '1'\n"
KIND = "kind: pond\nkey: id\nfields: {id: {type: string}, area: {type: number}}\n"
CANARY = "canary-7c1f"
OUT = (
    "../outside.csv", "../../etc/passwd", "a/../../outside.csv", "{root}/outside.csv", "/etc/passwd", "/dev/stdin", "/dev/zero",
    "/proc/self/environ", "link.csv", "linked/outside.csv", "zero\\0.csv",
)  # fmt: skip
ABSENT = ("~/outside.csv", "C:\\\\outside.csv", "\\\\\\\\host\\\\share\\\\outside.csv", "n" * 5000 + ".csv")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of facts with every way out of it, beside a file that is none of its business; that folder is also the home."""
    outside = tmp_path / "outside.csv"
    outside.write_text(f"id,area\n{CANARY},1\n", "utf-8")
    inside = tmp_path / "facts"
    inside.mkdir()
    (inside / "link.csv").symlink_to(outside)
    (inside / "linked").symlink_to(tmp_path, target_is_directory=True)
    (inside / "round.csv").symlink_to("round.csv")
    os.mkfifo(inside / "pipe.csv")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(inside)
    return inside


@pytest.fixture
def ruleset(tmp_path: Path) -> Ruleset:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ruleset.yaml").write_text(f"{HEADER.format(name='rules')}---\n{KIND}", "utf-8")
    return api.load_ruleset(tmp_path / "rules")


def refused(folder: Path, ruleset: Ruleset, source: str) -> tuple[str, str]:
    (folder / "registry.yaml").write_text(f"sources:\n  - kind: pond\n    {source}\n", "utf-8")
    with pytest.raises(FactsError) as caught:
        facts.read([folder], ruleset.vocabulary)
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert CANARY not in str(caught.value)
    return found.id, found.message()


@pytest.mark.parametrize("name", OUT)
def test_a_manifest_names_no_file_out_of_its_folder(folder: Path, ruleset: Ruleset, name: str) -> None:
    assert refused(folder, ruleset, f'file: "{name.format(root=folder.parent)}"')[0] == "outside"


def test_a_manifest_that_names_a_pipe_is_told_so(folder: Path, ruleset: Ruleset) -> None:
    found, message = refused(folder, ruleset, "file: pipe.csv")
    assert (found, "it is a pipe" in message) == ("unreadable-file", True)


def test_a_link_that_goes_round_leads_nowhere(folder: Path, ruleset: Ruleset) -> None:
    assert refused(folder, ruleset, "file: round.csv")[0] in (
        "outside",
        "missing-file",
    )  # Python 3.13 follows it to itself


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_no_path_here_is_a_file_that_is_not_there(folder: Path, ruleset: Ruleset, name: str) -> None:
    assert refused(folder, ruleset, f'file: "{name}"')[0] == "missing-file"


@pytest.mark.parametrize(
    "name", ["../outside.db", "{root}/outside.db", "link.db", "${{HEGUI_HOME}}/outside.db", "/dev/zero"]
)
def test_nor_a_database_in_a_file(folder: Path, ruleset: Ruleset, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEGUI_HOME", str(folder.parent))
    (folder / "link.db").symlink_to(folder.parent / "outside.db")
    assert refused(folder, ruleset, f'database: "sqlite:///{name.format(root=folder.parent)}"')[0] == "outside"


def test_wherever_one_stands(folder: Path, ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    (folder / "link.db").symlink_to(folder.parent / "outside.db")
    for name in ("../outside.db", "link.db"):
        assert refused(Path(folder.name), ruleset, f'database: "sqlite:///{name}"')[0] == "outside"


def test_but_the_environment_may(folder: Path, ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POND_DATABASE", f"sqlite:///{folder.parent}/none.db")
    assert refused(folder, ruleset, 'database: "${POND_DATABASE}"')[0] == "database-missing"


@pytest.mark.parametrize("name", ["HOME", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD"])
def test_a_manifest_sends_no_server_what_others_keep_in_the_environment(
    folder: Path, ruleset: Ruleset, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, CANARY)
    found, said = refused(folder, ruleset, f'database: "postgresql://${{{name}}}@127.0.0.1:9/x"')
    assert (found, name in said) == ("variable-in-manifest", True)


def test_what_the_caller_allows_is_read(folder: Path, ruleset: Ruleset) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "pond.csv").write_text("id,area\nb,1\n", "utf-8")
    for name in ("../outside/pond.csv", str(outside / "pond.csv")):
        assert refused(folder, ruleset, f'file: "{name}"')[0] == "outside"
        with facts.allowing(outside):
            assert facts.read([folder], ruleset.vocabulary).keys("pond") == {"b"}
            assert refused(folder, ruleset, "file: ../outside.csv")[0] == "outside"
        assert refused(folder, ruleset, f'file: "{name}"')[0] == "outside"


def test_links_lead_where_the_caller_allows(folder: Path, ruleset: Ruleset) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "pond.csv").write_text("id,area\nb,1\n", "utf-8")
    (folder / "pond.csv").symlink_to(outside / "pond.csv")
    (folder / "link.csv").unlink()
    (folder / "round.csv").unlink()
    with pytest.raises(FactsError, match="out of its folder"):
        facts.read([folder], ruleset.vocabulary)
    with facts.allowing(outside):
        assert facts.read([folder], ruleset.vocabulary).keys("pond") == {"b"}


@pytest.mark.parametrize(
    ("name", "told"), [("none", "there is no folder `none`"), ("", "there is no folder"), (__file__, "is no folder;")]
)
def test_what_is_allowed_is_a_folder(name: str, told: str) -> None:
    with pytest.raises(UsageError, match=told), facts.allowing(name):
        raise AssertionError


def test_a_folder_is_allowed_on_the_command_line(folder: Path) -> None:
    (folder.parent / "rules").mkdir()
    (folder.parent / "rules" / "ruleset.yaml").write_text(f"{HEADER.format(name='rules')}---\n{KIND}", "utf-8")
    (folder / "registry.yaml").write_text("sources:\n  - {kind: pond, file: ../outside.csv}\n", "utf-8")
    line = ["check", str(folder), "--rules", str(folder.parent / "rules"), "--as-of", "2024-03-11"]
    refused_, allowed = (CliRunner().invoke(main, [*line, *more]) for more in ([], ["--allow", str(folder.parent)]))
    assert (refused_.exit_code, "--allow" in refused_.output, "--allow" in allowed.output) == (3, True, False)


def test_a_folder_of_facts_has_no_links_out_of_it(folder: Path, ruleset: Ruleset) -> None:
    (folder / "pond.csv").symlink_to(folder.parent / "outside.csv")
    with pytest.raises(FactsError) as caught:
        facts.read([folder], ruleset.vocabulary)
    assert {each.id for each in caught.value.diagnostics} == {"link-outside"}
    assert CANARY not in str(caught.value)
    assert facts.read([folder / "pond.csv"], ruleset.vocabulary).keys("pond") == {CANARY}  # named, it is wanted


@pytest.mark.parametrize("called", ["pipe", "gone", "socket"])
def test_what_is_called_as_a_table_in_a_folder_and_is_no_file_is_refused(
    folder: Path, ruleset: Ruleset, called: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "link.csv").unlink()
    (folder / "round.csv").unlink()
    if called == "pipe":
        (folder / "pipe.csv").rename(folder / "pond.csv")
    elif called == "gone":
        (folder / "pond.csv").symlink_to("gone.csv")
    else:
        monkeypatch.chdir(folder)
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("pond.csv")
    with pytest.raises(FactsError) as caught:
        facts.read([folder], ruleset.vocabulary)
    assert [each.id for each in caught.value.diagnostics] == ["unreadable-file"]


def test_what_is_not_read_in_a_folder_is_named(tmp_path: Path, ruleset: Ruleset) -> None:
    given = tmp_path / "facts"
    (given / "2023").mkdir(parents=True)
    (given / "pond.csv").write_text("id,area\na,1\n", "utf-8")
    for name in ("old.ods", ".hidden.ods", "~$pond.xlsx", *(f"{at}.csv.gz" for at in range(5))):
        (given / name).touch()
    (found,) = facts.read([given], ruleset.vocabulary).problems
    assert (found.problem, found.hint) == ("not read", "7")
    assert found.raw == "0.csv.gz, 1.csv.gz, 2.csv.gz, 2023, 3.csv.gz, …"
    assert found.problem in NOTES


@pytest.mark.parametrize("given", ["", Path()])
def test_a_path_that_is_not_set_is_not_the_working_folder(
    tmp_path: Path, ruleset: Ruleset, given: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pond.csv").write_text("id,area\na,1\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    if given == "":
        with pytest.raises(FactsError, match="no file or folder ``"):
            facts.read([given], ruleset.vocabulary)
    else:
        assert facts.read([given], ruleset.vocabulary).keys("pond") == {"a"}


def test_links_inside_of_it_are_followed(folder: Path, ruleset: Ruleset) -> None:
    (folder / "link.csv").unlink()
    (folder / "round.csv").unlink()
    (folder / "old.txt").write_text("id,area\na,1\n", "utf-8")
    (folder / "pond.csv").symlink_to("old.txt")
    (folder.parent / "elsewhere").symlink_to(folder, target_is_directory=True)
    assert facts.read([folder.parent / "elsewhere"], ruleset.vocabulary).keys("pond") == {"a"}


# --- rulesets -------------------------------------------------------------------------------------------------------


def problems(path: Path) -> list[str]:
    with pytest.raises(RulesetError) as caught:
        api.load_ruleset(path)
    assert CANARY not in str(caught.value)
    return [each.id for each in caught.value.diagnostics]


@pytest.mark.parametrize(
    "name", ["{root}/base", "../secret.txt", "/etc/passwd", "/proc/self/environ", "~/base", "C:\\\\base", "\\\\\\\\host\\\\base",
             "../pipe.yaml", "../round.yaml", "../link.yaml", "a\\0b", "n/" * 3000]
)  # fmt: skip
def test_extends_leads_to_rulesets_only_and_is_told_from_where_it_stands(tmp_path: Path, name: str) -> None:
    for called in ("base", "local"):
        (tmp_path / called).mkdir()
        (tmp_path / called / "ruleset.yaml").write_text(HEADER.format(name=called), "utf-8")
    (tmp_path / "secret.txt").write_text(f"{CANARY}: [", "utf-8")
    (tmp_path / "link.yaml").symlink_to("secret.txt")
    (tmp_path / "round.yaml").symlink_to("round.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    header = tmp_path / "local" / "ruleset.yaml"
    header.write_text(header.read_text("utf-8") + f'extends: "{name.format(root=tmp_path)}"\n', "utf-8")
    assert problems(tmp_path / "local") == ["unknown-extends"]


DEVICE = ("/dev/zero", "ruleset.yaml")


@pytest.mark.parametrize("target", ["../secret.txt", "/proc/self/environ", "/dev/zero", "/etc/passwd"])
@pytest.mark.parametrize("called", ["more.yaml", "ruleset.yaml", "laws/law.yaml"])
def test_a_link_in_a_ruleset_leads_to_no_other_file(tmp_path: Path, target: str, called: str) -> None:
    rules = tmp_path / "rules"
    (rules / "laws").mkdir(parents=True)
    (rules / "ruleset.yaml").write_text(HEADER.format(name="rules"), "utf-8")
    (tmp_path / "secret.txt").write_text(f"{CANARY}: [", "utf-8")
    (rules / called).unlink(missing_ok=True)
    (rules / called).symlink_to(tmp_path / "secret.txt" if target.startswith("..") else target)
    assert problems(rules) == ["no-ruleset-yaml" if (target, called) == DEVICE else "not-a-ruleset-file"]


def test_a_pipe_in_a_ruleset_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text(HEADER.format(name="rules"), "utf-8")
    os.mkfifo(tmp_path / "more.yaml")
    assert problems(tmp_path) == ["not-a-ruleset-file"]


def test_a_link_to_another_ruleset_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ruleset.yaml").write_text(HEADER.format(name="rules"), "utf-8")
    (tmp_path / "kinds.yaml").write_text(KIND, "utf-8")
    (tmp_path / "rules" / "kinds.yaml").symlink_to("../kinds.yaml")
    assert list(api.load_ruleset(tmp_path / "rules").vocabulary.kinds) == ["pond"]


def test_tests_of_a_ruleset_are_ruleset_files_too(tmp_path: Path) -> None:
    from hegui.assure.registries import read_tests
    from hegui.ruleset.places import locate

    (tmp_path / "tests").mkdir()
    (tmp_path / "ruleset.yaml").write_text(HEADER.format(name="rules"), "utf-8")
    (tmp_path / "secret.txt").write_text(f"{CANARY}: [", "utf-8")
    (tmp_path / "tests" / "a.test.yaml").symlink_to("../secret.txt")
    with pytest.raises(HeguiError) as caught:
        read_tests(locate(tmp_path), api.load_ruleset(tmp_path))
    assert [each.id for each in caught.value.diagnostics] == ["not-a-ruleset-file"]
    assert CANARY not in str(caught.value)


# --- run documents --------------------------------------------------------------------------------------------------


def test_a_rule_in_a_run_document_is_no_path(tmp_path: Path) -> None:
    given = Path(__file__).parent.parent / "examples" / "quickstart"
    rules = api.load_ruleset(given / "rules")
    run = api.check(api.load_registry(given / "lifts.csv", rules), rules, findings=tmp_path / "found")
    rule = next(iter(run.documents))
    text = run.beside(tmp_path / "run.json").to_json()
    (tmp_path / "run.json").write_text(text, "utf-8")
    assert len(api.read_run(tmp_path / "run.json").findings)
    for name in ("../outside", "/etc/x", "a\\b", "C:x", "a\0b"):
        told = json.dumps(name)[1:-1]
        (tmp_path / "run.json").write_text(text.replace(rule, told), "utf-8")
        with pytest.raises(UsageError) as caught:
            api.read_run(tmp_path / "run.json")
        assert "findings.counts" in str(caught.value)
