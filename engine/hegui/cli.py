"""The command line: options, files and exit codes. What the commands do is the library's.

Exit codes, the same for every command: 0 clean, 1 found something, 2 the ruleset is unusable, 3 usage, configuration or
facts unusable, or nothing evaluated. Data goes to stdout, talk to stderr.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

from hegui import cli_words as say
from hegui.source import Diagnostic, HeguiError, UsageError, Wording, did_you_mean

if TYPE_CHECKING:
    from hegui.facts import Registry
    from hegui.report import Look, Run
    from hegui.ruleset.model import Ruleset

FOUND: Final = 1
UNUSABLE: Final = 3
BROKEN_PIPE: Final = 141


Command = TypeVar("Command", bound=Callable[..., Any])


# --- the frame around every command --------------------------------------------------------------------------------


class _Hegui(click.Group):
    """Maps every way a command can end to an exit code; nothing a user can do ends in a traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        run: Callable[..., Any] = super().main
        if not extra.pop("standalone_mode", True):
            return run(*args, standalone_mode=False, **extra)
        _speak_unicode()
        try:
            code = run(*args, standalone_mode=False, **extra)
        except click.ClickException as error:
            error.show()
            code = UNUSABLE
        except (click.Abort, KeyboardInterrupt):
            click.echo(say.INTERRUPTED.en, err=True)
            code = UNUSABLE
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except HeguiError as error:
            _tell(error.diagnostics, ctx)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            _forget_stdout()
            ctx.exit(BROKEN_PIPE)
        except OSError as error:
            _tell([Diagnostic(say.SYSTEM, {"problem": _reason(error)})], ctx)
            ctx.exit(UNUSABLE)


def _speak_unicode() -> None:
    """Files and pipes get UTF-8 wherever hegui runs, and a terminal that lacks a character gets a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            chosen = stream.isatty() or "PYTHONIOENCODING" in os.environ
            stream.reconfigure(encoding=stream.encoding if chosen else "utf-8", errors="replace")


def _forget_stdout() -> None:
    """What is left in the buffer can no longer be delivered, and must not be complained about at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _lang(ctx: click.Context | None = None) -> str:
    return str((ctx or click.get_current_context()).meta.get("hegui.lang", "en"))


def _tell(diagnostics: Iterable[Diagnostic], ctx: click.Context | None = None) -> None:
    for diagnostic in diagnostics:
        click.echo(diagnostic.render(_lang(ctx)), err=True)


def _say(wording: Wording, **args: object) -> None:
    click.echo((wording.zh if _lang() == "zh" else wording.en).format(**args), err=True)


def _set_lang(ctx: click.Context, param: click.Parameter, value: str) -> str:
    ctx.meta["hegui.lang"] = value
    return value


def _near(word: str, known: Iterable[str], lang: str) -> str:
    found = did_you_mean(word, known, 1)
    if not found:
        return ""
    return f"，是否为 `{found[0]}`" if lang == "zh" else f", did you mean `{found[0]}`"


def _unknown(wording: Wording, name: str, known: Iterable[str]) -> NoReturn:
    known = list(known)
    listed = ", ".join(f"`{word}`" for word in known)
    raise UsageError(Diagnostic(wording, {"name": name, "near": _near(name, known, _lang()), "known": listed}))


def _read_date(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if len(value) != len("2024-03-11"):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(Diagnostic(say.DATE, {"text": value})) from error


def _language(command: Command) -> Command:
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default="en",
        envvar="HEGUI_LANG",
        show_envvar=True,
        is_eager=True,
        callback=_set_lang,
        help="Language of reports and messages.",
    )(command)


def _rules(command: Command) -> Command:
    return click.option(
        "--rules", "rules_at", metavar="R", required=True, help="Ruleset: a folder, or the name of a shipped one."
    )(command)


def _days(command: Command) -> Command:
    command = click.option(
        "--decided-on",
        metavar="DATE",
        callback=_read_date,
        help="Day of the decision, for which later law is compared. Default: the same as --as-of.",
    )(command)
    return _as_of(command)


def _as_of(command: Command) -> Command:
    return click.option(
        "--as-of",
        metavar="DATE",
        callback=_read_date,
        help="Day the facts are looked at. Default: today in Asia/Shanghai.",
    )(command)


def _formats(default: str | None) -> Callable[[Command], Command]:
    note = f" Default: {default}." if default is not None else ""

    def option(command: Command) -> Command:
        return click.option(
            "--format",
            "formats",
            metavar="NAME[=FILE]",
            multiple=True,
            default=(default,) if default is not None else (),
            help=f"Output format (table, json, notice), to a file or to the terminal; may be repeated.{note}",
        )(command)

    return option


@click.group(cls=_Hegui, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hegui")
def main() -> None:
    """Check registries of facts against rulesets, and say why.

    Exit codes: 0 clean, 1 found something, 2 the ruleset is unusable, 3 usage, configuration or facts unusable, or
    nothing evaluated.
    """


# --- output --------------------------------------------------------------------------------------------------------


def _look() -> Look:
    import shutil

    from hegui.report import Look

    columns = min(max(shutil.get_terminal_size((100, 24)).columns, 60), 120)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()
    return Look(_lang(), columns, not plain)


def _targets(formats: Iterable[str]) -> list[tuple[str, Path | None]]:
    """Formats with their files, or None for stdout, each checked before anything is computed."""
    from hegui.report import WRITERS

    found: list[tuple[str, Path | None]] = []
    for text in formats:
        name, _, file = text.partition("=")
        if name not in WRITERS:
            _unknown(say.FORMAT, name, WRITERS)
        path = Path(file) if file not in ("", "-") else None
        if any(path == other for _, other in found):
            wording = say.TWO if path is None else say.SAME_FILE
            raise UsageError(Diagnostic(wording, {"name": name, "file": file}))
        if path is not None:
            _refuse_unwritable(path)
        found.append((name, path))
    return found


def _refuse_unwritable(path: Path) -> None:
    """A file that cannot be written is better known before an hour's run than after it."""
    if path.is_dir():
        raise UsageError(Diagnostic(say.CANNOT_WRITE, {"file": path, "problem": "is a directory"}))
    if not path.parent.is_dir():
        raise UsageError(Diagnostic(say.CANNOT_WRITE, {"file": path, "problem": f"no directory `{path.parent}`"}))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(Diagnostic(say.CANNOT_WRITE, {"file": path, "problem": "permission denied"}))


def _write(run: Run, targets: Iterable[tuple[str, Path | None]], timings: dict[str, float] | None = None) -> None:
    from dataclasses import replace

    from hegui.api import timed
    from hegui.report import WRITERS

    look = _look()
    for name, path in targets:
        with timed(timings, f"report {name}"):
            if path is None:
                _print(WRITERS[name](run, look))
                continue
            run = _placed(run, path) if name == "json" else run
            _write_file(path, WRITERS[name](run, replace(look, color=False, columns=100)))
            _say(say.WROTE, file=path)


def _placed(run: Run, path: Path) -> Run:
    """The run as it is to be written to a JSON document, with its findings beside that where they are kept."""
    if run.kept and not run.stays:
        run = run.moved(path.with_suffix(".findings"))
        _say(say.WROTE, file=path.with_suffix(".findings"))
    return run.beside(path)


def _print(pieces: Iterable[str]) -> None:
    for piece in pieces:
        click.echo(piece, nl=False)
    sys.stdout.flush()


def _write_file(path: Path, pieces: Iterable[str]) -> None:
    """Write a whole file or nothing: a reader never sees half of one."""
    try:
        with _replacing(path) as target, target.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(pieces)
    except OSError as error:
        raise UsageError(Diagnostic(say.CANNOT_WRITE, {"file": path, "problem": _reason(error)})) from error


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A temporary file that takes the place of `path` when all went well; `path` itself where it is no plain file."""
    if path.exists() and not path.is_file():
        yield path
        return
    real = path.resolve()
    temporary = real.with_name(f".{real.name}.{os.getpid()}.part")
    try:
        yield temporary
        if real.exists():
            temporary.chmod(real.stat().st_mode)
        temporary.replace(real)
    finally:
        temporary.unlink(missing_ok=True)


# --- judging -------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("facts", nargs=-1, required=True)
@_rules
@_days
@_formats("table")
@click.option(
    "--engine", type=click.Choice(["auto", "polars", "scalar", "spark"]), default="auto", help="Which engine judges."
)
@click.option("--master", metavar="URL", help="Where Spark runs, for --engine spark. Default: as Spark is configured.")
@click.option(
    "--chainer",
    type=click.Choice(["auto", "durable", "reference", "spark"]),
    default="auto",
    help="Which draws conclusions.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["low", "minor", "major", "critical", "undetermined", "never"]),
    default="minor",
    show_default=True,
    help="Exit 1 on violations and conclusions of this priority or above; `undetermined` counts what is undetermined too.",
)
@click.option("--rule", "globs", metavar="GLOB", multiple=True, help="Only rules whose name matches; may be repeated.")
@click.option("--entity", metavar="ID", help="Only rows filed under this entity.")
@click.option(
    "--since", metavar="RUN.json", help="A saved run: judge again only what changed since, and go on from it."
)
@click.option("--changes", metavar="FOLDER", help="With --since: the rows that changed, `before` and `after`.")
@click.option("--before", metavar="FACTS", help="With --since: the registry the run was made of, to find what changed.")
@click.option("--strict", is_flag=True, help="Exit 3 if there are problems in the data.")
@click.option("--show-compliant", is_flag=True, help="List compliant and not applicable rows too.")
@click.option("--findings", metavar="FOLDER", help="Keep the findings there as Parquet, a file per rule.")
@click.option("--timings", is_flag=True, help="Say how long stages and rules took; each rule is then judged by itself.")
@_language
def check(
    facts: tuple[str, ...],
    rules_at: str,
    as_of: date | None,
    decided_on: date | None,
    formats: tuple[str, ...],
    engine: str,
    master: str | None,
    chainer: str,
    fail_on: str,
    globs: tuple[str, ...],
    entity: str | None,
    since: str | None,
    changes: str | None,
    before: str | None,
    strict: bool,
    show_compliant: bool,
    findings: str | None,
    timings: bool,
    lang: str,
) -> None:
    """Judge a registry: FACTS are folders, files or a registry.yaml."""
    from hegui import api
    from hegui.report.look import progress

    targets = _targets(formats)
    seconds: dict[str, float] | None = {} if timings else None
    ruleset = api.load_ruleset(rules_at)
    rules = _matching(ruleset, globs)
    former = _former(since, changes, before)
    as_of = as_of or (api.today() if former is None else former.info.as_of)
    with progress() as told:
        registry = _facts(facts, ruleset, as_of, told, seconds)
        run = api.check(
            registry,
            ruleset,
            as_of=as_of,
            decided_on=decided_on,
            engine=engine,
            chainer=chainer,
            rules=rules,
            entity=entity,
            every=show_compliant,
            findings=Path(findings) if findings is not None else None,
            told=told,
            timings=seconds,
            master=master,
            since=former,
            changes=changes if before is None else api.load_registry([before], ruleset),
        )
    _report(run, targets, seconds)
    _refuse_empty(run, ruleset, rules, entity)
    _leave(run, fail_on, strict)


def _facts(
    facts: tuple[str, ...],
    ruleset: Ruleset,
    as_of: date,
    told: Callable[[str], None],
    seconds: dict[str, float] | None,
) -> Registry:
    from hegui import api

    told("facts")
    with api.timed(seconds, "facts"):
        return api.load_registry(facts, ruleset, as_of=as_of)


def _report(run: Run, targets: Iterable[tuple[str, Path | None]], seconds: dict[str, float] | None) -> None:
    """Write the reports, and say what is to be said of the run itself."""
    from hegui.since.telling import how_much

    if (said := how_much(run)) is not None:
        _say(said[0], **said[1])
    _write(run, targets, seconds)
    _say_seconds(seconds or {})


def _former(since: str | None, changes: str | None, before: str | None) -> Run | None:
    """The run to go on from."""
    from hegui.report import Run
    from hegui.since.telling import refuse_options

    refuse_options(since, changes, before)
    return None if since is None else Run.from_json(_read_text(Path(since)), since, shown=False)


def _leave(run: Run, fail_on: str, strict: bool) -> None:
    """End with the exit status that what was found calls for."""
    if strict and run.problems:
        raise UsageError(Diagnostic(say.STRICT, {"count": len(run.problems)}))
    if run.counting(fail_on):
        click.get_current_context().exit(FOUND)


def _say_seconds(seconds: dict[str, float]) -> None:
    for name, value in seconds.items():
        click.echo(f"{value:9.3f} s  {name}", err=True)


def _matching(ruleset: Ruleset, globs: tuple[str, ...]) -> list[str] | None:
    """Names of the rules that match any of the patterns; None where there are none."""
    from fnmatch import fnmatchcase

    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in ruleset.rules):
            near = _near(glob, ruleset.rules, _lang())
            raise UsageError(Diagnostic(say.NO_MATCH, {"glob": glob, "near": near}))
    return [name for name in ruleset.rules if any(fnmatchcase(name, glob) for glob in globs)] if globs else None


def _refuse_empty(run: Run, ruleset: Ruleset, rules: list[str] | None, entity: str | None) -> None:
    if run.summary.judged:
        return
    if entity is not None:
        raise UsageError(Diagnostic(say.NO_ENTITY, {"entity": entity}))
    kinds = dict.fromkeys(ruleset.rules[name].about for name in rules or ruleset.rules)
    labels = (f"`{kind}` ({ruleset.vocabulary.kinds[kind].label.get(_lang())})" for kind in kinds)
    raise UsageError(Diagnostic(say.NOTHING, {"kinds": ", ".join(labels)}))


@main.command()
@click.argument("facts", nargs=-1, required=True)
@click.argument("entity")
@click.argument("rule")
@_rules
@_days
@_language
def explain(
    facts: tuple[str, ...],
    entity: str,
    rule: str,
    rules_at: str,
    as_of: date | None,
    decided_on: date | None,
    lang: str,
) -> None:
    """Say why: the facts, the rule and the law for every row filed under ENTITY, whatever the verdict of RULE. For a
    conclusion, the chain of its grounds."""
    from hegui import api
    from hegui.report.concluded import explain_conclusion
    from hegui.report.explained import explained

    ruleset = api.load_ruleset(rules_at)
    if rule not in ruleset.rules and rule not in ruleset.conclusions:
        known = [*ruleset.rules, *ruleset.conclusions]
        raise UsageError(Diagnostic(say.NO_MATCH, {"glob": rule, "near": _near(rule, known, lang)}))
    as_of = as_of or api.today()
    registry = api.load_registry(facts, ruleset, as_of=as_of)
    if rule in ruleset.conclusions:
        about = ruleset.conclusions[rule].about_kind
        whole = api.check(registry, ruleset, as_of=as_of, decided_on=decided_on)
        drawn = any(each.entity == entity for each in whole.drawing.drawn)
        if not drawn and about in registry.tables and entity not in registry.keys(about):
            raise UsageError(Diagnostic(say.NO_ENTITY, {"entity": entity}))
        _print(explain_conclusion(whole, rule, entity, _look()))
        return
    run = api.explain(registry, ruleset, entity, rule, as_of=as_of, decided_on=decided_on)
    _refuse_empty(run, ruleset, [rule], entity)
    _print(explained(run, _look()))


@main.command()
@click.argument("run_json", metavar="RUN.json")
@_formats("table")
@_language
def report(run_json: str, formats: tuple[str, ...], lang: str) -> None:
    """Make any format from a saved run."""
    from hegui.report import Run

    targets = _targets(formats)
    _write(Run.from_json(_read_text(Path(run_json)), run_json), targets)


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(Diagnostic(say.CANNOT_READ, {"file": path, "problem": _reason(error)})) from error
    except UnicodeDecodeError as error:
        raise UsageError(Diagnostic(say.NOT_TEXT, {"file": path})) from error


# --- for authors ---------------------------------------------------------------------------------------------------


@main.command()
@_rules
@click.option("--by", type=click.Choice(["notice", "law", "kind"]), help="Group the rules.")
@click.option("--book", metavar="FOLDER", help="Write the rule book there, in both languages, instead of a list.")
@_as_of
@_language
def rules(rules_at: str, by: str | None, book: str | None, as_of: date | None, lang: str) -> None:
    """List rules, with the citations and parameters in force."""
    from hegui import api
    from hegui.report.catalogue import catalogue

    if book is not None:
        from hegui.report.book import pages, write

        write(Path(book), pages(api.load_ruleset(rules_at)))
        _say(say.WROTE, file=book)
        return
    _print(catalogue(api.load_ruleset(rules_at), _look(), as_of or api.today(), by))


@main.command()
@click.argument("name", required=False)
@click.option("--rules", "rules_at", metavar="R", help="Also the kinds of this ruleset.")
@_language
def schema(name: str | None, rules_at: str | None, lang: str) -> None:
    """Print a JSON Schema: of a document of rulesets, or of a kind of entity; without NAME, list what there is."""
    import json

    from hegui import api
    from hegui.ruleset.json_schema import schemas
    from hegui.vocabulary import model

    documents = schemas()
    kinds = api.load_ruleset(rules_at).vocabulary.kinds if rules_at is not None else {}
    if name is None:
        _print(f"{known}\n" for known in [*documents, *sorted(kinds)])
        return
    if name not in documents and name not in kinds:
        _unknown(say.NO_SCHEMA, name, [*documents, *sorted(kinds)])
    made = model(kinds[name]).model_json_schema() if name in kinds else documents[name]
    _print([json.dumps(made, ensure_ascii=False, indent=2), "\n"])


@main.command()
@click.argument("kinds", metavar="KIND...", nargs=-1, required=True)
@_rules
@click.option("-o", "--output", metavar="FILE", required=True, help="The workbook to write, `.xlsx`.")
@_language
def template(kinds: tuple[str, ...], rules_at: str, output: str, lang: str) -> None:
    """Write an empty workbook for some kinds, with headers, units and drop-down lists."""
    from hegui import api
    from hegui.facts import write_template

    vocabulary = api.load_ruleset(rules_at).vocabulary
    for kind in kinds:
        if kind not in vocabulary.kinds:
            _unknown(say.NO_KIND, kind, vocabulary.kinds)
    path = Path(output)
    _refuse_unwritable(path)
    with _replacing(path) as target:
        write_template(vocabulary, list(kinds), target)
    _say(say.WROTE, file=path)


@main.group()
def new() -> None:
    """Begin a rule, or a manifest for a workbook somebody already has."""


@new.command("registry")
@click.argument("file")
@_rules
@_language
def new_registry(file: str, rules_at: str, lang: str) -> None:
    """Propose a registry.yaml for FILE, and list what could not be matched."""
    from hegui import api
    from hegui.facts import propose_manifest

    _print([propose_manifest(Path(file), api.load_ruleset(rules_at).vocabulary)])


@new.command("rule")
@_language
def new_rule(lang: str) -> None:
    """Print a rule to start from."""
    from hegui.ruleset.scaffold import RULE

    _print([RULE])


@main.command()
@click.argument("rules_at", metavar="R")
@_language
def lint(rules_at: str, lang: str) -> None:
    """Say everything there is to say of a ruleset: exit 2 on errors, 1 on warnings."""
    from hegui import api
    from hegui.ruleset.linting import lint as run

    found = run(rules_at, api.today())
    _print(diagnostic.render(lang) + "\n" for diagnostic in found)
    errors = [diagnostic for diagnostic in found if diagnostic.level == "error"]
    click.get_current_context().exit(2 if errors else FOUND if found else 0)
