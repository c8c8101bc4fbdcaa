"""Parts of the text report that are about the run as a whole and not about single findings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from hegui.explaining.words import REASONS
from hegui.report import words as say
from hegui.report.layout import Page
from hegui.report.look import Look
from hegui.report.notice import Compared
from hegui.report.run import Run
from hegui.report.wanted import EntityWants, Lack, Wanted


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
        return [*parts, say.FOUND_UNKNOWN.get(lang).format(kind=_kind(figure.kind, run, lang))]
    parts.append(say.FOUND_HERE.get(lang).format(count=figure.found))
    if figure.undetermined:
        parts.append(say.MAY_COUNT.get(lang).format(count=figure.undetermined))
    return parts


# --- data wanted ---------------------------------------------------------------------------------------------------


def wanted(run: Run, look: Look, page: Page) -> None:
    """The data the run waits for: by table, then by entity."""
    if not run.wanted:
        return
    lang = look.lang
    page.heading(f"{say.WANTED.get(lang)} {len(run.wanted)}", say.WANTED_NOTE.get(lang))
    every = run.wanted_of_entities
    several = len(every) > 1  # what a single one lacks is what the tables lack
    if several:
        page.add((say.BY_TABLE.get(lang), "bold"), indent=2)
    shown = run.wanted[: look.limit]
    for each in shown:
        _by_table(each, run, lang, page)
    _left_out(run.wanted, shown, lang, page)
    if several:
        page.blank()
        page.add((f"{say.BY_ENTITY.get(lang)} {len(every)}", "bold"), indent=2)
        for entity in every[: look.limit]:
            _by_entity(entity, run, lang, page)
        _left_out(every, every[: look.limit], lang, page)


def _left_out(every: Sequence[object], shown: Sequence[object], lang: str, page: Page) -> None:
    if len(shown) < len(every):
        page.add((say.MORE.get(lang).format(count=len(every) - len(shown)), "bold"), indent=4)


def _by_table(each: Wanted, run: Run, lang: str, page: Page) -> None:
    notes = [say.UNCHECKED.get(lang).format(count=len(each.unchecked))] if each.unchecked else []
    if each.conclusions:
        notes.append(say.WAITING_CONCLUSIONS.get(lang).format(count=len(each.conclusions)))
    if each.findings:
        notes.append(say.WAITING.get(lang).format(findings=each.findings, entities=each.entities))
    page.add(lack_text(each.lack, run, lang), "  ", (" · ".join(notes), "dim"), indent=4, hang=4)
    page.add(("、" if lang == "zh" else ", ").join((*each.rules, *each.conclusions)), indent=8)


def _by_entity(each: EntityWants, run: Run, lang: str, page: Page) -> None:
    where = run.labels.jurisdictions.get(each.jurisdiction or "", each.jurisdiction)
    note = f"{_kind(each.kind, run, lang)} {each.entity}" + (f" · {where}" if where else "")
    page.add(*((each.name, "  ") if each.name else ()), (note, "dim"), indent=4, hang=4)
    for _, group in groupby(each.lacks, key=lambda pair: pair[0].kind if pair[0].field is not None else None):
        lacks = [
            _counted(lack, run, lang, first=number == 0, count=count) for number, (lack, count) in enumerate(group)
        ]
        page.add(("；" if lang == "zh" else "; ").join(lacks), indent=8)


def _counted(lack: Lack, run: Run, lang: str, *, first: bool, count: int) -> str:
    """A lack of an entity; the kind is said once for several in a row."""
    words = lack_text(lack, run, lang)
    words = words if first or lack.field is None else words.partition(" · ")[2]
    return words + (f" ×{count}" if count > 1 else "")


def lack_text(lack: Lack, run: Run, lang: str) -> str:
    """A lack in words: `年度产量 · 缺少实际开采量`."""
    if lack.kind is None:
        what = f"`{lack.field}`"
        return f"{say.OTHER_THAN_FACTS.get(lang)} · {REASONS[lack.reason].get(lang).format(what=what)}"
    kind = _kind(lack.kind, run, lang)
    if lack.field is None:
        return REASONS[lack.reason].get(lang).format(what=kind)
    return f"{kind} · {REASONS[lack.reason].get(lang).format(what=_field(lack, run, lang))}"


def _kind(name: str, run: Run, lang: str) -> str:
    known = run.labels.kinds.get(name)
    return known.label.get(lang) if known is not None else name


def _field(lack: Lack, run: Run, lang: str) -> str:
    known = run.labels.kinds.get(lack.kind or "")
    label = known.fields.get(lack.field or "") if known is not None else None
    return label.label.get(lang) if label is not None else lack.field or ""
