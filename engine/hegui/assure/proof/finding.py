"""What a proof finds, and what it could not settle: plain data with the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hegui.assure.accepting import About
from hegui.assure.proof.periods import joined, written
from hegui.datatypes import Text
from hegui.ruleset.model import Period, Rule
from hegui.source import Span, Wording

if TYPE_CHECKING:
    from hegui.assure.proof.witness import Witness

NEVER_APPLIES: Final = Wording(
    "never-applies",
    "`{rule}` can never apply: nothing meets its `when` {days}",
    "`{rule}` 永远不适用：{days}没有任何事实满足其 `when`",
)
NEVER_VIOLATED: Final = Wording(
    "never-violated",
    "`{rule}` can never find anything: no facts are a violation of it {days}",
    "`{rule}` 永远不会发现问题：{days}没有任何事实构成其 violation",
)
ALWAYS_VIOLATED: Final = Wording(
    "always-violated",
    "`{rule}` can never be met: wherever it applies and is decided it is a violation {days}",
    "`{rule}` 永远无法满足：{days}凡适用且能判定的，都是 violation",
)
CONSTANT_PART: Final = Wording(
    "constant-part",
    "`{part}` in the `{key}` of `{rule}` is as good as {value}: the rule says the same with {value} in its place",
    "`{rule}` 的 `{key}` 中 `{part}` 等同于 {value}：换成 {value}，规则的结论不变",
)
IDLE_PART: Final = Wording(
    "idle-part",
    "`{part}` in the `{key}` of `{rule}` makes no difference: the rule says the same whether it is true or false",
    "`{rule}` 的 `{key}` 中 `{part}` 不起作用：无论真假，规则的结论都一样",
)
IMPLIED: Final = Wording(
    "implied-rule",
    "whatever is a violation of `{rule}` is one of `{other}` too {days}",
    "凡违反 `{rule}` 的，{days}必然也违反 `{other}`",
)
EQUAL: Final = Wording(
    "equal-rules",
    "`{rule}` and `{other}` find the same, each in whatever the other does {days}",
    "`{rule}` 与 `{other}` 所发现的问题{days}完全相同",
)
CONTRADICTING: Final = Wording(
    "contradicting-rules",
    "`{rule}` and `{other}` cannot both be met: wherever both apply, one of them is a violation {days}",
    "`{rule}` 与 `{other}` 无法同时满足：{days}凡两者都适用，必有其一为 violation",
)
GAP: Final = Wording(
    "gap",
    "between `{rule}` and `{other}` there is a gap: for some values of `{part}` neither applies {days}",
    "`{rule}` 与 `{other}` 之间有空档：`{part}` 取某些值时{days}两者都不适用",
)
UNFOUND_GAP: Final = Wording(
    "gap-in-limits",
    "between `{rule}` and `{other}` there is a gap: for some values of `{part}` neither is a violation {days}",
    "`{rule}` 与 `{other}` 之间有空档：`{part}` 取某些值时{days}两者都不构成 violation",
)
OVERLAP: Final = Wording(
    "overlap",
    "`{rule}` and `{other}` overlap: for some values of `{part}` both apply {days}",
    "`{rule}` 与 `{other}` 重叠：`{part}` 取某些值时{days}两者同时适用",
)
LEFT_OUT: Final = Wording(
    "code-left-out",
    "the rules that divide `{part}` among them leave out {values}: {rules} {days}",
    "按 `{part}` 划分的规则漏了 {values}：{rules}{days}",
)
DIFFERS: Final = Wording(
    "solver-differs",
    "the engine does not confirm what the solver found of `{rule}`: {question} {days}; this is a mistake of hegui's, "
    "or lies within the rounding of doubles",
    "引擎不认可求解器就 `{rule}` 得出的结果：{question} {days}；这是 hegui 的错误，或落在双精度舍入之内",
)
NOT_DECIDED: Final = Wording(
    "not-decided",
    "within {seconds} s per question it was not decided of `{rule}`: {question} {days}",
    "每个问题限时 {seconds} 秒之内未能判定 `{rule}`：{question} {days}",
)
SHOWN: Final = Text(
    "实例 {{as_of: {as_of}, given: {given}}}，引擎结论：{verdicts}",
    "shown by {{as_of: {as_of}, given: {given}}}, of which the engine says: {verdicts}",
)
"""How facts that show a finding are told."""
THERE: Final = Text("`{other}` 位于 {there}", "`{other}` stands at {there}")

WORDINGS: Final = (
    NEVER_APPLIES,
    NEVER_VIOLATED,
    ALWAYS_VIOLATED,
    CONSTANT_PART,
    IDLE_PART,
    IMPLIED,
    EQUAL,
    CONTRADICTING,
    GAP,
    UNFOUND_GAP,
    OVERLAP,
    LEFT_OUT,
    DIFFERS,
    NOT_DECIDED,
)
"""Everything a proof may say, in the order in which it says it of a rule."""


@dataclass(frozen=True)
class Found:
    """A finding about `rule`, and where there is one the `other` rule it is about, or the `part` of a condition.

    It holds in each of `periods`, or without any in the whole life of the rule. `span` is the place it is shown at.
    """

    wording: Wording
    rule: Rule
    span: Span
    periods: tuple[Period, ...] = ()
    other: Rule | None = None
    part: str | None = None
    witness: Witness | None = None
    args: Mapping[str, object] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Does it hold on every day the rule is in force?"""
        return not self.periods or joined(self.periods) == [self.rule.in_force]

    @property
    def days(self) -> str:
        """The periods as they are written: one word each, nothing where it is the whole life of the rule."""
        return "" if self.whole else " ".join(written(period) for period in joined(self.periods))

    @property
    def about(self) -> About:
        """What the finding is called by those who accept it: its detail is the other rule, else the part, else the periods."""
        other = self.other.name if self.other is not None else None
        return About(self.wording.id, self.rule.name, other or self.part or self.days or None)


@dataclass(frozen=True)
class Unsettled:
    """A question about a rule that was neither proven nor shown by facts, in some periods: it rests on what is unknown."""

    rule: str
    question: str
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Proof:
    """What came of proving a ruleset.

    `unknown` has what was treated as unknown, by rule; `unsettled` the questions that stayed so for that reason. `asked`
    counts questions to the solver, `open` those it did not decide, `shown` how often the engine confirmed facts.
    """

    found: tuple[Found, ...]
    unknown: Mapping[str, tuple[str, ...]]
    unsettled: tuple[Unsettled, ...]
    rules: int
    pairs: int
    asked: int
    open: int
    shown: int
