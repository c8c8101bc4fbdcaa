"""Rulesets: YAML read, layered, checked and typed. See `model` for what they are once loaded."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hegui.ruleset.model import Ruleset
    from hegui.source import Diagnostic

__all__ = ["find", "lint", "load", "schemas", "shipped"]


def load(path_or_name: str | Path) -> Ruleset:
    """Load a ruleset and all it builds on.

    Args:
        path_or_name: a folder with a `ruleset.yaml`, a single YAML file, or the name of a shipped ruleset.

    Raises:
        RulesetError: with every diagnostic of every file of every layer, sorted by file and place.
    """
    from hegui.ruleset.build import draft
    from hegui.source import RulesetError

    built = draft(path_or_name)
    if built.problems.errors:
        raise RulesetError(built.problems.errors)
    return built.ruleset


def find(name: str) -> Path:
    """The folder of a shipped ruleset.

    Raises:
        RulesetError: there is none of that name; lists those there are.
    """
    from hegui.ruleset import layers

    return layers.find(name)


def shipped() -> list[str]:
    """The names of the rulesets that come with hegui, sorted."""
    from hegui.ruleset import layers

    return layers.shipped()


def lint(path_or_name: str | Path, *, today: date | None = None) -> list[Diagnostic]:
    """Everything the loader has to say of a ruleset: errors, and warnings (`level="warning"`), sorted by place.

    Args:
        path_or_name: as for `load`.
        today: the day against which `last_verified` is held; None leaves that check out.

    Raises:
        RulesetError: there is no ruleset there at all.
    """
    from hegui.ruleset.linting import lint as run

    return run(path_or_name, today)


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each YAML document of a ruleset, by the key that begins it (`rule`, `law`, …)."""
    from hegui.ruleset.json_schema import schemas as made

    return made()
