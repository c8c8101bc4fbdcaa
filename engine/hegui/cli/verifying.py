"""The command that makes a saved run again and compares."""

from __future__ import annotations

from pathlib import Path

import click

from hegui.cli import words
from hegui.cli.frame import FOUND, allow_option, engine_option, language, main, rules_option, say
from hegui.cli.output import put
from hegui.cli.refusing import talk


@main.command()
@click.argument("run_json", metavar="RUN.json")
@click.option("--facts", "facts", metavar="FACTS", multiple=True, required=True, help="The facts; may be repeated.")
@allow_option
@rules_option
@click.option("--waivers", "waivers_at", metavar="FILE", multiple=True, help="The waivers it had; may be repeated.")
@click.option("--no-waivers", is_flag=True, help="It had them set aside.")
@engine_option(None, help="Judge with another than on record.")
@click.option("--other-versions", is_flag=True, help="Python, packages and hegui may be others; that is only told.")
@language
def verify(
    run_json: str,
    facts: tuple[str, ...],
    rules_at: str,
    waivers_at: tuple[str, ...],
    no_waivers: bool,
    engine: str | None,
    other_versions: bool,
    lang: str,
) -> None:
    """Make a saved run again and say what differs: exit 0 if nothing does, 1 if something."""
    from hegui import api, limits
    from hegui.arguments import text_of
    from hegui.report.run import run_data
    from hegui.report.verified import doubled

    text = text_of(Path(run_json), limits.RUN_BYTES)
    data = run_data(text, run_json)
    found = api.verify(
        data,
        run_json,
        facts,
        rules_at,
        waivers=waivers_at,
        ignored=no_waivers,
        engine=engine,
        versions=not other_versions,
    )
    found = [*doubled(text), *found]
    put(f"{each.text.get(lang)}\n" for each in found if each.counts)
    for each in found:
        if not each.counts:
            talk(each.text.get(lang))
    different = sum(each.counts for each in found)
    say(words.DIFFERENT if different else words.SAME, file=run_json)
    click.get_current_context().exit(FOUND if different else 0)
