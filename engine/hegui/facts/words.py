"""The words with which a table says that something is missing, true or false. `docs/facts.md` lists them."""

from __future__ import annotations

from typing import Final

INVISIBLE: Final = ["\u200b", "\u200c", "\u2060", "\ufeff"]
BLANKS: Final = (
    " \t\n\r\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
"""The characters taken off both ends of a cell: every white space, and the invisible ones."""

_MISSING: Final = (
    *("", "-", "--", "---", "—", "——", "–", "―", "/", "//", "\\", "?", "？", "…", "……", "*"),
    *("n/a", "na", "#n/a", "null", "none", "nil", "missing", "unknown", "not available", "no data", "nd"),
    *("无数据", "暂无", "暂无数据", "不详", "未知", "未填", "未填写", "未填报", "未上报", "缺失", "缺", "空", "空白"),
    *("未检测", "未监测", "未测", "未检出", "未统计", "待核实", "待补充", "待填", "待定", "不明"),
)
_ERRORS: Final = ("#div/0!", "#name?", "#null!", "#num!", "#ref!", "#value!", "#getting_data", "#spill!", "#calc!")
UNCOUNTED: Final = "#NOT_CALCULATED"
"""What stands for a formula that the program which wrote it never worked out; no spreadsheet shows that."""
_TRUE: Final = ("true", "yes", "y", "t", "1", "是", "有", "对", "√", "✓", "✔", "☑", "真", "1.0")
_FALSE: Final = ("false", "no", "n", "f", "0", "否", "无", "没有", "错", "×", "✗", "✘", "✕", "x", "假", "0.0")
_TOTALS: Final = ("合计", "总计", "小计", "共计", "累计", "total", "subtotal", "sum")


def spellings(words: tuple[str, ...]) -> frozenset[str]:
    """The words in lower, upper and title case, and each of those in full-width characters too."""
    cased = {form for word in words for form in (word, word.lower(), word.upper(), word.capitalize(), word.title())}
    return frozenset(cased | {_full_width(form) for form in cased})


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


MISSING: Final = spellings(_MISSING)
"""Cells that say that there is no value. A word of the field's own code list, and for a bool 有/无, come first."""
ERRORS: Final = spellings((*_ERRORS, UNCOUNTED))
"""What a spreadsheet shows for a formula that failed; such a cell is unreadable. (`#N/A` means "no value".)"""
NOTHING: Final = spellings(("无",))
"""`无` is false for a bool and a text for a string; in any other field it says that there is no value."""
TRUE: Final = spellings(_TRUE)
FALSE: Final = spellings(_FALSE)
TOTALS: Final = spellings(_TOTALS)
"""A row with one of these in its key is a sum and no entity: its key is unusable."""
