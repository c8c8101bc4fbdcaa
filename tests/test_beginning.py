"""What `hegui new` writes loads, lints with nothing but reminders, and its examples hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from shipped_kit import loaded
from test_cli import Done, hegui

from hegui.assure.lint import lint
from hegui.assure.mutation import mutate
from hegui.assure.trials import run_trials
from hegui.ruleset import load
from hegui.ruleset.begun import begun
from hegui.ruleset.model import Ruleset

ROOT = Path(__file__).parent.parent
BANAN = loaded()
LACKS = {"no-authority", "no-citation", "no-remedy", "never-verified", "not-verified"}
"""What a rule just begun may be reminded of: what nobody but its author can know."""
ODD = """
kind: odd
label: {zh: '奇{怪}: "词", #', en: 'an "odd" {kind}: #'}
key: [owner, year]
fields:
  owner: {type: ref, to: shop, label: {zh: 业主, en: owner}}
  year: {type: int, label: {zh: 年, en: year}}
  FIELD
---
kind: shop
label: {zh: 门店, en: shop}
key: id
name: name
fields:
  id: {type: string, label: {zh: 编号, en: id}}
  name: {type: string, label: {zh: 名称, en: name}}
---
kind: bare
label: {zh: 无主键, en: bare}
key: none
fields:
  x: {type: int, label: {zh: 数, en: x}}
---
kind: link
label: {zh: 关联, en: link}
key: [a, b]
fields:
  a: {type: ref, to: shop, label: {zh: 甲, en: a}}
  b: {type: ref, to: shop, label: {zh: 乙, en: b}}
  secret: {type: string, private: true, label: {zh: 密, en: secret}}
"""
FIELDS = {
    "quantity": "depth: {type: number, unit: m, label: LABEL}",
    "count": "count: {type: int, label: LABEL}",
    "quantity of whole units": "area: {type: int, unit: 亩, label: LABEL}",
    "bool": "closed: {type: bool, label: LABEL}",
    "code": "sort: {type: code, codes: {a_b: {zh: 甲, en: a}, c: {zh: 丙, en: c}}, label: LABEL}",
    "one code": "sort: {type: code, codes: {a: {zh: 甲, en: a}}, label: LABEL}",
    "date": "seen_on: {type: date, label: LABEL}",
    "string": "paper: {type: string, label: LABEL}",
    "reference": "shop: {type: ref, to: shop, label: LABEL}",
    "with detection limit": "tn: {type: number, unit: mg/L, detection: true, label: LABEL}",
    "private ones left out": "phone: {type: string, private: true, label: LABEL}",
}
HEADER = 'ruleset: odd\ntitle: {zh: 示例, en: odd}\nversion: "1"\n---'


def odd(tmp_path: Path, field: str) -> Path:
    label = "{zh: '标{签}: \"引\", #', en: 'a \"label\" {x}: #'}"
    path = tmp_path / "odd.yaml"
    path.write_text(HEADER + ODD.replace("FIELD", field.replace("LABEL", label)), "utf-8")
    return path


def unfit(ruleset: Ruleset, name: str) -> list[str]:
    trials = run_trials(ruleset, rules=[name]).trials
    assert trials
    return [each.render() for trial in trials for each in trial.failures]


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_a_rule_about_each_sort_of_field(tmp_path: Path, field: str) -> None:
    path = odd(tmp_path, field)
    done = hegui("new", "rule", "2024.first", "--rules", str(path), "--about", "odd")
    assert (done.code, done.err) == (0, "")
    assert "phone" not in done.out
    path.write_text(path.read_text("utf-8") + "---\n" + done.out, "utf-8")
    found = {(each.id, str(each.args.get("name"))) for each in lint(path)}
    assert {id_ for id_, name in found if "2024.first" in name} <= LACKS | {"no-such-example"}
    assert ("no-such-example" in {id_ for id_, _ in found}) == ("codes: {a:" in field)
    ruleset = load(path)
    assert unfit(ruleset, "2024.first") == []
    mutants = mutate(ruleset, ["2024.first"], [])
    assert mutants.survivors == ()
    moved = {
        each.span.source.line(each.span.source.line_column(each.span.start)[0]).split()[0]
        for each in mutants.mutants
        if each.detail.startswith("from: ")
    }
    assert moved <= {"from:"}


@pytest.mark.parametrize("kind", sorted(name for name, kind in BANAN.vocabulary.kinds.items() if kind.key))
def test_a_rule_can_be_begun_about_every_kind_that_is_shipped(kind: str) -> None:
    text = begun(f"first.{kind}", kind, BANAN.vocabulary.kinds, BANAN.parameters)
    assert text is not None
    assert f"about: {kind}" in text


def test_a_rule_in_a_shipped_ruleset(tmp_path: Path) -> None:
    file = tmp_path / "local" / "rule.yaml"
    file.parent.mkdir()
    (file.parent / "ruleset.yaml").write_text(
        'ruleset: local\ntitle: {zh: 本地, en: local}\nversion: "1"\nextends: national\n', "utf-8"
    )
    done = hegui("new", "rule", "mine.too-much", "--rules", str(file.parent), "--about", "mine_year", "-o", str(file))
    assert (done.code, done.out, done.err) == (0, "", f"wrote {file}\n")
    assert {each.id for each in lint(file.parent) if "mine.too-much" in str(each.args.get("name"))} <= LACKS
    ruleset = load(file.parent)
    rule = ruleset.rules["mine.too-much"]
    (parameter,) = [each for each in ruleset.parameters.values() if each.name.startswith("mine.too-much")]
    assert (rule.about, rule.answers, parameter.type.unit) == ("mine_year", ("mine",), "t/a")
    assert unfit(ruleset, "mine.too-much") == []
    again = hegui("new", "rule", "mine.too-much", "--rules", str(file.parent), "--about", "mine_year")
    assert refused(again, "`mine.too-much` is already defined in `local` or below")
    there = hegui("new", "rule", "mine.other", "--rules", str(file.parent), "--about", "mine_year", "-o", str(file))
    assert refused(there, f"`{file}` is there already")


def refused(done: Done, words: str) -> bool:
    return done.code == 3 and done.out == "" and words in done.err


def test_a_name_of_a_parameter_that_is_taken_is_numbered(tmp_path: Path) -> None:
    path = odd(tmp_path, FIELDS["quantity"].replace("LABEL", "{zh: 深, en: depth}"))
    first = hegui("new", "rule", "x", "--rules", str(path), "--about", "odd").out
    path.write_text(path.read_text("utf-8") + "---\n" + first.partition("---\n")[0], "utf-8")
    assert 'param("x.limit-2")' in hegui("new", "rule", "x", "--rules", str(path), "--about", "odd").out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("x", "--rules", "national", "--about", "mien"), "there is no kind `mien`, did you mean `mine`"),
        (("x", "--rules", "ODD", "--about", "bare"), "`bare` has no key, so no rule can be about it"),
        (("x", "--rules", "ODD", "--about", "link"), "`link` has no field a rule could ask about"),
        (("x", "--rules", "national"), "takes NAME, `--rules R` and `--about KIND`"),
        (("x", "--about", "mine"), "takes NAME, `--rules R` and `--about KIND`"),
        (("--rules", "national", "--about", "mine"), "takes NAME, `--rules R` and `--about KIND`"),
        (("a b", "--rules", "national", "--about", "mine"), "`a b` cannot be a name"),
        (("x", "--rules", "national", "--about", "mine", "-o", "nowhere/x.yaml"), "cannot write `nowhere/x.yaml`"),
    ],
)
def test_what_cannot_be_begun(args: tuple[str, ...], words: str, tmp_path: Path) -> None:
    path = odd(tmp_path, FIELDS["count"].replace("LABEL", "{zh: 数, en: count}"))
    assert refused(hegui("new", "rule", *(str(path) if each == "ODD" else each for each in args)), words)


def test_a_ruleset_that_cannot_be_used_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text("ruleset: [", "utf-8")
    done = hegui("new", "rule", "x", "--rules", str(tmp_path), "--about", "mine")
    assert done.code == 2


def test_a_file_that_would_not_be_read(tmp_path: Path) -> None:
    path = odd(tmp_path, FIELDS["count"].replace("LABEL", "{zh: 数, en: count}"))
    begin = ("new", "rule", "x", "--rules", str(path), "--about", "odd", "-o")
    assert refused(hegui(*begin, str(tmp_path / "q.yml")), "call it `….yaml`")
    assert refused(hegui("new", "rule", "-o", str(tmp_path / "q")), "call it `….yaml`")
    done = hegui(*begin, str(tmp_path / "q.yaml"))
    assert (done.code, f"is no file of `{path}`" in done.err) == (0, True)


def test_the_template_can_be_written_too(tmp_path: Path) -> None:
    file = tmp_path / "rule.yaml"
    assert hegui("new", "rule", "-o", str(file)).code == 0
    assert file.read_text("utf-8") == hegui("new", "rule").out


@pytest.mark.parametrize("name", ["wells", "2024", "巴南.水井", "true"])
def test_a_new_ruleset_is_complete(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = hegui("new", "ruleset", name)
    assert (done.code, done.out) == (0, "")
    assert re.fullmatch(rf"wrote \d files to {name}\nnext: hegui lint {name}, hegui test {name}\n", done.err)
    assert load(tmp_path / name).name == name
    linted = hegui("lint", f"./{name}")
    assert (linted.code, linted.out.strip()) in ((0, ""), (0, "0 errors, 0 warnings, 0 accepted"))
    assert hegui("test", f"./{name}", "--mutate").code == 0
    assert refused(hegui("new", "ruleset", name), f"`{name}` is there already")


def test_a_new_ruleset_goes_to_a_folder_that_is_empty_or_not_there(tmp_path: Path) -> None:
    empty, deep, full = (tmp_path / each for each in ("empty", "not/there", "full"))
    empty.mkdir()
    full.mkdir()
    (full / "kept.txt").write_text("kept", "utf-8")
    assert hegui("new", "ruleset", "a", "-o", str(empty)).code == 0
    assert hegui("new", "ruleset", "a", "-o", str(deep)).code == 0
    assert refused(hegui("new", "ruleset", "a", "-o", str(full)), "is there already")
    assert [path.name for path in full.iterdir()] == ["kept.txt"]
    assert refused(hegui("new", "ruleset", "a/b"), "`a/b` cannot be a name")
    assert refused(hegui("new", "ruleset", "con"), "not every system can have a folder called `con`")
    assert refused(hegui("new", "ruleset", "a", "-o", str(tmp_path / "Lpt1.d")), "[name-not-portable]")
    assert hegui("new", "ruleset", "con", "-o", str(tmp_path / "conn")).code == 0
    assert refused(hegui("new", "ruleset", "a", "-o", str(full / "kept.txt" / "x")), "cannot write")


def test_commands_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "rulesets.md").read_text("utf-8")
    found = re.findall(r"^hegui ((?:new|schema) [^#\n]*)", page, re.MULTILINE)
    assert len(found) == 3
    for command in found:
        assert hegui(*command.split()).code == 0, command
