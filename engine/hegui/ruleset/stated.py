"""The worked examples of a conclusion: is what they give in the shape of the vocabulary?"""

from __future__ import annotations

from hegui.ruleset.documents import ConclusionExamplePart
from hegui.ruleset.given import SAME_EXAMPLE, Given
from hegui.ruleset.model import ConclusionExample, StatedConclusion, StatedFinding
from hegui.ruleset.problems import Problems
from hegui.source import Document, Path_, Wording
from hegui.vocabulary import Vocabulary

_NO_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有类别 `{name}`")


def conclusion_examples(
    parts: list[ConclusionExamplePart], vocabulary: Vocabulary, document: Document, problems: Problems
) -> tuple[ConclusionExample, ...]:
    """The examples of a conclusion; what does not fit is reported."""
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
        found.append(_example(part, document, path))
    return tuple(found)


def _example(part: ConclusionExamplePart, document: Document, path: Path_) -> ConclusionExample:
    findings = (
        StatedFinding(each.rule, each.entity, each.verdict, each.key or each.entity, each.jurisdiction, each.occurred)
        for each in part.findings
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
