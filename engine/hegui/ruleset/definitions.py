"""The kinds conditions are about, and the definitions (`let:`) made for them."""

from __future__ import annotations

from hegui.language.checker import AS_OF, DefinitionText
from hegui.language.parser import ConditionSyntaxError, parse
from hegui.language.tree import Name
from hegui.ruleset.conditions import definition
from hegui.ruleset.documents import LetDocument
from hegui.ruleset.layers import Chain, place_of
from hegui.ruleset.parameters import DEFINED_TWICE
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import validate
from hegui.source import Document, Span, Wording
from hegui.vocabulary import Kind, Vocabulary

_UNKNOWN_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有类别 `{name}`")
_SHADOWS = Wording(
    "definition-shadows", "`{kind}` already has a field or relation `{name}`", "`{kind}` 已有字段或关联 `{name}`"
)
_RESERVED = Wording("reserved-name", "`{name}` means something else in conditions", "`{name}` 在条件中另有含义")


class Kinds:
    """Finds kinds by name. `doubtful` are those whose declaration could not be read: they have had their message."""

    def __init__(self, chain: Chain, vocabulary: Vocabulary, problems: Problems) -> None:
        self.vocabulary = vocabulary
        self.problems = problems
        self.whole = chain.whole
        declared = {str(document.data["kind"]) for _, document in chain.of("kind")}
        self.doubtful = frozenset(declared - set(vocabulary.kinds))

    def find(self, name: str, span: Span) -> Kind | None:
        """The kind called `name`; None, and a problem at `span`, where there is none."""
        found = self.vocabulary.kinds.get(name)
        if found is None and self.whole and name not in self.doubtful:
            self.problems.add_unknown(_UNKNOWN_KIND, span, name, [*self.vocabulary.kinds, *self.doubtful])
        return found


class Lets:
    """The definitions of a chain: their texts by kind and name, and where each stands."""

    def __init__(self, chain: Chain, kinds: Kinds, problems: Problems) -> None:
        self.kinds = kinds
        self.problems = problems
        self.texts: dict[str, dict[str, DefinitionText]] = {}
        self.spans: dict[tuple[str, str], Span] = {}
        for _, document in chain.of("let"):
            part = validate(LetDocument, document, problems)
            for name, texts in (part.let if part is not None else _readable(document)).items():
                kind = kinds.find(name, document.key_span(("let", name)))
                for each, text in texts.items():
                    if kind is None or self._fits(kind, each, document.key_span(("let", name, each))):
                        self._take(name, each, text, document)

    def _fits(self, kind: Kind, name: str, span: Span) -> bool:
        if name in kind.fields or name in kind.relations:
            self.problems.add(_SHADOWS, span, kind=kind.name, name=name)
            return False
        if not _is_name(name):
            self.problems.add(_RESERVED, span, name=name)
            return False
        before = self.spans.get((kind.name, name))
        if before is not None:
            self.problems.add(DEFINED_TWICE, span, name=name, place=place_of(before))
        return before is None

    def _take(self, kind: str, name: str, text: str, document: Document) -> None:
        path = ("let", kind, name)
        self.texts.setdefault(kind, {})[name] = definition(text, document, path)
        self.spans[kind, name] = document.key_span(path)


def _is_name(word: str) -> bool:
    """Does a condition read `word` as a plain name?"""
    try:
        return isinstance(parse(word), Name) and word != AS_OF
    except ConditionSyntaxError:
        return False


def _readable(document: Document) -> dict[str, dict[str, str]]:
    """The definitions of a document that does not fit as a whole, as far as they are texts."""
    given = document.data.get("let")
    kinds = {name: texts for name, texts in given.items() if isinstance(texts, dict)} if isinstance(given, dict) else {}
    return {
        name: {key: text for key, text in texts.items() if isinstance(text, str) and key.isidentifier()}
        for name, texts in kinds.items()
    }
