"""From a path or name to the documents of a ruleset and of every ruleset it builds on.

A ruleset is a folder with a `ruleset.yaml` and any further `*.yaml` below it, or one YAML file that holds it all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hegui import limits
from hegui.limits import Limit
from hegui.ruleset.documents import DOCUMENTS, RulesetDocument
from hegui.ruleset.parsed import documents
from hegui.ruleset.places import HEADER, Place, following, is_ruleset_file, nothing, rulesets_below
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import container, validate
from hegui.source import Diagnostic, Document, HeguiError, Source, Span, Wording, read_source, whole_file

KINDS: Final = (*DOCUMENTS, "kind")
"""The keys by which documents are known."""

_NO_HEADER_DOCUMENT = Wording("no-header", "`{name}` has no `ruleset:` document", "`{name}` 中没有 `ruleset:` 文档")
_SECOND_HEADER = Wording("second-header", "the ruleset is already named at {place}", "规则集名称已在 {place} 给出")
_UNKNOWN_DOCUMENT = Wording("unknown-document", "no document starts with `{name}:`", "没有以 `{name}:` 开头的文档")
_NOT_A_DOCUMENT = Wording("not-a-document", "a document is a mapping of keys to values", "文档必须是键值映射")
_EXTENSION = Wording(
    "file-extension", "`{name}` would not be read; call it `{instead}`", "`{name}` 不会被读取，请改名为 `{instead}`"
)
_FILES = Wording("ruleset-size", "the ruleset has more than {limit} files", "规则集的文件超过 {limit} 个")
_BYTES = Wording("ruleset-size", "the ruleset has more than {limit} bytes in all", "规则集合计超过 {limit} 字节")
_DOCUMENTS = Wording("ruleset-size", "the ruleset has more than {limit} documents", "规则集的文档超过 {limit} 个")
_NOT_PLAIN = Wording(
    "not-a-ruleset-file",
    "`{name}` is no plain file, or leads to one that is not called `*.yaml`",
    "`{name}` 不是普通文件，或指向名称不以 `.yaml` 结尾的文件",
)
_EXTENDS = Wording("unknown-extends", "there is no ruleset `{name}` to extend", "没有可继承的规则集 `{name}`")
_CYCLE = Wording("extends-cycle", "rulesets extend each other in a circle: {cycle}", "规则集循环继承：{cycle}")
_SAME_NAME = Wording(
    "same-layer-name", "the ruleset it extends is also called `{name}`", "它所继承的规则集也叫 `{name}`"
)


@dataclass(frozen=True)
class Layer:
    """One ruleset of a chain as read: its name, its documents, the text of every file (for the digest), and where it is."""

    name: str
    header: RulesetDocument | None
    document: Document | None
    documents: tuple[tuple[str, Document], ...]
    files: tuple[tuple[str, bytes], ...]
    place: Place

    @property
    def all(self) -> list[Document]:
        """Every document, the header first."""
        header = [self.document] if self.document is not None else []
        return header + [document for _, document in self.documents]

    def of(self, kind: str) -> list[Document]:
        """The documents of a kind (`rule`, `law`, …) in order of file and position."""
        return [document for found, document in self.documents if found == kind]


@dataclass(frozen=True)
class Chain:
    """A ruleset and those it builds on, base first. `whole` is False where a file could not be read, so that a name
    that is not found may stand there."""

    layers: tuple[Layer, ...]
    whole: bool

    def of(self, kind: str) -> Iterator[tuple[Layer, Document]]:
        """Every document of a kind with its layer, base first."""
        for layer in self.layers:
            for document in layer.of(kind):
                yield layer, document


def read_chain(place: Place, problems: Problems) -> Chain:
    """Read a ruleset and, following `extends`, all below it. A file that fails does not stop the others."""
    layers: list[Layer] = []
    seen: dict[Path, str] = {}
    whole = True
    at: Place | None = place
    while at is not None:
        reader = _Reader(at, problems)
        layer = reader.layer()
        whole = whole and reader.whole
        seen[at.path] = layer.name
        _check_name(layer, layers, reader, problems)
        layers.append(layer)
        at, resolved = _below(reader, seen, problems)
        whole = whole and resolved
    return Chain(tuple(reversed(layers)), whole)


def _check_name(layer: Layer, above: list[Layer], reader: _Reader, problems: Problems) -> None:
    if any(other.name == layer.name for other in above) and reader.header is not None:
        problems.add(_SAME_NAME, reader.header.span(("ruleset",)), name=layer.name)


def _below(reader: _Reader, seen: dict[Path, str], problems: Problems) -> tuple[Place | None, bool]:
    """The next ruleset down the chain, and whether `extends` (if any) made sense."""
    header = reader.header
    name = header.data.get("extends") if header is not None else None
    if header is None or not isinstance(name, str) or not name:
        return None, True
    span = header.span(("extends",))
    found = following(name, reader.place)
    if found is None:
        siblings = rulesets_below(reader.place.path.parent)
        own = str(header.data.get("ruleset"))
        problems.items.append(nothing(_EXTENDS, name, span, [word for word in siblings if word != own]))
        return None, False
    if found.path in seen:
        names = list(seen.values())[list(seen).index(found.path) :]
        cycle = " → ".join(f"`{word}`" for word in [*names, seen[found.path]])
        problems.add(_CYCLE, span, cycle=cycle)
        return None, False
    return found, True


class _Reader:
    """Reads the files of one ruleset and sorts their documents."""

    def __init__(self, place: Place, problems: Problems) -> None:
        self.place = place
        self.problems = problems
        self.header: Document | None = None
        self.whole = True
        self.full, self.count, self.size = False, 0, 0
        self.documents: list[tuple[str, Document]] = []
        self.files: list[tuple[str, bytes]] = []

    def layer(self) -> Layer:
        for count, (path, relative) in enumerate(self.paths(), start=1):
            if self.beyond(limits.RULESET_FILES, count, _FILES, whole_file(self.shown(relative))):
                break
            self.read(path, relative)
            if self.full:
                break
        model = None
        if self.header is not None:
            model = validate(RulesetDocument, self.header, self.problems)
        elif self.whole:
            shown = self.shown("" if self.place.single else HEADER)
            self.problems.add(_NO_HEADER_DOCUMENT, whole_file(shown), name=Path(shown))
        name = self.name(model)
        files = tuple((f"{name}/{relative}", body) for relative, body in self.files)
        return Layer(name, model, self.header, tuple(self.documents), files, self.place)

    def name(self, model: RulesetDocument | None) -> str:
        """The ruleset's name; that of its folder where it has none of its own."""
        if model is not None:
            return model.ruleset
        given = self.header.data.get("ruleset") if self.header is not None else None
        return given if isinstance(given, str) and given else self.place.path.stem

    def paths(self) -> Iterator[tuple[Path, str]]:
        """The YAML files, `ruleset.yaml` first, then in order of their path below the folder."""
        for path, relative in self.place.files():
            if relative.endswith(".yml"):
                instead = relative.removesuffix(".yml") + ".yaml"
                shown = self.shown(relative)
                self.problems.add(_EXTENSION, whole_file(shown), name=shown, instead=instead)
            else:
                yield path, relative

    def shown(self, relative: str) -> str:
        return "/".join(part for part in (self.place.shown, relative) if part and part != ".") or relative

    def beyond(self, limit: Limit, count: int, wording: Wording, place: Span) -> bool:
        """Is it more than a ruleset may have? Then that is said, and nothing further is read."""
        if count <= limit:
            return False
        self.problems.add(wording, place, limit=limit)
        self.full, self.whole = True, False
        return True

    def read(self, path: Path, relative: str) -> None:
        try:
            source = (read_file if relative else read_source)(path, self.shown(relative))
            self.files.append((relative or path.name, source.text.encode()))
            self.size += len(self.files[-1][1])
            if self.beyond(limits.RULESET_BYTES, self.size, _BYTES, whole_file(source.name)):
                return
            found = documents(source)
        except HeguiError as error:
            self.problems.items += error.diagnostics
            self.whole = False
            return
        for count, document in enumerate(found, start=self.count + 1):
            if self.beyond(limits.RULESET_DOCUMENTS, count, _DOCUMENTS, document.span(())):
                return
            self.sort(document, source, at_top=relative in ("", HEADER))
        self.count += len(found)

    def sort(self, document: Document, source: Source, at_top: bool) -> None:
        """Put a document with those of its kind."""
        if not isinstance(document.data, dict) or not document.data:
            self.problems.add(_NOT_A_DOCUMENT, container(document, ()))
            return
        kind = heading(document)
        if kind not in KINDS:
            known = [word for word in KINDS if word != "ruleset"]
            self.problems.add_unknown(_UNKNOWN_DOCUMENT, document.key_span((kind,)), kind, known)
        elif kind != "ruleset":
            self.documents.append((kind, document))
        elif at_top and self.header is None:
            self.header = document
        else:
            self.problems.add(_SECOND_HEADER, document.key_span(("ruleset",)), place=self.header_place())

    def header_place(self) -> str:
        return place_of(self.header.key_span(("ruleset",))) if self.header is not None else f"`{self.shown(HEADER)}`"


def read_file(path: Path, shown: str) -> Source:
    """A file in the folder of a ruleset.

    Raises:
        HeguiError: as `source.read_source`, or it is none that may be read there.
    """
    if path.exists() and not path.is_dir() and not is_ruleset_file(path):
        raise HeguiError(Diagnostic(_NOT_PLAIN, {"name": Path(shown)}, whole_file(shown)))
    return read_source(path, shown)


def heading(document: Document) -> str:
    """The key that says what a document is, wherever it stands; its first key where none does. `notice` is a key of rules
    too: only at the head of a document does it name a notice."""
    found: str = next((key for key in document.data if key in KINDS and key != "notice"), next(iter(document.data)))
    return found


def place_of(span: Span) -> str:
    """A place in words: `` `rules/mine.yaml:12` ``."""
    return f"`{span.source.name}:{span.source.line_column(span.start)[0]}`"
