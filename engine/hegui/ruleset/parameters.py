"""Dated parameters, and how a local layer's values replace those of the layers below it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from pydantic import ValidationError

from hegui import units
from hegui.datatypes import ERROR, MAX_INT, Text, Type, TypeName
from hegui.ruleset.documents import ParameterPart, ParametersDocument, TextPart, ValuePart, parse_day
from hegui.ruleset.layers import Chain, Layer, place_of
from hegui.ruleset.model import Certainty, Parameter, ParameterValue, Period
from hegui.ruleset.periods import begins, check_overlaps, period, without
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import MISSING_KEY, QUOTE, validate
from hegui.source import Document, Path_, Span, Wording

DEFINED_TWICE: Final = Wording("defined-twice", "`{name}` is already defined at {place}", "`{name}` 已在 {place} 定义")
_WRITE_OVERRIDES = Wording(
    "write-overrides", "to replace its values write `overrides: {layer}`", "如需替换其取值，请写 `overrides: {layer}`"
)
_UNKNOWN_LAYER = Wording(
    "unknown-layer", "no ruleset below this one is called `{name}`", "下层没有名为 `{name}` 的规则集"
)
_UNKNOWN_PARAMETER = Wording(
    "unknown-parameter", "no ruleset below this one defines the parameter `{name}`", "下层规则集没有定义参数 `{name}`"
)
_NOT_ITS_LAYER = Wording(
    "not-its-layer", "`{layer}` gives no values for `{name}`", "`{layer}` 没有给出 `{name}` 的取值"
)
_GIVEN_BY = Wording("given-by", "it is defined by `{giver}`", "它由 `{giver}` 定义")
_OTHER_TYPE = Wording(
    "override-type",
    "`{name}` has type {wanted} and cannot take type {found}",
    "`{name}` 的类型为 {wanted}，不能改为 {found}",
)
_OTHER_UNIT = Wording("override-unit", "`{found}` cannot be converted to `{wanted}`", "`{found}` 无法换算为 `{wanted}`")
_UNKNOWN_UNIT = Wording("unknown-unit", "`{name}` is not a known unit", "`{name}` 不是已知单位")
_NO_UNIT = Wording("no-unit-here", "a value of type {type} has no unit", "{type} 类型的值没有单位")
_NOT_OF_TYPE = Wording("not-of-type", "`{found}` is not of type {type}", "`{found}` 不是 {type} 类型的值")
_BETWEEN = Wording(
    "between-whole-numbers",
    "{value} {found} is no whole number of {wanted}",
    "{value} {found} 换算为 {wanted} 后不是整数",
)


Value = str | int | float | bool | date


@dataclass(frozen=True)
class _Entry:
    """One parameter as one layer gives it."""

    name: str
    part: ParameterPart
    layer: Layer
    document: Document

    @property
    def path(self) -> Path_:
        return ("parameters", self.name)

    def span(self, *steps: str | int) -> Span:
        return self.document.span((*self.path, *steps))

    @property
    def key(self) -> Span:
        return self.document.key_span(self.path)


class Parameters:
    """The parameters of a chain. `types` also has those that could not be read, as `error`, so that one mistake
    gives one message."""

    def __init__(self, chain: Chain, problems: Problems) -> None:
        self.chain = chain
        self.problems = problems
        self.found: dict[str, Parameter] = {}
        self.types: dict[str, Type] = {}
        self._givers: dict[str, dict[str, str]] = {}
        for layer, document in chain.of("parameters"):
            self._read(layer, document)

    def _read(self, layer: Layer, document: Document) -> None:
        whole = validate(ParametersDocument, document, self.problems)
        parts = whole.parameters if whole is not None else _sound(document)
        for name, part in parts.items():
            if part is None:
                self.types.setdefault(name, ERROR)
            else:
                self._take(_Entry(name, part, layer, document))

    def _take(self, entry: _Entry) -> None:
        before = self.found.get(entry.name)
        if entry.part.overrides is not None:
            self._override(entry, before)
        elif before is None:
            self._define(entry)
        else:
            giver = next(iter(self._givers[entry.name]))
            hint = _WRITE_OVERRIDES if giver != entry.layer.name else None
            place = place_of(before.span)
            self.problems.add(DEFINED_TWICE, entry.key, hint, name=entry.name, place=place, layer=giver)

    def _define(self, entry: _Entry) -> None:
        type_ = self._type(entry, entry.part.type or "number")
        if entry.part.label is None:
            self.problems.add(MISSING_KEY, entry.key, name="label")
        self.types[entry.name] = type_
        values = self._values(entry, type_)
        label = text(entry.part.label)
        self.found[entry.name] = Parameter(entry.name, label, type_, values, entry.key)
        self._givers[entry.name] = {entry.layer.name: place_of(entry.key)}

    def _type(self, entry: _Entry, name: TypeName) -> Type:
        unit = entry.part.unit
        if unit is None:
            return Type(name)
        if name not in ("int", "number"):
            self.problems.add(_NO_UNIT, entry.span("unit"), type=name)
            return Type(name)
        try:
            canonical = units.canonical(unit)
        except units.UnitError:
            self.problems.add_unknown(_UNKNOWN_UNIT, entry.span("unit"), unit, units.suggest(unit))
            return ERROR
        return Type(name, None if canonical == "1" else canonical)

    # --- overriding

    def _override(self, entry: _Entry, base: Parameter | None) -> None:
        if not self._may_override(entry, base) or base is None:
            self.types.setdefault(entry.name, ERROR)
            return
        type_ = self._override_type(entry, base)
        if type_ is None:
            return
        values = [self._in_unit(value, type_, base.type, entry) for value in self._values(entry, type_)]
        covered = [value.period for value in values if not value.period.pending]
        kept = [replace(old, period=piece) for old in base.values for piece in without(old.period, covered)]
        merged = sorted([*kept, *values], key=lambda value: begins(value.period))
        label = text(entry.part.label) if entry.part.label is not None else base.label
        self.found[entry.name] = replace(base, values=tuple(merged), label=label)
        self._givers[entry.name][entry.layer.name] = place_of(entry.key)

    def _in_unit(self, value: ParameterValue, have: Type, wanted: Type, entry: _Entry) -> ParameterValue:
        """The value in the base's unit, its decimal text converted exactly where that is possible."""
        if have.unit == wanted.unit or have.unit is None or wanted.unit is None:
            return value
        factor = units.factor(have.unit, wanted.unit)
        number = units.to_number(value.text, factor)
        if wanted.name == "int" and number != int(number):
            args = {"value": value.text, "found": have.unit, "wanted": wanted.unit}
            self.problems.add(_BETWEEN, entry.span("values"), None, **args)
        written = _decimal(Fraction(Decimal(value.text)) * factor) or repr(number)
        return replace(value, value=int(number) if wanted.name == "int" else number, text=written)

    def _may_override(self, entry: _Entry, base: Parameter | None) -> bool:
        names = [layer.name for layer in self.chain.layers]
        lower = names[: names.index(entry.layer.name)]
        wanted = str(entry.part.overrides)
        if wanted not in lower:
            if self.chain.whole:
                self.problems.add_unknown(_UNKNOWN_LAYER, entry.span("overrides"), wanted, lower)
            return False
        if base is None:
            if self.chain.whole and entry.name not in self.types:
                self.problems.add_unknown(_UNKNOWN_PARAMETER, entry.key, entry.name, self.found)
            return False
        if wanted not in self._givers[entry.name]:
            giver = next(iter(self._givers[entry.name]))
            span = entry.span("overrides")
            self.problems.add(_NOT_ITS_LAYER, span, _GIVEN_BY, layer=wanted, name=entry.name, giver=giver)
            return False
        if entry.layer.name in self._givers[entry.name]:
            place = self._givers[entry.name][entry.layer.name]
            self.problems.add(DEFINED_TWICE, entry.key, name=entry.name, place=place)
            return False
        return True

    def _override_type(self, entry: _Entry, base: Parameter) -> Type | None:
        """The type the override's values are written in, or None where they cannot stand for the base's."""
        part = entry.part
        if part.type is not None and part.type != base.type.name:
            self.problems.add(_OTHER_TYPE, entry.span("type"), name=entry.name, wanted=base.type.name, found=part.type)
            return None
        type_ = self._type(entry, base.type.name) if part.unit is not None else base.type
        if ERROR in (type_, base.type):
            return None
        if not units.compatible(type_.unit, base.type.unit):
            found, wanted = type_.unit or "1", base.type.unit or "1"
            self.problems.add(_OTHER_UNIT, entry.span("unit"), wanted=wanted, found=found)
            return None
        return type_

    # --- values

    def _values(self, entry: _Entry, type_: Type) -> tuple[ParameterValue, ...]:
        periods = []
        values = []
        for index, part in enumerate(entry.part.values):
            path = (*entry.path, "values", index)
            days = period(part, entry.document, path, self.problems)
            periods.append((days, path))
            value = self._value(entry.document, (*path, "value"), type_)
            if value is not None:
                raw = entry.document.raw[(*path, "value")]
                spans = tuple(entry.document.spans.get((*path, key)) for key in ("value", "from", "to"))
                values.append(_dated(part, value, raw, days, entry.layer.name, spans))
        check_overlaps(periods, entry.document, self.problems)
        return tuple(sorted(values, key=lambda value: begins(value.period)))

    def _value(self, document: Document, path: Path_, type_: Type) -> Value | None:
        given, raw = document.data, document.raw[path]
        for step in path:
            given = given[step]
        value = _typed(given, raw, type_.name)
        if value is None and type_ != ERROR:
            hint = QUOTE if type_.name == "string" else None
            self.problems.add(_NOT_OF_TYPE, document.span(path), hint, found=raw, type=type_.name)
        return value


def text(part: TextPart | None) -> Text:
    """The text of a document, or an empty one."""
    return Text(part.zh, part.en) if part is not None else Text("", "")


def _sound(document: Document) -> dict[str, ParameterPart | None]:
    """The parameters of a document that does not fit as a whole: each that fits by itself, None for the others."""
    given = document.data.get("parameters")
    return {name: _alone(part) for name, part in given.items()} if isinstance(given, dict) else {}


def _alone(given: object) -> ParameterPart | None:
    try:
        return ParameterPart.model_validate(given)
    except ValidationError:
        return None


def _dated(
    part: ValuePart, value: Value, raw: str, days: Period, layer: str, spans: tuple[Span | None, ...]
) -> ParameterValue:
    source, certainty = text(part.source), Certainty(part.certainty)
    return ParameterValue(value, raw, days, source, certainty, layer, part.last_verified, *spans)


def _typed(given: object, raw: str, name: TypeName) -> Value | None:
    """The value as its type, or None where it is none."""
    match name:
        case "string":
            return given if isinstance(given, str) else None
        case "bool":
            return given if isinstance(given, bool) else None
        case "date":
            return _day(given)
        case "int":
            return given if type(given) is int and abs(given) <= MAX_INT else None
        case "number":
            return units.to_number(raw, Fraction(1)) if type(given) in (int, float) else None
    return None


def _day(given: object) -> date | None:
    from pydantic_core import PydanticCustomError

    try:
        day = parse_day(given)
    except PydanticCustomError:
        return None
    return day if isinstance(day, date) else None


def _decimal(exact: Fraction) -> str | None:
    """The decimal text of a fraction, or None where it does not end."""
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    with localcontext(prec=100):
        return format(Decimal(exact.numerator) / Decimal(exact.denominator), "f") if rest == 1 else None
