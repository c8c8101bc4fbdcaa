"""What callers of the library hand over, looked at before anything is done with it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from hegui import intake, limits
from hegui.characters import writable
from hegui.datatypes import MAX_INT
from hegui.masking import is_server, without_passwords
from hegui.source import Diagnostic, UsageError, Wording, printable

_NO_DAY: Final = Wording(
    "not-a-date", "`{name}` is a `datetime.date`, and not `{found}`", "`{name}` 应为 `datetime.date`，而不是 `{found}`"
)
_WITHOUT_TIME: Final = Wording("without-time", "give its `.date()`", "请使用其 `.date()`")
_READ_IT: Final = Wording(
    "date-from-text", "give `date.fromisoformat({found})`", "请使用 `date.fromisoformat({found})`"
)
_NO_PATH: Final = Wording("not-a-path", "`{name}` is a path, and not `{found}`", "`{name}` 应为路径，而不是 `{found}`")
_ADDRESS: Final = Wording(
    "address-for-path",
    "`{name}` is a path, and not the address of a database (`{found}`)",
    "`{name}` 应为路径，而不是数据库地址（`{found}`）",
)
_AS_TEXT: Final = Wording("address-as-text", "give the address as a text", "请以文本给出地址")
_NO_PATHS: Final = Wording(
    "not-a-path",
    "`{name}` is a path, or a list of paths, and not `{found}`",
    "`{name}` 应为路径或路径列表，而不是 `{found}`",
)
_BY_KIND: Final = Wording(
    "frames-by-kind", 'say what they are of: `{{"KIND": frame}}`', '请注明种类：`{{"种类": 数据框}}`'
)
_NO_NAMES: Final = Wording(
    "not-names", "`{name}` is a list of names, and not `{found}`", "`{name}` 应为名称列表，而不是 `{found}`"
)
_IN_A_LIST: Final = Wording("in-a-list", "give `[{found}]`", "请使用 `[{found}]`")
_OTHER: Final = Wording(
    "wrong-argument", "`{name}` is a `{wanted}`, and not `{found}`", "`{name}` 应为 `{wanted}`，而不是 `{found}`"
)
_NO_WORD: Final = Wording(
    "wrong-word", "`{name}` is one of {words}, and not `{found}`", "`{name}` 应为 {words} 之一，而不是 `{found}`"
)
_NO_LANG: Final = Wording(
    "no-language", '`lang` is "zh" or "en", and not `{found}`', '`lang` 应为 "zh" 或 "en"，而不是 `{found}`'
)
_CANNOT_READ: Final = Wording("cannot-read", "cannot read `{file}`: {problem}", "无法读取 `{file}`：{problem}")
TOO_LARGE: Final = Wording("file-too-large", "`{name}` is larger than {limit} bytes", "`{name}` 超过 {limit} 字节")
TOO_MANY_VALUES: Final = Wording(
    "json-values", "`{name}` holds more than {limit} values", "`{name}` 中的值超过 {limit} 个"
)
_NOT_TEXT: Final = Wording("not-text", "`{file}` is not UTF-8 text", "`{file}` 不是 UTF-8 文本")


def expect_days(**days: object) -> None:
    """See that arguments are days, or None.

    Raises:
        UsageError: one is something else: a moment, a text.
    """
    for name, found in days.items():
        if found is not None and found.__class__ is not date:
            hint = _WITHOUT_TIME if isinstance(found, datetime) else _READ_IT if isinstance(found, str) else None
            raise UsageError(Diagnostic(_NO_DAY, {"name": name, "found": _shown(found)}, None, hint))


def expect(name: str, found: object, *wanted: type) -> None:
    """See that an argument is of one of some classes; the first is what it is said to be.

    Raises:
        UsageError: it is something else.
    """
    if not isinstance(found, wanted):
        args: dict[str, object] = {"name": name, "wanted": wanted[0].__name__, "found": _shown(found)}
        raise UsageError(Diagnostic(_OTHER, args))


def plain_value(type_name: str, value: object) -> Any:
    """A value that may stand in a ruleset as one of a type, an int for a number as a double; None where it is none: of another
    class, beyond the exact ints, or a text with half a character in it.

    >>> plain_value("number", 3), plain_value("int", True), plain_value("string", "a\\ud800")
    (3.0, None, None)
    """
    wanted = {"number": float, "int": int, "string": str, "bool": bool, "date": date}[type_name]
    if wanted is float and type(value) is int:
        value = float(value)
    sound = abs(value) <= MAX_INT if isinstance(value, (int, float)) else writable(str(value))
    return value if type(value) is wanted and sound else None


def expect_one_of(name: str, found: object, words: Iterable[str]) -> None:
    """See that an argument is one of some words.

    Raises:
        UsageError: it is something else.
    """
    known = list(words)
    if found not in known:
        args: dict[str, object] = {"name": name, "words": ", ".join(map(repr, map(str, known))), "found": _shown(found)}
        raise UsageError(Diagnostic(_NO_WORD, args))


def expect_lang(lang: object) -> None:
    """See that an argument is a language there are words of.

    Raises:
        UsageError: it is something else.
    """
    if lang not in ("zh", "en"):
        raise UsageError(Diagnostic(_NO_LANG, {"found": _shown(lang)}))


def expect_path(found: object, name: str) -> str | os.PathLike[str]:
    """See that an argument is a path, or a word that may stand for one.

    Raises:
        UsageError: it is something else.
    """
    if not isinstance(found, (str, os.PathLike)):
        raise UsageError(Diagnostic(_NO_PATH, {"name": name, "found": _shown(found)}))
    return found


def path_of(found: object, name: str) -> Path:
    """One path.

    Raises:
        UsageError: it is something else, the address of a database too.
    """
    path = expect_path(found, name)
    _refuse_server(path, name)
    return Path(path)


def paths_of(found: object, name: str = "facts") -> list[Path | str]:
    """Paths, given one by one or alone; texts stay texts, as the addresses of databases must.

    Raises:
        UsageError: it is something else.
    """
    rows = isinstance(found, (list, tuple)) and any(isinstance(each, Mapping) for each in found)
    if rows or hasattr(type(found), "columns"):
        raise UsageError(Diagnostic(_NO_PATHS, {"name": name, "found": type(found).__name__}, None, _BY_KIND))
    several = [found] if isinstance(found, (str, os.PathLike)) else found
    if not isinstance(several, Iterable) or isinstance(several, (bytes, dict)):
        raise UsageError(Diagnostic(_NO_PATHS, {"name": name, "found": _shown(found)}))
    paths: list[Path | str] = []
    for each in several:
        if not isinstance(each, (str, os.PathLike)):
            raise UsageError(Diagnostic(_NO_PATHS, {"name": name, "found": _shown(each)}))
        if not isinstance(each, str) or name != "facts":
            _refuse_server(each, name)
        paths.append(each if isinstance(each, str) else Path(each))
    return paths


def _refuse_server(path: str | os.PathLike[str], name: str) -> None:
    """A path that is the address of a database: no file of that name is asked for, as what the system says would tell all of it."""
    if is_server(os.fspath(path)):
        hint = _AS_TEXT if name == "facts" else None
        raise UsageError(Diagnostic(_ADDRESS, {"name": name, "found": os.fspath(path)}, None, hint))


def expect_names(name: str, found: Collection[str] | None) -> None:
    """See that an argument is several names, or None.

    Raises:
        UsageError: it is one text, or there is something else among them.
    """
    if isinstance(found, str):
        raise UsageError(Diagnostic(_NO_NAMES, {"name": name, "found": _shown(found)}, None, _IN_A_LIST))
    if found is not None and not (isinstance(found, Collection) and all(isinstance(each, str) for each in found)):
        raise UsageError(Diagnostic(_NO_NAMES, {"name": name, "found": _shown(found)}))


def text_of(path: Path, most: int) -> str:
    """The text of a JSON file of at most so many bytes.

    Raises:
        UsageError: it cannot be read, is larger or holds too many values, or is no text.
    """
    try:
        found = intake.bytes_of(path, most)
        if len(found) > most:
            raise UsageError(Diagnostic(TOO_LARGE, {"name": path, "limit": most}))
        text = found.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(Diagnostic(_CANNOT_READ, {"file": path, "problem": intake.problem(error)})) from error
    except UnicodeDecodeError as error:
        raise UsageError(Diagnostic(_NOT_TEXT, {"file": path})) from error
    if values_in(text) > limits.JSON_VALUES:
        raise UsageError(Diagnostic(TOO_MANY_VALUES, {"name": path, "limit": limits.JSON_VALUES}))
    return text


def values_in(json: str) -> int:
    """At most so many values has a JSON text, each of which takes far more memory than its text: each but the first stands
    behind a bracket or comma.

    >>> values_in('[1, {"a": 2}]')
    4
    """
    return 1 + sum(map(json.count, "[{,"))


def _shown(found: object) -> str:
    return without_passwords(printable(repr(found)))[:100]
