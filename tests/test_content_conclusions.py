"""What every shipped conclusion has: examples that hold on both chainers, words in both languages, law; and that nothing
the notice asks for is left without an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from drawn_kit import CHAINERS
from shipped_kit import FOLDER, loaded

from hegui.assure.drawn import run_conclusion_examples
from hegui.assure.examples import AS_OF
from hegui.ruleset import shipped
from hegui.ruleset.model import Conclusion, Message, Ruleset
from hegui.ruleset.stratified import all_below

ROOT = Path(__file__).parent.parent
RULES: Ruleset = loaded(FOLDER)


def conclusions() -> Iterator[Conclusion]:
    """Every conclusion of every shipped ruleset, once."""
    found = {each.name: each for name in shipped() for each in loaded(name).conclusions.values()}
    yield from found.values()


ALL = list(conclusions())
each = pytest.mark.parametrize("conclusion", ALL, ids=lambda conclusion: conclusion.name)


def test_there_are_some() -> None:
    assert ALL


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped())
def test_every_example_of_every_shipped_conclusion(name: str) -> None:
    results = run_conclusion_examples(loaded(name), CHAINERS)
    failed = [
        (found.conclusion, found.example, found.chainer, found.concluded, found.undetermined, found.problems)
        for found in results
        if not found.passed or found.problems
    ]
    assert failed == []
    count = sum(len(conclusion.examples) for conclusion in loaded(name).conclusions.values())
    assert len(results) == count * len(CHAINERS)


@each
def test_there_is_an_example_of_every_outcome(conclusion: Conclusion) -> None:
    outcomes = {
        "concluded": any(example.concluded for example in conclusion.examples),
        "undetermined": any(example.undetermined for example in conclusion.examples),
        "nothing": any(not example.concluded and not example.undetermined for example in conclusion.examples),
    }
    assert [outcome for outcome, there in outcomes.items() if not there] == []


@each
def test_all_its_words_are_in_both_languages(conclusion: Conclusion) -> None:
    assert conclusion.remedy is not None
    texts = [conclusion.title, conclusion.authority, conclusion.remedy.text]
    texts += [citation.gist for citation in conclusion.basis if citation.gist is not None]
    assert all(text.zh and text.en and text.zh != text.en for text in texts)
    message: Message = conclusion.message
    assert message.zh
    assert message.en
    assert asked(message.zh) == asked(message.en)


def asked(pieces: tuple[object, ...]) -> set[str]:
    """The conditions a message shows, whatever their order."""
    return {str(getattr(piece, "text", "")).strip() for piece in pieces if not isinstance(piece, str)}


@each
def test_it_cites_law_and_rests_on_something_that_can_begin(conclusion: Conclusion) -> None:
    assert conclusion.basis
    assert conclusion.name not in all_below(conclusion.name, RULES.conclusions)


@each
def test_nothing_it_shows_is_private(conclusion: Conclusion) -> None:
    from hegui.language.tree import Cell, walk

    kinds = RULES.vocabulary.kinds
    for piece in (*conclusion.message.zh, *conclusion.message.en):
        for node in walk(piece.node) if not isinstance(piece, str) else ():
            if isinstance(node, Cell) and node.row.kind in kinds:
                assert not kinds[node.row.kind].fields[node.field].private


def test_every_notice_code_is_answered_and_every_answer_has_a_code() -> None:
    answered = {code for matter in RULES.matters for code in matter.notice}
    items = {item.code: item for notice in RULES.notices.values() for item in notice.items}
    assert answered <= set(items)
    assert [code for code, item in items.items() if item.role.wants_answer and code not in answered] == []


def test_the_examples_are_as_of_a_day_the_conclusion_is_in_force() -> None:
    for conclusion in ALL:
        assert all(conclusion.in_force.holds(example.as_of or AS_OF) for example in conclusion.examples)
