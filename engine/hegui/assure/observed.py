"""What `hegui test` says of the examples themselves: which conditions they show, and which slips they would notice."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from hegui.assure.accepting import About, Sifted, sifted
from hegui.assure.coverage import Coverage, Leaf, Share
from hegui.assure.mutation import SURVIVED, Mutant, Mutation
from hegui.assure.slips import Sort
from hegui.assure.trial import Check
from hegui.assure.trials import Tested
from hegui.datatypes import Text
from hegui.ruleset.model import Ruleset

COVERAGE, MUTATION = "coverage", "mutation"
"""What is looked at, and the suites of it."""

_COVERED: Final = Text(
    "条件 {leaves} 个，应见情形 {needed} 种，已见 {seen} 种：{percent}%",
    "leaf conditions {leaves}, to be seen {needed}, seen {seen}: {percent} %",
)
_SHARE: Final = Text("{name} · 条件 {percent}%", "{name} · conditions {percent} %")
_BELOW: Final = Text("低于要求的 {minimum}%", "less than the {minimum} % asked for")
_MUTANTS: Final = Text(
    "变异 {all} 个，被发现 {noticed} 个，未被发现 {left} 个，已接受 {accepted} 个",
    "mutants {all}, noticed {noticed}, not noticed {left}, accepted {accepted}",
)
_SORT: Final = Text("  {sort} {all} 个，未被发现 {left} 个", "  {sort} {all}, not noticed {left}")
_SORTS: Final[dict[Sort, Text]] = {
    "comparison": Text("比较", "comparisons"),
    "connective": Text("连接词", "connectives"),
    "date": Text("日期", "dates"),
    "limit": Text("限值", "limits"),
    "quantifier": Text("量词", "quantifiers"),
}


@dataclass(frozen=True)
class Sorted:
    """Mutants that no example notices, sifted by what is accepted, among all."""

    mutation: Mutation
    sifted: Sifted[Mutant]


def sort_out(ruleset: Ruleset, mutation: Mutation, whole: bool) -> Sorted:
    """Hold the survivors against the `accepted:` documents of a ruleset; `whole`: all of it was changed, so that an entry
    that meets none is met by none."""
    tried = {each.name for each in mutation.mutants}

    def about(mutant: Mutant) -> About:
        return About(SURVIVED.id, mutant.name, mutant.detail)

    def looked_at(name: str) -> bool:
        return whole or name in tried

    return Sorted(mutation, sifted(mutation.survivors, ruleset, about, {SURVIVED.id}, looked_at))


def observed(tested: Tested, coverage: Coverage, minimum: float | None, mutants: Sorted | None) -> Tested:
    """What was tried, with what was seen of conditions and of mutants beside it.

    `minimum` is the percentage of coverage below which what is missing is an error.
    """
    below = minimum is not None and coverage.total.percent < minimum
    checks = [*_coverage_checks(coverage, "error" if below else "warning")]
    lines, more = list(_coverage_lines(coverage, minimum if below else None)), {COVERAGE: _coverage_json(coverage)}
    if mutants is not None:
        checks += _mutant_checks(mutants)
        lines += _mutant_lines(mutants)
        more[MUTATION] = _mutants_json(mutants)
    return replace(tested, checks=tuple(checks), lines=(*tested.lines, *lines), more={**tested.more, **more})


# --- coverage ------------------------------------------------------------------------------------------------------


def _coverage_checks(coverage: Coverage, level: str) -> Iterator[Check]:
    for share in coverage.shares:
        leaves = [leaf for leaf in coverage.leaves if leaf.name == share.name]
        missing = (leaf.diagnostic for leaf in leaves)
        found = tuple(replace(each, level=level) for each in missing if each is not None)
        yield Check(COVERAGE, share.name, _filled(_SHARE, name=share.name, percent=shown(share)), leaves[0].span, found)


def _coverage_lines(coverage: Coverage, minimum: float | None) -> Iterator[Text]:
    total = coverage.total
    if coverage.leaves:
        args = {"leaves": len(coverage.leaves), "needed": total.needed, "seen": total.seen}
        yield _filled(_COVERED, **args, percent=shown(total))
    if minimum is not None:
        yield _filled(_BELOW, minimum=f"{minimum:g}")


def shown(share: Share) -> str:
    """A percentage with one decimal, never rounded up: 100.0 is all."""
    return f"{math.floor(share.percent * 10) / 10:.1f}"


def _coverage_json(coverage: Coverage) -> dict[str, Any]:
    return {
        **_share_json(coverage.total),
        "shares": [{"name": share.name, **_share_json(share)} for share in coverage.shares],
        "missing": [_leaf_json(leaf) for leaf in coverage.leaves if leaf.missing],
    }


def _share_json(share: Share) -> dict[str, Any]:
    return {"seen": share.seen, "needed": share.needed, "percent": float(shown(share))}


def _leaf_json(leaf: Leaf) -> dict[str, Any]:
    line, column = leaf.span.source.line_column(leaf.span.start)
    place = {"file": leaf.span.source.name, "line": line, "column": column}
    return {"name": leaf.name, "part": leaf.part, "condition": leaf.text, "never": list(leaf.missing), **place}


# --- mutants -------------------------------------------------------------------------------------------------------


def _mutant_checks(mutants: Sorted) -> Iterator[Check]:
    left, let_stand = mutants.sifted.left, mutants.sifted.let_stand
    for mutant in left:
        title = Text(mutant.name, mutant.name)
        yield Check(MUTATION, _called(mutant), title, mutant.span, (replace(mutant.diagnostic, level="error"),))
    for mutant, entry in let_stand:
        title = Text(mutant.name, mutant.name)
        yield Check(MUTATION, _called(mutant), title, mutant.span, (mutant.diagnostic,), entry.reason)
    for entry, stale in zip(mutants.sifted.stale, mutants.sifted.in_vain, strict=True):
        name = ": ".join(part for part in (entry.name, entry.detail) if part)
        found = replace(stale, level="error")
        yield Check(MUTATION, name, Text(entry.name, entry.name), entry.span, (found,))
    survived = _names(mutants.mutation.survivors)
    for name in (each for each in _names(mutants.mutation.mutants) if each not in survived):
        yield Check(MUTATION, name, Text(name, name), None)


def _called(mutant: Mutant) -> str:
    return f"{mutant.name}: {mutant.detail}"


def _names(mutants: Iterable[Mutant]) -> Collection[str]:
    return dict.fromkeys(mutant.name for mutant in mutants)


def _mutant_lines(mutants: Sorted) -> Iterator[Text]:
    all_, let_stand = len(mutants.mutation.mutants), len(mutants.sifted.let_stand)
    left = len(mutants.sifted.left)
    yield _filled(_MUTANTS, all=all_, noticed=all_ - left - let_stand, left=left, accepted=let_stand)
    sorts = _by_sort(mutants)
    for sort, (count, survivors) in sorts.items():
        names = _SORTS[sort]
        zh = _SORT.zh.format(sort=names.zh, all=count, left=survivors)
        yield Text(zh, _SORT.en.format(sort=names.en, all=count, left=survivors))


def _by_sort(mutants: Sorted) -> dict[Sort, tuple[int, int]]:
    """Mutants of each sort, and those of them that are left."""
    found: dict[Sort, tuple[int, int]] = {}
    for sort in _SORTS:
        count = sum(each.sort == sort for each in mutants.mutation.mutants)
        if count:
            found[sort] = (count, sum(each.sort == sort for each in mutants.sifted.left))
    return found


def _mutants_json(mutants: Sorted) -> dict[str, Any]:
    return {
        "mutants": len(mutants.mutation.mutants),
        "sorts": {sort: {"mutants": count, "left": left} for sort, (count, left) in _by_sort(mutants).items()},
        "left": [_mutant_json(mutant) for mutant in mutants.sifted.left],
        "accepted": [
            {**_mutant_json(mutant), "reason": {"zh": entry.reason.zh, "en": entry.reason.en}}
            for mutant, entry in mutants.sifted.let_stand
        ],
    }


def _mutant_json(mutant: Mutant) -> dict[str, Any]:
    line, column = mutant.span.source.line_column(mutant.span.start)
    found = mutant.diagnostic
    return {
        "sort": mutant.sort,
        "name": mutant.name,
        "detail": mutant.detail,
        "used_by": list(mutant.used_by),
        "hint": {lang: found.hint_text(lang) for lang in ("zh", "en")},
        "file": mutant.span.source.name,
        "line": line,
        "column": column,
    }


def _filled(text: Text, **args: object) -> Text:
    return Text(text.zh.format(**args), text.en.format(**args))
