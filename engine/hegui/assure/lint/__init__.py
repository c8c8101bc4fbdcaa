"""What is wrong with a ruleset, and what is allowed in it but probably not meant.

Errors are the loader's; warnings come from the checks listed here, each with an id and a page of `docs/lint/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from hegui.assure.accepting import STALE, UNKNOWN, About, sifted, unknown_findings
from hegui.assure.lint import conditions, days, matters, texts, uses
from hegui.assure.lint.subject import Subject
from hegui.assure.mutation import SURVIVED
from hegui.assure.proof.finding import WORDINGS
from hegui.ruleset import places
from hegui.ruleset.build import Draft, draft
from hegui.ruleset.model import Accepted
from hegui.ruleset.parsed import parsing_once
from hegui.source import Diagnostic, HeguiError, Wording, read_source, read_yaml


@dataclass(frozen=True)
class Check:
    """One look at a ruleset: what it may say, and whether it needs a ruleset without errors (what seems unused may be
    used by what could not be read) or a day."""

    wordings: tuple[Wording, ...]
    run: Callable[[Subject], Iterable[Diagnostic]]
    whole: bool = False
    dated: bool = False


CHECKS: Final = (
    Check((matters.NO_CITATION, matters.NO_REMEDY, matters.NO_AUTHORITY, matters.NO_EXAMPLE), matters.lacking),
    Check((matters.NO_VERDICT, matters.NOT_DRAWN, matters.ALWAYS_DRAWN), matters.one_sided),
    Check((matters.NEVER_BEGINS,), matters.circular),
    Check((matters.ITEM_UNMET,), matters.unmet, whole=True),
    Check((*texts.NO_TRANSLATION.values(), *texts.ONE_LANGUAGE.values()), texts.translations),
    Check((conditions.BARE_NUMBER,), conditions.bare_numbers),
    Check((conditions.COMPARED,), conditions.compared_with_true),
    Check((conditions.NEVER_MATCHES,), conditions.patterns),
    Check((conditions.NO_CODE,), conditions.codes),
    Check((conditions.WIDE_KEY,), conditions.wide_keys),
    Check((uses.UNUSED_PARAMETER, uses.UNUSED_LAW, uses.UNUSED_DEFINITION), uses.names, whole=True),
    Check((uses.UNUSED_FIELD, uses.UNUSED_KIND), uses.fields, whole=True),
    Check((days.GAP,), days.gaps),
    Check((days.LAPSED, days.BASIS_GAP), days.bases),
    Check((days.NOT_VERIFIED, days.NEVER_VERIFIED, days.VERIFIED_AHEAD), days.verification, dated=True),
)
"""Everything lint looks for, beside what the loader does."""
_OF_THE_LOADER: Final = ("needless-holiday", "needless-workday")
"""Warnings that the loader gives."""
WARNINGS: Final = tuple(
    sorted({wording.id for check in CHECKS for wording in check.wordings} | {STALE.id, UNKNOWN.id, *_OF_THE_LOADER})
)
"""The id of every warning lint gives."""


@dataclass(frozen=True)
class Looked:
    """What was found: errors and warnings sorted by place, the warnings let stand with the entry that does so, and the
    ruleset as it was built."""

    findings: tuple[Diagnostic, ...]
    let_stand: tuple[tuple[Diagnostic, Accepted], ...]
    built: Draft

    @property
    def files(self) -> tuple[str, ...]:
        """The files that were read, as they go in messages."""
        found = (document.source.name for layer in self.built.chain.layers for document in layer.all)
        return tuple(dict.fromkeys(found))


def lint(path_or_name: str | Path, today: date | None = None) -> list[Diagnostic]:
    """Everything there is to say of a ruleset: errors, and warnings (`level="warning"`) that nobody let stand, sorted by
    place.

    Args:
        path_or_name: as for `ruleset.load`.
        today: the day up to which `last_verified` is asked for; None leaves that check out.

    Raises:
        NoRulesetError: there is no ruleset there at all.
    """
    return list(look(path_or_name, today).findings)


def look(path_or_name: str | Path, today: date | None = None) -> Looked:
    """The same, with what was let stand.

    Raises:
        NoRulesetError: there is no ruleset there at all.
    """
    place = places.locate(path_or_name)
    with parsing_once():
        built, above = draft(place), _above(place)
    subject = Subject(built, today, above)
    whole = not built.problems.errors and not any(each.problems.errors for each in above)
    ran = [check for check in CHECKS if (whole or not check.whole) and (today is not None or not check.dated)]
    found = [*built.problems.items, *(each for check in ran for each in check.run(subject))]
    errors = [each for each in found if each.level == "error"]
    warnings = HeguiError(each for each in found if each.level != "error").diagnostics
    looked_for = {wording.id for check in ran for wording in check.wordings} | {each.id for each in warnings}
    sieve = sifted(warnings, built.ruleset, about, looked_for)
    misspelt = unknown_findings(built.ruleset, {*WARNINGS, SURVIVED.id, *(wording.id for wording in WORDINGS)})
    return Looked(HeguiError([*errors, *sieve.left, *sieve.in_vain, *misspelt]).diagnostics, sieve.let_stand, built)


def about(found: Diagnostic) -> About:
    """What a warning is called where it is accepted."""
    name = found.args.get("name", found.args.get("day", ""))
    return About(found.id, str(name), str(found.args["detail"]) if "detail" in found.args else None)


def _above(place: places.Place) -> tuple[Draft, ...]:
    """The rulesets beside this one that build on it, but for those that others of them build on again."""
    if place.single:
        return ()
    beside = [place.neighbour(name) for name in places.rulesets_below(place.path.parent)]
    below = {each.path: _below(each) for each in beside}
    upper = [each for each in beside if each.path != place.path and place.path in below[each.path]]
    top = [each for each in upper if not any(each.path in below[other.path] for other in upper)]
    return tuple(draft(each) for each in top)


def _below(place: places.Place) -> set[Path]:
    """The rulesets that one builds on, as far as their first files can be read."""
    found: set[Path] = set()
    at: places.Place | None = place
    while at is not None and at.path not in found:
        found.add(at.path)
        name = _extends(at)
        at = places.following(name, at) if name is not None else None
    return found - {place.path}


def _extends(place: places.Place) -> str | None:
    try:
        documents = read_yaml(read_source(place.path if place.single else place.path / places.HEADER))
    except HeguiError:
        return None
    given = next((each.data.get("extends") for each in documents if isinstance(each.data, dict)), None)
    return given if isinstance(given, str) else None
