"""The list of problems in the form offices keep, with how each matter stands: as a workbook or CSV.

The first columns are those of the office's own list; what the ledger knows besides stands behind them. The list is Chinese, as
the form is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from hegui.clock import set_moment
from hegui.explaining.words import NATURES, SEVERITIES, STANDING
from hegui.files import aside
from hegui.ledger.entries import Period
from hegui.ledger.life import Entry, Progress, Sort, in_force
from hegui.ledger.standing import Account, Matter, matters
from hegui.ledger.words import DAYS, PROGRESS, SORTS, STATES, WORKDAYS
from hegui.report.problem_list import COLUMNS as PROBLEM
from hegui.report.text_tables import cell
from hegui.report.words import place_text
from hegui.ruleset.model import Nature, Severity
from hegui.source import Diagnostic, UsageError, Wording, printable
from hegui.terminal import width

_WIDTHS: Final = (6, 18, 10, 24, 20, 24, 12, 50, 50, 40, 20, 40, 12, 20, 20, 18, 40, 10)
_FURTHER: Final = (
    ("处置优先级", 10),
    ("发现日期", 12),
    ("数据情况", 18),
    ("最近核查日期", 12),
    ("建议时限", 12),
    ("文书号", 20),
    ("送达日期", 12),
    ("期限", 14),
    ("逾期天数", 8),
    ("验收文号", 20),
    ("验收日期", 12),
    ("事项编号", 40),
)
COLUMNS: Final = (*zip(PROBLEM.values(), _WIDTHS, strict=True), *_FURTHER)
"""The columns with their widths: those of the office's list, then those of the ledger."""

ROWS_OF_SHEET: Final = 1_000_000
"""Rows to a sheet of a workbook; further ones stand on further sheets."""
_LONGEST: Final = 32_767
"""Characters a cell of a workbook holds."""
_LINE: Final = 15
"""Points a line of text takes."""
_TALLEST: Final = 16
"""Lines a row shows at most; the rest is there, and is read by opening the cell."""

_SUFFIX = Wording(
    "export-suffix",
    "cannot tell what to write to `{file}`: its name must end in .xlsx or .csv",
    "`{file}` 的文件名须以 .xlsx 或 .csv 结尾",
)

Cell = str | int | date | None


def _progress(entries: Iterable[Entry]) -> str:
    """Notes, proof and reopenings, one to a line."""
    told = (each for each in entries if each.sort in (Sort.NOTE, Sort.PROOF, Sort.REOPENING))
    return "\n".join(f"{each.day} {SORTS[each.sort].zh}：{_line(each)}" for each in told)


def _line(entry: Entry) -> str:
    parts = (entry.document, entry.office, entry.text, entry.file)
    return "，".join(part for part in parts if part)


def rows(found: Iterable[Matter], day: date) -> Iterator[tuple[Cell, ...]]:
    """The list, row by row, as things stand on `day`."""
    for number, matter in enumerate(found, 1):
        yield (number, *_of_problem(matter), *_of_ledger(matter, day))


def _of_problem(matter: Matter) -> tuple[Cell, ...]:
    now, life = matter.now, matter.life
    words, whose = now.words, now.name or now.entity
    origin = f"督察反馈 {'、'.join(words.notice)}" if words.notice else "台账数据核查"
    own = Nature(words.nature) in (Nature.OFFENCE, Nature.BREACH)
    deadline = life.order.deadline if life.order is not None else None
    return (
        origin,
        now.place or now.jurisdiction or "",
        whose,
        now.credit_code or "",
        words.title.zh,
        NATURES[Nature(words.nature)].zh,
        now.message.zh,
        "\n".join(_facts(now)),
        "\n".join(text.zh for text in words.basis),
        "",
        words.remedy.zh,
        deadline,
        whose if own else "",
        words.authority.zh,
        life.acceptance.office if life.acceptance is not None else "",
        _progress(in_force(matter.entries)),
        "已完成" if life.progress is Progress.DONE else PROGRESS[life.progress].zh,
    )


def _facts(account: Account) -> Iterator[str]:
    for fact in account.facts:
        where = f"（{place_text(fact.place, 'zh')}）" if fact.place is not None else ""
        paper = f"，材料 {fact.paper[0]}" if fact.paper is not None and fact.paper[0] else ""
        yield f"{fact.label.zh}：{fact.shown.zh}{paper}{where}"


def _of_ledger(matter: Matter, day: date) -> tuple[Cell, ...]:
    life, order, accepted = matter.life, matter.life.order, matter.life.acceptance
    return (
        SEVERITIES[Severity(matter.now.words.severity)].zh,
        life.sighted.opened.as_of,
        STATES[life.sighted.state].zh,
        life.sighted.last.as_of,
        f"不早于 {matter.due}" if matter.beyond else matter.due,
        order.document if order is not None else None,
        order.day if order is not None else None,
        _period(order),
        life.overdue(day),
        accepted.document if accepted is not None else None,
        accepted.day if accepted is not None else None,
        matter.fingerprint,
    )


def _period(order: Entry | None) -> str | None:
    if order is None or order.period is None:
        return None
    period = Period.read(order.period)
    return (WORKDAYS if period.workdays else DAYS).zh.format(count=period.count)


def write_list(connection: Connection, path: Path, named: Path, as_of: date | None, day: date) -> int:
    """Write the list to `path`, in the format its final name says; how many rows there are.

    Raises:
        UsageError: it names no format that can be written.
    """
    writer = FORMATS.get(named.suffix.lower())
    if writer is None:
        raise UsageError(Diagnostic(_SUFFIX, {"file": named}))
    return writer(path, rows(matters(connection, until=as_of), day))


# --- CSV -----------------------------------------------------------------------------------------------------------


def _csv(path: Path, found: Iterable[tuple[Cell, ...]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([name for name, _ in COLUMNS])
        for row in found:
            count += 1
            writer.writerow(["" if each is None else _harmless(each) for each in row])
    return count


def _plain(text: str) -> str:
    """A text without control characters and marks of direction, which would show something else than stands there."""
    return "\n".join(map(printable, text.replace("\r", "").split("\n")))


def _harmless(found: str | int | date) -> str:
    """A text that a spreadsheet takes for nothing else."""
    return cell(_plain(found)) if isinstance(found, str) else str(found)


# --- a workbook ----------------------------------------------------------------------------------------------------


def _xlsx(path: Path, found: Iterable[tuple[Cell, ...]]) -> int:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with aside() as folder:
        made = io.BytesIO()
        options = {"constant_memory": True, "tmpdir": str(folder)}
        options |= {f"strings_to_{what}": False for what in ("formulas", "urls", "numbers")}
        try:
            with xlsxwriter.Workbook(made, options) as book:
                count = _sheets(book, found)
        except FileCreateError as error:  # an error of the system, wrapped
            problem = error.args[0]
            raise (problem if isinstance(problem, OSError) else OSError(str(error))) from error
        path.write_bytes(made.getbuffer())
    return count


def _sheets(book: Any, found: Iterable[tuple[Cell, ...]]) -> int:
    """Write all sheets; how many rows they have."""
    book.set_properties({"created": set_moment() or datetime.now(UTC)})
    rows, count, number = iter(found), 0, 1
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#DCE6F1"}),
        "text": book.add_format({"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}),
        "day": book.add_format(
            {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left", "border": 1, "border_color": "#BFBFBF"}
        ),
    }
    while (written := _sheet(book, formats, number, islice(rows, ROWS_OF_SHEET))) == ROWS_OF_SHEET:
        count, number = count + written, number + 1
    note = book.add_worksheet("说明")
    note.set_column(0, 0, 100, formats["text"])
    note.write_string(0, 0, STANDING.zh, formats["text"])
    return count + written


def _sheet(book: Any, formats: dict[str, Any], number: int, rows: Iterable[tuple[Cell, ...]]) -> int:
    """Write a sheet; how many rows it has."""
    sheet = book.add_worksheet("问题清单" if number == 1 else f"问题清单（{number}）")
    sheet.freeze_panes(1, 4)
    for column, (name, wide) in enumerate(COLUMNS):
        sheet.set_column(column, column, wide)
        sheet.write_string(0, column, name, formats["head"])
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(0)
    sheet.repeat_rows(0)
    at = 0
    for at, row in enumerate(rows, 1):
        cells = [_plain(each) if isinstance(each, str) else each for each in row]
        sheet.set_row(at, _LINE * min(max(map(_lines, cells, COLUMNS)), _TALLEST))
        for column, each in enumerate(cells):
            _write(sheet, at, column, each, formats)
    sheet.autofilter(0, 0, max(at, 1), len(COLUMNS) - 1)
    return at


def _lines(found: Cell, column: tuple[str, int]) -> int:
    """The lines a cell takes in its column."""
    if not isinstance(found, str):
        return 1
    return sum(max(-(-width(line) // column[1]), 1) for line in found.split("\n"))


def _write(sheet: Any, row: int, column: int, found: Cell, formats: dict[str, Any]) -> None:
    match found:
        case None | "":
            return
        case date():
            sheet.write_datetime(row, column, found, formats["day"])
        case int():
            sheet.write_number(row, column, found, formats["text"])
        case str():
            text = found if len(found) <= _LONGEST else found[: _LONGEST - 1] + "…"
            sheet.write_string(row, column, text, formats["text"])


FORMATS: Final[dict[str, Callable[[Path, Iterable[tuple[Cell, ...]]], int]]] = {".xlsx": _xlsx, ".csv": _csv}
"""What can be written, by how the file's name ends."""
