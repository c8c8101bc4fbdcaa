"""Waivers as text: what there is to say of those of a run, and how each stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from hegui.datatypes import Text
from hegui.report import words as say
from hegui.report.layout import Page
from hegui.report.look import Look
from hegui.waivers.account import Account
from hegui.waivers.model import Scope, Waiver

EXPIRED: Final = Text("已过期", "expired")
EXPIRING: Final = Text("{soon} 天内到期", "ends within {soon} days")
UPCOMING: Final = Text("尚未起始", "not begun")
UNUSED: Final = Text("未涉及任何事项", "covers nothing")
BROAD: Final = Text("范围过宽", "too broad")
STANDS: Final = Text("有效", "stands")
REMARK: Final = Text("暂不计入事项 {state}：{names}", "waivers, {state}: {names}")
HEAD: Final = Text("暂不计入事项 {count} 项 · {day}", "waivers {count} · {day}")
DAYS: Final = Text("{start} 至 {until}", "{start} to {until}")
COVERS: Final = Text("涉及 {count} 项", "covers {count}")
OF_NAMED: Final = Text("涉及 {count} 项（列名 {named} 项）", "covers {count} of {named} named")
NOT_ASKED: Final = Text("未对照台账", "not held against facts")
PARTS: Final = {
    "rule": Text("规则", "rules"),
    "entity": Text("对象", "entities"),
    "jurisdiction": Text("辖区", "jurisdictions"),
    "fingerprints": Text("列名", "named"),
}
SHOWN: Final = 19
"""Characters shown of a digest, which begins with `sha256:`."""
MANY: Final = 5
"""Names listed of a part of a scope."""


def _lists(account: Account) -> Iterator[tuple[Text, tuple[str, ...]]]:
    """The states that want looking at, with the names of the waivers in each."""
    soon = Text(*(EXPIRING.get(lang).format(soon=account.soon) for lang in ("zh", "en")))
    lists = (account.expired, account.expiring, account.upcoming, account.unused or (), account.broad)
    yield from zip((EXPIRED, soon, UPCOMING, UNUSED, BROAD), lists, strict=True)


def given(account: Account, day: date, lang: str) -> str:
    """Which waivers a run was given, of which files and documents, and whether they were set aside; nothing without any."""
    if not account.given:
        return ""
    joint = "、" if lang == "zh" else ", "
    files = f"{joint.join(account.files)} {(account.digest or '')[:SHOWN]}".strip()
    standing = sum(each.stands(day) for each in account.given)
    said = (say.WAIVERS_IGNORED if account.ignored else say.WAIVERS_GIVEN).get(lang)
    documents = list(dict.fromkeys(each.document for each in account.given))
    more = " …" if len(documents) > MANY else ""
    told = said.format(count=len(account.given), files=files, standing=standing)
    return f"{told}{'：' if lang == 'zh' else ': '}{joint.join(documents[:MANY])}{more}"


def remarks(account: Account) -> Iterator[Text]:
    """What there is to say of the waivers of a run, a line for each state that wants looking at."""
    for state, names in _lists(account):
        if names:
            said = {
                lang: REMARK.get(lang).format(state=state.get(lang), names=", ".join(names)) for lang in ("zh", "en")
            }
            yield Text(said["zh"], said["en"])


def audit(account: Account, look: Look, day: date) -> Iterator[str]:
    """How each waiver stands on a day, and why any wants looking at."""
    page = Page(look.columns, look.color)
    page.add((HEAD.get(look.lang).format(count=len(account.given), day=day), "bold"))
    for waiver in account.given:
        page.blank()
        _waiver(waiver, account, look.lang, page)
        yield from page.drain()


def _waiver(waiver: Waiver, account: Account, lang: str, page: Page) -> None:
    states = [state.get(lang) for state, names in _lists(account) if waiver.name in names]
    page.add((waiver.name, "bold"), "  ", (" · ".join(states) or STANDS.get(lang), "yellow" if states else "green"))
    days = DAYS.get(lang).format(start=waiver.start, until=waiver.until)
    about = (waiver.document, waiver.approved_by.get(lang), days, waiver.file)
    page.add(" · ".join(about), indent=2, hang=2)
    page.add(waiver.reason.get(lang), indent=2, hang=2)
    page.add((" · ".join((*_scope(waiver.scope, lang), _covers(waiver, account, lang))), "dim"), indent=2, hang=2)


def _covers(waiver: Waiver, account: Account, lang: str) -> str:
    if account.unused is None or waiver.name not in account.covers:
        return NOT_ASKED.get(lang) if account.unused is None else COVERS.get(lang).format(count=0)
    named = len(waiver.scope.fingerprints)
    return (OF_NAMED if named else COVERS).get(lang).format(count=account.covers[waiver.name], named=named)


def _scope(scope: Scope, lang: str) -> Iterator[str]:
    entities = [each.id if each.kind is None else f"{each.kind} {each.id}" for each in scope.entities]
    for name, found in (("rule", scope.rules), ("entity", entities), ("jurisdiction", scope.jurisdictions)):
        if found:
            more = " …" if len(found) > MANY else ""
            yield f"{PARTS[name].get(lang)} {', '.join(found[:MANY])}{more}"
    if scope.fingerprints:
        yield f"{PARTS['fingerprints'].get(lang)} {len(scope.fingerprints)}"
