"""`docs/rulesets.md` is true: its ruleset loads, its examples hold, and it names every key there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from hegui.assure.drawn import run_conclusion_examples
from hegui.assure.examples import run_examples
from hegui.assure.lint import lint
from hegui.ruleset import documents, load

PAGE = (Path(__file__).parents[1] / "docs" / "rulesets.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
QUOTED = {word for quoted in re.findall(r"`([^`\n]+)`", PAGE) for word in re.findall(r"\w+", quoted)}
MODELS = [value for value in vars(documents).values() if isinstance(value, type) and issubclass(value, documents.Part)]


@pytest.fixture
def page_ruleset(tmp_path: Path) -> Path:
    path = tmp_path / "page.yaml"
    path.write_text("---\n".join(BLOCKS), encoding="utf-8")
    return path


def test_the_ruleset_of_the_page_has_nothing_wrong_and_its_examples_hold(page_ruleset: Path) -> None:
    assert [found.render() for found in lint(page_ruleset)] == []
    results = run_examples(load(page_ruleset), engines=["scalar"])
    assert len(results) == 5
    assert [result.example for result in results if not result.passed] == []
    drawn = run_conclusion_examples(load(page_ruleset))
    assert [result.passed for result in drawn] == [True] * 3


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_on_the_page(model: type[BaseModel]) -> None:
    assert {field.alias or name for name, field in model.model_fields.items()} <= QUOTED


@pytest.mark.parametrize("words", ["NatureWord", "SeverityWord", "CertaintyWord", "VerdictWord", "NoticeRoleWord"])
def test_every_word_is_on_the_page(words: str) -> None:
    listed = " ".join(f"`{word}`" for word in vars(documents)[words].__args__)
    assert listed in PAGE
