"""A conclusion may rest on others, but what it counts or is blocked by must be complete before it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hegui.ruleset.joins import used
from hegui.ruleset.model import Conclusion
from hegui.ruleset.problems import Problems
from hegui.source import Wording

_CIRCLE = Wording(
    "not-stratified",
    "`{name}` is blocked by or counts what itself rests on `{name}`: {circle}",
    "`{name}` 的排除条件或计数依赖于 `{name}` 自身：{circle}",
)


def needs(conclusion: Conclusion) -> tuple[frozenset[str], frozenset[str]]:
    """The conclusions it rests on, and those among them that must be complete before it is drawn."""
    given = {variable.of[0] for variable in conclusion.given if variable.source == "conclusion"}
    told = (conclusion.given[number] for number in blocked_through(conclusion))
    blocking = {each.of[0] for each in (*conclusion.unless, *told) if each.source == "conclusion"}
    complete = blocking | (given if conclusion.at_least is not None else set())
    return frozenset(given | blocking), frozenset(complete)


def blocked_through(conclusion: Conclusion) -> tuple[int, ...]:
    """The numbers of the given variables by which a match is told to be blocked: those `unless_where` is about, or
    the first where it is about none."""
    if not conclusion.unless:
        return ()
    condition, count = conclusion.unless_where, len(conclusion.given)
    found = used(condition.node, len(conclusion.variables)) if condition is not None else set()
    return tuple(sorted(number for number in found if number < count)) or (0,)


def groups(conclusions: Mapping[str, Conclusion]) -> list[tuple[str, ...]]:
    """Conclusions in groups that rest on each other in a circle (most are alone), each after all it rests on."""
    reach = {name: all_below(name, conclusions) for name in conclusions}
    done: dict[str, int] = {}
    found: list[tuple[str, ...]] = []
    while len(done) < len(conclusions):
        ready = [
            name
            for name in sorted(conclusions)
            if name not in done and all(other in done or name in reach[other] for other in reach[name])
        ]
        group = tuple(
            name for name in ready if name == ready[0] or (name in reach[ready[0]] and ready[0] in reach[name])
        )
        done |= dict.fromkeys(group, len(found))
        found.append(group)
    return found


def all_below(name: str, conclusions: Mapping[str, Conclusion]) -> set[str]:
    """All that a conclusion rests on, however far down."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for other in needs(conclusions[waiting.pop()])[0]:
            if other in conclusions and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def check_strata(conclusions: Mapping[str, Conclusion], problems: Problems) -> None:
    """Complain of each conclusion that must be complete before itself."""
    for name, conclusion in conclusions.items():
        for other in sorted(needs(conclusion)[1]):
            if other == name or (other in conclusions and name in all_below(other, conclusions)):
                circle = _shown(name, other, conclusions)
                problems.add(_CIRCLE, conclusion.span, name=name, circle=circle)


def _shown(name: str, other: str, conclusions: Mapping[str, Conclusion]) -> str:
    path = [name, other]
    while path[-1] != name:
        onward: Iterable[str] = sorted(needs(conclusions[path[-1]])[0])
        path.append(next(each for each in onward if each == name or name in all_below(each, conclusions)))
    return " → ".join(f"`{each}`" for each in path)
