"""The examples for hooks, CI and editors: each command in them runs, and their files are what they say."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_cli import hegui

from hegui.cli import main
from hegui.ruleset.scaffold import ruleset_files
from hegui.source import read_source, read_yaml

ROOT = Path(__file__).parent.parent
CI = ROOT / "examples" / "ci"
EDITOR = ROOT / "examples" / "editor"
WELLS = "井号,名称,镇街,在用,井深(m)\nW1,北井,东镇,是,59\nW2,南井,东镇,是,64\nW3,老井,西镇,否,80\n"
NAMES = {
    "RULES": "rulesets/ours",
    "FACTS": "facts/ours",
    "BASE": "origin/main",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": "origin/main",
}


def data(path: Path) -> Any:
    (document,) = read_yaml(read_source(path))
    return document.data


def git(folder: Path, *args: str) -> None:
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(folder)}
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True, env={**os.environ, **quiet})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in git: a ruleset and a registry, and a change of a number since `origin/main`."""
    from hegui import api

    rules = tmp_path / "rulesets" / "ours"
    for name, text in ruleset_files("ours", api.today()).items():
        (rules / name).parent.mkdir(parents=True, exist_ok=True)
        (rules / name).write_text(text, "utf-8")
    (tmp_path / "facts" / "ours").mkdir(parents=True)
    (tmp_path / "facts" / "ours" / "取水井.csv").write_text(WELLS, "utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "rules")
    git(tmp_path, "update-ref", "refs/remotes/origin/main", "HEAD")
    change(rules / "rules" / "wells.yaml", "depth: 60}", "depth: 58}")
    change(rules / "rules" / "wells.yaml", "depth: 60.1}", "depth: 58.1}")
    change(rules / "rules" / "wells.yaml", "60.1 m deep, 60 m", "58.1 m deep, 58 m")
    change(rules / "rules" / "wells.yaml", "60.1 m，最大 60 m", "58.1 m，最大 58 m")
    change(rules / "parameters" / "wells.yaml", "value: 60", "value: 58")
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def scripts(node: Any) -> Iterator[str]:
    """The lines of every `run` and `script`."""
    if isinstance(node, list):
        for each in node:
            yield from scripts(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("run", "script", "after_script", "before_script"):
                yield from (
                    line for part in (value if isinstance(value, list) else [value]) for line in part.splitlines()
                )
            else:
                yield from scripts(value)


def commands(name: str) -> list[str]:
    return [line for line in scripts(data(CI / name)) if line.startswith("hegui ")]


def run(command: str) -> tuple[int, str]:
    words = [os.path.expandvars(word) for word in shlex.split(command)[1:]]
    done = hegui(*words)
    return done.code, done.out + done.err


ALL = ["lint", "test", "prove", "impact", "check"]


@pytest.mark.parametrize("name", ["github.yml", "gitlab-ci.yml"])
def test_each_command_of_a_pipeline_runs(name: str, project: Path) -> None:
    found = commands(name)
    assert [command.split()[1] for command in found] == ALL
    for command in found:
        code, said = run(command)
        assert code == 0, f"{command}\n{said}"
    for command in found:
        for file in re.findall(r"--format \w+=(\S+)", command):
            assert (project / file).stat().st_size, command


@pytest.mark.parametrize("name", ["github.yml", "gitlab-ci.yml"])
def test_each_file_that_is_handed_on_is_written_by_a_command(name: str) -> None:
    text = (CI / name).read_text("utf-8")
    written = set(re.findall(r"--format \w+=(\S+)", text)) | set(re.findall(r"> (\S+\.json)", text))
    handed = set(re.findall(r"(?:junit|codequality|sarif_file): (\S+)", text)) | set(
        re.findall(r"paths: \[(\S+)\]", text)
    )
    assert handed
    assert handed <= written


def test_a_fault_fails_the_pipeline(project: Path) -> None:
    change(project / "rulesets/ours/rules/wells.yaml", "depth: 58.1}", "depth: 57}")
    failed = {command.split()[1] for command in commands("github.yml") if run(command)[0]}
    assert failed == {"test"}
    change(project / "rulesets/ours/rules/wells.yaml", "violation: depth", "violation: dept")
    codes = {command.split()[1]: run(command)[0] for command in commands("github.yml")}
    assert codes == dict.fromkeys(ALL, 2)


def test_what_lint_finds_becomes_a_code_quality_report(project: Path) -> None:
    path = project / "rulesets/ours/rules/wells.yaml"
    change(path, "remedy:", "# remedy:")
    change(path, "authority:", "# authority:")
    assert run("hegui lint $RULES --format json=lint.json")[0] == 1
    first = code_quality()
    assert [(each["check_name"], each["severity"]) for each in first] == [
        ("no-authority", "minor"),
        ("no-remedy", "minor"),
    ]
    assert first[0]["location"] == {"path": "rulesets/ours/rules/wells.yaml", "lines": {"begin": 1}}
    assert len({each["fingerprint"] for each in first}) == 2
    path.write_text("# moved\n\n" + path.read_text("utf-8"), "utf-8")
    assert run("hegui lint $RULES --format json=lint.json")[0] == 1
    second = code_quality()
    assert [each["fingerprint"] for each in second] == [each["fingerprint"] for each in first]
    assert second[0]["location"]["lines"]["begin"] == 3


def code_quality() -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(CI / "code_quality.py"), "lint.json"], capture_output=True, encoding="utf-8", check=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


# --- hooks ---------------------------------------------------------------------------------------------------------

HOOKS = {each["id"]: each for each in data(ROOT / ".pre-commit-hooks.yaml")}


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_runs_as_pre_commit_runs_it(name: str, project: Path) -> None:
    hook = HOOKS[name]
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    entry = f"{hook['entry']} rulesets/ours"
    assert run(entry)[0] == 0
    for file in ("rulesets/ours/rules/wells.yaml", "x.yml"):
        assert re.search(hook["files"], file)
    assert not re.search(hook["files"], "README.md")
    change(project / "rulesets/ours/rules/wells.yaml", "violation: depth", "violation: dept")
    assert run(entry)[0] == 2
    assert run(hook["entry"])[0] == 3


def test_the_hooks_shown_are_there() -> None:
    shown = re.findall(r"- id: (\S+)", (CI / "README.md").read_text("utf-8"))
    assert shown == list(HOOKS) == ["hegui-lint", "hegui-test"]


# --- pages ---------------------------------------------------------------------------------------------------------


def test_commands_on_the_pages_are_commands() -> None:
    for page in (CI / "README.md", EDITOR / "README.md"):
        for command in re.findall(r"`hegui ([a-z]+)|^hegui ([a-z]+)", page.read_text("utf-8"), re.MULTILINE):
            assert "".join(command) in main.commands


def test_links_on_the_pages_lead_somewhere() -> None:
    for page in (CI / "README.md", EDITOR / "README.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), link


def test_the_settings_name_schemas_that_are_there_and_cover_every_file() -> None:
    schemas = json.loads((EDITOR / ".vscode" / "settings.json").read_text("utf-8"))["yaml.schemas"]
    for name in schemas:
        assert (EDITOR / name).is_file()
    patterns = [pattern.replace("**/", "*") for each in schemas.values() for pattern in each]
    for path in (ROOT / "rulesets").rglob("*.yaml"):
        assert any(fnmatch.fnmatch(path.relative_to(ROOT).as_posix(), pattern) for pattern in patterns)


def test_the_scaffold_is_as_old_as_it_says() -> None:
    assert "last_verified: 2026-03-01" in ruleset_files("a", date(2026, 3, 1))["parameters/wells.yaml"]
