"""The problem list as CSV, and findings and conclusions as lines of JSON."""

from __future__ import annotations

import csv as csv_format
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from hegui.datatypes import Text
from hegui.explaining.words import STANDING
from hegui.outcome import Verdict
from hegui.report.batches import batches
from hegui.report.drawn import drawn_data
from hegui.report.look import Look
from hegui.report.problem_list import COLUMNS, problems
from hegui.report.rendered import info_data
from hegui.report.run import SCHEMA, Run
from hegui.report.stored import encode
from hegui.report.waiver_page import given
from hegui.report.words import WAIVED

_BOM: Final = "\ufeff"
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
"""What a cell must not begin with, or a spreadsheet may take it for a formula (OWASP, CSV injection)."""
_LONG_NUMBER: Final = re.compile(r"[0-9]{12,}")
LEFT_OUT: Final = Text(
    "本表为问题清单；另有未核对来源的线索 {memory} 条、待核实事项 {open} 项未列入，见其他格式。",
    "This is the problem list; {memory} leads from memory only and {open} undetermined matters stand in other formats.",
)


def csv(run: Run, look: Look) -> Iterator[str]:
    """The problem list as Excel reads it: UTF-8 with BOM, CRLF, every cell in quotes; the standing statement comes last."""
    yield _BOM
    yield _lines([COLUMNS.values()])
    lot: list[tuple[str, ...]] = []
    for problem in problems(run):
        lot.append(tuple(map(cell, problem.texts())))
        if len(lot) == _AT_ONCE:
            yield _lines(lot)
            lot.clear()
    apart = sum(item.from_memory for item in run.counts)
    left = LEFT_OUT.zh.format(memory=apart, open=run.summary.total(Verdict.UNDETERMINED))
    if waived := sum(item.waived for item in run.counts):
        left += f"{WAIVED.zh} {waived} 条未列入。"
    if waivers := given(run.info.waivers, run.info.decided_on, "zh"):
        left += f"{waivers}。"
    yield _lines([*lot, (STANDING.zh + left, *[""] * (len(COLUMNS) - 1))])


_AT_ONCE: Final = 1000


def _lines(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv_format.writer(out, quoting=csv_format.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def cell(text: str) -> str:
    """A text as it may stand in a cell of a CSV file.

    What might be taken for a formula gets an apostrophe before it; a long number, which Excel would round, a tab behind it.

    >>> cell("=1+1"), cell("青石采石场"), cell("91500113000000001X"), cell("915001130000000010")
    ("'=1+1", '青石采石场', '91500113000000001X', '915001130000000010\\t')
    """
    if _FORMULA.match(text):
        return f"'{text}"
    return f"{text}\t" if _LONG_NUMBER.fullmatch(text) else text


def jsonl(run: Run, look: Look) -> Iterator[str]:
    """A line for the run, one for each finding and one for each conclusion, told apart by `type`; the rest of a line is what
    the run document has."""
    head = {"schema": SCHEMA, "standing": encode(STANDING), "run": info_data(run.info)}
    yield _line("run", {**head, "summary": encode(run.summary, full=True)})
    for batch in batches(run, run.findings):
        for finding in batch.findings:
            yield _line("finding", run.data(finding, batch.setting))
    for drawn in run.drawing.drawn:
        yield _line("conclusion", drawn_data(*run.placed(drawn)))


def _line(type_: str, data: dict[str, object]) -> str:
    return json.dumps({"type": type_, **data}, ensure_ascii=False, allow_nan=False) + "\n"
