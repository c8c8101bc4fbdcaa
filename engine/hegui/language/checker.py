"""Syntax → typed tree: names resolved, overloads chosen, units made equal, mistakes collected.

One mistake gives one message: what could not be understood gets the type `error`, which fits everywhere. All wordings
of the language's checks are in `wordings.py` beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from hegui import limits, units
from hegui.datatypes import BOOL, DATE, ERROR, INT, MAX_INT, NUMBER, STRING, Text, Type
from hegui.language import wordings as say
from hegui.language.added import origin
from hegui.language.chains import ENDINGS, ERROR_NODE, STAGES, ChainChecker, Thing
from hegui.language.extent import extent
from hegui.language.operators import OPERATORS, rows, spellings
from hegui.language.parser import ConditionSyntaxError, parse
from hegui.language.pattern import PatternError
from hegui.language.rebase import rebase
from hegui.language.rounding import arithmetic, zero
from hegui.language.signatures import Operator, Overload
from hegui.language.tree import (
    AsOf,
    Call,
    Cell,
    Choice,
    Const,
    Convert,
    Given,
    Has,
    If,
    Items,
    Let,
    Listed,
    Literal,
    Logic,
    Member,
    Name,
    Node,
    Offsets,
    Op,
    Param,
    Related,
    Row,
    Syntax,
)
from hegui.source import Diagnostic, Span, Wording, did_you_mean
from hegui.vocabulary import Kind, Vocabulary

SpanOf = Callable[[int, int], Span]
"""From character offsets in a condition's text to a place in the file it stands in."""
Placed = Callable[[Node, Offsets], None]
"""Takes a value that was checked and where it stands in the condition's text."""

SPECIAL: Final = ("has", "param")
AS_OF: Final = "as_of"
_NO_KIND: Final = Kind("", Text("", ""), (), {})


@dataclass(frozen=True, slots=True)
class DefinitionText:
    """A `let:` as written, and where. With `syntax`, that is what is checked and `text` only what is shown."""

    text: str
    span_of: SpanOf
    syntax: Syntax | None = None


class Definitions:
    """The `let:` definitions of a ruleset, compiled when first used."""

    def __init__(self, texts: Mapping[str, Mapping[str, DefinitionText]]) -> None:
        self.texts = texts
        self.used: set[tuple[str, str]] = set()
        self.diagnostics: list[Diagnostic] = []
        self._nodes: dict[tuple[str, str], Node | None] = {}
        self._open: list[tuple[str, str]] = []

    def names(self, kind: str) -> Iterable[str]:
        return self.texts.get(kind, {})

    def get(self, environment: Environment, kind: str, name: str, used: bool = True) -> Node | None:
        """The typed body of a definition relative to a row of `kind`, or None if it has a mistake of its own."""
        key = (kind, name)
        if used:
            self.used.add(key)
        if key in self._open:
            cycle = " → ".join(f"`{part[1]}`" for part in [*self._open[self._open.index(key) :], key])
            written = self.texts[kind][name]
            self.diagnostics.append(Diagnostic(say.CYCLE, {"cycle": cycle}, written.span_of(0, len(written.text))))
            return None
        if key not in self._nodes:
            written = self.texts[kind][name]
            self._open.append(key)
            try:
                node, problems = compile_condition(
                    written.text, environment, kind, None, written.span_of, syntax=written.syntax
                )
            finally:
                self._open.pop()
            self._nodes[key] = node
            self.diagnostics += problems
        return self._nodes[key]


@dataclass(frozen=True)
class Environment:
    """The names a condition may use: the vocabulary's kinds, parameters with their types, definitions."""

    vocabulary: Vocabulary
    parameters: Mapping[str, Type] = field(default_factory=dict)
    definitions: Definitions = field(default_factory=lambda: Definitions({}))
    plugins: frozenset[str] = frozenset()
    """Distributions whose functions may be used."""


def compile_condition(
    text: str,
    environment: Environment,
    kind: str,
    expect: Type | None,
    span_of: SpanOf,
    *,
    syntax: Syntax | None = None,
    placed: Placed | None = None,
) -> tuple[Node | None, list[Diagnostic]]:
    """Parse and check one condition about a row of `kind`.

    Args:
        text: the condition.
        environment: the names it may use.
        kind: the kind of the row it is about.
        expect: the type it must have (its unit included, where `expect` is numeric), or None for any single value.
        span_of: turns offsets into places for diagnostics.
        syntax: checked in place of what `text` parses to: the condition with something in it changed.
        placed: is told of every single value that is checked, and where in the text it stands.

    Returns:
        The typed tree, or None where there are errors; and every diagnostic found.
    """
    checker = _Checker(text, environment, environment.vocabulary.kinds[kind], span_of, placed)
    return checker.whole({}, expect, syntax)


def compile_joined(
    text: str,
    environment: Environment,
    names: Mapping[str, Thing],
    levels: int,
    expect: Type | None,
    span_of: SpanOf,
    *,
    syntax: Syntax | None = None,
    placed: Placed | None = None,
) -> tuple[Node | None, list[Diagnostic]]:
    """Parse and check one condition about several rows at once, each of which has a name.

    Args:
        text: the condition.
        environment: the names it may use besides; its vocabulary has the kinds of all rows in `names`.
        names: what each name stands for: a `Row` whose `var` is its number, or an `Element`.
        levels: how many numbers are taken; quantifiers inside the condition count on from there.
        expect: as for `compile_condition`.
        span_of, syntax, placed: as for `compile_condition`.

    Returns:
        As `compile_condition`.
    """
    checker = _Checker(text, environment, _NO_KIND, span_of, placed)
    checker.depth = levels - 1
    return checker.whole(names, expect, syntax)


class _Checker:
    """Checks one condition; one method per syntax node."""

    def __init__(
        self, text: str, environment: Environment, kind: Kind, span_of: SpanOf, placed: Placed | None = None
    ) -> None:
        self.text = text
        self.placed = placed
        self.environment = environment
        self.kinds = environment.vocabulary.kinds
        self.kind = kind
        self.span_of = span_of
        self.diagnostics: list[Diagnostic] = []
        self.broken = False
        self.depth = self.brought = 0

    def whole(
        self, names: Mapping[str, Thing], expect: Type | None, syntax: Syntax | None = None
    ) -> tuple[Node | None, list[Diagnostic]]:
        """The condition parsed, where that has not been done, and checked."""
        try:
            syntax = parse(self.text) if syntax is None else syntax
        except ConditionSyntaxError as error:
            return None, [Diagnostic(error.wording, error.args_, self.span_of(error.start, error.end), error.hint)]
        try:
            node = self.value(syntax, names)
        except RecursionError:  # definitions upon definitions; beyond this all the same
            self.brought = limits.DEFINITION_NODES + 1
            node = ERROR_NODE
        if self.brought > limits.DEFINITION_NODES or extent(node).too_large:
            return None, [self.too_large()]
        if expect is not None:
            node = self.expected(node, expect, syntax.at)
        return (None if self.broken else node), self.diagnostics

    # --- reporting

    def too_large(self) -> Diagnostic:
        args: dict[str, object] = {"most": limits.DEFINITION_NODES, "height": limits.DEFINITION_HEIGHT}
        return Diagnostic(say.TOO_LARGE, args, self.span_of(0, len(self.text)))

    def fail(self, wording: Wording, at: Offsets, hint: Wording | None = None, /, **args: object) -> Const:
        self.diagnostics.append(Diagnostic(wording, args, self.span_of(*at), hint))
        self.broken = True
        return ERROR_NODE

    def fail_name(self, wording: Wording, at: Offsets, name: str, known: Iterable[str], **args: object) -> Const:
        known = list(known)
        near = did_you_mean(name, known)
        listed = ", ".join(f"`{word}`" for word in (near or sorted(known)[:12]))
        hint = say.DID_YOU_MEAN if near else say.THERE_ARE if known else None
        return self.fail(wording, at, hint, name=name, known=listed, **args)

    # --- values

    def value(self, syntax: Syntax, scope: Mapping[str, Thing]) -> Node:
        """The typed node of a syntax tree that must be a single value."""
        thing = self.thing(syntax, scope)
        match thing:
            case Row():
                return self.fail(say.ROW_AS_VALUE, syntax.at, text=self.excerpt(syntax))
            case Related() | Listed() | Given():
                return self.fail(say.LIST_AS_VALUE, syntax.at, text=self.excerpt(syntax))
        if self.placed is not None:
            self.placed(thing, syntax.at)
        return thing

    def thing(self, syntax: Syntax, scope: Mapping[str, Thing]) -> Thing:
        match syntax:
            case Literal(value, at):
                return self.literal(value, at)
            case Name(name, at):
                return self.name(name, at, scope)
            case Member():
                return self.member(syntax, scope)
            case Choice():
                return self.choice(syntax, scope)
            case Items(items):
                return Given(tuple(self.value(item, scope) for item in items))
            case Call():
                return self.call(syntax, scope)
        raise AssertionError(syntax)  # pragma: no cover

    def excerpt(self, syntax: Syntax) -> str:
        return self.text[syntax.at[0] : syntax.at[1]]

    def literal(self, value: str | int | float | bool, at: Offsets) -> Node:
        if isinstance(value, bool):
            return Const(value, BOOL)
        if isinstance(value, int):
            return Const(value, INT) if abs(value) <= MAX_INT else self.fail(say.INT_RANGE, at, text=value)
        return Const(value, NUMBER if isinstance(value, float) else STRING)

    def name(self, name: str, at: Offsets, scope: Mapping[str, Thing]) -> Thing:
        if name in scope:
            return scope[name]
        if name == AS_OF:
            return AsOf(DATE)
        found = self.of_row(Row("", (self.kind.name,)), name) if self.kind is not _NO_KIND else None
        if found is not None:
            return found
        known = [*scope, *self.names_of(self.kind), AS_OF]
        if self.kind is _NO_KIND:
            return self.fail_name(say.UNKNOWN_VARIABLE, at, name, known)
        return self.fail_name(say.UNKNOWN_NAME, at, name, known, kind=self.kind.name)

    def names_of(self, kind: Kind) -> list[str]:
        return [*kind.fields, *kind.relations, *self.environment.definitions.names(kind.name)]

    def of_row(self, row: Row, name: str) -> Thing | None:
        """What `name` means in a row: a field, a relation or a definition of its kind."""
        kind = self.kinds[row.kind]
        if name in kind.fields:
            fact = kind.fields[name]
            cell = Cell(row, name, fact.type, fact.detection)
            return Listed(cell) if fact.type.name == "list" else cell
        if name in kind.relations:
            relation = kind.relations[name]
            return Related(row, name, relation.kind, relation.by)
        if name in self.environment.definitions.names(kind.name):
            body = self.environment.definitions.get(self.environment, kind.name, name)
            if body is None:
                self.broken = True  # the definition's own diagnostic says why
                return ERROR_NODE
            self.brought += extent(body).nodes
            if self.brought > limits.DEFINITION_NODES:
                return ERROR_NODE
            moved = rebase(body, row, self.depth)
            return Let(row.path(name), moved, moved.type)
        return None

    def member(self, syntax: Member, scope: Mapping[str, Thing]) -> Thing:
        target = self.thing(syntax.target, scope)
        row = self.row_of(target)
        if row is None:
            if isinstance(target, (Related, Listed, Given)):
                return self.fail(say.MEMBER_OF_LIST, syntax.name_at, text=self.excerpt(syntax.target), name=syntax.name)
            if isinstance(target, Row) or target.type == ERROR:
                return ERROR_NODE
            return self.fail(say.MEMBER_OF_VALUE, syntax.name_at, text=self.excerpt(syntax.target), type=target.type)
        found = self.of_row(row, syntax.name)
        if found is not None:
            return found
        names = self.names_of(self.kinds[row.kind])
        return self.fail_name(say.UNKNOWN_NAME, syntax.name_at, syntax.name, names, kind=row.kind)

    def row_of(self, thing: Thing) -> Row | None:
        """The row a dot can follow into."""
        if isinstance(thing, Row):
            return thing
        if isinstance(thing, Let):
            return self.row_of(thing.body)
        if isinstance(thing, Cell) and thing.type.name == "ref" and thing.type.kind in self.kinds:
            return thing.row.follow(thing.field, thing.type.kind)
        return None

    def choice(self, syntax: Choice, scope: Mapping[str, Thing]) -> Node:
        test = self.expected(self.value(syntax.test, scope), BOOL, syntax.test.at)
        then, otherwise = self.value(syntax.then, scope), self.value(syntax.otherwise, scope)
        joined = self.joined(then, otherwise, syntax.at)
        if joined is None:
            return self.fail(say.ARMS_DIFFER, syntax.at, left=then.type, right=otherwise.type)
        then, otherwise, kind = joined
        return If(test, then, otherwise, kind)

    def joined(self, left: Node, right: Node, at: Offsets) -> tuple[Node, Node, Type] | None:
        """Two values made one type, or None where they have none in common."""
        if ERROR in (left.type, right.type):
            return left, right, ERROR
        if left.type.numeric and right.type.numeric:
            left, right = self.same_unit([left, right], [at, at])
            name = NUMBER if "number" in (left.type.name, right.type.name) else INT
            return left, right, name.with_unit(left.type.unit or right.type.unit)
        if left.type == right.type:
            return left, right, left.type
        textual = ("string", "code", "ref")
        if left.type.name in textual and right.type.name in textual:
            return left, right, STRING
        return None

    def expected(self, node: Node, wanted: Type, at: Offsets) -> Node:
        """`node`, if it has the type wanted (an int does for a number)."""
        if node.type == ERROR or self.fits(node.type, wanted.name, promote=True):
            if wanted.unit is not None and node.type.numeric and node.type.unit is not None:
                return self.converted(node, wanted.unit, at)
            return node
        return self.fail(say.EXPECTED_TYPE, at, wanted=wanted, found=node.type)

    # --- calls

    def call(self, syntax: Call, scope: Mapping[str, Thing]) -> Node:
        if syntax.form == "function" and syntax.spelling in SPECIAL:
            return self.has(syntax, scope) if syntax.spelling == "has" else self.param(syntax, scope)
        if syntax.form == "method" and syntax.spelling in (*STAGES, *ENDINGS):
            chain = self.chain(syntax, scope)
            if chain is not None:
                return chain
        candidates = rows(syntax.form, syntax.spelling)
        if not candidates:
            return self.unknown_function(syntax)
        plugin = origin(syntax.spelling, OPERATORS) if candidates[0].key not in OPERATORS else None
        if plugin is not None and plugin.distribution not in self.environment.plugins:
            names = {"name": syntax.spelling, "plugin": plugin.distribution}
            return self.fail(say.UNKNOWN_FUNCTION, syntax.spelling_at, say.OF_PLUGIN, **names)
        if candidates[0].logic is not None:
            return self.logic(candidates[0], syntax, scope)
        if candidates[0].membership:
            return self.membership(syntax, scope)
        given = ((syntax.target,) if syntax.target is not None else ()) + syntax.args
        args = [self.value(arg, scope) for arg in given]
        return self.operation(candidates, args, [arg.at for arg in given], syntax)

    def unknown_function(self, syntax: Call) -> Const:
        known = [*spellings(syntax.form), *(SPECIAL if syntax.form == "function" else (*STAGES, *ENDINGS))]
        return self.fail_name(say.UNKNOWN_FUNCTION, syntax.spelling_at, syntax.spelling, known)

    def has(self, syntax: Call, scope: Mapping[str, Thing]) -> Node:
        thing = self.thing(syntax.args[0], scope) if len(syntax.args) == 1 else None
        cell = thing.cell if isinstance(thing, Listed) else thing.body if isinstance(thing, Let) else thing
        if isinstance(cell, Cell):
            return Has(cell, BOOL)
        if isinstance(cell, Const) and cell.type == ERROR:
            return cell
        return self.fail(say.HAS_NEEDS_FIELD, syntax.at)

    def param(self, syntax: Call, scope: Mapping[str, Thing]) -> Node:
        name = syntax.args[0] if syntax.args else None
        if len(syntax.args) not in (1, 2) or not isinstance(name, Literal) or not isinstance(name.value, str):
            return self.fail(say.PARAM_NEEDS_NAME, syntax.at)
        kind = self.environment.parameters.get(name.value)
        if kind is None:
            return self.fail_name(say.UNKNOWN_PARAMETER, name.at, name.value, self.environment.parameters)
        on = None
        if len(syntax.args) == 2:
            on = self.expected(self.value(syntax.args[1], scope), DATE, syntax.args[1].at)
        return Param(name.value, on, kind)

    def logic(self, row: Operator, syntax: Call, scope: Mapping[str, Thing]) -> Node:
        parts: list[Node] = []
        conjunction = row.logic == "and"
        for arg in syntax.args:
            part = self.expected(self.value(arg, scope), BOOL, arg.at)
            flat = isinstance(part, Logic) and part.conjunction == conjunction and self.is_infix(arg, syntax.spelling)
            parts += part.parts if flat and isinstance(part, Logic) else (part,)
        return Logic(conjunction, tuple(parts), BOOL)

    @staticmethod
    def is_infix(syntax: Syntax, spelling: str) -> bool:
        return isinstance(syntax, Call) and syntax.form == "infix" and syntax.spelling == spelling

    def operation(self, candidates: tuple[Operator, ...], args: list[Node], at: list[Offsets], syntax: Call) -> Node:
        if any(arg.type == ERROR for arg in args):
            return ERROR_NODE
        chosen = self.overload(candidates, args)
        if chosen is None:
            return self.no_overload(candidates, args, syntax)
        row, index, overload = chosen
        if row.literal:
            return self.worked_out(overload, args[0], at[0])
        if row.signs is not None:
            self.check_codes(args, at)
        args, result = self.with_units(overload, args, at, syntax)
        if row.prepare is not None:
            return self.prepared(row, index, args, at, result)
        near = row.signs is not None and any(arithmetic(arg) for arg in args)
        return Op(row.key, index, tuple(args), result, near)

    def overload(self, candidates: tuple[Operator, ...], args: list[Node]) -> tuple[Operator, int, Overload] | None:
        for promote in (False, True):
            for row in candidates:
                for index, overload in enumerate(row.overloads):
                    if self.matches(row, overload, args, promote):
                        return row, index, overload
        return None

    def matches(self, row: Operator, overload: Overload, args: list[Node], promote: bool) -> bool:
        wanted = list(overload.args)
        if row.variadic and len(args) > len(wanted):
            wanted += [wanted[-1]] * (len(args) - len(wanted))
        if len(wanted) != len(args):
            return False
        if row.ordering and any(arg.type.name in ("code", "ref") for arg in args):
            return False
        if promote and not any(arg.type.name == want for arg, want in zip(args, wanted, strict=True)):
            return False  # an int is widened beside a double, not on its own: two ints are not divided as doubles
        return all(self.fits(arg.type, want, promote) for arg, want in zip(args, wanted, strict=True))

    @staticmethod
    def fits(have: Type, want: str, promote: bool) -> bool:
        if have.name == want or have == ERROR or (want == "string" and have.name in ("code", "ref")):
            return True
        return promote and have.name == "int" and want == "number"

    def no_overload(self, candidates: tuple[Operator, ...], args: list[Node], syntax: Call) -> Const:
        found = ", ".join(str(arg.type) for arg in args)
        if candidates[0].key == "/" and all(arg.type.name == "int" for arg in args):
            return self.fail(say.INT_DIVISION, syntax.spelling_at)
        if [arg.type.name for arg in args] == ["date", "date"] and candidates[0].terms == "sum":
            return self.fail(say.DATE_DIFFERENCE, syntax.spelling_at)
        signatures = [" and ".join(overload.args) for row in candidates for overload in row.overloads]
        known = "; ".join(dict.fromkeys(signatures))
        return self.fail(say.NO_OVERLOAD, syntax.spelling_at, say.TAKES, name=syntax.spelling, found=found, known=known)

    def worked_out(self, overload: Overload, arg: Node, at: Offsets) -> Node:
        if not isinstance(arg, Const):
            return self.fail(say.LITERAL_DATE, at)
        try:
            return Const(overload.scalar(arg.value), overload.result)
        except ValueError:
            return self.fail(say.BAD_DATE, at, text=arg.value)

    def prepared(self, row: Operator, index: int, args: list[Node], at: list[Offsets], result: Type) -> Node:
        assert row.prepare is not None
        constant = args[1]
        if not isinstance(constant, Const) or not isinstance(constant.value, str):
            return self.fail(say.LITERAL_PATTERN, at[1])
        try:
            prepared = row.prepare(constant.value)
        except PatternError as error:
            return self.fail(error.wording, at[1], **error.details)
        return Op(row.key, index, tuple(args), result, False, prepared)

    def check_codes(self, args: list[Node], at: list[Offsets]) -> None:
        """A literal compared with a code must be one of its codes."""
        for coded, other, where in ((args[0], args[1], at[1]), (args[1], args[0], at[0])):
            codes = coded.type.codes
            if coded.type.name == "code" and codes and isinstance(other, Const) and other.value not in codes:
                self.fail_name(say.UNKNOWN_CODE, where, str(other.value), codes)

    # --- units

    def with_units(
        self, overload: Overload, args: list[Node], at: list[Offsets], syntax: Call
    ) -> tuple[list[Node], Type]:
        """Arguments in fitting units, and the result's type with its unit."""
        result = overload.result
        numeric = [arg for arg in args if arg.type.numeric]
        match overload.units:
            case "same" if numeric:
                args = self.same_unit(args, at)
                unit = next((arg.type.unit for arg in args if arg.type.unit), None)
                return args, result.with_unit(unit) if result.numeric else result
            case "product" | "quotient":
                return args, result.with_unit(self.combined(overload, args, syntax))
            case "keep":
                return args, result.with_unit(args[0].type.unit)
            case "bare" | "days":
                for arg, where in zip(args, at, strict=True):
                    if arg.type.unit not in ((None,) if overload.units == "bare" else (None, "d")):
                        self.fail(say.BARE_NEEDED, where, name=syntax.spelling, unit=arg.type.unit)
        return args, result

    def combined(self, overload: Overload, args: list[Node], syntax: Call) -> str | None:
        combine = units.multiply if overload.units == "product" else units.divide
        try:
            return combine(args[0].type.unit, args[1].type.unit)
        except units.UnitError:
            self.fail(say.UNITS_DIFFER, syntax.spelling_at, left=args[0].type.unit, right=args[1].type.unit)
            return None

    def same_unit(self, args: list[Node], at: list[Offsets]) -> list[Node]:
        """The numeric arguments in the unit of the first quantity among them."""
        unit = next((arg.type.unit for arg in args if arg.type.unit is not None), None)
        return args if unit is None else [self.converted(a, unit, w) for a, w in zip(args, at, strict=True)]

    def converted(self, node: Node, unit: str, at: Offsets) -> Node:
        have = node.type.unit
        if node.type == ERROR or have == unit or zero(node):
            return node
        if have is None:
            return self.fail(say.QUANTITY_AND_NUMBER, at, unit=unit)
        if not units.compatible(have, unit):
            return self.fail(say.UNITS_DIFFER, at, left=unit, right=have)
        factor = units.factor(have, unit)
        if factor == 1:
            return node
        return Convert(node, factor.numerator, factor.denominator, NUMBER.with_unit(unit))

    # --- relations and lists

    def chain(self, syntax: Call, scope: Mapping[str, Thing]) -> Node | None:
        """A chain over a relation or list, or None where the target is a single value (`text.size()`)."""
        stages: list[Call] = []
        target: Syntax | None = syntax
        while isinstance(target, Call) and target.form == "method" and (target is syntax or target.spelling in STAGES):
            stages.append(target)
            target = target.target
        assert target is not None
        silent = len(stages) == 1 and syntax.spelling in spellings("method")
        thing = self.thing(target, scope)
        if isinstance(thing, Const) and thing.type == ERROR:
            return ERROR_NODE
        if not isinstance(thing, (Related, Listed, Given)):
            if silent and not isinstance(thing, Row):
                return None
            return self.fail(say.NOT_A_LIST, target.at, text=self.excerpt(target), name=stages[-1].spelling)
        return ChainChecker(self, syntax, thing, scope).check(list(reversed(stages)))

    def membership(self, syntax: Call, scope: Mapping[str, Thing]) -> Node:
        left, right = syntax.args
        self.depth += 1  # the value is compared inside the quantifier that `in` stands for
        value = self.value(left, scope)
        self.depth -= 1
        source = self.thing(right, scope)
        if isinstance(source, Const) and source.type == ERROR:
            return ERROR_NODE
        if not isinstance(source, (Listed, Given)):
            return self.fail(say.IN_NEEDS_LIST, right.at, text=self.excerpt(right))
        chains = ChainChecker(self, syntax, source, scope)
        element = chains.element(right.at)
        if element is None or isinstance(element, Row):
            return ERROR_NODE
        equals = Call("infix", "==", None, (left, right), syntax.spelling_at, syntax.at)
        if isinstance(source, Given):
            self.each_item_code(value, source, right)
        test = self.operation(rows("infix", "=="), [element, value], [right.at, left.at], equals)
        return chains.build(None, None, False, "exists", test, BOOL)

    def each_item_code(self, value: Node, source: Given, at: Syntax) -> None:
        items = at.items if isinstance(at, Items) else ()
        for item, written in zip(source.items, items, strict=False):
            self.check_codes([value, item], [written.at, written.at])
