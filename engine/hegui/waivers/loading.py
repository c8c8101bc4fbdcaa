"""Files of waivers → `Waivers`, every complaint at its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from hegui.datatypes import Text
from hegui.outcome import as_key
from hegui.ruleset.documents import TextPart
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import validate
from hegui.source import Diagnostic, Document, HeguiError, UsageError, Wording, digest, read_source, read_yaml
from hegui.vocabulary.naming import unknown
from hegui.waivers.documents import SCHEMA, WaiverPart, WaiversDocument
from hegui.waivers.matching import names
from hegui.waivers.model import Entity, Scope, Waiver, Waivers

_ONE: Final = Wording(
    "one-document",
    "`{name}` holds one document with the keys `schema` and `waivers`",
    "`{name}` 应为一个含 `schema` 和 `waivers` 的文档",
)
_BEGIN: Final = Wording("begin-so", "it begins with `schema: {schema}`", "首行应为 `schema: {schema}`")
_TWICE: Final = Wording(
    "waiver-twice", "there is another waiver `{name}`, at {place}", "{place} 已有暂不计入事项 `{name}`"
)
_ENDS_FIRST: Final = Wording(
    "waiver-ends-first", "`{name}` ends on {until}, before it begins", "`{name}` 于 {until} 截止，早于起始日"
)
_NO_SCOPE: Final = Wording(
    "waiver-without-scope",
    "`{name}` says neither `rule` nor `fingerprints`",
    "`{name}` 既未写明 `rule` 也未写明 `fingerprints`",
)
_ALL_RULES: Final = Wording(
    "waive-all-rules", 'write `rule: "*"` if every rule is meant', '如确指全部规则，请写明 `rule: "*"`'
)
PERSON: Final = Wording(
    "waiver-person",
    "`{found}` reads like a person; a waiver is approved by an office",
    "`{found}` 似为个人；暂不计入应由单位批准",
)
_NO_RULE: Final = Wording(
    "waiver-of-nothing", "no rule or conclusion is called `{name}`", "没有名为 `{name}` 的规则或结论"
)

_NO_FINGERPRINT: Final = Wording(
    "not-a-fingerprint",
    "`{found}` is not a fingerprint, `rule/about/key`, as it stands in a run",
    "`{found}` 不是核查结果中的编号（规则/类别/主键）",
)

_FINGERPRINT: Final = re.compile(r"[^/\s]+/[^/\s]+/[^/\s]+\Z")
_OFFICE: Final = re.compile("[局委办府院厅科处队部所站会署组室庭司中心公室]")
_TITLE: Final = re.compile("(?:同志|先生|女士|[局处科所队镇区县厅市部院站]长|主任|书记|专员|科员)$")
_NAME: Final = re.compile("[㐀-鿿·]{2,4}$")


def load(paths: Sequence[Path]) -> Waivers:
    """The waivers of some files, in order.

    Raises:
        UsageError: with every problem of every file.
    """
    problems = Problems()
    given: list[Waiver] = []
    texts: list[tuple[str, bytes]] = []
    for path in paths:
        for document in _documents(path, problems, texts):
            given += _waivers(document, path.name, problems)
    _refuse_twice(given, problems)
    if problems.errors:
        raise UsageError(problems.items)
    whole = digest(texts) if texts else None
    return Waivers(tuple(given), tuple(path.name for path in paths), whole, tuple(problems.items))


def _documents(path: Path, problems: Problems, texts: list[tuple[str, bytes]]) -> Iterator[Document]:
    try:
        source = read_source(path)
        texts.append((str(len(texts)), source.text.encode()))
        documents = read_yaml(source)
    except HeguiError as error:
        problems.items += error.diagnostics
        return
    if len(documents) != 1 or not isinstance(documents[0].data, dict):
        place = documents[-1].span(()) if documents else None
        problems.add(_ONE, place, _BEGIN, name=str(path), schema=SCHEMA)
        return
    yield documents[0]


def _waivers(document: Document, file: str, problems: Problems) -> list[Waiver]:
    shape = validate(WaiversDocument, document, problems)
    if shape is None:
        return []
    found = []
    for number, part in enumerate(shape.waivers):
        _check(part, document, number, problems)
        found.append(_waiver(part, document, number, file))
    return found


def _check(part: WaiverPart, document: Document, number: int, problems: Problems) -> None:
    at = ("waivers", number)
    if part.until < part.from_:
        problems.add(_ENDS_FIRST, document.span((*at, "until")), name=part.waiver, until=part.until)
    if part.scope.rule is None and part.scope.fingerprints is None:
        problems.add(_NO_SCOPE, document.key_span((*at, "scope")), _ALL_RULES, name=part.waiver)
    for index, text in enumerate(part.scope.fingerprints or ()):
        if not _FINGERPRINT.match(text):
            problems.add(_NO_FINGERPRINT, document.span((*at, "scope", "fingerprints", index)), found=text)
    for said in dict.fromkeys((part.approved_by.zh, part.approved_by.en)):
        if reads_like_a_person(said):
            problems.warn(PERSON, document.span((*at, "approved_by")), found=said)


def reads_like_a_person(said: str) -> bool:
    """Is this more likely the name of a person, or somebody in an office, than an office?

    >>> reads_like_a_person("王小明"), reads_like_a_person("区生态环境局"), reads_like_a_person("李局长")
    (True, False, True)
    """
    return bool(_TITLE.search(said) or (_NAME.match(said) and not _OFFICE.search(said)))


def _waiver(part: WaiverPart, document: Document, number: int, file: str) -> Waiver:
    return Waiver(
        name=part.waiver,
        scope=_scope(part, document, number),
        reason=_text(part.reason),
        document=part.document,
        approved_by=_text(part.approved_by),
        start=part.from_,
        until=part.until,
        file=file,
    )


def _scope(part: WaiverPart, document: Document, number: int) -> Scope:
    scope, at = part.scope, ("waivers", number, "scope")
    where = (*at, "rule") if scope.rule is not None else at
    return Scope(
        span=document.span(where) if where in document.raw else document.key_span(where),
        rules=tuple(scope.rule or ()),
        entities=tuple(Entity(as_key(each.id), each.kind) for each in scope.entity or ()),
        jurisdictions=tuple(scope.jurisdiction or ()),
        fingerprints=tuple(scope.fingerprints or ()),
    )


def _text(part: TextPart) -> Text:
    return Text(part.zh, part.en)


def _refuse_twice(given: Iterable[Waiver], problems: Problems) -> None:
    first: dict[str, Waiver] = {}
    for each in given:
        other = first.setdefault(each.name, each)
        if other is not each:
            line, _ = other.scope.span.source.line_column(other.scope.span.start)
            place = f"{other.scope.span.source.name}:{line}"
            problems.add(_TWICE, each.scope.span, name=each.name, place=place)


def names_unknown(waivers: Waivers, known: Collection[str]) -> list[Diagnostic]:
    """A warning for each pattern that fits no rule or conclusion, and each fingerprint of none.

    Args:
        waivers: as loaded.
        known: names of rules and conclusions, those they had before too.
    """
    found = []
    for each in waivers.given:
        heads = dict.fromkeys(text.partition("/")[0] for text in each.scope.fingerprints)
        nothing = [rule for rule in each.scope.rules if not any(names([rule], known))]
        nothing += [head for head in heads if head not in known]
        found += [replace(unknown(_NO_RULE, each.scope.span, name, known), level="warning") for name in nothing]
    return found
