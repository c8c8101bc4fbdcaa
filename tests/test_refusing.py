"""What is said of a line that cannot be read."""

from __future__ import annotations

import pytest
from test_cli import hegui

from hegui.cli.refusing import asked, chinese

RULES = ("--rules", "banan")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("check", "--lang", "zh"), "错误: 缺少参数 'FACTS...'"),
        (("check", "x", "--lang=zh"), "错误: 缺少选项 '--rules'"),
        (
            ("check", "x", "--rulez", "banan", "--lang", "zh"),
            "错误: 没有选项 --rulez（是否应为 '--rule', '--rules'？）",
        ),
        (("chek", "--lang", "zh"), "错误: 没有命令 chek"),
        (("check", "x", "--lang", "zh", "--rules"), "错误: 选项 --rules 需要一个值"),
        (("rules", *RULES, "--lang", "zh", "more"), "错误: 多余的参数 more"),
        (
            ("check", "x", *RULES, "--chainer", "abacus", "--lang", "zh"),
            "错误: '--chainer' 的值 'abacus' 无效，可用的有",
        ),
    ],
)
def test_it_is_said_in_chinese_where_the_line_asks_for_it(line: tuple[str, ...], said: str) -> None:
    done = hegui(*line)
    assert done.code == 3
    assert said in done.err
    assert done.out == ""
    for english in ("Error", "Usage", "Try", "Missing", "No such"):
        assert english not in done.err


def test_the_usage_stands_above_it() -> None:
    usage, help_, *_ = hegui("check", "--lang", "zh").err.splitlines()
    assert usage.startswith("用法: ")
    assert usage.endswith(" check [OPTIONS] FACTS...")
    assert help_.endswith(" check --help 查看帮助")


def test_without_chinese_it_is_as_click_says_it() -> None:
    done = hegui("check")
    assert done.code == 3
    assert "Error: Missing argument 'FACTS...'." in done.err


def test_the_language_is_the_last_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEGUI_LANG", raising=False)
    assert asked(["check"]) == "en"
    assert asked(["check", "--lang"]) == "en"
    assert asked(["--lang", "zh", "--x"]) == asked(["--lang=zh"]) == "zh"
    monkeypatch.setenv("HEGUI_LANG", "zh")
    assert asked([]) == "zh"
    assert asked(["--lang", "en"]) == "en"


def test_what_is_not_known_is_said_as_it_is() -> None:
    assert chinese("Something new.") == "Something new."
    assert chinese("Invalid value for '--most': 'x' is not a valid integer.") == "'--most' 的值 'x' 不是整数"
