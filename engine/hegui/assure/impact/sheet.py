"""What text, Markdown and page have in common: the tables of an impact, and what is said of a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from hegui.assure.impact import words
from hegui.assure.impact.model import Change, Changed, Edit, Impact, Side, State
from hegui.assure.impact.telling import listed
from hegui.datatypes import Text
from hegui.explaining.words import NO_PLACE, SEVERITIES

Row = tuple[Text, Counter[Change]]


@dataclass(frozen=True)
class Sheet:
    """An impact as it is shown."""

    impact: Impact

    def version(self, side: Side) -> Text:
        """What a version is called."""
        return _same(words.VERSION, shown=side.shown, name=side.name, version=side.version, digest=side.digest[:19])

    @property
    def facts(self) -> Text:
        found = self.impact
        args = {"digest": found.facts.digest[:19], "as_of": found.as_of, "decided_on": found.decided_on}
        return _same(words.FACTS, **args)

    @property
    def judged(self) -> Text:
        """How many rules were judged, and why not the others."""
        names = {rule.rule for rule in self.impact.rules} | set(self.impact.not_supplied)
        return _same(words.JUDGED, all=len(names) + self.impact.same, judged=len(names), same=self.impact.same)

    def notes(self) -> Iterator[Text]:
        """What was not looked at."""
        if self.impact.conclusions is None:
            yield words.PART
        for rule, kind in sorted(self.impact.not_supplied.items()):
            label = self.impact.kinds[kind]
            yield Text(*(words.LACKING.get(lang).format(rule=rule, kind=label.get(lang)) for lang in ("zh", "en")))

    # --- tables

    @cached_property
    def tables(self) -> dict[str, list[Row]]:
        """Counts by edit, rule, severity and jurisdiction; only what has any."""
        found = self.impact
        rules = Counter[str]()
        by_rule: dict[str, Counter[Change]] = {}
        for rule in found.rules:
            by_rule.setdefault(rule.rule, Counter()).update(rule.changed)
            rules[rule.rule] += rule.changed.total()
        return {
            "edit": [(words.caused(cause), counts) for cause, counts in found.by_cause.items()],
            "rule": [(Text(name, name), counts) for name, counts in by_rule.items() if rules[name]],
            "severity": [(SEVERITIES[severity], counts) for severity, counts in found.by_severity.items()],
            "place": [(self.place(place), counts) for place, counts in found.by_jurisdiction.items()],
        }

    @property
    def columns(self) -> list[Change]:
        """The changes there are any of."""
        return [change for change in Change if self.impact.changed[change]]

    def note(self, change: Change) -> Text | None:
        """What is to be said of a number of changes beside it."""
        count = self.impact.unasked_violations if change is Change.NO_LONGER_ASKED else 0
        return _same(words.WERE, count=count) if count else None

    def place(self, id: str | None) -> Text:
        name = self.impact.place(id)
        return NO_PLACE if name is None else Text(name, name)

    def edits(self, bears: bool) -> list[Edit]:
        """The edits that may change a verdict or conclusion, or those that cannot."""
        return [edit for edit in self.impact.edits if edit.bears is bears]

    @cached_property
    def by_edit(self) -> Mapping[int, int]:
        """How many changes, conclusions included, each edit has a part in."""
        counts = Counter[int]()
        for cause, found in self.impact.by_cause.items():
            for number in {edit for alone in cause for edit in alone}:
                counts[number] += found.total()
        for each in self.impact.conclusions or ():
            counts.update(each.edits)
        return counts

    # --- single changes

    def listed(self, change: Change) -> list[Changed]:
        """The changes of a sort that are shown, gravest first."""
        return self._listed[change]

    @cached_property
    def _listed(self) -> dict[Change, list[Changed]]:
        return {change: listed(self.impact, change) for change in Change}

    def turned(self, each: Changed) -> Text:
        """From which verdict to which."""
        before, after = words.STATES[each.before], words.STATES[each.after]
        return Text(f"{before.zh} → {after.zh}", f"{before.en} → {after.en}")

    def said(self, each: Changed) -> list[Text]:
        """What the versions say of it: the new one, and the old one where it said something else."""
        now = self.impact.messages.get((each.fingerprint, False))
        then = self.impact.messages.get((each.fingerprint, True))
        told = [now] if now is not None else []
        if then is not None and (now is None or each.after is not State.VIOLATION or then != now):
            told.append(Text(*(words.WAS.get(lang).format(message=then.get(lang)) for lang in ("zh", "en"))))
        return told


def _same(text: Text, **args: object) -> Text:
    return Text(text.zh.format(**args), text.en.format(**args))
