"""The workbook (`--format xlsx=FILE`): everything a run holds, for those who live in spreadsheets.

`cells` writes rows, `frame` has XlsxWriter make the sheets around them, `package` packs both; `found` and `rest` are the
lists, `pages` the other sheets, `words` what they say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hegui.explaining.words import STANDING
from hegui.outcome import Verdict
from hegui.report.look import Look
from hegui.report.run import Run
from hegui.report.workbook.frame import Layout, Sheet
from hegui.report.workbook.package import Package, Row
from hegui.report.workbook.pages import Pages, properties
from hegui.report.workbook.rest import Rest
from hegui.report.workbook.words import FOOTER, SHEETS

FONTS: Final = {"zh": "宋体", "en": "Calibri"}


def xlsx(run: Run, look: Look) -> Iterator[bytes]:
    """The workbook of a run. Every finding is listed, whatever the limit of the look; memory is bounded."""
    lang = look.lang
    package = Package(FONTS[lang], FOOTER.get(lang).format(standing=STANDING.get(lang)))
    for key, layout, rows in _lists(Rest(run, lang), package):
        package.add(SHEETS[key].get(lang), layout, rows)
    pages = Pages(run, lang, package)
    fills = {"read_me": pages.read_me, "summary": pages.summary, "manifest": pages.manifest}
    sheets = [
        Sheet(text.get(lang), fill=fills.get(key), tall=1 if key == "read_me" else 0) for key, text in SHEETS.items()
    ]
    yield from package.finished(sheets, properties(run, lang))


def _lists(lists: Rest, package: Package) -> Iterator[tuple[str, Layout, Iterator[Row]]]:
    """The lists in the order they are made: that of rules last, which leads to rows of the others."""
    summary = lists.run.summary
    found = sum(item.violation + item.from_memory + item.waived for item in summary.rules)
    yield "problems", lists.problem_layout(), lists.problems()
    yield "findings", lists.finding_layout(found), lists.findings()
    yield "open", lists.open_layout(summary.total(Verdict.UNDETERMINED)), lists.open()
    yield "wanted", lists.wanted_layout(), lists.wanted()
    yield "wanted_of", lists.wanted_of_layout(), lists.wanted_of()
    yield "data", lists.data_layout(), lists.data()
    yield "waived", lists.waived_layout(), lists.waived()
    yield "conclusions", lists.conclusion_layout(), lists.conclusions()
    yield "transfer", lists.transfer_layout(found), lists.transfers()
    yield "rules", lists.rule_layout(), lists.rules(package)
