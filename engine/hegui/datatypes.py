"""Value types and three-valued logic: a value is present, or undetermined with causes.

The three-valued connectives are Kleene's (S. C. Kleene, *Introduction to Metamathematics*, 1952, §64); what hegui
adds is that the third value carries the reasons it is not decided, so that a verdict can say what it waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

MAX_INT: Final = 2**53 - 1
"""Integers are exact up to this magnitude: a product or sum beyond it can be told apart even in doubles."""


class Reason(StrEnum):
    """Why a value is undetermined. The order is fixed: column engines store `REASONS.index(reason)`."""

    MISSING = "missing"
    NOT_SUPPLIED = "table not supplied"
    UNREADABLE = "unreadable"
    CONFLICTING = "conflicting"
    BELOW_DETECTION = "below detection"
    NOT_IN_FORCE = "no value in force"
    DIVISION_BY_ZERO = "division by zero"
    OUT_OF_RANGE = "out of range"
    EMPTY = "empty"
    BEYOND_CALENDAR = "beyond calendar"


REASONS: Final = tuple(Reason)


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """One thing a value waits for.

    `path` is a field path (`mine.licences.scale`), a parameter id or the text of the operation that has no value;
    `count` is the number of rows concerned (1 outside a quantifier). Where two parts of a condition name the same
    reason and path, the larger count stands.

    >>> str(Cause(Reason.MISSING, "mine.licences.scale", 2))
    'missing mine.licences.scale (2 rows)'
    """

    reason: Reason
    path: str
    count: int = 1

    def __str__(self) -> str:
        rows = f" ({self.count} rows)" if self.count > 1 else ""
        return f"{self.reason.value} {self.path}{rows}"


@dataclass(frozen=True, slots=True)
class Undetermined:
    """The third value. `causes` is sorted and has one entry per (reason, path)."""

    causes: tuple[Cause, ...]

    @staticmethod
    def because(reason: Reason, path: str) -> Undetermined:
        return Undetermined((Cause(reason, path),))


@dataclass(frozen=True, slots=True)
class Below:
    """A measured value of which only the detection limit is known: `<0.05`, in the field's own unit."""

    bound: float


def union(parts: Iterable[object]) -> Undetermined:
    """The union of the causes of the undetermined values among `parts`; the larger count stands."""
    return Undetermined(merge(part.causes for part in parts if isinstance(part, Undetermined)))


def merge(groups: Iterable[Iterable[Cause]]) -> tuple[Cause, ...]:
    """Unite causes, keeping the larger count of equal (reason, path); sorted by path and reason."""
    counts: dict[tuple[str, Reason], int] = {}
    for group in groups:
        for cause in group:
            key = (cause.path, cause.reason)
            counts[key] = max(counts.get(key, 0), cause.count)
    return _sorted(counts)


def accumulate(rows: Iterable[Iterable[Cause]], through: Callable[[str], bool]) -> tuple[Cause, ...]:
    """Unite the causes met in the rows of a quantifier.

    Causes whose path goes `through` the quantified relation are added up over the rows; a cause of the outer row is
    the same in every row and keeps its larger count.
    """
    counts: dict[tuple[str, Reason], int] = {}
    for row in rows:
        for cause in row:
            key = (cause.path, cause.reason)
            before = counts.get(key, 0)
            counts[key] = before + cause.count if through(cause.path) else max(before, cause.count)
    return _sorted(counts)


def _sorted(counts: dict[tuple[str, Reason], int]) -> tuple[Cause, ...]:
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], REASONS.index(item[0][1])))
    return tuple(Cause(reason, path, count) for (path, reason), count in ordered)


TypeName = Literal["string", "int", "number", "bool", "date", "code", "ref", "list", "days", "row", "error"]


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value.

    `number` is a double, `int` is exact within ±2⁵³; both may carry a `unit` (None: a bare number). `code` is a
    string out of `codes`; `ref` the key of an entity of `kind`; `list` has an `element`. `days`, `row` and `error`
    occur only inside conditions: a span of days, a row of a relation, and the type of what could not be understood
    (it fits everywhere, so that one mistake gives one message).
    """

    name: TypeName
    unit: str | None = None
    kind: str | None = None
    codes: tuple[str, ...] | None = None
    element: Type | None = None

    def __str__(self) -> str:
        if self.name == "list":
            return f"list of {self.element}"
        if self.name in ("ref", "row"):
            return f"{self.name} to {self.kind}" if self.name == "ref" else f"row of {self.kind}"
        return f"{self.name} in {self.unit}" if self.unit else self.name

    def with_unit(self, unit: str | None) -> Type:
        return replace(self, unit=unit)

    @property
    def numeric(self) -> bool:
        return self.name in ("int", "number")


STRING: Final = Type("string")
INT: Final = Type("int")
NUMBER: Final = Type("number")
BOOL: Final = Type("bool")
DATE: Final = Type("date")
DAYS: Final = Type("days")
ERROR: Final = Type("error")


@dataclass(frozen=True, slots=True)
class Text:
    """A text shown to people, in Chinese and English. `Text("矿山", "mine").get("zh")` is `"矿山"`."""

    zh: str
    en: str

    def get(self, lang: str) -> str:
        """The text in `lang` (`"zh"` or `"en"`), or in the other language where that one is empty."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)
