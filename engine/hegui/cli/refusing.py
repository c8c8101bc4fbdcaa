"""What click says of a line it cannot read, in the language the line asks for."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from io import StringIO
from itertools import pairwise
from typing import Final

import click

from hegui.masking import place_without_password, without_passwords
from hegui.source import printable

CHINESE: Final = tuple(
    (re.compile(english, re.DOTALL), chinese)
    for english, chinese in (
        (
            r"No such option:? '?([^'\s]+?)'?[.!]?(?: \(?Did you mean (?:one of: )?(.+?)\?\)?)?\Z",
            "没有选项 {0}（是否应为 {1}？）",
        ),
        (
            r"No such command '?([^'\s]+?)'?[.!]?(?: \(?Did you mean (?:one of: )?(.+?)\?\)?)?\Z",
            "没有命令 {0}（是否应为 {1}？）",
        ),
        (r"Missing argument (.+?)\.(?: .*)?\Z", "缺少参数 {0}"),
        (r"Missing (?:option|parameter) (.+?)\.(?: .*)?\Z", "缺少选项 {0}"),
        (r"Missing command\.\Z", "缺少命令"),
        (r"Option '?(.+?)'? requires an argument\.\Z", "选项 {0} 需要一个值"),
        (r"Option '?(.+?)'? does not take a value\.\Z", "选项 {0} 不带值"),
        (r"Got unexpected extra arguments? \((.+)\)\Z", "多余的参数 {0}"),
        (r"Invalid value for (.+?): (.+) is not one of (.+)\.\Z", "{0} 的值 {1} 无效，可用的有 {2}"),
        (r"Invalid value for (.+?): (.+?) is not a valid integer\.\Z", "{0} 的值 {1} 不是整数"),
        (r"Invalid value for (.+?): (?:Path|File|Directory) (.+?) does not exist\.\Z", "{0}：{1} 不存在"),
        (r"Invalid value for (.+?): (.+)\Z", "{0} 的值无效：{1}"),
    )
)
"""What click says in English, and the same in Chinese; what is in brackets falls away where there is nothing to put in."""


LINE: Final[ContextVar[Sequence[str]]] = ContextVar("LINE", default=())
"""The words of the line that is being run."""


def show(error: click.ClickException, arguments: Sequence[str]) -> None:
    """Say on stderr what is wrong with a line. Its language may stand behind what is wrong, so it is looked for in the line."""
    if asked(arguments) != "zh":
        said = StringIO()
        error.show(said)
        talk(said.getvalue().removesuffix("\n"))
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        usage = error.ctx.get_usage().partition(" ")[2]
        talk(f"用法: {usage}\n运行 {error.ctx.command_path} --help 查看帮助\n")
    talk(f"错误: {chinese(error.format_message())}")


def _without_places(text: str, arguments: Sequence[str]) -> str:
    """What is said of a line: any word of it may be an address that stands in the wrong place."""
    for each in (part for word in arguments for part in (word, word.partition("=")[2]) if part and {*part} & {*"@＠"}):
        for form in (each, without_passwords(each)):  # a part of it may have been seen to already
            text = text.replace(form, place_without_password(each))
    return text


def talk(text: str) -> None:
    """Print lines to stderr. Names of files and words of rulesets are in them, and what a line says is said back: none may command
    the terminal, and an address that was taken for something else is said without its password."""
    said = without_passwords(_without_places(text, LINE.get()))
    try:
        click.echo("\n".join(map(printable, said.split("\n"))), err=True)
    except OSError:  # a full disk, or nobody listens: what was done is done all the same, and ends as it would have
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def asked(arguments: Sequence[str]) -> str:
    """The language of a line: the last `--lang` in it, else `HEGUI_LANG`, else English."""
    found = os.environ.get("HEGUI_LANG") or "en"
    for each, after in pairwise([*arguments, ""]):
        if each == "--lang":
            found = after or found
        elif each.startswith("--lang="):
            found = each.removeprefix("--lang=")
    return found


def chinese(message: str) -> str:
    """A message of click's in Chinese; one that is not known here as it is.

    >>> chinese("No such option '--rulez'. (Did you mean one of: '--rule', '--rules'?)")
    "没有选项 --rulez（是否应为 '--rule', '--rules'？）"
    >>> chinese("No such command 'x'."), chinese("Missing option '--rules'.")
    ('没有命令 x', "缺少选项 '--rules'")
    """
    for english, text in CHINESE:
        if (found := english.match(message)) is not None:
            said = found.groups()
            return re.sub("（.*）", "", text).format(*said) if None in said else text.format(*said)
    return message
