"""The rectification ledger: commands that record runs, enter what offices did, and look matters up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hegui.api import read_run
from hegui.cli import words
from hegui.cli.frame import FOUND, Command, allow_option, lang_of, language, main, read_date, say
from hegui.cli.output import look, put, refuse_unwritable
from hegui.files import writing
from hegui.source import Diagnostic, UsageError, Wording

if TYPE_CHECKING:
    from hegui.ledger.entries import Change
    from hegui.ledger.page import Writer
    from hegui.ledger.store import Ledger
    from hegui.report import Run

_RECORDED = Wording("recorded", "recorded as run {run}: {events}", "已登记为第 {run} 次核查：{events}")
_NOTHING = Wording("recorded", "recorded as run {run}: nothing was found", "已登记为第 {run} 次核查：未发现问题")
_BEFORE = Wording(
    "recorded-before", "the same run is recorded already, as run {run}", "该次核查已登记（第 {run} 次），未重复登记"
)
_BOTH = Wording("facts-and-rules", "`--facts` and `--rules` go together", "`--facts` 与 `--rules` 须一并写明")
_OTHER_FACTS = Wording(
    "other-facts",
    "these are not the facts of the run: their digest is {found}, not {expected}",
    "所给台账数据不是该次核查所用：摘要为 {found}，应为 {expected}",
)
_ENTERED = Wording("entered", "{fingerprint}: {sort}, entry {entry}", "{fingerprint}：{sort}，第 {entry} 号")
_ENTERED_BY = Wording(
    "entered",
    "{fingerprint}: {sort}, entry {entry}, to be done by {deadline}",
    "{fingerprint}：{sort}，第 {entry} 号，限至 {deadline}",
)
_PERIOD = Wording("one-deadline", "say either `--period` or `--until`", "`--period` 与 `--until` 须写且只写一个")
_SAY_SOMETHING = Wording("empty-entry", "say at least one of {options}", "{options} 至少写一项")


@main.group()
@click.option(
    "--db",
    metavar="FILE|URL",
    default="ledger.sqlite",
    envvar="HEGUI_LEDGER",
    show_envvar=True,
    help="The ledger: a SQLite file, or postgresql://USER@HOST/DATABASE. Default: ledger.sqlite.",
)
@click.pass_context
def ledger(ctx: click.Context, db: str) -> None:
    """What became of what was found: runs recorded over time, orders served, proof, acceptance."""
    ctx.meta["hegui.ledger"] = db


def _open(create: bool = False) -> Ledger:
    from hegui.ledger.store import Ledger

    return Ledger.open(click.get_current_context().meta["hegui.ledger"], create=create)


# --- runs ----------------------------------------------------------------------------------------------------------


@ledger.command()
@click.argument("run_json", metavar="RUN.json")
@click.option(
    "--facts",
    metavar="FACTS",
    multiple=True,
    help="The registry of the run, where it is too large for the run to list its rows; may be repeated.",
)
@allow_option
@click.option("--rules", "rules_at", metavar="R", help="The ruleset of the run, with --facts.")
@language
def record(run_json: str, facts: tuple[str, ...], rules_at: str | None, lang: str) -> None:
    """Record a saved run. The same run again changes nothing; runs are recorded in order of their --as-of."""
    from hegui import api
    from hegui.ledger.entries import FUTURE
    from hegui.ledger.recording import record
    from hegui.ledger.words import EVENTS

    if bool(facts) != (rules_at is not None):
        raise UsageError(Diagnostic(_BOTH))
    run = read_run(run_json)
    if run.info.as_of > api.today():  # no run of today could be recorded after it
        raise UsageError(Diagnostic(FUTURE, {"day": run.info.as_of}))
    if rules_at is not None:
        run = _with_rows(run, facts, rules_at)
    done = record(_open(create=True), run)
    if done.before:
        say(_BEFORE, run=done.run)
        return
    joint = "，" if lang == "zh" else ", "
    events = joint.join(f"{EVENTS[event].get(lang)} {count}" for event, count in done.events.items())
    say(_RECORDED if events else _NOTHING, run=done.run, events=events)


def _with_rows(run: Run, facts: tuple[str, ...], rules_at: str) -> Run:
    """The run with the keys of all rows of its registry."""
    from hegui import api

    ruleset = api.load_ruleset(rules_at)
    registry = api.load_registry(facts, ruleset)
    if registry.digest != run.info.facts.digest:
        raise UsageError(Diagnostic(_OTHER_FACTS, {"found": registry.digest, "expected": run.info.facts.digest}))
    return run.listing(ruleset, registry)


# --- entries -------------------------------------------------------------------------------------------------------


def _enter(fingerprints: tuple[str, ...], change: Change) -> None:
    from hegui import api
    from hegui.ledger.entries import enter
    from hegui.ledger.words import SORTS

    made = enter(_open(), fingerprints, change, api.today())
    for fingerprint, entry in zip(dict.fromkeys(fingerprints), made, strict=True):
        wording = _ENTERED if entry.deadline is None else _ENTERED_BY
        sort = SORTS[entry.sort].get(lang_of())
        say(wording, fingerprint=fingerprint, sort=sort, entry=entry.id, deadline=entry.deadline)


_matters = click.argument("fingerprints", metavar="FINGERPRINT…", nargs=-1, required=True)


def _day(name: str, what: str, required: bool = False) -> Callable[[Command], Command]:
    note = what if required else f"{what} Default: today."
    return click.option(name, "day", metavar="DATE", callback=read_date, required=required, help=note)


def _text(name: str, what: str, required: bool = False) -> Callable[[Command], Command]:
    return click.option(name, metavar="TEXT", required=required, help=what)


def _corrects(command: Command) -> Command:
    return click.option("--corrects", type=int, metavar="ENTRY", help="The entry this one takes the place of.")(command)


def _today(day: date | None) -> date:
    from hegui import api

    return day or api.today()


@ledger.command()
@_matters
@_text("--document", "Number of the document.", required=True)
@_day("--served", "Day it was served.", required=True)
@click.option("--period", metavar="30d|30workdays", help="Period from the day of service, which is not counted.")
@click.option("--until", metavar="DATE", callback=read_date, help="Last day, where the document names it.")
@_text("--by", "Office that served it.")
@_corrects
@language
def order(
    fingerprints: tuple[str, ...],
    document: str,
    day: date,
    period: str | None,
    until: date | None,
    by: str | None,
    corrects: int | None,
    lang: str,
) -> None:
    """Enter an order that was served: its deadline alone can be overdue."""
    from hegui.ledger.entries import Change, Period
    from hegui.ledger.life import Sort

    if (period is None) == (until is None):
        raise UsageError(Diagnostic(_PERIOD))
    read = None if period is None else Period.read(period)
    _enter(fingerprints, Change(Sort.ORDER, day, document, by, period=read, until=until, corrects=corrects))


@ledger.command()
@_matters
@_text("--text", "What is to be noted.", required=True)
@_day("--on", "Day it is about.")
@_text("--by", "Office.")
@_corrects
@language
def note(
    fingerprints: tuple[str, ...], text: str, day: date | None, by: str | None, corrects: int | None, lang: str
) -> None:
    """Add a note."""
    from hegui.ledger.entries import Change
    from hegui.ledger.life import Sort

    _enter(fingerprints, Change(Sort.NOTE, _today(day), None, by, text, corrects=corrects))


@ledger.command()
@_matters
@_text("--document", "Number of the document.")
@click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help="A file; its name and digest are kept.")
@_text("--text", "What it shows.")
@_day("--on", "Day it was handed in.")
@_text("--by", "Who handed it in: an office or enterprise.")
@_corrects
@language
def proof(
    fingerprints: tuple[str, ...],
    document: str | None,
    file: Path | None,
    text: str | None,
    day: date | None,
    by: str | None,
    corrects: int | None,
    lang: str,
) -> None:
    """Enter proof of rectification, by its number or file. It closes nothing."""
    from hegui.ledger.entries import Change
    from hegui.ledger.life import Sort

    if document is None and file is None:
        raise UsageError(Diagnostic(_SAY_SOMETHING, {"options": "`--document`, `--file`"}))
    _enter(fingerprints, Change(Sort.PROOF, _today(day), document, by, text, file=file, corrects=corrects))


@ledger.command()
@_matters
@_text("--document", "Number of the document.", required=True)
@_text("--by", "Office that accepts.", required=True)
@_day("--on", "Day of acceptance.", required=True)
@_text("--text", "Remark.")
@click.option("--although-shown", is_flag=True, help="Accept although the data does not say that it is put right.")
@_corrects
@language
def accept(
    fingerprints: tuple[str, ...],
    document: str,
    by: str,
    day: date,
    text: str | None,
    although_shown: bool,
    corrects: int | None,
    lang: str,
) -> None:
    """Enter acceptance: this alone closes a matter."""
    from hegui.ledger.entries import Change
    from hegui.ledger.life import Sort

    change = Change(Sort.ACCEPTANCE, day, document, by, text, corrects=corrects, although_shown=although_shown)
    _enter(fingerprints, change)


@ledger.command()
@_matters
@_text("--text", "Why.", required=True)
@_text("--document", "Number of the document.")
@_text("--by", "Office.")
@_day("--on", "Day it was found not to be put right.")
@_corrects
@language
def reopen(
    fingerprints: tuple[str, ...],
    text: str,
    document: str | None,
    by: str | None,
    day: date | None,
    corrects: int | None,
    lang: str,
) -> None:
    """Reopen what is closed or done: an inspection found that it is not put right."""
    from hegui.ledger.entries import Change
    from hegui.ledger.life import Sort

    _enter(fingerprints, Change(Sort.REOPENING, _today(day), document, by, text, corrects=corrects))


@ledger.command()
@click.argument("fingerprint")
@click.argument("entry", type=int)
@_text("--text", "Why.", required=True)
@_text("--by", "Office.")
@_day("--on", "Day of the withdrawal.")
@language
def withdraw(fingerprint: str, entry: int, text: str, by: str | None, day: date | None, lang: str) -> None:
    """Withdraw an entry made by mistake. Both stay on record."""
    from hegui.ledger.entries import Change
    from hegui.ledger.life import Sort

    _enter((fingerprint,), Change(Sort.WITHDRAWAL, _today(day), None, by, text, corrects=entry))


# --- looking up ----------------------------------------------------------------------------------------------------


def _as_of(command: Command) -> Command:
    text = "As things stood on that day: runs of facts and entries up to it. Default: today."
    return click.option("--as-of", metavar="DATE", callback=read_date, help=text)(command)


def _format(command: Command) -> Command:
    chosen = click.Choice(["table", "json"])
    return click.option("--format", "form", type=chosen, default="table", show_default=True, help="Output format.")(
        command
    )


def _writer(opened: Ledger, connection: Any, as_of: date | None) -> Writer:
    from hegui.ledger.page import Writer
    from hegui.ledger.standing import runs

    return Writer(look(), opened.shown, runs(connection, as_of), _today(as_of))


@ledger.command()
@click.option("--by", type=click.Choice(["town", "department"]), default="town", show_default=True, help="Counted by.")
@_as_of
@_format
@language
def status(by: Any, as_of: date | None, form: str, lang: str) -> None:
    """How many matters are how far, by town or department."""
    from hegui.ledger import told
    from hegui.ledger.standing import matters
    from hegui.ledger.tally import tallies

    opened = _open()
    with opened.reading() as connection:
        writer = _writer(opened, connection, as_of)
        total, groups = tallies(matters(connection, until=as_of), writer.day, by, lang)
    put(writer.status(total, groups, by) if form == "table" else told.status(writer, total, groups, by))


@ledger.command()
@_as_of
@_format
@language
def overdue(as_of: date | None, form: str, lang: str) -> None:
    """What is overdue by the order that was served. Exit 1 if anything is."""
    from hegui.ledger import told
    from hegui.ledger.standing import matters
    from hegui.ledger.tally import Overdue

    opened = _open()
    with opened.reading() as connection:
        writer = _writer(opened, connection, as_of)
        found = Overdue.of(matters(connection, until=as_of), writer.day)
    put(writer.overdue(found) if form == "table" else told.overdue(writer, found))
    if found.matters:
        click.get_current_context().exit(FOUND)


@ledger.command()
@click.argument("entity")
@_as_of
@_format
@language
def show(entity: str, as_of: date | None, form: str, lang: str) -> None:
    """The life of every matter filed under ENTITY, or of the one with that fingerprint."""
    from hegui.ledger import told
    from hegui.ledger.standing import found_of

    opened = _open()
    with opened.reading() as connection:
        writer = _writer(opened, connection, as_of)
        found = found_of(connection, entity, as_of)
    if not found:
        raise UsageError(Diagnostic(words.NO_LEDGER_ENTITY, {"entity": entity}))
    put(writer.show(found) if form == "table" else told.show(writer, found))


@ledger.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="An .xlsx or .csv file."
)
@_as_of
@language
def export(output: Path, as_of: date | None, lang: str) -> None:
    """Write the list of problems with how each stands, in the form offices keep."""
    from hegui.ledger.export import write_list

    refuse_unwritable(output)
    with _open().reading() as connection, writing(output) as target:
        count = write_list(connection, target, output, as_of, _today(as_of))
    say(words.WROTE_ROWS, file=output, count=count)
