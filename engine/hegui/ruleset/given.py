"""The worked examples of a rule: is what they give in the shape of the kind?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from hegui.datatypes import REASONS, Text
from hegui.ruleset.documents import ExamplePart
from hegui.ruleset.model import Evidence, Example, Expr
from hegui.ruleset.problems import Problems
from hegui.source import Document, Path_, Span, Wording
from hegui.vocabulary import Kind, Vocabulary

_UNKNOWN_FIELD = Wording("unknown-name", "`{kind}` has no `{name}`", "`{kind}` 没有 `{name}`")
_NOT_A_REF = Wording(
    "given-not-a-reference", "`{name}` has type {type} and holds no row", "`{name}` 的类型为 {type}，不能给出一行"
)
_NOT_ROWS = Wording(
    "given-not-rows",
    "`{name}` is a relation; give its rows as a list of mappings",
    "`{name}` 是关联表，请以映射列表给出各行",
)
_NO_LIST = Wording("given-list", "`{name}` has type {type}, not a list", "`{name}` 的类型为 {type}，不是列表")
_CAUSES = Wording(
    "causes-without-undetermined", "only an undetermined verdict has causes", "只有 undetermined 结论才有原因"
)
_MESSAGE = Wording("message-without-violation", "only a violation has a message", "只有 violation 结论才有消息")
_REASON = Wording("unknown-reason", "there is no reason `{name}`", "没有原因 `{name}`")
_CAUSE_PATH = Wording(
    "cause-without-path", "`{name}` names no field, parameter or operation", "`{name}` 没有指明字段、参数或运算"
)
NO_RULE = Wording("no-such-rule", "there is no rule `{name}`", "没有规则 `{name}`")
SAME_EXAMPLE = Wording("same-example", "two examples are called `{name}`", "有两个示例都叫 `{name}`")
_ROWS: Final = re.compile(r" \([1-9][0-9]* rows\)\Z")


def examples(
    parts: list[ExamplePart],
    kind: Kind | None,
    vocabulary: Vocabulary,
    document: Document,
    problems: Problems,
    compile_key: Callable[[str, Path_], Expr | None],
) -> tuple[Example, ...]:
    """The examples of a rule about `kind`; what does not fit is reported (None: the kind itself is in doubt).
    `compile_key` compiles the condition that is the key of a path."""
    checker = Given(vocabulary, document, problems)
    found: list[Example] = []
    for index, part in enumerate(parts):
        path: Path_ = ("examples", index)
        if any(example.name == part.name for example in found):
            problems.add(SAME_EXAMPLE, document.span((*path, "name")), name=part.name)
        if kind is not None:
            checker.row(part.given, kind, (*path, "given"))
        _check_causes(part, document, path, problems)
        if part.message is not None and part.verdict != "violation":
            problems.add(_MESSAGE, document.key_span((*path, "message")))
        compiled = [(compile_key(of, (*path, "evidence", of)), value) for of, value in sorted(part.evidence.items())]
        evidence = tuple(Evidence(of, value) for of, value in compiled if of is not None)
        found.append(_example(part, evidence, document, path))
    return tuple(found)


def _example(part: ExamplePart, evidence: tuple[Evidence, ...], document: Document, path: Path_) -> Example:
    return Example(
        part.name,
        part.given,
        part.verdict,
        document.span((*path, "name")),
        tuple(part.causes) if part.causes is not None else None,
        part.as_of,
        part.decided_on,
        None if part.message is None else Text(part.message.zh, part.message.en),
        evidence,
        dict(part.also),
        dict(_places(part, document, path)),
    )


def _places(part: ExamplePart, document: Document, path: Path_) -> Iterator[tuple[str, Span]]:
    """Where the values an example states stand."""
    yield "verdict", document.span((*path, "verdict"))
    if part.causes is not None:
        yield "causes", document.key_span((*path, "causes"))
    for lang in ("zh", "en"):
        if part.message is not None and getattr(part.message, lang):
            yield f"message.{lang}", document.span((*path, "message", lang))
    for of in part.evidence:
        yield f"evidence.{of}", document.span((*path, "evidence", of))
    for name in part.also:
        yield f"also.{name}", document.span((*path, "also", name))


def _check_causes(part: ExamplePart, document: Document, path: Path_, problems: Problems) -> None:
    if part.causes is None:
        return
    if part.verdict != "undetermined":
        problems.add(_CAUSES, document.key_span((*path, "causes")))
    for index, cause in enumerate(part.causes):
        span = document.span((*path, "causes", index))
        reason = next((word for word in REASONS if cause.startswith(f"{word} ")), None)
        if reason is None and cause not in REASONS:
            problems.add_unknown(_REASON, span, cause.split(" ")[0], REASONS)
        elif reason is None or not _ROWS.sub("", cause.removeprefix(reason)).strip():
            problems.add(_CAUSE_PATH, span, name=cause)


class Given:
    """Holds the rows an example gives against the vocabulary."""

    def __init__(self, vocabulary: Vocabulary, document: Document, problems: Problems) -> None:
        self.vocabulary = vocabulary
        self.document = document
        self.problems = problems

    def row(self, given: dict[str, object], kind: Kind, path: Path_) -> None:
        for name, value in given.items():
            here = (*path, name)
            if name in kind.fields:
                self.field(name, value, kind, here)
            elif name in kind.relations:
                self.relation(name, value, kind, here)
            else:
                known = [*kind.fields, *kind.relations]
                span = self.document.key_span(here)
                self.problems.add_unknown(_UNKNOWN_FIELD, span, name, known, kind=kind.name)

    def field(self, name: str, value: object, kind: Kind, path: Path_) -> None:
        declared = kind.fields[name].type
        if isinstance(value, dict) and declared.name != "error":
            if declared.name != "ref":
                self.problems.add(_NOT_A_REF, self.document.key_span(path), name=name, type=declared)
            elif declared.kind in self.vocabulary.kinds:
                self.row(value, self.vocabulary.kinds[declared.kind], path)
        elif isinstance(value, list) and declared.name not in ("list", "error"):
            self.problems.add(_NO_LIST, self.document.key_span(path), name=name, type=declared)

    def relation(self, name: str, value: object, kind: Kind, path: Path_) -> None:
        rows = value if isinstance(value, list) else [None]
        if not all(isinstance(row, dict) for row in rows):
            self.problems.add(_NOT_ROWS, self.document.key_span(path), name=name)
            return
        other = self.vocabulary.kinds.get(kind.relations[name].kind)
        for index, row in enumerate(rows):
            if other is not None:
                self.row(row, other, (*path, index))
