"""What a row of the operator table is: signatures with their meanings, and what meanings may ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol

from hegui.datatypes import Reason, Type

if TYPE_CHECKING:
    from narwhals import Expr as Expr

    from hegui.language.pattern import Pattern
else:
    Expr = Any  # a column of narwhals, for those who read the types
Units = Literal["none", "same", "product", "quotient", "keep", "bare", "days"]
"""How units combine: `same` converts the other arguments to the unit of the first quantity and the result keeps it (a
literal zero fits any unit); `product` and `quotient` combine two; `keep` gives the result the argument's unit; `bare`
wants numbers without unit; `days` wants a bare number or one in `d`."""


class Fault(Exception):
    """A strict operation without a value though its arguments have one."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Lookups(Protocol):
    """What a scalar meaning may ask of the run."""

    def workdays_between(self, start: date, end: date) -> int | None: ...
    def add_workdays(self, start: date, count: int) -> date | None: ...


class Columns(Protocol):
    """What a column meaning may ask of the planner: columns of its own and joins with small tables."""

    def let(self, column: Expr) -> Expr:
        """`column`, worked out once and named: what uses it several times stays small."""
        ...

    def matching(self, text: Expr, pattern: Pattern) -> Expr:
        """Does the pattern match anywhere in the text."""
        ...

    def workday_index(self, day: Expr) -> Expr:
        """Working days from the calendar's first day up to and including `day`; null beyond the calendar."""
        ...

    def workday_at(self, index: Expr) -> Expr:
        """The working day with that index; null beyond the calendar."""
        ...


@dataclass(frozen=True)
class Overload:
    """One signature with its meanings. `args` are type names; the last is repeated where the row is variadic.

    `faults` pairs each reason with the column condition under which it is the one; the last holds where no other does.
    """

    args: tuple[str, ...]
    result: Type
    scalar: Callable[..., Any]
    column: Callable[..., Expr]
    units: Units = "none"
    faults: Callable[..., list[tuple[Reason, Expr | None]]] | None = None
    lookups: bool = False
    """The scalar meaning takes a `Lookups` first (and the column meaning a `Columns`)."""
    steps: bool = False
    """The column meaning takes a `Columns` first."""
    quick: Callable[[Any, Any], Any] | None = None
    """The scalar meaning of two numbers in one call, wherever its result is in range; elsewhere `scalar` is asked."""


@dataclass(frozen=True)
class Example:
    """An expression over literals and its value, or the reason it has none."""

    text: str
    value: object = None
    reason: Reason | None = None


@dataclass(frozen=True)
class Operator:
    """A row of the table. `key` is unique; `signs` makes a comparison: the signs of left − right for which it holds.

    `logic` and `membership` mark the rows whose meaning is a node of its own (`&&`, `||`, `in`). `terms` says how the
    magnitude of a double result follows from its arguments (see `near` in docs/language.md).
    """

    key: str
    spelling: str
    form: Literal["prefix", "infix", "function", "method"]
    overloads: tuple[Overload, ...]
    doc: str
    examples: tuple[Example, ...]
    power: int = 0
    variadic: bool = False
    signs: frozenset[int] | None = None
    ordering: bool = False
    logic: Literal["and", "or"] | None = None
    membership: bool = False
    terms: Literal["sum", "product", "quotient", "keep"] | None = None
    prepare: Callable[[str], object] | None = None
    """Turns the constant second argument into what the meanings use instead (a regular expression)."""
    literal: bool = False
    """The only argument must be a literal, worked out when the ruleset loads."""
