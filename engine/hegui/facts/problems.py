"""The words of `data_quality`: what each kind of problem is called, and the sentence that tells it to people."""

from __future__ import annotations

from typing import Final

from hegui.datatypes import Text
from hegui.facts.registry import DataProblem

UNREADABLE: Final = "unreadable"
BROKEN_REFERENCE: Final = "broken reference"
CONFLICTING: Final = "conflicting"
UNUSABLE_KEY: Final = "unusable key"
DUPLICATE_ROW: Final = "duplicate row"
DUPLICATE_KEY: Final = "duplicate key"
NO_PARENT: Final = "no parent"
NO_KEY_COLUMN: Final = "no key column"
NO_COLUMN: Final = "no column"
AMBIGUOUS_COLUMN: Final = "ambiguous column"
INCOMPATIBLE_UNIT: Final = "incompatible unit"
UNKNOWN_COLUMN: Final = "unknown column"
UNKNOWN_TABLE: Final = "unknown table"
NOT_READ: Final = "not read"
LATER: Final = "later than as_of"
RESPELT: Final = "respelt identity"

NOTES: Final = frozenset({UNKNOWN_COLUMN, UNKNOWN_TABLE, NOT_READ, LATER, RESPELT})
"""Problems that cost nothing: columns, tables and files that were not asked for, records of a later day, and keys and references
that hold what cannot be seen."""

_SENTENCES: Final = {
    UNREADABLE: Text(
        "`{raw}` 无法读作 `{field}`，该单元格按缺失处理",
        "`{raw}` cannot be read as `{field}`; the cell counts as missing",
    ),
    BROKEN_REFERENCE: Text(
        "没有编号为 `{raw}` 的 {hint}，该引用按缺失处理",
        "there is no {hint} `{raw}`; the reference counts as missing",
    ),
    CONFLICTING: Text(
        "主键相同的各行 `{field}` 不一致（`{raw}`），按缺失处理",
        "rows of one key disagree on `{field}` (`{raw}`); it counts as missing",
    ),
    UNUSABLE_KEY: Text(
        "主键（`{raw}`）不可用，该行未参与核查",
        "the key (`{raw}`) is unusable; the row is set aside",
    ),
    DUPLICATE_ROW: Text(
        "与第 {hint} 行相同，只计一次",
        "same as row {hint}; counted once",
    ),
    DUPLICATE_KEY: Text(
        "主键与第 {hint} 行相同而内容不同，不同之处按缺失处理",
        "same key as row {hint}, other values; what differs counts as missing",
    ),
    NO_PARENT: Text(
        "`{field}` 为空，该行不属于任何 {hint}",
        "`{field}` is empty, so the row belongs to no {hint}",
    ),
    NO_KEY_COLUMN: Text(
        "没有 `{field}` 列，共 {hint} 行未参与核查",
        "no column is `{field}`; all {hint} rows are set aside",
    ),
    NO_COLUMN: Text(
        "没有 `{field}` 列，而 {hint} 有；该列按缺失处理",
        "no column is `{field}`, which {hint} has; it counts as missing",
    ),
    AMBIGUOUS_COLUMN: Text(
        "{hint} 列都表示 `{field}`，均未采用",
        "columns {hint} are both `{field}`; neither is used",
    ),
    INCOMPATIBLE_UNIT: Text(
        "`{raw}` 的单位与 `{field}`（{hint}）不符，该列未采用",
        "the unit of `{raw}` does not fit `{field}` ({hint}); the column is not used",
    ),
    UNKNOWN_COLUMN: Text(
        "列 `{raw}` 不是已知字段，未采用",
        "the column `{raw}` is no field; it is not used",
    ),
    UNKNOWN_TABLE: Text(
        "`{raw}` 不是已知的表，未读取",
        "`{raw}` is no kind of table; it is not read",
    ),
    NOT_READ: Text(
        "文件夹中有 {hint} 项未读取（文件类型不可读，或为子文件夹）：{raw}",
        "{hint} in the folder not read (folders, or kinds of file that are not read): {raw}",
    ),
    LATER: Text(
        "`{field}` 晚于 {hint}",
        "`{field}` is later than {hint}",
    ),
    RESPELT: Text(
        "`{field}` 有 {hint} 处含不可见字符或全角字母数字（如 `{raw}`），已去除或改为半角后读取",
        "`{field}` has invisible or full-width characters in {hint} places (as in `{raw}`); it is read without them",
    ),
}
_UNNUMBERED: Final = {
    DUPLICATE_ROW: Text("与主键相同的另一行内容相同，只计一次", "same as another row of this key; counted once"),
    DUPLICATE_KEY: Text(
        "另有一行主键相同而内容不同，不同之处按缺失处理",
        "another row has this key and other values; what differs counts as missing",
    ),
}
"""The same of rows that have no numbers."""
WORDS: Final = tuple(_SENTENCES)
"""Every word `DataProblem.problem` can be."""


def describe(problem: DataProblem, lang: str = "en") -> str:
    """The problem as one sentence, without its address."""
    unseen = "（隐私）" if lang == "zh" else "private"
    raw = unseen if problem.raw is None else " ".join(problem.raw.split())
    shown = {"raw": raw, "field": problem.field or "", "hint": problem.hint or ""}
    bare = problem.hint is None and problem.problem in _UNNUMBERED
    return (_UNNUMBERED if bare else _SENTENCES)[problem.problem].get(lang).format(**shown)
