"""What a run keeps of each rule, once: everything needed to show its findings without facts or ruleset."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from hegui.datatypes import Text
from hegui.explaining.words import AGGREGATES
from hegui.facts.registry import SourceTable
from hegui.language.printer import chain_name, text
from hegui.language.tree import Cell, Chain, Given, Let, Listed, Node, Param, Related, Row, children, walk
from hegui.outcome import Finding, LeafValue
from hegui.ruleset.model import Expr, Law, Parameter, Rule, Ruleset
from hegui.vocabulary import Vocabulary

if TYPE_CHECKING:
    from hegui.calendar import Calendar
    from hegui.language.replay import Replay
    from hegui.language.scalar import Scope


@dataclass(frozen=True, slots=True)
class Leaf:
    """How one of `Rule.leaves` is shown: its text in the condition language, its label, its unit and code labels.

    `kind` and `field` say which field it is (for a chain: the field it goes over; none for a parameter). A `private`
    leaf has no value in a run; an `evidenced` one is of a field whose paper evidence the registry may hold. One that
    `names` the row judged, or the entity its findings are filed under, is what people know these by.
    """

    text: str
    label: Text
    unit: str | None = None
    codes: dict[str, Text] = field(default_factory=dict)
    kind: str | None = None
    field: str | None = None
    private: bool = False
    evidenced: bool = False
    names: Literal["row", "entity"] | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper behind a recorded value: which document, when obtained, by what method."""

    source_doc: str | None = None
    obtained_on: str | None = None
    method: str | None = None


@dataclass(frozen=True)
class RuleDocument:
    """A rule (without its examples), the laws it cites and those that replaced them, its parameters, its numbered
    leaves, and the label of every path a cause may name."""

    rule: Rule
    laws: dict[str, Law]
    parameters: dict[str, Parameter]
    leaves: tuple[Leaf, ...]
    paths: dict[str, Text]

    @staticmethod
    def of(rule: Rule, ruleset: Ruleset) -> RuleDocument:
        """The document of `rule`, taken from the ruleset it belongs to."""
        nodes = [node for expression in rule.expressions() for node in walk(expression.node)]
        names = sorted({node.name for node in nodes if isinstance(node, Param)})
        parameters = {name: ruleset.parameters[name] for name in names}
        vocabulary = ruleset.vocabulary
        return RuleDocument(
            replace(rule, examples=()),
            {law.name: law for law in _laws(rule, ruleset.laws)},
            parameters,
            tuple(_leaf(node, vocabulary, parameters, rule) for node in rule.leaves),
            _paths(nodes, vocabulary, parameters),
        )

    @cached_property
    def _evaluators(self) -> dict[int, Replay]:
        return {}

    def evaluator(self, node: Node) -> Replay:
        """What works out `node`, a part of this rule's conditions, from the values a finding records."""
        from hegui.language.replay import leaf_evaluator

        # by identity: hashing a tree costs as much as walking it, and these trees live as long as the document
        found = self._evaluators.get(id(node))
        if found is None:
            found = self._evaluators[id(node)] = leaf_evaluator(node, self.rule.leaves)
        return found

    @cached_property
    def _texts(self) -> dict[int, str]:
        return {}

    def text(self, node: Node) -> str:
        """A part of this rule's conditions in the condition language."""
        found = self._texts.get(id(node))
        if found is None:
            found = self._texts[id(node)] = text(node)
        return found

    @cached_property
    def numbers(self) -> dict[Node, int]:
        """The number of each leaf."""
        return {node: number for number, node in enumerate(self.rule.leaves)}

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {}

    def number(self, leaf: Node) -> int:
        """The number of a leaf, wherever in the rule's conditions it stands."""
        found = self._numbers.get(id(leaf))
        if found is None:
            found = self._numbers[id(leaf)] = self.numbers[leaf]
        return found

    @cached_property
    def parameters_used(self) -> tuple[tuple[Param, ...], tuple[Param, ...]]:
        """Parameters the verdict rests on: those with one day for the finding, and those taken on the days of rows."""
        one_day: dict[Param, None] = {}
        by_row: dict[Param, None] = {}
        for expression in self.judging():
            _sort_parameters(expression.node, False, one_day, by_row)
        return tuple(one_day), tuple(by_row)

    def codes(self, codes: tuple[str, ...] | None) -> Mapping[str, Text]:
        """Labels of a code list, where one of the leaves has it."""
        lists = (leaf.codes for leaf in self.leaves if codes and set(leaf.codes) == set(codes))
        return next(lists, {})

    def without_private(self, finding: Finding) -> Finding:
        """The finding as it is shown: private values go no further than the judging."""
        if not any(leaf.private for leaf in self.leaves):
            return finding
        pairs = zip(self.leaves, finding.values, strict=False)
        values = (replace(value, value=None, below=None) if leaf.private else value for leaf, value in pairs)
        return replace(finding, values=tuple(values))

    def judging(self) -> Iterator[Expr]:
        """The conditions the verdict rests on."""
        rule = self.rule
        parts = (rule.occurred.start, rule.occurred.end, rule.when, rule.violation)
        yield from (part for part in parts if part is not None)


def _sort_parameters(node: Node, inside: bool, one_day: dict[Param, None], by_row: dict[Param, None]) -> None:
    if isinstance(node, Param):
        (by_row if inside and node.on is not None else one_day).setdefault(node)
        return
    for child in children(node):
        _sort_parameters(child, inside or isinstance(node, Chain), one_day, by_row)


def _laws(rule: Rule, laws: Mapping[str, Law]) -> Iterator[Law]:
    seen: dict[str, None] = {}
    waiting = [citation.law for citation in rule.basis]
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in laws:
            continue
        seen[name] = None
        yield laws[name]
        if (successor := laws[name].replaced_by) is not None:
            waiting.append(successor)


# --- labels --------------------------------------------------------------------------------------------------------


def _leaf(node: Node, vocabulary: Vocabulary, parameters: Mapping[str, Parameter], rule: Rule) -> Leaf:
    unit = node.type.unit
    if isinstance(node, Param):
        return Leaf(text(node), parameters[node.name].label, unit)
    if isinstance(node, Cell):
        declared = vocabulary.kinds[node.row.kind].fields[node.field]
        label = cell_label(node.row, node.field, vocabulary)
        evidenced, named = declared.evidence is not None, _named(node, vocabulary, rule)
        return Leaf(
            text(node), label, unit, declared.codes, node.row.kind, node.field, declared.private, evidenced, named
        )
    assert isinstance(node, Chain)
    return _chain_leaf(node, vocabulary)


def _named(cell: Cell, vocabulary: Vocabulary, rule: Rule) -> Literal["row", "entity"] | None:
    """Whom a cell is the name of, if of somebody whose key a finding has."""
    if cell.field != vocabulary.kinds[cell.row.kind].name_field or cell.row.var:
        return None
    return "row" if not cell.row.refs else "entity" if cell.row.refs == rule.answers else None


def _chain_leaf(chain: Chain, vocabulary: Vocabulary) -> Leaf:
    over = _mapped(chain)
    declared = vocabulary.kinds[over.row.kind].fields[over.field] if over is not None else None
    kind, column = _addressed(chain, over)
    return Leaf(
        text(chain),
        _chain_label(chain, vocabulary),
        chain.type.unit,
        declared.codes if declared is not None else {},
        kind,
        column,
        _reveals_private(chain, vocabulary),
    )


def _addressed(chain: Chain, over: Cell | None) -> tuple[str | None, str | None]:
    """The kind of the rows a chain goes over, and the field of those rows it brings together."""
    match chain.source:
        case Related(kind=kind):
            return kind, over.field if over is not None and not over.row.refs else None
        case Listed(cell=cell):
            return cell.row.kind, cell.field
    return None, None


def _mapped(chain: Chain) -> Cell | None:
    """The field whose values a chain brings together."""
    if isinstance(chain.value, Cell):
        return chain.value
    return chain.source.cell if isinstance(chain.source, Listed) else None


def _reveals_private(chain: Chain, vocabulary: Vocabulary) -> bool:
    if chain.type.name == "bool" or chain.ending == "size":
        return False
    nodes = [*walk(chain.value)] if chain.value is not None else []
    if isinstance(chain.source, Listed):
        nodes.append(chain.source.cell)
    cells = (node for node in nodes if isinstance(node, Cell))
    return any(vocabulary.kinds[cell.row.kind].fields[cell.field].private for cell in cells)


def _join(labels: list[Text]) -> Text:
    """`矿山·证载规模`, `mine / licensed scale`."""
    return Text("·".join(label.get("zh") for label in labels), " / ".join(label.get("en") for label in labels))


def _row_labels(row: Row, vocabulary: Vocabulary) -> list[Text]:
    """A reference is called by the kind it leads to: its own label is often that of the key (矿山编号)."""
    return [vocabulary.kinds[kind].label for kind in row.kinds[1:]]


def cell_label(row: Row, name: str, vocabulary: Vocabulary) -> Text:
    """What a field is called, with the kinds of the references on the way to it."""
    return _join([*_row_labels(row, vocabulary), vocabulary.kinds[row.kind].fields[name].label])


def source_label(source: Related | Listed, vocabulary: Vocabulary) -> Text:
    """What a relation or list is called."""
    if isinstance(source, Listed):
        return cell_label(source.cell.row, source.cell.field, vocabulary)
    relation = vocabulary.kinds[source.row.kind].relations[source.relation]
    return _join([*_row_labels(source.row, vocabulary), relation.label])


def _chain_label(chain: Chain, vocabulary: Vocabulary) -> Text:
    if isinstance(chain.source, Given):
        return Text("", "")
    labels = [source_label(chain.source, vocabulary)]
    match chain.value:
        case Cell(row=row, field=name):
            labels.append(cell_label(row, name, vocabulary))
        case Let(path=path):
            name = path.rpartition(".")[2]
            labels.append(Text(name, name))
    joined, ending = _join(labels), AGGREGATES.get(chain.ending, Text("", ""))
    return Text(f"{joined.zh} {ending.zh}".strip(), f"{joined.en}, {ending.en}" if ending.en else joined.en)


def _paths(nodes: list[Node], vocabulary: Vocabulary, parameters: Mapping[str, Parameter]) -> dict[str, Text]:
    found = {name: parameter.label for name, parameter in parameters.items()}
    origins: dict[str, Text] = {}
    for node in nodes:
        if isinstance(node, Chain) and not isinstance(node.source, Given):
            origins[node.source.path] = source_label(node.source, vocabulary)
            found[chain_name(node)] = _chain_label(node, vocabulary)
    for cell in {(node.row, node.field): node for node in nodes if isinstance(node, Cell)}.values():
        found |= _row_paths(cell, origins, vocabulary)
    return dict(sorted((found | origins).items()))


def _row_paths(cell: Cell, origins: Mapping[str, Text], vocabulary: Vocabulary) -> dict[str, Text]:
    """Labels of a cell's path and of each reference on the way to it."""
    labels = [origins[cell.row.origin]] if cell.row.origin in origins else []
    labels += _row_labels(cell.row, vocabulary)
    skip = len(labels) - len(cell.row.refs)
    found: dict[str, Text] = {}
    for number, name in enumerate((*cell.row.refs, cell.field)):
        path = ".".join(part for part in (cell.row.origin, *cell.row.refs[:number], name) if part)
        own = vocabulary.kinds[cell.row.kinds[number]].fields[name].label
        found[path] = _join([*labels[: skip + number], own])
    return found


# --- one finding ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    """What all findings of a run have in common: its two days, its sources, the ruleset's own working days, and the
    papers behind values, by number of the source, row and field."""

    as_of: date
    decided_on: date
    sources: tuple[SourceTable, ...] = ()
    workdays: Mapping[date, bool] = field(default_factory=dict)
    papers: Mapping[tuple[int, int, str], Paper] = field(default_factory=dict)
    keys: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """The keys of rows that values were followed to, in sources whose rows have no numbers, by number of source and row."""
    kinds: Mapping[str, Text] = field(default_factory=dict)
    """What kinds are called: so is somebody who has neither a name nor a key."""

    def paper(self, leaf: Leaf, value: LeafValue) -> Paper | None:
        """The paper behind a recorded value, empty where none is recorded; None where its field asks for none."""
        if not leaf.evidenced or value.source is None or value.row is None or leaf.field is None:
            return None
        return self.papers.get((value.source, value.row, leaf.field), Paper())

    @cached_property
    def calendar(self) -> Calendar:
        from hegui.calendar import load

        return load(self.workdays)

    def workdays_between(self, start: date, end: date) -> int | None:
        """Working days of the ruleset's calendar, for conditions evaluated again."""
        return self.calendar.workdays_between(start, end)

    def add_workdays(self, start: date, count: int) -> date | None:
        """The n-th working day of the ruleset's calendar, for conditions evaluated again."""
        return self.calendar.add_workdays(start, count)


def kinds_called(vocabulary: Vocabulary) -> dict[str, Text]:
    """What each kind is called."""
    return {name: kind.label for name, kind in vocabulary.kinds.items()}


def key_of(finding: Finding, value: LeafValue, setting: Setting) -> str | None:
    """The key of the row a recorded value stands in, where rows have no numbers; None elsewhere."""
    if value.source is None or value.row is None or not setting.sources[value.source].keyed:
        return None
    if (value.source, value.row) == (finding.source, finding.row):
        return finding.key
    return value.first if value.first is not None else setting.keys.get((value.source, value.row))


def key_for_name(leaf: Leaf, finding: Finding) -> str | None:
    """The key that stands in a sentence for a name that is not known; None where the finding has none, or one that was made up
    for what was given without (`Ruleset.check`)."""
    if leaf.names == "entity" and (finding.kind, finding.entity) == (finding.about, finding.key):
        return None
    key = unquote(finding.key if leaf.names == "row" else finding.entity)
    return None if re.fullmatch(rf"{leaf.kind}#[0-9]+", key) else key or None


def keys_of(finding: Finding, setting: Setting) -> dict[tuple[int, int], str]:
    """The keys of the rows a finding rests on, where rows have no numbers, by number of source and row."""
    if not any(source.keyed for source in setting.sources):
        return {}
    found: dict[tuple[int, int], str] = {}
    for value in finding.values:
        if value.source is not None and value.row is not None:
            key = key_of(finding, value, setting)
            found |= {(value.source, value.row): key} if key is not None else {}
    if finding.source is not None and finding.row is not None and setting.sources[finding.source].keyed:
        found[finding.source, finding.row] = finding.key
    return found


@dataclass(frozen=True)
class Case:
    """One finding with all that is needed to show it."""

    document: RuleDocument
    finding: Finding
    setting: Setting

    @property
    def rule(self) -> Rule:
        return self.document.rule

    @property
    def day(self) -> date:
        """The day whose law is shown: that of the act, or the day the facts are looked at where it is not known."""
        return self.finding.occurred or self.setting.as_of

    def value(self, node: Node) -> object:
        """The value of a condition, worked out from the values the finding records: present, `Undetermined` or
        `Below`."""
        # by identity, as the document's evaluators are; explaining in two languages asks for each value several times
        at = id(node)
        if at not in self._values:
            self._values[at] = self.document.evaluator(node)(self._scope)
        return self._values[at]

    @cached_property
    def _values(self) -> dict[int, object]:
        return {}

    @cached_property
    def _scope(self) -> Scope:
        from hegui.language.replay import recorded_scope

        return recorded_scope(self.finding.values, self.setting.as_of, self.finding.occurred, self.setting)

    def recorded(self, node: Node) -> tuple[Leaf, LeafValue] | None:
        """How a leaf is shown and what the finding records of it; None where it records nothing."""
        number = self.document.number(node)
        if number >= len(self.finding.values):
            return None
        return self.document.leaves[number], self.finding.values[number]

    def waiting(self, node: Node) -> tuple[str, ...]:
        """Paths of the leaves below `node` that have no value."""
        leaves = (part for part in walk_outer(node) if isinstance(part, (Cell, Param, Chain)))
        found = ((part, self.recorded(part)) for part in dict.fromkeys(leaves))
        return tuple(path_of(part) for part, item in found if item is None or item[1].value is None)


def walk_outer(node: Node) -> Iterator[Node]:
    """`node` and everything below it, chains taken whole."""
    yield node
    if not isinstance(node, Chain):
        for child in children(node):
            yield from walk_outer(child)


def path_of(leaf: Node) -> str:
    """What a leaf is called in causes."""
    match leaf:
        case Cell():
            return leaf.path
        case Param(name=name):
            return name
        case Chain():
            return chain_name(leaf)
    raise AssertionError(leaf)  # pragma: no cover
