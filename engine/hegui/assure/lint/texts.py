"""Texts in one language only."""

from __future__ import annotations

from collections.abc import Iterator

from hegui.assure.lint.subject import Subject, owner, value_at, warning
from hegui.ruleset.layers import Layer
from hegui.source import Diagnostic, Document, Path_, Wording

NO_TRANSLATION = {
    "zh": Wording("no-chinese", "`{detail}` of `{name}` has no Chinese text", "`{name}` 的 `{detail}` 没有中文文本"),
    "en": Wording("no-english", "`{detail}` of `{name}` has no English text", "`{name}` 的 `{detail}` 没有英文文本"),
}
ONE_LANGUAGE = {
    "zh": Wording("nothing-chinese", "nothing in `{name}` has a Chinese text", "`{name}` 全部没有中文文本"),
    "en": Wording("nothing-english", "nothing in `{name}` has an English text", "`{name}` 全部没有英文文本"),
}


def translations(subject: Subject) -> Iterator[Diagnostic]:
    """Each text that lacks a language; where a whole layer does, it is said once."""
    for layer in subject.chain.layers:
        yield from _layer(layer)


def _layer(layer: Layer) -> Iterator[Diagnostic]:
    texts = [found for document in layer.all for found in _texts(document)]
    for language, other in (("zh", "en"), ("en", "zh")):
        lacking = [(document, path) for document, languages, path in texts if languages == {other}]
        if lacking and len(lacking) == len(texts):
            document, path = lacking[0]
            yield warning(ONE_LANGUAGE[language], document.key_span(path), name=layer.name)
            continue
        for document, path in lacking:
            detail = next((step for step in reversed(path) if isinstance(step, str)), "")
            args = {"name": owner(document, path), "detail": detail}
            yield warning(NO_TRANSLATION[language], document.key_span(path), **args)


def _texts(document: Document) -> Iterator[tuple[Document, set[str], Path_]]:
    """Every bilingual text of a document: the languages it has, and where it stands."""
    found: dict[Path_, set[str]] = {}
    for path in document.keys:
        if path[-1] in ("zh", "en") and "examples" not in path and value_at(document, path):
            found.setdefault(path[:-1], set()).add(str(path[-1]))
    yield from ((document, languages, path) for path, languages in found.items())
