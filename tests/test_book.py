"""The rule book: what is in docs/rules is what the rulesets give (HEGUI_GOLDEN=write writes it anew), and it holds together."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest
import sample
import shipped_kit
from click.testing import CliRunner
from shipped_kit import loaded

from hegui.cli import main
from hegui.explaining.reading import Reader
from hegui.language.checker import Environment, compile_condition
from hegui.report.book import MARK, pages, write
from hegui.report.rule_page import plain
from hegui.ruleset.model import Conclusion, Rule, Ruleset
from hegui.source import Source, Span

FOLDER = Path(__file__).parent.parent / "docs" / "rules"


@cache
def banan() -> Ruleset:
    return loaded(shipped_kit.FOLDER)


@cache
def book() -> dict[str, str]:
    return pages(banan())


def test_the_book_is_fresh() -> None:
    if os.environ.get("HEGUI_GOLDEN") == "write":
        write(FOLDER, book())
    written = {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in FOLDER.rglob("*.md")}
    assert sorted(written) == sorted(book())
    assert [name for name, text in book().items() if written[name] != text] == []


def test_links_lead_somewhere() -> None:
    made = {**book(), **{f"sample/{name}": text for name, text in pages(sample.ruleset()).items()}}
    for name, text in made.items():
        for page, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", text):
            target = (Path(name).parent / page).as_posix() if page else name
            assert target in made, (name, page)
            assert not anchor or f'<a id="{anchor}"></a>' in made[target], (name, anchor)


def test_both_languages_have_every_rule_with_all_that_is_said_of_it() -> None:
    for lang in ("zh", "en"):
        text = "".join(page for name, page in book().items() if name.startswith(lang))
        for matter in (*banan().rules.values(), *banan().conclusions.values()):
            assert [word for word in said(matter, lang) if word not in text] == []


def said(rule: Rule | Conclusion, lang: str) -> list[str]:
    """What must stand on the page of a rule or conclusion."""
    ruleset = banan()
    words = [rule.title, rule.authority, *(each.gist for each in rule.basis if each.gist is not None)]
    words += [rule.remedy.text] if rule.remedy is not None else []
    cited = [ruleset.laws[each.law].title for each in rule.basis]
    return [f'<a id="{rule.name}"></a>', *(plain(word.get(lang)) for word in [*words, *cited])]


def test_pages_of_an_earlier_book_are_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in ("zh/gone.md", "en/gone.md"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(f"{MARK}\n\n# gone\n", encoding="utf-8")
    (tmp_path / "zh" / "own.md").write_text("# ours\n", encoding="utf-8")
    result = CliRunner().invoke(
        main, ["rules", "--rules", str(Path(sample.__file__).parent / "sample"), "--book", str(tmp_path)]
    )
    assert result.exit_code == 0, result.output
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")}
    assert found == {*pages(sample.ruleset()), "zh/own.md"}


# --- conditions in words


READINGS = [
    ("quarry", 'method == "open_pit"', "「开采方式」 = 露天", "“mining method” = open-pit"),
    (
        "quarry",
        'damage && !(method != "open_pit" || phone == "")',
        '「造成资源破坏」 且 非（「开采方式」 ≠ 露天 或 「联系电话」 = ""）',
        '“resources damaged” and not (“mining method” ≠ open-pit or “telephone” = "")',
    ),
    (
        "year",
        'quarry.method in ["open_pit", "underground"] || has(extracted)',
        "「采石场·开采方式」 为 露天、地下 之一 或 「实际开采量」有值",
        "“quarry / mining method” is one of open-pit, underground or “amount extracted” is on record",
    ),
    (
        "year",
        "extracted * 2.0 > (year > 2020 ? extracted : extracted + extracted)",
        "「实际开采量」 × 2 > （若 「年份」 > 2020，则 「实际开采量」，否则 「实际开采量」 + 「实际开采量」）",
        "“amount extracted” × 2 > (if “year” > 2020 then “amount extracted”, else “amount extracted” + “amount extracted”)",
    ),
    (
        "quarry",
        "licences.filter(l, l.from <= as_of).map(l, l.scale).known().max()",
        "「采矿许可证」（其中 「有效期起」 ≤ 数据日期）（只计有值的）的「证载生产规模」最大值",
        "maximum of “scale on the licence” of “licences” (those where “valid from” ≤ the day of the check) (those on record)",
    ),
    (
        "quarry",
        "licences.exists(l, l.to >= as_of)",
        "「采矿许可证」中至少有一条满足：「有效期止」 ≥ 数据日期",
        "at least one of “licences” has: “valid to” ≥ the day of the check",
    ),
    (
        "quarry",
        '(method == "open_pit" ? 1.0 : method == "underground" ? 2.0 : math.least(lon, lat)) > lon',
        "（按「开采方式」分：露天为 1；地下为 2；其余为 较小者（「经度」、「纬度」）） > 「经度」",
        "(by “mining method”: open-pit: 1; underground: 2; otherwise the least of (“longitude”, “latitude”)) > “longitude”",
    ),
    (
        "water",
        "date(2024, 1, 1) - days(days_between(taken_on, as_of)) > taken_on && taken_on.month() == 2",
        "2024年1月1日 - 「采样日期」至数据日期的天数天 > 「采样日期」 且 「采样日期」的月份 = 2",
        "date 2024-1-1 - days from “taken on” to the day of the check days > “taken on” and month of “taken on” = 2",
    ),
    (
        "quarry",
        'licences.exists(l, l.id in ["a", "b"])',
        '「采矿许可证」中至少有一条满足：「许可证号」 为 "a"、"b" 之一',
        'at least one of “licences” has: “licence number” is one of "a", "b"',
    ),
    ("quarry", "licences.size() == 0", "「采矿许可证」的数量 = 0", "number of “licences” = 0"),
    (
        "water",
        'solids > param("solids.limit", date("2024-01-01"))',
        "「悬浮物」 > 「悬浮物限值」（取 2024-01-01 的值）",
        "“suspended solids” > “limit of suspended solids” (as of 2024-01-01)",
    ),
]


@pytest.mark.parametrize(("kind", "text", "zh", "en"), READINGS, ids=[item[1] for item in READINGS])
def test_conditions_are_read(kind: str, text: str, zh: str, en: str) -> None:
    found = sample.ruleset()
    types = {name: parameter.type for name, parameter in found.parameters.items()}
    source = Source("<test>", text)
    node, problems = compile_condition(
        text, Environment(found.vocabulary, types), kind, None, lambda a, b: Span(source, a, b)
    )
    assert node is not None, [each.render() for each in problems]
    for lang, expected in (("zh", zh), ("en", en)):
        assert Reader(found.vocabulary, found.parameters, lang).read(node) == expected


def test_markdown_signs_are_taken_literally() -> None:
    assert plain("a*b [c] <d> `e*f` | x < y") == r"a\*b \[c\] \<d> `e*f` \| x < y"
