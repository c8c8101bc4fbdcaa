"""Conditions of a ruleset, compiled: the one place where the loader meets the condition language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from hegui.datatypes import Type
from hegui.language.chains import Thing
from hegui.language.checker import Definitions, DefinitionText, Environment, compile_condition, compile_joined
from hegui.language.wordings import UNKNOWN_NAME
from hegui.ruleset.model import Expr
from hegui.ruleset.problems import Problems
from hegui.source import Diagnostic, Document, Path_, Span
from hegui.vocabulary import Kind, Vocabulary


class Conditions:
    """Compiles the conditions of a ruleset about rows of its kinds."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        parameters: Mapping[str, Type],
        definitions: Mapping[str, Mapping[str, DefinitionText]],
        problems: Problems,
        plugins: Iterable[str] = (),
    ) -> None:
        self.vocabulary, self.adrift = _sound(vocabulary)
        self.problems = problems
        self.definitions = Definitions(definitions)
        self.environment = Environment(self.vocabulary, parameters, self.definitions, frozenset(plugins))

    def check_definitions(self) -> dict[str, dict[str, Expr]]:
        """Compile every definition, used or not, so that each of its mistakes is reported once; those without any."""
        found: dict[str, dict[str, Expr]] = {}
        for kind, names in self.definitions.texts.items():
            for name, written in names.items() if kind in self.vocabulary.kinds else ():
                node = self.definitions.get(self.environment, kind, name, used=False)
                if node is not None:
                    span = written.span_of(0, len(written.text))
                    found.setdefault(kind, {})[name] = Expr(written.text, node, span)
        self._report(self.definitions.diagnostics)
        return found

    def _report(self, found: list[Diagnostic]) -> None:
        """Note what the checker found, but for relations the vocabulary has complained of already."""
        for each in found:
            if each.wording != UNKNOWN_NAME or (each.args["kind"], each.args["name"]) not in self.adrift:
                self.problems.items.append(each)

    def expression(
        self, text: str, kind: str, document: Document, path: Path_, expect: Type | None, start: int | None = 0
    ) -> Expr | None:
        """Any single value; `text` begins `start` characters into the string at `path`, or is its key (None)."""
        place = partial(document.within_key, path) if start is None else partial(_place, document, path, start)
        node, found = compile_condition(text, self.environment, kind, expect, place)
        self._report(found)
        return Expr(text, node, place(0, len(text))) if node is not None else None

    def joined(
        self,
        text: str,
        names: Mapping[str, Thing],
        levels: int,
        shapes: Iterable[Kind],
        document: Document,
        path: Path_,
        expect: Type | None,
        start: int = 0,
    ) -> Expr | None:
        """A condition about several rows at once; `shapes` are kinds of those rows that the vocabulary lacks."""
        place = partial(_place, document, path, start)
        kinds = {**self.vocabulary.kinds, **{kind.name: kind for kind in shapes}}
        environment = replace(self.environment, vocabulary=Vocabulary(kinds))
        node, found = compile_joined(text, environment, names, levels, expect, place)
        self._report(found)
        return Expr(text, node, place(0, len(text))) if node is not None else None


def _sound(vocabulary: Vocabulary) -> tuple[Vocabulary, frozenset[tuple[str, str]]]:
    """The vocabulary without relations to kinds it does not have, and those relations as (kind, name)."""
    adrift = frozenset(
        (kind.name, name)
        for kind in vocabulary.kinds.values()
        for name, relation in kind.relations.items()
        if relation.kind not in vocabulary.kinds
    )
    if not adrift:
        return vocabulary, adrift
    kinds = {
        kind.name: replace(kind, relations={n: r for n, r in kind.relations.items() if (kind.name, n) not in adrift})
        for kind in vocabulary.kinds.values()
    }
    return Vocabulary(kinds), adrift


def _place(document: Document, path: Path_, start: int, first: int, last: int) -> Span:
    return document.within(path, start + first, start + last)


def definition(text: str, document: Document, path: Path_) -> DefinitionText:
    """A definition as the checker wants it."""
    return DefinitionText(text, partial(_place, document, path, 0))
