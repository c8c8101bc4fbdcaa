"""The frame around every command: how it may end, its language, and the options several commands share.

Exit codes, the same for every command: 0 clean, 1 found something, 2 the ruleset is unusable, 3 usage, configuration or
facts unusable, or nothing evaluated. Data goes to stdout, talk to stderr.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

from hegui import masking
from hegui.cli import words
from hegui.cli.refusing import LINE, show, talk
from hegui.files import reason
from hegui.source import Diagnostic, HeguiError, UsageError, Wording, did_you_mean

if TYPE_CHECKING:
    from hegui.ruleset.model import Ruleset

FOUND: Final = 1
UNUSABLE: Final = 3
BROKEN_PIPE: Final = 141
OBJECTS: Final = 500_000
"""New objects between two looks for circles: a small run makes hardly more."""


Command = TypeVar("Command", bound=Callable[..., Any])


# --- the frame around every command --------------------------------------------------------------------------------


class _Hegui(click.Group):
    """Maps every way a command can end to an exit code; nothing a user can do ends in a traceback."""

    def __call__(self, *args: Any, **extra: Any) -> Any:
        """Run as a program of its own, which `main` alone is not. What it makes stays until it ends: it is not to be looked
        through for circles all the while, nor taken apart piece by piece at the end."""
        gc.set_threshold(OBJECTS)
        try:
            return super().__call__(*args, **extra)
        except SystemExit as end:
            _leave(end.code)
            raise

    def main(self, *args: Any, **extra: Any) -> Any:
        run: Callable[..., Any] = super().main
        if not extra.pop("standalone_mode", True):
            return run(*args, standalone_mode=False, **extra)
        _speak_unicode()
        given = extra.get("args", args[0] if args else None)
        LINE.set(sys.argv[1:] if given is None else list(given))
        try:
            with _ended_gently():
                code = run(*args, standalone_mode=False, **extra)
        except click.ClickException as error:
            show(error, LINE.get())
            code = UNUSABLE
        except (click.Abort, KeyboardInterrupt):
            talk(words.INTERRUPTED.en)
            code = UNUSABLE
        except OSError as error:  # while the line was read: `--help` and `--version` write, too
            talk(_of_the_system(error).render("en"))
            code = UNUSABLE
        except (SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # libraries end in others than `Exception`, too, where there is no memory
            if isinstance(error.__cause__, KeyboardInterrupt):
                talk(words.INTERRUPTED.en)  # while a class was being made: before 3.12, Python wraps what comes then
            else:
                _fault()
            code = UNUSABLE
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except HeguiError as error:
            tell(error.diagnostics, ctx)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            _forget_stdout()
            ctx.exit(BROKEN_PIPE)
        except MemoryError:
            tell([Diagnostic(words.MEMORY)], ctx)
            ctx.exit(UNUSABLE)
        except OSError as error:
            tell([_of_the_system(error)], ctx)
            ctx.exit(UNUSABLE)


def _fault() -> None:
    """Say what no command should end in, with where it comes from for those who mend it. Its exit code is not that of findings."""
    import traceback

    talk(f"{traceback.format_exc()}\n{words.FAULT.en}\n{words.FAULT.zh}")


def _of_the_system(error: OSError) -> Diagnostic:
    """What the system complains of, and of which file."""
    if isinstance(error.filename, (str, bytes)):
        name = os.fsdecode(error.filename)
        return Diagnostic(words.SYSTEM_OF, {"file": name, "problem": reason(error)})
    return Diagnostic(words.SYSTEM, {"problem": reason(error)})


def _leave(code: object) -> None:
    """End the process at once, when all that is to be done at its end is done and all it said is written; where that
    cannot be written, it ends as every Python program does."""
    try:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (AttributeError, OSError, ValueError):  # there may be no streams at all
        return
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


@contextmanager
def _ended_gently() -> Iterator[None]:
    """Whoever ends the process, or closes its terminal, interrupts it: what it has begun to write is taken away. A thread
    beside the main one is told of no signal."""
    import signal
    import threading

    def interrupt(number: int, frame: object) -> NoReturn:
        raise KeyboardInterrupt

    found = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    main_one = threading.current_thread() is threading.main_thread()
    ours = [each for each in found if main_one and signal.getsignal(each) is signal.SIG_DFL]
    for each in ours:
        signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)


def _speak_unicode() -> None:
    """Files and pipes get UTF-8 wherever hegui runs, and a terminal that lacks a character gets a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            chosen = stream.isatty() or "PYTHONIOENCODING" in os.environ
            stream.reconfigure(encoding=stream.encoding if chosen else "utf-8", errors="replace")


def _forget_stdout() -> None:
    """What is left in the buffer can no longer be delivered, and must not be complained about at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def lang_of(ctx: click.Context | None = None) -> str:
    """The language the command was asked to speak."""
    return str((ctx or click.get_current_context()).meta.get("hegui.lang", "en"))


def tell(diagnostics: Iterable[Diagnostic], ctx: click.Context | None = None) -> None:
    """Print diagnostics to stderr."""
    for diagnostic in diagnostics:
        talk(diagnostic.render(lang_of(ctx)))


def say(wording: Wording, **args: object) -> None:
    """Print a wording to stderr."""
    talk((wording.zh if lang_of() == "zh" else wording.en).format(**masking.arguments(args)))


_COMMANDS: Final = re.compile("\x1b(?!\\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
"""Control characters but for blanks, line ends and the sequences that colour what follows."""


def harmless(text: str) -> str:
    """A report as a terminal may get it: what stands in its texts moves no cursor, sets no title and answers no question.

    >>> harmless("\\x1b[31m红\\x1b[0m\\n\\x1b]0;x\\x07")
    '\\x1b[31m红\\x1b[0m\\n�]0;x�'
    """
    return _COMMANDS.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def _set_language(ctx: click.Context, param: click.Parameter, value: str) -> str:
    ctx.meta["hegui.lang"] = value
    return value


def near(word: str, known: Iterable[str], lang: str) -> str:
    """The known word that is nearest, as the end of a message; empty where none is near."""
    found = did_you_mean(word, known, 1)
    if not found:
        return ""
    return f"，是否为 `{found[0]}`" if lang == "zh" else f", did you mean `{found[0]}`"


def unknown(wording: Wording, name: str, known: Iterable[str]) -> NoReturn:
    """Refuse a name that is not known.

    Raises:
        UsageError: always.
    """
    known = list(known)
    listed = ", ".join(f"`{word}`" for word in known)
    raise UsageError(Diagnostic(wording, {"name": name, "near": near(name, known, lang_of()), "known": listed}))


def matching(known: Iterable[str], globs: Iterable[str], wording: Wording = words.NO_MATCH) -> list[str]:
    """The names that match any of the patterns, in their order; all where there are no patterns.

    Raises:
        UsageError: nothing matches one of them.
    """
    from fnmatch import fnmatchcase

    known, globs = list(known), list(globs)
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in known):
            raise UsageError(Diagnostic(wording, {"glob": glob, "near": near(glob, known, lang_of())}))
    return [name for name in known if not globs or any(fnmatchcase(name, glob) for glob in globs)]


def read_date(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """The value of an option that takes a date.

    Raises:
        UsageError: it is none.
    """
    if value is None:
        return None
    try:
        if len(value) != len("2024-03-11"):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(Diagnostic(words.DATE, {"text": value})) from error


def language(command: Command) -> Command:
    """`--lang`."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default="en",
        envvar="HEGUI_LANG",
        show_envvar=True,
        is_eager=True,
        callback=_set_language,
        help="Language of reports and messages.",
    )(command)


def rules_option(command: Command) -> Command:
    """`--rules`, and `--no-cache`."""
    command = click.option(
        "--no-cache",
        is_flag=True,
        expose_value=False,
        callback=_set_cached,
        help="Load the ruleset anew, even if it has not changed since it was last loaded.",
    )(command)
    return click.option(
        "--rules", "rules_at", metavar="R", required=True, help="Ruleset: a folder, or the name of a shipped one."
    )(command)


def allow_option(command: Command) -> Command:
    """`--allow`: where a registry may lead besides its own folder."""
    return click.option(
        "--allow",
        metavar="FOLDER",
        multiple=True,
        expose_value=False,
        callback=_allow,
        help="Let a registry.yaml, and links in a folder of facts, lead to files there, too; may be repeated.",
    )(command)


def _allow(ctx: click.Context, param: click.Parameter, folders: tuple[str, ...]) -> None:
    if folders:
        from hegui.facts import allowing

        ctx.with_resource(allowing(*folders))


def _set_cached(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.meta["hegui.cached"] = not value


def load_ruleset(rules_at: str) -> Ruleset:
    """The ruleset `--rules` names, as it was loaded before where it has not changed, unless `--no-cache` forbids it.

    Raises:
        RulesetError: as `api.load_ruleset`.
    """
    from hegui import api

    return api.load_ruleset(rules_at, cached=click.get_current_context().meta["hegui.cached"])


def days_option(command: Command) -> Command:
    """`--as-of` and `--decided-on`."""
    command = click.option(
        "--decided-on",
        metavar="DATE",
        callback=read_date,
        help="Day of the decision, for which later law is compared. Default: the same as --as-of.",
    )(command)
    return as_of_option(command)


def as_of_option(command: Command) -> Command:
    """`--as-of`."""
    return click.option(
        "--as-of",
        metavar="DATE",
        callback=read_date,
        help="Day the facts are looked at. Default: today in Asia/Shanghai.",
    )(command)


def engine_option(default: str | None, *also: str, help: str) -> Callable[[Command], Command]:
    """`--engine`: one of hegui's own, one of `also`, or one of a plugin's."""
    known = (*also, "polars", "scalar", "spark")

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        if value is not None and value not in known:
            from hegui.engines import engine_of

            engine_of(value)
        return value

    told = f"{help} One of {', '.join(known)}, or a plugin's."
    return click.option("--engine", metavar="NAME", default=default, callback=read, help=told)


def formats_option(default: str | None) -> Callable[[Command], Command]:
    """`--format`, with a default if there is one."""
    note = f" Default: {default}." if default is not None else ""

    def option(command: Command) -> Command:
        return click.option(
            "--format",
            "formats",
            metavar="NAME[=FILE]",
            multiple=True,
            default=(default,) if default is not None else (),
            help="Output format (table, html, xlsx, docx, docx-town, csv, json, jsonl, notice, markdown, sarif, junit, github), "
            f"to a file or to the terminal; may be repeated.{note}",
        )(command)

    return option


class Finite(click.FloatRange):
    """A number in a range; `nan` and `inf`, which Python reads as numbers too, are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        if not isfinite(found):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return found


def told_option(command: Command) -> Command:
    """`--format` and `--accepted` of commands that say what they found in a ruleset."""
    command = click.option(
        "--accepted", is_flag=True, help="List what the ruleset accepts, with the reasons, in the text form too."
    )(command)
    return click.option(
        "--format",
        "formats",
        metavar="NAME[=FILE]",
        multiple=True,
        default=("text",),
        help="Output format (text, json, sarif, github, junit), to a file or to the terminal; may be repeated. Default: text.",
    )(command)


@click.group(cls=_Hegui, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hegui")
def main() -> None:
    """Check registries of facts against rulesets, and say why.

    Exit codes: 0 clean, 1 found something, 2 the ruleset is unusable, 3 usage, configuration or facts unusable, or
    nothing evaluated.
    """
