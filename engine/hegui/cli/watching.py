"""`hegui watch`: a registry checked again whenever its files change."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from hegui.cli.frame import allow_option, days_option, lang_of, language, load_ruleset, main, rules_option, say, tell
from hegui.cli.output import put
from hegui.cli.refusing import talk
from hegui.cli.waiving import load, waivers_options
from hegui.source import HeguiError, Wording

if TYPE_CHECKING:
    from hegui.facts.registry import DataProblem
    from hegui.facts.rereading import Stamp
    from hegui.session import Applied, Session
    from hegui.session.watching import Files

SETTLED: Final = 0.25
"""Seconds a file must have stood still: whoever is writing it has done so by then, mostly."""

_BEGUN = Wording(
    "watching",
    "{files} files, {violations} violations, {undetermined} undetermined, {conclusions} conclusions;"
    " watching for changes, Ctrl-C ends",
    "文件 {files} 个，发现问题 {violations} 处，待核实 {undetermined} 处，结论 {conclusions} 项；正在监视变化，按 Ctrl-C 结束",
)
_WAITS = Wording(
    "waiting", "the registry cannot be used as it is; waiting for the next change", "台账目前无法使用；等待下一次变化"
)
_KEYED = Wording(
    "database-not-watched",
    "tables of databases are not watched; they are read again whenever a file changes",
    "数据库中的表不受监视；文件变化时一并重新读取",
)
_PROBLEMS = Wording("data-problems", "problems in the data: {count}", "台账数据问题 {count} 处")
_NEW_PROBLEMS = Wording("new-data-problems", "new problems in the data: {count}", "新增台账数据问题 {count} 处")
_MORE = Wording("more-problems", "  … and {count} more", "  ……另有 {count} 处")
FIRST: Final = 5
"""So many problems of data are told in full."""
_NOTHING = Wording("nothing-changed", "{time}  read again: nothing else was found", "{time}  已重新读取：结果无变化")
_CHANGED = Wording(
    "changed",
    "{time}  {opened} opened, {closed} closed, {changed} changed",
    "{time}  新增 {opened}，消除 {closed}，变化 {changed}",
)
_ENDED = Wording("ended", "ended", "已结束")


@main.command()
@click.argument("facts", nargs=-1, required=True)
@allow_option
@rules_option
@days_option
@waivers_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="How what changed is told: a line each, or a JSON object on a line each.",
)
@click.option(
    "--interval",
    type=click.FloatRange(min=0.05),
    default=1.0,
    show_default=True,
    help="Seconds between two looks at the files.",
)
@language
def watch(
    facts: tuple[str, ...],
    rules_at: str,
    as_of: date | None,
    decided_on: date | None,
    waivers_at: tuple[str, ...],
    no_waivers: bool,
    form: str,
    interval: float,
    lang: str,
) -> None:
    """Check a registry, then tell what opens, closes and changes as its files do: FACTS are folders, files or a registry.yaml.
    Databases are not watched.

    Files that cannot be read, as when they are half written, are waited for. What opens, closes and changes goes to stdout, all
    else to stderr: the time, counts, and problems of the data. Ctrl-C ends it, with exit code 0.
    """
    from hegui import api
    from hegui.session import Session
    from hegui.session.watching import Files

    ruleset = load_ruleset(rules_at)
    waivers = load(waivers_at, ruleset, no_waivers)
    day = as_of or api.today()
    files = Files(facts, ruleset.vocabulary, day)
    standing = files.standing()
    registry = files.read()
    session = Session(registry, ruleset, as_of=day, decided_on=decided_on, waivers=waivers)
    tell_ = _told(form, session)
    _note(_PROBLEMS, registry.problems)
    if any(source.keyed for source in registry.sources):
        say(_KEYED)
    _begin(session, len(files.as_read(standing)))
    try:
        _follow(files, files.as_read(standing), session, tell_, interval)
    except KeyboardInterrupt:
        say(_ENDED)


def _begin(session: Session, files: int) -> None:
    from hegui.outcome import Verdict

    verdicts = [each.verdict for each in session.findings()]
    say(
        _BEGUN,
        files=files,
        violations=verdicts.count(Verdict.VIOLATION),
        undetermined=verdicts.count(Verdict.UNDETERMINED),
        conclusions=sum(each.certain for each in session.conclusions()),
    )


def _follow(
    files: Files,
    standing: Mapping[Path, Stamp | None],
    session: Session,
    tell_: Callable[[Applied], None],
    interval: float,
) -> None:
    """Look at the files again and again; what is being written is given time to settle."""
    while True:
        time.sleep(interval)
        now = files.standing()
        if now == standing:
            continue
        time.sleep(min(SETTLED, interval))
        if files.standing() != now:
            continue
        applied = _replaced(files, session)
        standing = files.as_read(now)
        if applied is not None:
            tell_(applied)
            _note(_NEW_PROBLEMS, applied.problems)


def _replaced(files: Files, session: Session) -> Applied | None:
    """What the files as they are now change, or a word on why they cannot be used; what was found before stands."""
    try:
        return session.replace(files.read())
    except HeguiError as error:
        tell(error.diagnostics)
    except OSError as error:
        talk(str(error))
    say(_WAITS)
    return None


def _note(wording: Wording, problems: Sequence[DataProblem]) -> None:
    """How many problems of data there are, and the first of them."""
    from hegui.session.watching import noted

    count, first = noted(problems, lang_of(), FIRST)
    if count:
        say(wording, count=count)
        talk("\n".join(f"  {line}" for line in first))
    if count > len(first):
        say(_MORE, count=count - len(first))


def _told(form: str, session: Session) -> Callable[[Applied], None]:
    """What tells of a change in a form."""
    from hegui.session.watching import lines, records

    def in_words(applied: Applied) -> None:
        clock = time.strftime("%H:%M:%S")
        if not applied:
            say(_NOTHING, time=clock)
            return
        say(
            _CHANGED,
            time=clock,
            opened=len(applied.opened) + len(applied.conclusions_opened),
            closed=len(applied.closed) + len(applied.conclusions_closed),
            changed=len(applied.changed) + len(applied.conclusions_changed),
        )
        put(f"{line}\n" for line in lines(session, applied, lang_of()))

    def as_data(applied: Applied) -> None:
        told = (json.dumps(record, ensure_ascii=False, allow_nan=False) for record in records(session, applied))
        put(f"{line}\n" for line in told)

    return in_words if form == "text" else as_data
