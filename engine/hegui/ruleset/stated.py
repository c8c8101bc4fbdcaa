"""The worked examples of a conclusion: is what they give in the shape of the vocabulary?"""

from __future__ import annotations

from dataclasses import dataclass

from hegui.ruleset.documents import ConclusionExamplePart
from hegui.ruleset.given import NO_RULE, SAME_EXAMPLE, Given
from hegui.ruleset.model import ConclusionExample, StatedConclusion, StatedFinding
from hegui.ruleset.problems import Problems
from hegui.source import Document, Path_, Wording
from hegui.vocabulary import Vocabulary

_NO_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有类别 `{name}`")
_NO_CONCLUSION = Wording("unknown-conclusion", "there is no conclusion `{name}`", "没有结论 `{name}`")
_NOBODY = Wording(
    "finding-of-nothing",
    "the finding has neither `entity` nor `key`",
    "该发现既无 `entity` 也无 `key`",
)


@dataclass(frozen=True)
class Known:
    """What examples may name; rules and conclusions are all there only where the chain is `whole`."""

    vocabulary: Vocabulary
    rules: set[str]
    conclusions: set[str]
    whole: bool
    problems: Problems


def conclusion_examples(
    parts: list[ConclusionExamplePart], known: Known, document: Document
) -> tuple[ConclusionExample, ...]:
    """The examples of a conclusion; what does not fit is reported."""
    vocabulary, problems = known.vocabulary, known.problems
    checker = Given(vocabulary, document, problems)
    found: list[ConclusionExample] = []
    for index, part in enumerate(parts):
        path: Path_ = ("examples", index)
        if any(example.name == part.name for example in found):
            problems.add(SAME_EXAMPLE, document.span((*path, "name")), name=part.name)
        for kind, rows in part.given.items():
            if kind not in vocabulary.kinds:
                span = document.key_span((*path, "given", kind))
                problems.add_unknown(_NO_KIND, span, kind, vocabulary.kinds)
                continue
            for number, row in enumerate(rows):
                checker.row(row, vocabulary.kinds[kind], (*path, "given", kind, number))
        for number, kind in enumerate(part.lacking):
            if kind not in vocabulary.kinds:
                problems.add_unknown(_NO_KIND, document.span((*path, "lacking", number)), kind, vocabulary.kinds)
        for number, stated in enumerate(part.findings):
            if not (stated.entity or stated.key):
                problems.add(_NOBODY, document.span((*path, "findings", number)))
        _check_names(part, known, document, path)
        found.append(_example(part, document, path))
    return tuple(found)


def _check_names(part: ConclusionExamplePart, known: Known, document: Document, path: Path_) -> None:
    """Are there the rules and conclusions it takes as given?"""
    if not known.whole:
        return
    findings = [((*path, "findings", i, "rule"), each.rule) for i, each in enumerate(part.findings)]
    conclusions = [
        ((*path, "conclusions", i, "conclusion"), each.conclusion) for i, each in enumerate(part.conclusions)
    ]
    for wording, named, there in (
        (NO_RULE, findings, known.rules),
        (_NO_CONCLUSION, conclusions, known.conclusions),
    ):
        for at, name in named:
            if name not in there:
                known.problems.add_unknown(wording, document.span(at), name, there)


def _example(part: ConclusionExamplePart, document: Document, path: Path_) -> ConclusionExample:
    findings = (
        StatedFinding(each.rule, each.entity, each.verdict, key, each.jurisdiction, each.occurred)
        for each in part.findings
        if (key := each.key or each.entity)
    )
    conclusions = (
        StatedConclusion(each.conclusion, each.id, each.verdict, each.jurisdiction) for each in part.conclusions
    )
    return ConclusionExample(
        part.name,
        part.given,
        tuple(findings),
        tuple(conclusions),
        tuple(part.lacking),
        tuple(part.concluded),
        tuple(part.undetermined),
        document.span((*path, "name")),
        part.as_of,
    )
