"""Commands that write the first lines of what somebody is about to make."""

from __future__ import annotations

from pathlib import Path

import click

from hegui.cli.frame import language, load_ruleset, main, rules_option
from hegui.cli.output import put


@main.group()
def new() -> None:
    """Begin a ruleset, a rule, or a manifest for a workbook somebody already has."""


@new.command("registry")
@click.argument("file")
@rules_option
@language
def new_registry(file: str, rules_at: str, lang: str) -> None:
    """Propose a registry.yaml for FILE, and list what could not be matched."""
    from hegui.facts import propose_manifest

    put([propose_manifest(Path(file), load_ruleset(rules_at).vocabulary)])


@new.command("rule")
@language
def new_rule(lang: str) -> None:
    """Print a rule to start from."""
    from hegui.ruleset.scaffold import RULE

    put([RULE])
