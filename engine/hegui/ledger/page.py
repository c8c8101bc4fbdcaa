"""The ledger as text for a terminal: how matters stand, what is overdue, and the life of each matter of an entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from hegui.datatypes import Text
from hegui.explaining.words import NATURES, SEVERITIES, STANDING
from hegui.ledger import words as say
from hegui.ledger.entries import Period
from hegui.ledger.life import Entry, Event, Progress, Sighting, Sort, State, events, in_force
from hegui.ledger.standing import Account, Found, Matter, RunRow
from hegui.ledger.tally import LOOKS, By, Overdue, Tally
from hegui.report.layout import Page, pad
from hegui.report.look import Look
from hegui.report.words import place_text
from hegui.ruleset.model import Nature, Severity
from hegui.terminal import width

STYLES = {Progress.NOT_STARTED: "red", Progress.UNDER_WAY: "yellow", Progress.DONE: "cyan", Progress.CLOSED: "green"}


@dataclass(frozen=True)
class Writer:
    """Writes pages of one ledger in one language."""

    look: Look
    shown: str
    runs: Sequence[RunRow]
    day: date

    def say(self, text: Text, **args: object) -> str:
        return text.get(self.look.lang).format(**args)

    def _page(self, matters: int) -> Page:
        page = Page(self.look.columns, self.look.color)
        page.add((self.say(say.HEAD, ledger=self.shown), "bold"), "  ", (self.say(say.AS_OF, day=self.day), "dim"))
        if not self.runs:
            page.add(self.say(say.NO_RUNS))
            return page
        last = self.runs[-1]
        ruleset = f"{last.ruleset} {last.version}"
        page.add(self.say(say.RUNS, count=len(self.runs), as_of=last.as_of, ruleset=ruleset, matters=matters))
        return page

    def _end(self, page: Page) -> Iterator[str]:
        page.blank()
        page.add((STANDING.get(self.look.lang), "italic"))
        yield from page.drain()

    # --- status

    def status(self, total: Tally, groups: dict[str, Tally], by: By) -> Iterator[str]:
        """How many matters are how far, in all and by town or department."""
        page = self._page(total.total)
        if total.total:
            self._totals(page, total)
            self._groups(page, total, groups, by)
        yield from self._end(page)

    def _totals(self, page: Page, total: Tally) -> None:
        page.heading(self.say(say.ALL))
        for progress in Progress:
            page.add((self.say(say.PROGRESS[progress]), STYLES[progress]), f"  {total.progress[progress]}", indent=2)
        page.add((self.say(say.OVERDUE), "bold red" if total.overdue else ""), f"  {total.overdue}", indent=2)
        if total.without_order:
            page.add((self.say(say.NO_ORDER, count=total.without_order), "dim"), indent=4)
        found = [(text, total.looks[name]) for name, text in LOOKS.items() if total.looks[name]]
        if found:
            page.heading(self.say(say.LOOK))
        for text, count in found:
            page.add(self.say(text), f"  {count}", indent=2)

    def _groups(self, page: Page, total: Tally, groups: dict[str, Tally], by: By) -> None:
        page.heading(self.say(say.BY[by]))
        heads = [self.say(say.PROGRESS[progress]) for progress in Progress] + [
            self.say(say.OVERDUE),
            self.say(say.TOTAL),
        ]
        heads = [head.split("（")[0].split(",")[0] for head in heads]
        rows = {name or self.say(say.NOBODY[by]): _row(tally) for name, tally in groups.items()}
        sizes = [
            max(width(head), *(len(str(row[i])) for row in (*rows.values(), _row(total))))
            for i, head in enumerate(heads)
        ]
        room = page.columns - 4 - sum(size + 2 for size in sizes)
        longest = min(max(map(width, (*rows, self.say(say.TOTAL)))), max(room, 12))
        self._line(page, "", heads, sizes, longest, "dim")
        for name, row in rows.items():
            self._line(page, name, row, sizes, longest)
        self._line(page, self.say(say.TOTAL), _row(total), sizes, longest, "bold")

    def _line(
        self, page: Page, name: str, cells: Sequence[object], sizes: Sequence[int], longest: int, style: str = ""
    ) -> None:
        """A row of a table; a name that is too long stands on a line of its own."""
        text = "".join("  " + pad(str(cell), size, right=True) for cell, size in zip(cells, sizes, strict=True))
        if width(name) > longest:
            page.add((name, style), indent=2, hang=2)
            name = ""
        page.add((pad(name, longest) + text, style), indent=2)

    # --- overdue

    def overdue(self, found: Overdue) -> Iterator[str]:
        """The matters whose deadline has passed, those that are longest overdue first."""
        page, count = self._page(found.total), len(found.matters)
        page.heading(f"{self.say(say.OVERDUE)} {count}", style="red" if count else "")
        if not count:
            page.add(self.say(say.NONE_OVERDUE), indent=2)
        for matter in found.matters[: self.look.limit]:
            self._overdue(page, matter)
        if self.look.limit is not None and self.look.limit < count:
            page.blank()
            page.add((self.say(say.LEFT_OUT, count=count - self.look.limit), "bold"))
        if found.without_order:
            page.blank()
            page.add((self.say(say.NO_ORDER, count=found.without_order), "dim"))
        yield from self._end(page)

    def _overdue(self, page: Page, matter: Matter) -> None:
        now, days, order = matter.now, matter.life.overdue(self.day), matter.life.order
        assert order is not None
        page.blank()
        page.add(
            (self.say(say.DAYS_PAST, days=days), "bold red"),
            "  ",
            (now.words.title.get(self.look.lang), "bold"),
            indent=2,
        )
        page.add(self._whose(now), "  ", (matter.fingerprint, "dim"), indent=4)
        page.add(self._entry_text(order), indent=4)
        page.add(f"{self._data(matter)} · {now.words.authority.get(self.look.lang)}", indent=4)

    def _whose(self, account: Account) -> str:
        kind = account.words.kind.get(self.look.lang)
        whose = f"{account.name}  {kind} {account.entity}" if account.name else f"{kind} {account.entity}"
        return f"{whose} · {account.place}" if account.place else whose

    def _data(self, matter: Matter) -> str:
        sighted = matter.life.sighted
        if sighted.state is State.WAIVED and matter.waiver:
            return self.say(say.WAIVED_BY, document=matter.waiver)
        return self.say(say.STATES[sighted.state]) + self._aside(str(sighted.last.as_of))

    # --- one entity

    def show(self, found: Sequence[Found]) -> Iterator[str]:
        """The life of each matter."""
        page = self._page(len(found))
        for each in found[: self.look.limit]:
            self._matter(page, each.matter, each.sightings, each.former)
        if self.look.limit is not None and self.look.limit < len(found):
            page.blank()
            page.add((self.say(say.LEFT_OUT, count=len(found) - self.look.limit), "bold"))
        yield from self._end(page)

    def _matter(self, page: Page, matter: Matter, sightings: Sequence[Sighting], former: Sequence[str]) -> None:
        now, lang, life = matter.now, self.look.lang, matter.life
        page.heading(now.words.title.get(lang))
        page.add(self._whose(now), "  ", (matter.fingerprint, "dim"), indent=2, hang=2)
        notes = [SEVERITIES[Severity(now.words.severity)].get(lang), NATURES[Nature(now.words.nature)].get(lang)]
        page.add((" · ".join([*notes, now.words.authority.get(lang)]), "dim"), indent=2)
        if former:
            page.add((f"{self.say(say.FORMERLY)} {', '.join(former)}", "dim"), indent=2)
        status = [self.say(say.PROGRESS[life.progress])]
        status += [self.say(say.REOPENED)] if life.reopened else []
        status += [self.say(say.LATE)] if life.late else []
        past = life.overdue(self.day)
        status += [self.say(say.DAYS_PAST, days=past)] if past is not None else []
        joint = "；" if lang == "zh" else "; "
        self._labelled(page, say.STATUS, joint.join(status), STYLES[life.progress])
        unchecked = [self.say(say.UNCHECKED)] if matter.unchecked else []
        self._labelled(page, say.DATA_SAYS, joint.join([self._data(matter), *unchecked]))
        self._labelled(page, None, self._deadline(matter))
        self._course(page, matter, sightings)
        self._accounts(page, matter, sightings)

    def _labelled(self, page: Page, label: Text | None, text: str, style: str = "") -> None:
        if text:
            lead = pad(self.say(label) if label is not None else "", 10)
            page.add((lead, "dim"), (text, style), indent=2, hang=10)

    def _deadline(self, matter: Matter) -> str:
        order = matter.life.order
        if order is not None and order.deadline is not None:
            return self.say(say.DEADLINE, day=order.deadline)
        if matter.due is None:
            return ""
        return self.say(say.PROPOSED_FROM if matter.beyond else say.PROPOSED, day=matter.due)

    def _course(self, page: Page, matter: Matter, sightings: Sequence[Sighting]) -> None:
        """What happened, runs and entries together, in the order of their days."""
        lines = [(day, 0, text) for day, text in self._run_lines(sightings)]
        standing = {entry.id for entry in in_force(matter.entries)}
        for entry in matter.entries:
            stands = entry.id in standing or entry.sort is Sort.WITHDRAWAL
            mark = "" if stands else self._aside(self.say(say.REPLACED))
            sort = self.say(say.SORTS[entry.sort]) + ("：" if self.look.lang == "zh" else ": ")
            lines.append((entry.day, entry.id, f"{sort}{self._entry_text(entry, dated=False)}{mark}"))
        lead = self.say(say.COURSE)
        for day, _, text in sorted(lines, key=lambda line: line[:2]):
            page.add((pad(lead, 10), "dim"), f"{day}  {text}", indent=2, hang=22)
            lead = ""

    def _run_lines(self, sightings: Sequence[Sighting]) -> Iterator[tuple[date, str]]:
        """A line for each run, those that say no more than that it is still there taken together."""
        quiet: list[Sighting] = []
        for event, each in events(sightings):
            if event is Event.PERSISTING:
                quiet.append(each)
                continue
            yield from self._quiet(quiet)
            quiet = []
            text = self.say(say.WAIVED_BY, document=each.waiver) if each.waiver else self.say(say.EVENTS[event])
            yield each.at.as_of, text
        yield from self._quiet(quiet)

    def _quiet(self, quiet: Sequence[Sighting]) -> Iterator[tuple[date, str]]:
        if not quiet:
            return
        text = self.say(say.EVENTS[Event.PERSISTING])
        if len(quiet) > 1:
            text = self.say(say.TIMES, event=text, count=len(quiet), day=quiet[-1].at.as_of)
        yield quiet[0].at.as_of, text

    def _entry_text(self, entry: Entry, dated: bool = True) -> str:
        parts = [entry.document] if entry.document else []
        if entry.sort is Sort.ORDER:
            parts += [self.say(say.SERVED, day=entry.day)] if dated else []
            parts += [self.say(say.WITHIN, period=self._period(entry.period))] if entry.period else []
            parts.append(self.say(say.UNTIL, day=entry.deadline))
        parts += [each for each in (entry.office, entry.text) if each]
        if entry.file and entry.digest:
            parts.append(self.say(say.FILE, file=entry.file, digest=entry.digest[:19]))
        if entry.corrects is not None:
            wording = say.WITHDRAWS if entry.sort is Sort.WITHDRAWAL else say.CORRECTS
            parts.append(self.say(wording, entry=entry.corrects))
        return ("，" if self.look.lang == "zh" else ", ").join(parts) + self._aside(self.say(say.ENTRY, entry=entry.id))

    def _aside(self, text: str) -> str:
        return f"（{text}）" if self.look.lang == "zh" else f" ({text})"

    def _period(self, text: str) -> str:
        period = Period.read(text)
        return self.say(say.WORKDAYS if period.workdays else say.DAYS, count=period.count)

    def _accounts(self, page: Page, matter: Matter, sightings: Sequence[Sighting]) -> None:
        """The evidence then and now."""
        told = [each.at.as_of for each in sightings if each.account is not None]
        self._account(page, self.say(say.THEN, day=told[0]), matter.first, None)
        if matter.now.id == matter.first.id:
            if len(told) > 1:
                page.add((self.say(say.NOW, day=told[-1]), "dim"), f"  {self.say(say.SAME)}", indent=2)
            return
        self._account(page, self.say(say.NOW, day=told[-1]), matter.now, matter.first)

    def _account(self, page: Page, title: str, account: Account, before: Account | None) -> None:
        """The message and the recorded values with their cells; with `before`, only the values that are others than then."""
        lang = self.look.lang
        page.add((title, "dim"), "  ", account.message.get(lang), indent=2, hang=4)
        known = {(fact.label, fact.shown) for fact in before.facts} if before is not None else set()
        for fact in account.facts:
            if (fact.label, fact.shown) in known:
                continue
            where = f"  {place_text(fact.place, lang)}" if fact.place is not None else ""
            page.add(f"{fact.label.get(lang)}  ", (fact.shown.get(lang), "bold"), (where, "dim"), indent=6, hang=4)


def _row(tally: Tally) -> list[int]:
    return [*(tally.progress[progress] for progress in Progress), tally.overdue, tally.total]
