"""Parts of the text report that are about the run as a whole and not about single findings."""

from __future__ import annotations

from hegui.report import words as say
from hegui.report.layout import Page
from hegui.report.notice import Compared
from hegui.report.run import Run


def compared(run: Run, lang: str, page: Page) -> None:
    """What notices published beside what is found here."""
    for notice in run.notice:
        figures = list(notice.compared)
        if not figures:
            continue
        page.heading(say.COMPARED.get(lang))
        page.add((say.ISSUED.get(lang).format(title=notice.title.get(lang), day=notice.issued), "dim"), indent=2)
        for item, figure in figures:
            page.add((item.code, "bold"), "  ", figure.label.get(lang), indent=2, hang=4)
            page.add(" · ".join(counts(figure, run, lang)), indent=6)


def counts(figure: Compared, run: Run, lang: str) -> list[str]:
    """The numbers of a figure in words."""
    parts = [say.PUBLISHED.get(lang).format(count=figure.published)]
    if figure.found is None:
        known = run.labels.kinds.get(figure.kind)
        kind = known.label.get(lang) if known is not None else figure.kind
        return [*parts, say.FOUND_UNKNOWN.get(lang).format(kind=kind)]
    parts.append(say.FOUND_HERE.get(lang).format(count=figure.found))
    if figure.undetermined:
        parts.append(say.MAY_COUNT.get(lang).format(count=figure.undetermined))
    return parts
