"""`hegui lint` on rulesets with seeded faults, on those beside one another, and from the command line.

Set `HEGUI_REGENERATE=1` to write the text files of `tests/broken/lint/` anew, and read the difference before committing it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from contextvars import Context
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sarif_log import check_sarif

from hegui.assure.lint import lint, look
from hegui.cli import main
from hegui.language.matching import can_match
from hegui.language.pattern import parse
from hegui.ruleset import parsed
from hegui.source import Document, Source, read_yaml

FOLDER = Path(__file__).parent / "broken" / "lint"
CASES = [*sorted(path.name for path in FOLDER.glob("*.yaml")), "unread"]
TODAY = date(2026, 3, 1)


def hegui(*arguments: str) -> tuple[int, str, str]:
    """Exit code, what went to stdout and what to stderr."""
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("name", CASES)
def test_seeded_faults(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    code, text, _ = hegui("lint", name, "--accepted", "--as-of", str(TODAY))
    expected = FOLDER / f"{name.removesuffix('.yaml')}.txt"
    if os.environ.get("HEGUI_REGENERATE"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
    assert code == (2 if ": error: " in text else 1)


def test_the_kit_has_nothing_to_say() -> None:
    assert lint(FOLDER / "kit", TODAY) == []


def test_a_file_that_does_not_parse_leaves_the_others_to_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    found = {(each.id, each.span.source.name if each.span else "") for each in lint("unread", TODAY)}
    assert ("yaml-syntax", "unread/rules/a-torn.yaml") in found
    whole = {name for name, file in found if file == "unread/rules/b-whole.yaml"}
    assert whole >= {
        "no-chinese",
        "no-remedy",
        "no-authority",
        "compared-with-true",
        "bare-number",
        "unknown-parameter",
    }
    assert not {name for name, _ in found if name.startswith("unused-")}


# --- rulesets beside one another


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")


def header(name: str, extends: str | None = None) -> str:
    below = f"extends: {extends}\n" if extends else ""
    return f'ruleset: {name}\ntitle: {{zh: 规则, en: rules}}\nversion: "1"\n{below}'


FIELD = "kind: mine\nextends: true\nfields:\n  drained: {type: bool, label: {zh: 已排水, en: drained}}\n"
LET = "let:\n  mine:\n    wet: '!drained'\n"
RULE = """\
rule: mine.wet
title: {zh: 积水, en: wet}
about: mine
nature: clue
severity: low
authority: {zh: 矿管部门, en: mining office}
in_force: {from: 2024-01-01}
violation: wet
message: {zh: 积水, en: wet}
basis: [{law: mining-law, version: "2024", article: "7", role: duty}]
remedy: {zh: 排水, en: drain it}
examples:
  - {name: wet, given: {drained: false}, verdict: violation}
  - {name: dry, given: {drained: true}, verdict: compliant}
"""


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """A base on the kit with a field and a definition nobody there uses."""
    (tmp_path / "kit").symlink_to(FOLDER / "kit")
    write(tmp_path / "base", ruleset=header("base", "kit"), field=FIELD, let=LET)
    return tmp_path


def test_what_rulesets_beside_it_use_that_build_on_it_is_used(layers: Path) -> None:
    assert {each.id for each in lint(layers / "base")} == {"unused-field", "unused-definition"}
    write(layers / "between", ruleset=header("between", "base"))
    write(layers / "local", ruleset=header("local", "between"), rule=RULE)
    write(layers / "other", ruleset=header("other", "kit"))
    for name in ("base", "between", "local"):
        assert lint(layers / name) == []


def test_nothing_is_called_unused_while_a_ruleset_above_has_errors(layers: Path) -> None:
    write(layers / "local", ruleset=header("local", "base"), rule=RULE.replace("wet\nmessage", "wett\nmessage"))
    assert lint(layers / "base") == []
    assert [each.id for each in lint(layers / "local")] == ["unknown-name"]


def test_accepted_findings_are_told_and_no_longer_count(layers: Path) -> None:
    accepted = "accepted:\n  - {finding: unused-field, name: mine, reason: {zh: 待用, en: later}}\n"
    write(
        layers / "base",
        accepted=accepted + "  - {finding: unused-definition, name: wet, reason: {zh: 待用, en: later}}\n",
    )
    looked = look(layers / "base")
    assert looked.findings == ()
    assert [(found.id, entry.reason.en) for found, entry in looked.let_stand] == [
        ("unused-field", "later"),
        ("unused-definition", "later"),
    ]
    assert hegui("lint", str(layers / "base"), "--as-of", str(TODAY))[:2] == (0, "2 accepted\n")
    code, text, _ = hegui("lint", str(layers / "base"), "--accepted", "--as-of", str(TODAY))
    assert code == 0
    assert "accepted: field `drained` of `mine` is used by no rule [unused-field]\n  reason: later" in text


# --- the command


def test_formats_and_exit_codes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(FOLDER)
    at = ("--as-of", "2026-03-01")
    files = [f"--format={name}={tmp_path / name}" for name in ("json", "sarif", "github", "junit")]
    assert hegui("lint", "uses.yaml", *at, *files)[:2] == (1, "")
    document = json.loads((tmp_path / "json").read_text("utf-8"))
    assert document["schema"] == "hegui/lint/1"
    assert {each["id"] for each in document["accepted"]} == {"unused-field", "unused-law"}
    assert all(each["page"].startswith("docs/lint/") for each in document["findings"])
    log = check_sarif((tmp_path / "sarif").read_text("utf-8"))
    assert len(log["results"]) == len(document["findings"]) + len(document["accepted"])
    assert (tmp_path / "github").read_text("utf-8").startswith("::warning file=uses.yaml,line=")
    assert 'name="kit/ruleset.yaml"' in (tmp_path / "junit").read_text("utf-8")
    assert hegui("lint", "uses.yaml", *at, "--fail-on", "error")[0] == 0
    assert hegui("lint", "loader.yaml", *at, "--fail-on", "error")[0] == 2
    assert hegui("lint", "loader.yaml", *at, "--fail-on", "never")[0] == 0
    assert hegui("lint", "kit", *at) == (0, "", "")
    assert hegui("lint", "nowhere")[0] == 3
    assert hegui("lint", str(tmp_path))[0] == 3
    code, text, talk = hegui("lint", "kit", "--format", "xlsx")
    assert (code, text) == (3, "")
    assert "there is no format `xlsx`" in talk


def test_a_day_in_the_future_says_what_will_have_to_be_looked_up() -> None:
    assert [each.id for each in lint(FOLDER / "kit", date(2027, 12, 31))] == ["not-verified"]
    assert lint(FOLDER / "kit", date(2026, 6, 2)) == []
    assert [each.args["day"] for each in lint(FOLDER / "kit", date(2026, 6, 3))] == [date(2026, 6, 3)]


def test_the_commands_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parent.parent
    shutil.copytree(root / "rulesets", tmp_path / "rulesets")
    monkeypatch.chdir(tmp_path)
    page = (root / "docs" / "rulesets.md").read_text("utf-8")
    commands = re.findall(r"^hegui (lint [^#\n]*?) *(?:#.*)?$", page, re.MULTILINE)
    assert len(commands) >= 4
    for command in commands:
        assert hegui(*command.split())[0] in (0, 1), command


# --- patterns that can never match


@pytest.mark.parametrize(
    ("pattern", "can"),
    [
        ("a", True), ("^", True), ("$", True), ("^$", True), ("$^", True), ("a^", False), ("$a", False), ("a^|b", True),
        ("(^a)+", True), ("(^a){2}", False), ("(a$){2}", False), ("(a$)?b", True), ("(^)?a", True), ("a(^)?b", True),
        ("(^a){0,3}", True), ("[^\\d\\D]", False), ("[^\\d\\D]?", True), ("[^\\s\\S]*^", True), ("[^a-z]", True),
        ("x{1}$y", False), ("(^|a)b", True), ("(a^|$b)c", False), (".$", True), ("$\\n", False), ("(^a|b){3}", True),
        ("(^a|b){3}^", False),
    ],
)  # fmt: skip
def test_patterns_that_can_match(pattern: str, can: bool) -> None:
    assert can_match(parse(pattern)) is can


def test_what_can_match_is_what_matches_something() -> None:
    """Held against every short text over three characters, for every short pattern over a few parts."""
    from itertools import product

    texts = ["".join(text) for size in range(4) for text in product("ab\n", repeat=size)]
    parts = ["a", "^", "$", "(^|b)", "(a$)?", "b*", "[^\\s\\S]"]
    for size in (1, 2, 3):
        for chosen in product(parts, repeat=size):
            pattern = parse("".join(chosen))
            assert can_match(pattern) is any(pattern.search(text) for text in texts), pattern.text


def test_a_finding_is_explained() -> None:
    code, text, _ = hegui("lint", "--explain", "bare-number")
    assert (code, text) == (0, (FOLDER.parents[2] / "docs/lint/bare-number.md").read_text("utf-8"))
    code, text, _ = hegui("lint", "--explain", "unknown-key")
    assert (code, text.splitlines()[2]) == (0, "> unknown key `{name}`")
    code, text, said = hegui("lint", "--explain", "bare-numbr")
    assert (code, text) == (3, "")
    assert "did you mean `bare-number`" in said


def test_layers_that_several_rulesets_build_on_are_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, extends in (("base", ""), ("one", "extends: base\n"), ("other", "extends: base\n")):
        (tmp_path / name).mkdir()
        head = f"ruleset: {name}\ntitle: {{zh: 甲, en: {name}}}\nversion: '1'\n{extends}"
        (tmp_path / name / "ruleset.yaml").write_text(head, "utf-8")
    files: Counter[str] = Counter()

    def counted(source: Source) -> list[Document]:
        files[source.name] += 1
        return read_yaml(source)

    monkeypatch.setattr(parsed, "read_yaml", counted)
    looked = Context().run(look, tmp_path / "base")  # a context in which nothing was parsed before
    assert sorted(files.values()) == [1, 1, 1]
    assert Context().run(look, tmp_path / "base").findings == looked.findings
    assert sorted(files.values()) == [2, 2, 2]  # nothing is held beyond
