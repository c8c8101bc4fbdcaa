"""Mending what can be mended without changing a verdict: texts are edited where they stand, nothing is written anew.

Only files of the ruleset itself are touched, never those of a ruleset it builds on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from hegui.assure.accepting import STALE
from hegui.assure.lint import Looked, look
from hegui.assure.lint.conditions import COMPARED
from hegui.assure.lint.edits import Edit, apart, changed, removal
from hegui.assure.lint.subject import value_at
from hegui.assure.lint.uses import UNUSED_DEFINITION
from hegui.ruleset.layers import Layer
from hegui.source import Diagnostic, Document, HeguiError, Path_, Source, Span, read_yaml

ROUNDS: Final = 10
"""How often a ruleset is looked at anew: a definition may be unused only once another is gone."""

Write = Callable[[Path, bytes], None]


@dataclass(frozen=True)
class Mended:
    """What was mended, in order, and what is found now."""

    fixed: tuple[Diagnostic, ...]
    left: Looked


def mend(path_or_name: str | Path, today: date | None, write: Write) -> Mended:
    """Look at a ruleset and mend what can be, until there is nothing more to mend.

    Args:
        path_or_name: as for `lint`.
        today: as for `lint`.
        write: puts the new bytes of a file in the place of the old ones.

    Raises:
        NoRulesetError: there is no ruleset there at all.
        OSError: a file could not be written or renamed; those before it are.
    """
    fixed: list[Diagnostic] = []
    for _ in range(ROUNDS):
        looked = look(path_or_name, today)
        done = _round(looked, write)
        if not done:
            return Mended(tuple(fixed), looked)
        fixed += done
    return Mended(tuple(fixed), look(path_or_name, today))


def _round(looked: Looked, write: Write) -> list[Diagnostic]:
    """What was mended in one go."""
    own = looked.built.chain.layers[-1]
    files = _files(own)
    done = [each for each in looked.findings if each.id == "file-extension" and _rename(each, own)]
    planned: dict[str, list[tuple[Edit, Diagnostic]]] = {}
    for found in looked.findings:
        edit = _edit(found, own) if found.span is not None and found.span.source.name in files else None
        if edit is not None and found.span is not None:
            planned.setdefault(found.span.source.name, []).append((edit, found))
    for name, edits in planned.items():
        kept = apart(edit for edit, _ in edits)
        source = next(each.source for each in own.all if each.source.name == name)
        body = changed(files[name].read_bytes(), source, kept)
        if body is not None:
            write(files[name], body)
            done += [found for edit, found in edits if edit in kept]
    return done


def _files(own: Layer) -> dict[str, Path]:
    """The files of the ruleset itself by the names they go by; a link that leads out of its folder is none of them."""
    found: dict[str, Path] = {}
    folder = own.place.path if not own.place.single else own.place.path.parent
    for path, relative in own.place.files():
        shown = "/".join(part for part in (own.place.shown, relative) if part and part != ".") or relative
        if path.resolve().is_relative_to(folder):
            found[shown] = path
    return found


def _rename(found: Diagnostic, own: Layer) -> bool:
    """Give a file the name it is read under, unless there is one of that name."""
    paths = {name: path for name, path in _files(own).items() if name == found.args["name"]}
    for path in paths.values():
        target = path.with_suffix(".yaml")
        if not target.exists():
            path.rename(target)
            return True
    return False


def _edit(found: Diagnostic, own: Layer) -> Edit | None:
    span, fix = found.span, _FIXES.get(found.id)
    if fix is None or span is None:
        return None
    return next((edit for document in own.all if (edit := fix(found, span, document)) is not None), None)


def _at(document: Document, span: Span, among: dict[Path_, Span]) -> Path_ | None:
    """The path of what stands exactly there."""
    if document.source is not span.source:
        return None
    return next((path for path, where in among.items() if (where.start, where.end) == (span.start, span.end)), None)


# --- each sort


def _misspelt(found: Diagnostic, span: Span, document: Document) -> Edit | None:
    """A key that is one letter or so from the only one it can be, which is not there yet."""
    path, meant = _at(document, span, document.keys), str(found.args.get("known", ""))
    word = meant.strip("`")
    if path is None or found.hint is None or found.hint.id != "did-you-mean" or meant != f"`{word}`" or "`" in word:
        return None
    return Edit(span.start, span.end, word) if (*path[:-1], word) not in document.keys else None


def _unquoted(found: Diagnostic, span: Span, document: Document) -> Edit | None:
    """A number, `true` or the like where a text is wanted."""
    path = _at(document, span, document.spans)
    if path is None or found.hint is None or found.hint.id != "quote-it" or path not in document.exact:
        return None
    text = span.source.text[span.start : span.end]
    return Edit(span.start, span.end, f'"{text}"') if not set(text) & set("\"'\\") else None


def _compared(found: Diagnostic, span: Span, document: Document) -> Edit | None:
    """`== true` goes; `== false` is left: what it turns round may be a sum of parts."""
    text, words = span.source.text, str(found.args["detail"])
    if document.source is not span.source or text[span.start : span.end] != words:
        return None
    if set(words.replace("==", " == ").split()) != {"==", "true"}:
        return None
    start, end = span.start, span.end
    if words.startswith("true"):
        edit = Edit(start, end + len(text[end:]) - len(text[end:].lstrip(" ")))
    else:
        edit = Edit(len(text[:start].rstrip(" ")), end)
    return edit if _reads_as_meant(document, edit) else None


def _reads_as_meant(document: Document, edit: Edit) -> bool:
    """Does the file, once edited, hold what it held, without these characters? What is left of a text without quotes may
    begin with what is a sign to YAML."""
    text = document.source.text
    taken = "".join(text[edit.start : edit.end].split())
    try:
        before = read_yaml(document.source)
        after = read_yaml(Source(document.source.name, text[: edit.start] + edit.text + text[edit.end :]))
    except HeguiError:
        return False
    changed = [(old, new) for old, new in zip(_texts(before), _texts(after), strict=False) if old != new]
    if len(before) != len(after) or len(_texts(before)) != len(_texts(after)) or len(changed) != 1:
        return False
    (_, old), (_, new) = changed[0]
    whole, shorter = ("".join(str(each).split()) for each in (old, new))
    taken_out = any(whole == shorter[:at] + taken + shorter[at:] for at in range(len(shorter) + 1))
    return isinstance(new, str) and taken_out


def _texts(documents: list[Document]) -> list[tuple[Path_, object]]:
    """Every single value of the documents, with its path."""
    found: list[tuple[Path_, object]] = []
    for number, document in enumerate(documents):
        paths = (path for path in document.spans if not isinstance(value_at(document, path), (dict, list)))
        found += [((number, *path), value_at(document, path)) for path in paths]
    return found


def _definition(found: Diagnostic, span: Span, document: Document) -> Edit | None:
    path = _at(document, span, document.keys)
    return removal(document, path) if path is not None else None


def _listed(found: Diagnostic, span: Span, document: Document) -> Edit | None:
    path = _at(document, span, document.spans)
    return removal(document, path) if path is not None else None


def _accepted(found: Diagnostic, span: Span, document: Document) -> Edit | None:
    path = _at(document, span, document.spans)
    return removal(document, path[:-1]) if path is not None else None


_FIXES: Final[dict[str, Callable[[Diagnostic, Span, Document], Edit | None]]] = {
    "unknown-key": _misspelt,
    "not-a-text": _unquoted,
    COMPARED.id: _compared,
    UNUSED_DEFINITION.id: _definition,
    "needless-workday": _listed,
    "needless-holiday": _listed,
    STALE.id: _accepted,
}
FIXED: Final = frozenset({*_FIXES, "file-extension"})
"""The ids of what can be mended, if only sometimes."""
