"""What is found in a ruleset, in every format: each holds to its own standard, and all of them say the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import goldens
import pytest
from sarif_log import check_sarif

from hegui.assure.told import WRITERS, Passed, Telling
from hegui.datatypes import Text
from hegui.source import Diagnostic, Source, Span, Wording

SOURCE = Source("rules/矿山 1.yaml", 'rule: 甲.超采\nviolation: a > 5 && b < "x,y"\n')
WRONG = Wording("unknown-name", "`{kind}` has no `{name}`", "`{kind}` 没有 `{name}`")
MEANT = Wording("did-you-mean", "did you mean {known}?", "是否应为 {known}？")
NUMBER = Wording(
    "bare-number", "{number} stands in a condition, 100 %: [a](b)", "条件中直接写了数字 {number}，100 %：[a](b)"
)


def found(wording: Wording, start: int, end: int, level: str, hint: Wording | None = None) -> Diagnostic:
    args: dict[str, object] = {"kind": "矿山", "name": "a<b>", "known": "`c`", "number": 5}
    return Diagnostic(wording, args, Span(SOURCE, start, end), hint, level)


TELLING = Telling(
    "lint",
    [found(WRONG, 23, 24, "error", MEANT), found(NUMBER, 27, 28, "warning"), Diagnostic(WRONG, {"kind": 1, "name": 2})],
    [(found(NUMBER, 6, 28, "warning"), Text("已核对", "looked at & fine"))],
    [Passed("rules/b.yaml", "rules/b.yaml")],
    {"bare-number": "docs/lint/bare-number.md"},
    {"files": 3},
    listed=True,
)


def written(name: str, telling: Telling = TELLING, lang: str = "en") -> str:
    return "".join(WRITERS[name](telling, lang))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(WRITERS))
def test_formats(name: str, lang: str) -> None:
    ends = {"text": "txt", "json": "json", "sarif": "sarif", "github": "github", "junit": "xml"}
    text = written(name, lang=lang)
    if name == "sarif":
        log = json.loads(text)
        log["runs"][0]["tool"]["driver"]["version"] = "0"
        text = json.dumps(log, ensure_ascii=False, indent=1) + "\n"
    goldens.same_as(f"told-{lang}.{ends[name]}", text)


def test_nothing_found_is_said_in_every_format() -> None:
    assert written("text", replace(TELLING, listed=False)) == re.sub(
        r".*accepted: .*\n  reason: .*\n", "", written("text")
    )
    nothing = Telling("lint", [])
    assert written("text", nothing) == written("github", nothing) == ""
    assert json.loads(written("json", nothing)) == {"schema": "hegui/lint/1", "findings": [], "accepted": []}
    assert check_sarif(written("sarif", nothing))["results"] == []
    assert ElementTree.fromstring(written("junit", nothing)).attrib["tests"] == "0"


def test_sarif_holds_to_the_schema_and_leads_to_the_words() -> None:
    run = check_sarif(written("sarif"))
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        each["ruleId"] for each in run["results"]
    ]
    region = run["results"][1]["locations"][0]["physicalLocation"]["region"]
    line, start, end = region["startLine"], region["startColumn"], region["endColumn"]
    assert SOURCE.line(line)[start - 1 : end - 1] == SOURCE.text[27:28]
    assert [bool(each.get("suppressions")) for each in run["results"]] == [False, False, False, True]
    assert "…" in rules[1]["shortDescription"]["text"]
    assert "{" not in rules[1]["shortDescription"]["text"]


def test_junit_counts_what_it_holds() -> None:
    root = ElementTree.fromstring(written("junit"))
    for at in (root, *root.iter("testsuite")):
        held = {"tests": len(list(at.iter("testcase")))}
        held |= {"failures": len(list(at.iter("failure"))), "skipped": len(list(at.iter("skipped"))), "errors": 0}
        assert {name: int(at.attrib[name]) for name in held} == held
    assert root.attrib["tests"] == "5"


def test_json_says_where_each_word_stands() -> None:
    entries = json.loads(written("json"))["findings"]
    assert (entries[0]["line"], entries[0]["column"], entries[0]["end_line"], entries[0]["end_column"]) == (
        2,
        13,
        2,
        14,
    )
    assert entries[0]["hint"] == {"zh": "是否应为 `c`？", "en": "did you mean `c`?"}
    assert [each["page"] for each in entries] == [None, "docs/lint/bare-number.md", None]
    assert entries[2]["file"] is None
    assert "hint" not in entries[2]
