"""Rulesets: YAML read, layered, checked and typed. See `model` for what they are once loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hegui.ruleset.model import Ruleset

__all__ = ["find", "load", "schemas", "shipped"]


def load(path_or_name: str | Path, *, cached: bool = False) -> Ruleset:
    """Load a ruleset and all it builds on.

    Args:
        path_or_name: a folder with a `ruleset.yaml`, a single YAML file, or the name of a shipped ruleset.
        cached: take it as it was loaded before where none of its files has changed since, and keep it for the next time
            (`ruleset.cache`); the ruleset is the same.

    Raises:
        RulesetError: with every diagnostic of every file of every layer, sorted by file and place.
    """
    from hegui.ruleset import cache
    from hegui.ruleset.places import locate

    place = locate(path_or_name)
    known = cache.recall(place) if cached else None
    if known is not None:
        return known

    from hegui.ruleset.build import draft
    from hegui.source import RulesetError

    built = draft(place)
    if built.problems.errors:
        raise RulesetError(built.problems.errors)
    if cached:
        cache.keep(place, built.layers, built.ruleset)
    return built.ruleset


def find(name: str) -> Path:
    """The folder of a shipped ruleset.

    Raises:
        RulesetError: there is none of that name; lists those there are.
    """
    from hegui.ruleset import places

    return places.find(name)


def shipped() -> list[str]:
    """The names of the rulesets that come with hegui, sorted."""
    from hegui.ruleset import places

    return places.shipped()


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each YAML document of a ruleset, by the key that begins it (`rule`, `law`, …)."""
    from hegui.ruleset.json_schema import schemas as made

    return made()
