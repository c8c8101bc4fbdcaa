"""The shipped rulesets and the registry of Ba'nan, read once for all tests of a process. What is read is frozen."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from hegui import api
from hegui.facts.registry import Registry
from hegui.ruleset.model import Ruleset

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "rulesets" / "banan"
FACTS = ROOT / "facts" / "banan"


def loaded(path_or_name: str | Path = "banan") -> Ruleset:
    """A ruleset by its name, or by its folder in the checkout."""
    return _loaded(path_or_name)


def registry(as_of: date | None, path_or_name: str | Path = "banan") -> Registry:
    """The registry of Ba'nan, looked at on a day, by the words of a ruleset."""
    return _registry(as_of, path_or_name)


@cache  # behind a function without defaults: what is asked for in two ways is one thing
def _loaded(path_or_name: str | Path) -> Ruleset:
    return api.load_ruleset(path_or_name)


@cache
def _registry(as_of: date | None, path_or_name: str | Path) -> Registry:
    return api.load_registry([FACTS], loaded(path_or_name), as_of=as_of)
