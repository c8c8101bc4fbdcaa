"""Text with positions: spans, diagnostics, the one error tree, and YAML whose every value knows where it stands.

The errors, all under one base class::

    HeguiError
    ├── RulesetError    the ruleset is unusable (exit 2)
    │   └── NoRulesetError  there is none where one was looked for (exit 3)
    ├── FactsError      the facts are unusable (exit 3)
    ├── UsageError      the call, its options or its configuration are (exit 3)
    ├── EngineError     an engine could not do its work (exit 3)
    ├── PluginError     a plugin does not load, is not what it should be, or raised (exit 3)
    └── ChainingError   the action of a conclusion's rule failed, a mistake of hegui's (exit 3)
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from hegui import intake, limits, masking
from hegui.characters import escaped, on_one_line
from hegui.datatypes import Text
from hegui.masking import closed, place_without_password
from hegui.terminal import width


@dataclass(frozen=True)
class Source:
    """A text and the name it goes by in messages (a path as the user gave it, or `<condition>`)."""

    name: str
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", place_without_password(self.name))

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line counted from 1, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source, in character offsets; `end` is exclusive."""

    source: Source
    start: int
    end: int

    def __repr__(self) -> str:
        line, column = self.source.line_column(self.start)
        return f"Span({self.source.name}:{line}:{column})"

    def within(self, start: int, end: int) -> Span:
        """The part from `start` to `end`, counted from this span's own start."""
        return Span(self.source, self.start + start, self.start + end)


@dataclass(frozen=True, slots=True)
class Wording:
    """The text of a diagnostic in both languages, with `{placeholders}`; it lives beside the stage that raises it.

    Style: lower case, no full stop, user text in backquotes; what is wrong, then what exists instead.
    """

    id: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text: its name (a path as the user gave it), and line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, its place and a hint. `args` fill the placeholders of `wording` and `hint`; passwords of addresses in them
    are stars from the first."""

    wording: Wording
    args: dict[str, object] = field(default_factory=dict)
    span: Span | None = None
    hint: Wording | None = None
    level: str = "error"

    def __post_init__(self) -> None:
        object.__setattr__(self, "args", masking.arguments(self.args))

    @property
    def id(self) -> str:
        return self.wording.id

    def message(self, lang: str = "en") -> str:
        return _fill(self.wording, self.args, lang)

    def hint_text(self, lang: str = "en") -> str | None:
        return _fill(self.hint, self.args, lang) if self.hint else None

    def render(self, lang: str = "en") -> str:
        """The diagnostic as printed: place, message, the line with a caret, hint."""
        level = {"error": "错误", "warning": "警告"}.get(self.level, self.level) if lang == "zh" else self.level
        lines = [f"{self.place()}{level}: {self.message(lang)} [{self.id}]"]
        if self.span is not None:
            lines += self._excerpt()
        if hint := self.hint_text(lang):
            lines.append(f"  {'提示' if lang == 'zh' else 'hint'}: {hint}")
        return "\n".join(lines)

    @property
    def position(self) -> Position | None:
        """Where it begins; None where it has no place in a text."""
        if self.span is None:
            return None
        return Position(self.span.source.name, *self.span.source.line_column(self.span.start))

    def place(self) -> str:
        """File, line and column with a colon behind each; empty where it has no place."""
        return "" if self.position is None else f"{printable(str(self.position))}: "

    def _excerpt(self) -> list[str]:
        assert self.span is not None
        number, column = self.span.source.line_column(self.span.start)
        line, last = self.span.source.line(number), column - 1 + max(self.span.end - self.span.start, 1)
        text = printable(closed(line))
        start, end = (len(closed(line[:at])) for at in (column - 1, last))
        before, marked = text[:start], text[start:end]
        gutter = f"{number:>5} | "
        if len(text) > 300 or not self.span.source.text:
            return []
        return [gutter + text, " " * 5 + " | " + " " * width(before) + "^" * max(width(marked), 1)]


def _fill(wording: Wording, args: dict[str, object], lang: str) -> str:
    told = {name: on_one_line(each.get(lang) if isinstance(each, Text) else each) for name, each in args.items()}
    return escaped((wording.zh if lang == "zh" else wording.en).format(**told))


def printable(text: str) -> str:
    """`text` with control characters as one harmless character each, tabs and line breaks as a space: carets stay aligned."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c in " \t\n\r" else "\N{REPLACEMENT CHARACTER}" for c in text)


def did_you_mean(word: str, known: Iterable[str], limit: int = 3, compared: int = 500) -> list[str]:
    """The known words nearest to `word`, best first; deterministic. Of more than `compared` words only neighbours in order are."""
    from difflib import get_close_matches

    words = sorted(set(known))
    at = max(bisect_right(words, word) - compared // 2, 0) if len(words) > compared else 0
    return get_close_matches(word[:compared], words[at : at + compared], n=limit, cutoff=0.6)


class HeguiError(Exception):
    """Base of every error hegui raises on purpose.

    `diagnostics` has every problem found, sorted by place, each with `id`, `position`, `message("en")`, `hint_text("en")` and
    `render("zh")`. The text of the error is all of them in English. Another exception that led to it is its `__cause__`.
    `exit_code` is what the command exits with.
    """

    exit_code = 3

    def __init__(self, diagnostics: Iterable[Diagnostic] | Diagnostic) -> None:
        items = [diagnostics] if isinstance(diagnostics, Diagnostic) else list(diagnostics)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(sorted(items, key=_order))
        super().__init__("\n".join(item.render() for item in self.diagnostics))

    def __reduce__(self) -> tuple[type[HeguiError], tuple[tuple[Diagnostic, ...]]]:
        return type(self), (self.diagnostics,)

    @property
    def position(self) -> Position | None:
        """Where the first problem that has a place in a text stands."""
        return next((item.position for item in self.diagnostics if item.span is not None), None)

    @property
    def hint(self) -> str | None:
        """What to do instead, in English, as the first problem that knows it says; None where none does."""
        return next((text for item in self.diagnostics if (text := item.hint_text()) is not None), None)


class RulesetError(HeguiError):
    """The ruleset (or a condition) is unusable."""

    exit_code = 2


class NoRulesetError(RulesetError):
    """There is no ruleset at all where the caller said there was one: that is a matter of the call."""

    exit_code = 3


class FactsError(HeguiError):
    """The facts are unusable as a whole; single bad cells never raise."""


class UsageError(HeguiError):
    """The call, its options or its configuration make no sense."""


class EngineError(HeguiError):
    """An engine could not do its work: it does not start, or what it runs on was lost."""


class PluginError(HeguiError):
    """A plugin does not load, is not what it should be, or raised something, which is the `__cause__`; it is named."""


class ChainingError(HeguiError):
    """The action of a conclusion's rule failed; the rule is named."""


def _order(diagnostic: Diagnostic) -> tuple[str, int, str, str]:
    span = diagnostic.span
    return (span.source.name if span else "", span.start if span else -1, diagnostic.id, diagnostic.message())


# --- YAML ----------------------------------------------------------------------------------------------------------

Path_ = tuple[str | int, ...]
"""Where a value stands in a document: keys and indices from the top."""

_SYNTAX = Wording("yaml-syntax", "not valid YAML: {problem}", "YAML 语法错误：{said}")
_SAID: Final = {
    "found unexpected end of stream": "引号没有闭合",
    "did not find expected ',' or '}'": "`{` 没有以 `}` 闭合，或缺少 `,`",
    "did not find expected ',' or ']'": "`[` 没有以 `]` 闭合，或缺少 `,`",
    "could not find expected ':'": "键后缺少 `:`",
    "mapping values are not allowed in this context": "此处不能再有 `:`（缩进有误，或文本须加引号）",
    "did not find expected key": "此处应为键（缩进有误，或文本须加引号）",
    "did not find expected '-' indicator": "此处应为 `-`（缩进有误）",
    "block sequence entries are not allowed in this context": "此处不能有 `-`（列表须另起一行）",
    "found character that cannot start any token": "此字符不能作为值的开头（制表符须改为空格，其他字符须加引号）",
    "found unknown escape character": "双引号中有未知的转义 `\\`",
    "did not find expected node content": "此处缺少值",
    "control characters are not allowed": "不允许控制字符",
}
"""What the parser says most, in Chinese."""
_OPENED: Final = (
    "found unexpected end of stream",
    "did not find expected ',' or '}'",
    "did not find expected ',' or ']'",
    "could not find expected ':'",
)
"""What is noticed only behind it: the place is where it began."""
_DUPLICATE = Wording("yaml-duplicate-key", "key `{key}` appears twice", "键 `{key}` 重复")
_ALIAS = Wording("yaml-alias", "anchors and aliases (`&`, `*`) are not read", "不支持锚点和别名（`&`、`*`）")
_TAG = Wording("yaml-tag", "tag `{tag}` is not read", "不支持标签 `{tag}`")
_DEEP = Wording("yaml-depth", "nested deeper than {limit} levels", "嵌套超过 {limit} 层")
LARGE = Wording("yaml-size", "document is larger than {limit} bytes", "文件超过上限 {limit} 字节")
_MANY = Wording("yaml-size", "more than {limit} keys and values in one file", "一个文件中的键和值超过 {limit} 个")
_KEY = Wording("yaml-key", "a key must be a plain text", "键必须是文本")
_ENCODING = Wording("encoding", "`{name}` is not UTF-8 text", "`{name}` 不是 UTF-8 文本")
_LOOKS_LIKE = Wording("looks-like", "it looks like {looks}; save it as UTF-8", "看起来是 {looks} 编码，请另存为 UTF-8")
_SAVE_AS = Wording("save-as-utf-8", "save it as UTF-8", "请另存为 UTF-8")
_UNREADABLE = Wording("unreadable-file", "cannot read `{name}`: {problem}", "无法读取 `{name}`：{problem}")

_MARK: Final = b"\xef\xbb\xbf"
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")


@dataclass(frozen=True)
class Document:
    """One YAML document as plain data, with the place of every value.

    `data` holds dicts (string keys), lists, str, int, float, bool and None. Dates and words such as `on` and `no`
    stay strings. `spans` and `keys` give the place of each value and of each key; `raw` the text of each scalar as
    written (the decimal text of a number).
    """

    source: Source
    data: Any
    spans: dict[Path_, Span]
    keys: dict[Path_, Span]
    raw: dict[Path_, str]
    exact: frozenset[Path_]

    def span(self, path: Path_) -> Span:
        """The place of the value at `path`, or of the nearest value above it that has one."""
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans[path]

    def key_span(self, path: Path_) -> Span:
        """The place of the key of `path` in its mapping, or of the value where there is no key."""
        return self.keys.get(path) or self.span(path)

    def within(self, path: Path_, start: int, end: int) -> Span:
        """Characters `start` to `end` of the string at `path`, as a place in the file.

        Exact for plain, quoted and `|` scalars that stand in the file as they are; elsewhere the whole value.
        """
        span = self.span(path)
        if path not in self.exact:
            return span
        text, body = str(self._at(path)), self.source.text
        if body[span.start : span.start + 1] == "|":
            return self._within_block(span, text, start, end)
        lead = 1 if body[span.start : span.start + 1] in "'\"" else 0
        return Span(self.source, span.start + lead + start, span.start + lead + max(end, start))

    def within_key(self, path: Path_, start: int, end: int) -> Span:
        """Characters `start` to `end` of the key of `path`, as a place in the file; the whole key where it does not
        stand there as it is."""
        span, text = self.key_span(path), str(path[-1])
        lead = 1 if self.source.text[span.start : span.start + 1] in "'\"" else 0
        if self.source.text[span.start + lead : span.start + lead + len(text)] != text:
            return span
        return span.within(lead + start, lead + max(end, start))

    def _within_block(self, span: Span, text: str, start: int, end: int) -> Span:
        body = self.source.text
        cursor = body.find("\n", span.start) + 1
        offset = 0
        for line in text.split("\n"):
            stop = body.find("\n", cursor)
            stop = len(body) if stop < 0 else stop
            indent = (stop - cursor - len(line)) if line else 0
            if offset <= start <= offset + len(line):
                begin = cursor + max(indent, 0) + start - offset
                return Span(self.source, begin, min(begin + max(end - start, 0), stop))
            offset += len(line) + 1
            cursor = stop + 1
        return span

    def _at(self, path: Path_) -> Any:
        value = self.data
        for step in path:
            value = value[step]
        return value


def read_source(path: Path, name: str | None = None) -> Source:
    """Read a UTF-8 text file (a byte-order mark is dropped).

    Raises:
        HeguiError: the file cannot be read, is too large or is not UTF-8.
    """
    shown = name or str(path)
    try:
        raw = intake.bytes_of(path, limits.YAML_BYTES + len(_MARK)).removeprefix(_MARK)
    except OSError as error:
        args: dict[str, object] = {"name": place_without_password(shown), "problem": intake.problem(error)}
        raise HeguiError(Diagnostic(_UNREADABLE, args, whole_file(shown))) from error
    if len(raw) > limits.YAML_BYTES:
        raise HeguiError(Diagnostic(LARGE, {"limit": limits.YAML_BYTES}, whole_file(shown)))
    try:
        return Source(shown, raw.decode("utf-8").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise HeguiError(_misread(shown, raw, error.start)) from error


def whole_file(name: str) -> Span:
    """The place of what concerns a file as a whole: its beginning."""
    return Span(Source(name, ""), 0, 0)


def _misread(name: str, raw: bytes, at: int) -> Diagnostic:
    """What is said of a file that is not UTF-8 text, at its first byte that is none."""
    before, text = (part.decode("utf-8", "replace").replace("\r\n", "\n") for part in (raw[:at], raw))
    span = Span(Source(name, text), len(before), len(before) + 1)
    looks = _encoding(raw)
    return Diagnostic(_ENCODING, {"name": name, "looks": looks}, span, _LOOKS_LIKE if looks else _SAVE_AS)


def _encoding(raw: bytes) -> str:
    """What the bytes look like; empty where they look like nothing known."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK"


def read_yaml(source: Source) -> list[Document]:
    """Every document of a YAML text, with positions.

    Refused, with a place: duplicate keys, tags, anchors and aliases, keys that are not text, nesting deeper than
    `limits.YAML_DEPTH`. A scalar is an int, a float, `true`/`false`, `null` or text; nothing else is ever retyped.

    Raises:
        HeguiError: the text is not such YAML; carries one diagnostic.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return [_Builder(source).build(each) for each in _documents(source, yaml.parse(source.text, Loader=loader))]
    except yaml.MarkedYAMLError as error:
        marks = (error.problem_mark, error.context_mark)
        mark = next((each for each in (marks[::-1] if error.problem in _OPENED else marks) if each is not None), None)
        problem = (error.problem or error.context or "syntax error").replace("\n", " ")
        raise _unread(source, problem, mark.index if mark is not None else 0) from error
    except (
        yaml.YAMLError,
        UnicodeEncodeError,
    ) as error:  # half a surrogate pair: no file has one, but a program's text may
        position = getattr(error, "position", getattr(error, "start", 0))
        problem = getattr(error, "reason", None) or "unreadable"
        raise _unread(source, problem, position if isinstance(position, int) else 0) from error


def _unread(source: Source, problem: str, at: int) -> HeguiError:
    at = min(at, len(source.text))
    args: dict[str, object] = {"problem": problem, "said": _SAID.get(problem, problem), "limit": limits.YAML_DEPTH}
    return HeguiError(Diagnostic(_DEEP if "nesting depth" in problem else _SYNTAX, args, Span(source, at, at + 1)))


def _documents(source: Source, events: Iterable[yaml.Event]) -> Iterator[list[yaml.Event]]:
    inside: list[yaml.Event] = []
    depth = count = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > limits.YAML_DEPTH + 1:  # the parser has a limit of its own, which differs between its versions
            yield [*inside, event]
            return
        if isinstance(event, yaml.DocumentStartEvent):
            inside = []
        elif isinstance(event, yaml.DocumentEndEvent):
            if not _empty(inside):
                yield inside
        else:
            inside.append(event)
            count += isinstance(event, yaml.NodeEvent)
            if count > limits.YAML_NODES:
                span = Span(source, _index(event.start_mark), _index(event.end_mark))
                raise HeguiError(Diagnostic(_MANY, {"limit": limits.YAML_NODES}, span))


def _empty(events: list[yaml.Event]) -> bool:
    return len(events) == 1 and isinstance(events[0], yaml.ScalarEvent) and events[0].value == ""


class _Builder:
    """Plain data out of parse events, without recursion, so that depth is a limit and not a crash."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.spans: dict[Path_, Span] = {}
        self.keys: dict[Path_, Span] = {}
        self.raw: dict[Path_, str] = {}
        self.exact: set[Path_] = set()

    def build(self, events: list[yaml.Event]) -> Document:
        stack: list[_Frame] = [_Frame((), [], None)]
        for event in events:
            top = stack[-1]
            if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                start = self.spans[top.path].start
                self.spans[top.path] = Span(self.source, start, max(start, _index(event.start_mark)))
                stack.pop()
                continue
            self._refuse(event)
            if top.expects_key:
                top.key = self._key(event, top)
                continue
            path = (*top.path, top.step()) if len(stack) > 1 else ()
            value, opened = self._value(event, path)
            top.add(value)
            if opened is not None:
                if len(stack) > limits.YAML_DEPTH:
                    raise HeguiError(Diagnostic(_DEEP, {"limit": limits.YAML_DEPTH}, self._mark(event)))
                stack.append(opened)
        data = stack[0].items[0] if stack[0].items else None
        return Document(self.source, data, self.spans, self.keys, self.raw, frozenset(self.exact))

    def _value(self, event: yaml.Event, path: Path_) -> tuple[Any, _Frame | None]:
        self.spans[path] = self._mark(event)
        if isinstance(event, yaml.ScalarEvent):
            self.raw[path] = event.value
            if self._stands_as_is(event):
                self.exact.add(path)
            return _scalar(event), None
        if isinstance(event, yaml.MappingStartEvent):
            mapping: dict[str, Any] = {}
            return mapping, _Frame(path, None, mapping)
        sequence: list[Any] = []
        return sequence, _Frame(path, sequence, None)

    def _stands_as_is(self, event: yaml.ScalarEvent) -> bool:
        if event.style == "|":
            return True
        lead = 1 if event.style in ("'", '"') else 0
        start = _index(event.start_mark) + lead
        return self.source.text[start : start + len(event.value)] == event.value

    def _key(self, event: yaml.Event, top: _Frame) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise HeguiError(Diagnostic(_KEY, {}, self._mark(event)))
        assert top.mapping is not None
        if event.value in top.mapping:
            raise HeguiError(Diagnostic(_DUPLICATE, {"key": event.value}, self._mark(event)))
        self.keys[(*top.path, event.value)] = self._mark(event)
        return event.value

    def _refuse(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise HeguiError(Diagnostic(_ALIAS, {}, self._mark(event)))
        if (tag := getattr(event, "tag", None)) not in (None, "", "!"):
            raise HeguiError(Diagnostic(_TAG, {"tag": tag}, self._mark(event)))

    def _mark(self, event: yaml.Event) -> Span:
        start = _index(event.start_mark)
        end = _index(event.end_mark)
        text = self.source.text[start:end]
        return Span(self.source, start, start + len(text.rstrip()) if text.strip() else end)


def _index(mark: Any) -> int:
    """Characters before a mark; every event of a text has one."""
    return int(mark.index)


@dataclass
class _Frame:
    """A collection being filled."""

    path: Path_
    items: list[Any] | None
    mapping: dict[str, Any] | None
    key: str | None = None

    @property
    def expects_key(self) -> bool:
        return self.mapping is not None and self.key is None

    def step(self) -> str | int:
        if self.mapping is None:
            assert self.items is not None
            return len(self.items)
        assert self.key is not None
        return self.key

    def add(self, value: Any) -> None:
        if self.mapping is None:
            assert self.items is not None
            self.items.append(value)
        else:
            assert self.key is not None
            self.mapping[self.key] = value
            self.key = None


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = event.value
    if event.style:
        return text
    if text in ("", "null", "~"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if len(text) <= 40 and _INT.match(text):
        return int(text)
    if len(text) <= 40 and _FLOAT.match(text):
        value = float(text)
        return value if abs(value) != float("inf") else text
    return text


def digest(parts: Iterable[tuple[str, bytes]]) -> str:
    """`sha256:…` over named byte strings, whatever order they come in."""
    total = hashlib.sha256()
    for name, body in sorted(parts):
        total.update(f"{name}\0{len(body)}\0".encode("utf-8", "surrogateescape"))  # names of files may be no text
        total.update(body)
    return f"sha256:{total.hexdigest()}"
