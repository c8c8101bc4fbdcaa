"""`hegui lint --fix`: what is mended, that nothing else changes by a byte, and that no verdict does."""

from __future__ import annotations

import difflib
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.assure.examples import run_examples
from hegui.assure.lint import lint
from hegui.assure.lint.fixing import FIXED, Mended, mend
from hegui.cli import main
from hegui.ruleset import load

KIT = Path(__file__).parent / "broken" / "lint" / "kit"
TODAY = date(2026, 3, 1)
HEADER = 'ruleset: mended\ntitle: {zh: 修复, en: mended}\nversion: "1"\nextends: kit\n'
SOUND = """\
# what everybody knows
let:
  mine:
    alone: workers < 2 - 1   # one

    # a comment on what follows
    commented: fenced
    first_unused: >-
      output > param("scale.limit")
      || alone
    second_unused: first_unused   # used by nobody

    nobody: workers < 1
---
rule: mine.unfenced
title: {zh: 未围挡, en: not fenced}   # as the notice says
about: mine
nature: clue
severity: low
authority: {zh: 矿管部门, en: mining office}
in_force: {from: 2024-01-01}
when: (fenced == true || true==nobody ) == true
violation: |
  // all of it
  true == (workers < 1 || nobody) &&
    fenced  ==  true
notice_scope: fenced == false
message: {zh: 未围挡, en: not fenced}
basis: [{law: mining-law, version: "2024", article: "7", role: duty, if: 'fenced != false'}]
remedy: {zh: 围挡, en: fence it}
examples:
  - {name: nobody, given: {workers: 0, fenced: true}, verdict: violation}
  - {name: one, given: {workers: 1, fenced: true}, verdict: compliant}
  - {name: open, given: {workers: 1, fenced: false}, verdict: not_applicable}
  - {name: no number, given: {fenced: true}, verdict: undetermined, causes: [missing workers]}
  - {name: no fence known, given: {workers: 0}, verdict: undetermined, causes: [missing fenced]}
---
calendar: 2028
workdays: [2028-02-26, 2028-02-28 , 2028-03-04]
holidays:
  - 2028-02-24
  - 2028-03-11   # a Saturday
  - 2028-02-25
---
accepted:
  - {finding: no-remedy, name: mine.unfenced, reason: {zh: 曾缺, en: was lacking}}
  - finding: unused-definition
    name: commented
    reason: {zh: 留用, en: kept}
  - finding: no-authority
    name: mine.unfenced
    reason:
      zh: 曾缺

      en: was lacking
  # and this one
  - {finding: no-example, name: mine.unfenced, reason: {zh: 曾缺, en: was lacking}}
"""
MENDED = """\
# what everybody knows
let:
  mine:

    # a comment on what follows
    commented: fenced

    nobody: workers < 1
---
rule: mine.unfenced
title: {zh: 未围挡, en: not fenced}   # as the notice says
about: mine
nature: clue
severity: low
authority: {zh: 矿管部门, en: mining office}
in_force: {from: 2024-01-01}
when: (fenced || nobody )
violation: |
  // all of it
  (workers < 1 || nobody) &&
    fenced
notice_scope: fenced == false
message: {zh: 未围挡, en: not fenced}
basis: [{law: mining-law, version: "2024", article: "7", role: duty, if: 'fenced != false'}]
remedy: {zh: 围挡, en: fence it}
examples:
  - {name: nobody, given: {workers: 0, fenced: true}, verdict: violation}
  - {name: one, given: {workers: 1, fenced: true}, verdict: compliant}
  - {name: open, given: {workers: 1, fenced: false}, verdict: not_applicable}
  - {name: no number, given: {fenced: true}, verdict: undetermined, causes: [missing workers]}
  - {name: no fence known, given: {workers: 0}, verdict: undetermined, causes: [missing fenced]}
---
calendar: 2028
workdays: [2028-02-26, 2028-03-04]
holidays:
  - 2028-02-24
  - 2028-02-25
---
accepted:
  - finding: unused-definition
    name: commented
    reason: {zh: 留用, en: kept}
  # and this one
  - {finding: no-example, name: mine.unfenced, reason: {zh: 曾缺, en: was lacking}}
"""


@pytest.fixture
def ruleset(tmp_path: Path) -> Path:
    """A ruleset on the kit of the pages."""
    folder = tmp_path / "mended"
    folder.mkdir()
    (tmp_path / "kit").symlink_to(KIT)
    (folder / "ruleset.yaml").write_text(HEADER, "utf-8")
    return folder


def mended(folder: Path) -> Mended:
    return mend(folder, TODAY, Path.write_bytes)


def verdicts(folder: Path) -> list[tuple[str, str, bool]]:
    """Every example with whether it holds: verdicts and causes are stated in it."""
    return [(each.rule, each.example, each.passed) for each in run_examples(load(folder), engines=["scalar", "polars"])]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_is_mended_and_nothing_else(ruleset: Path, ends: str, mark: str) -> None:
    file = ruleset / "规则.yaml"
    file.write_bytes((mark + SOUND.replace("\n", ends)).encode())
    before, held = lint(ruleset, TODAY), verdicts(ruleset)
    done = mended(ruleset)
    assert file.read_bytes().decode() == mark + MENDED.replace("\n", ends)
    assert {each.id for each in done.fixed} <= FIXED
    assert sorted(each.id for each in done.fixed) == [
        "accepted-in-vain", "accepted-in-vain", "compared-with-true", "compared-with-true", "compared-with-true",
        "compared-with-true", "compared-with-true", "needless-holiday", "needless-workday", "unused-definition",
        "unused-definition", "unused-definition",
    ]  # fmt: skip
    left = lint(ruleset, TODAY)
    assert tuple(left) == done.left.findings
    assert {each.id for each in left} < {each.id for each in before}
    assert all(passed for _, _, passed in held)
    assert verdicts(ruleset) == held
    assert mended(ruleset).fixed == ()


def test_what_did_not_load_is_made_to(ruleset: Path) -> None:
    (ruleset / "rule.yml").write_text(
        "rule: mine.new\ntitle: {zh: 新, en: new}\nabuot: mine\nnature: clue\nseverity: low\n"
        "authority: {zh: 部门, en: office}\nin_force: {form: 2024-01-01}\nviolation: workers < 1\n"
        "message: {zh: 无, en: none}\nbasis: [{law: mining-law, version: 2024, article: 7, role: duty}]\n"
        "remedy: {zh: 派人, en: send}\nexamples:\n  - {name: 1, given: {workers: 0}, verdict: violation}\n"
        "  - {name: true, given: {workers: 1}, verdict: compliant}\n",
        "utf-8",
    )
    done = mended(ruleset)
    assert done.left.findings == ()
    assert not (ruleset / "rule.yml").exists()
    text = (ruleset / "rule.yaml").read_text("utf-8")
    for words in ('version: "2024", article: "7"', "about: mine", "{from: 2024-01-01}", 'name: "1"', 'name: "true"'):
        assert words in text
    assert [passed for _, _, passed in verdicts(ruleset)] == [True] * 8


@pytest.mark.parametrize(
    "text",
    [
        "rule: r\nabout: mine\nabuot: mine\n",  # what it may mean is there already
        "rule: r\nnotices: [a]\nnotic: [b]\n",  # both can only be one key
        "calendar: 2028\nworkdays: [\n  2028-02-28, # a Monday\n  2028-02-26]\n---\nlet:\n  mine: {a: fenced}\n",
        "rule: r\nwhen: !x\n",
    ],
)
def test_what_is_not_plain_is_left_or_mended_once(ruleset: Path, text: str) -> None:
    file = ruleset / "more.yaml"
    file.write_text(text, "utf-8")
    done = mended(ruleset)
    changed = [
        line for line in difflib.ndiff(text.splitlines(), file.read_text("utf-8").splitlines()) if line[0] == "+"
    ]
    assert len(changed) <= len(done.fixed)
    if "abuot" in text or "!x" in text:
        assert (done.fixed, changed) == ((), [])


def test_mending_seeded_faults_only_makes_them_fewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = KIT.parent.parent
    shutil.copytree(broken, tmp_path / "broken")
    monkeypatch.chdir(tmp_path / "broken")
    names = [str(path.relative_to(broken)) for folder in (broken, KIT.parent) for path in sorted(folder.glob("*.yaml"))]
    ids: set[str] = set()
    for name in names:
        before = lint(name, TODAY)
        done = mended(Path(name))
        fixed = {each.id for each in done.fixed}
        was, left = (sum(each.level == "error" for each in found) for found in (before, done.left.findings))
        assert left <= was or "unknown-key" in fixed, name  # a document that did not fit was not looked into before
        ids |= fixed
    assert ids == FIXED - {"file-extension"}
    for path in (tmp_path / "broken").rglob("kit/*"):
        assert path.read_bytes() == (broken / path.relative_to(tmp_path / "broken")).read_bytes()


def test_only_the_ruleset_itself_is_touched(tmp_path: Path) -> None:
    base = "let:\n  mine:\n    used: fenced\n    unused: workers < 1\n"
    for name, extends in (("base", "kit"), ("local", "base")):
        (tmp_path / name).mkdir()
        header = f'ruleset: {name}\ntitle: {{zh: 规, en: x}}\nversion: "1"\nextends: {extends}\n'
        (tmp_path / name / "ruleset.yaml").write_text(header, "utf-8")
    (tmp_path / "kit").symlink_to(KIT)
    (tmp_path / "base" / "let.yaml").write_text(base, "utf-8")
    outside = tmp_path / "outside.yaml"
    outside.write_text(base.replace("unused", "linked").replace(" used: fenced\n   ", ""), "utf-8")
    (tmp_path / "local" / "link.yaml").symlink_to(outside)
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")}
    done = mended(tmp_path / "local")
    assert done.fixed == ()
    assert {each.args["name"] for each in done.left.findings} >= {"unused", "linked"}
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")} == kept


def test_a_single_file_is_mended(tmp_path: Path) -> None:
    (tmp_path / "kit").symlink_to(KIT)
    file = tmp_path / "one.yaml"
    file.write_text(HEADER + "---\n" + SOUND, "utf-8")
    mend(file, TODAY, Path.write_bytes)
    assert file.read_text("utf-8") == HEADER + "---\n" + MENDED


def test_the_command_says_what_it_mended(ruleset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = ruleset / "rules.yaml"
    file.write_text(SOUND, "utf-8")
    file.chmod(0o640)
    monkeypatch.chdir(ruleset.parent)
    call = ["lint", "mended", "--fix", "--as-of", str(TODAY), "--format", "json"]
    done = CliRunner().invoke(main, call)
    document = json.loads(done.stdout)
    assert len(document["fixed"]) == 12
    assert done.stderr.count("fixed: ") == 12
    assert (
        "mended/rules.yaml:11:5: fixed: definition `second_unused` is used by no rule [unused-definition]"
        in done.stderr
    )
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in sorted(ruleset.iterdir())] == ["rules.yaml", "ruleset.yaml"]
    again = CliRunner().invoke(main, call)
    assert (again.stderr.partition(":")[0], json.loads(again.stdout)["fixed"]) == ("left to you", [])
    assert done.exit_code == again.exit_code == 1


def test_what_is_left_must_still_be_yaml(ruleset: Path) -> None:
    """`!fenced` without its quotes would be a tag."""
    file = ruleset / "rules.yaml"
    file.write_text(SOUND.replace("when: (fenced == true || true==nobody ) == true", "when: true == !fenced"), "utf-8")
    left = mended(ruleset).left
    assert "when: true == !fenced" in file.read_text("utf-8")
    assert "compared-with-true" in {found.id for found in left.findings}
    assert not [found for found in left.findings if found.level == "error"]


ALONE = """\
let:
  mine:
    nobody: workers < 1
---
accepted:
  - {finding: no-example, name: mine.a, reason: {zh: 曾缺, en: was lacking}}
  - {finding: no-example, name: mine.b, reason: {zh: 曾缺, en: was lacking}}

---
# kept
calendar: 2028
holidays: [2028-02-24]
"""


def test_what_was_the_last_of_its_document_goes_with_it(ruleset: Path) -> None:
    file = ruleset / "rules.yaml"
    file.write_text(ALONE, "utf-8")
    assert len(mended(ruleset).fixed) == 3
    assert file.read_text("utf-8") == ALONE.partition("\n\n---\n")[2]
    file.write_text(ALONE.partition("---\n")[0], "utf-8")
    assert len(mended(ruleset).fixed) == 1
    assert file.read_text("utf-8") == ""


def test_what_is_left_to_the_author_is_said(ruleset: Path) -> None:
    file = ruleset / "rules.yaml"
    file.write_text(ALONE.replace("    nobody", "    # why\n    nobody"), "utf-8")
    header = ruleset / "ruleset.yaml"
    header.write_text(header.read_text("utf-8").replace("version:", "verson:"), "utf-8")
    done = CliRunner().invoke(main, ["lint", str(ruleset), "--fix", "--as-of", str(TODAY)])
    assert "fixed: unknown key `verson`, now `version` [unknown-key]" in done.stderr
    assert "left to you: 1 of a sort --fix mends" in done.stderr
    assert "# why" in file.read_text("utf-8")
