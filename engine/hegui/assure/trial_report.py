"""What `hegui test` says, by format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Final

from hegui.assure.told import ACCEPTED, REASON
from hegui.assure.trial import Check, Sort, Trial
from hegui.assure.trials import Tested
from hegui.datatypes import Text
from hegui.source import Diagnostic, Span

Writer = Callable[[Tested, str], Iterator[str]]

_SORTS: Final[dict[Sort, Text]] = {
    "rule": Text("规则 {subjects} 条，示例 {count} 个（{runners}）", "rules {subjects}, examples {count} ({runners})"),
    "conclusion": Text(
        "结论 {subjects} 条，示例 {count} 个（{runners}）", "conclusions {subjects}, examples {count} ({runners})"
    ),
    "test": Text("台账测试 {count} 项（{runners}）", "tests of registries {count} ({runners})"),
}
_OUTCOME: Final = Text("通过 {passed}，失败 {failed}", "passed {passed}, failed {failed}")


def unlike(trials: list[Trial]) -> list[tuple[Diagnostic, list[str]]]:
    """The failures of one example, each once, with what it ran on where it failed so."""
    found: list[tuple[Diagnostic, list[str]]] = []
    for trial in trials:
        for failure in trial.failures:
            known = next((each for each in found if each[0] == failure), None)
            if known is None:
                found.append((failure, [trial.runner]))
            else:
                known[1].append(trial.runner)
    return found


# --- text ----------------------------------------------------------------------------------------------------------


def text(tested: Tested, lang: str) -> Iterator[str]:
    """Every failure with its line in the YAML and what it ran on, then the counts."""
    for (_, subject, example), trials in tested.failed.items():
        for failure, runners in unlike(trials):
            title = " · ".join(part for part in (subject, example, ", ".join(runners)) if part)
            yield f"{title}\n{failure.render(lang)}\n\n"
    yield from _checked(tested, lang)
    yield from (f"{line}\n" for line in counted(tested, lang))
    yield from (f"{line.get(lang)}\n" for line in tested.lines)


def _checked(tested: Tested, lang: str) -> Iterator[str]:
    """What was found besides, under a line that says of what; what is let stand on a line, with the reason."""
    colon = "：" if lang == "zh" else ": "
    for (_, title), group in groupby(tested.checks, lambda check: (check.suite, check.title)):
        checks = list(group)
        found = [each for check in checks if check.reason is None for each in check.findings]
        if found:
            yield "\n".join([title.get(lang), *(each.render(lang) for each in found)]) + "\n\n"
        for reason, each in ((check.reason, each) for check in checks for each in check.findings):
            if reason is not None:
                yield f"{each.place()}{ACCEPTED.get(lang)}{colon}{each.message(lang)} [{each.id}]\n"
                yield f"  {REASON.get(lang)}{colon}{reason.get(lang)}\n\n"


def counted(tested: Tested, lang: str) -> Iterator[str]:
    """How much was tried, a line per sort, and how it came out."""
    for sort, words in _SORTS.items():
        trials = [trial for trial in tested.trials if trial.sort == sort]
        if trials:
            yield words.get(lang).format(
                count=len({trial.name for trial in trials}),
                subjects=len({trial.subject for trial in trials}),
                runners=", ".join(dict.fromkeys(trial.runner for trial in trials)),
            )
    failed = len(tested.failed)
    yield _OUTCOME.get(lang).format(passed=len({trial.name for trial in tested.trials}) - failed, failed=failed)


# --- JSON ----------------------------------------------------------------------------------------------------------


def as_json(tested: Tested, lang: str) -> Iterator[str]:
    """`{"schema": "hegui/test/1", "ruleset": …, "trials": […]}`, messages in both languages whatever `lang`."""
    ruleset = tested.ruleset
    document = {
        "schema": "hegui/test/1",
        "ruleset": {"name": ruleset.name, "version": ruleset.version, "digest": ruleset.digest},
        "passed": len({trial.name for trial in tested.trials}) - len(tested.failed),
        "failed": len(tested.failed),
        "trials": [_trial(trial) for trial in tested.trials],
        **tested.more,
    }
    yield json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "sort": trial.sort,
        "subject": trial.subject,
        "example": trial.example,
        "runner": trial.runner,
        **_where(trial.span),
        "passed": not trial.failures,
        "failures": [_failure(each) for each in trial.failures],
    }


def _failure(each: Diagnostic) -> dict[str, Any]:
    hint = {"hint": {lang: each.hint_text(lang) for lang in ("zh", "en")}} if each.hint is not None else {}
    said = {lang: each.message(lang) for lang in ("zh", "en")}
    return {"id": each.id, "message": said, **hint, **_where(each.span)}


def _where(span: Span | None) -> dict[str, Any]:
    line, column = span.source.line_column(span.start) if span is not None else (None, None)
    return {"file": span.source.name if span is not None else None, "line": line, "column": column}


# --- JUnit ---------------------------------------------------------------------------------------------------------


def junit(tested: Tested, lang: str) -> Iterator[str]:
    """A suite per rule, conclusion or test; a case per example and engine or chainer."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    numbers = Counter(_numbers(tested.trials)) + Counter(_checks_numbers(tested.checks))
    named = {key: numbers[key] for key in _numbers(())}
    yield f"<testsuites{_attributes(name=f'hegui test {tested.ruleset.name}', **named)}>\n"
    for (_, subject), group in groupby(tested.trials, lambda trial: (trial.sort, trial.subject)):
        trials = tuple(group)
        yield f" <testsuite{_attributes(name=subject, **_numbers(trials))}>\n"
        yield from (_case(trial, lang) for trial in trials)
        yield " </testsuite>\n"
    for suite, checks in groupby(tested.checks, lambda check: check.suite):
        cases = tuple(checks)
        yield f" <testsuite{_attributes(name=suite, **_checks_numbers(cases))}>\n"
        yield from (_check(each, lang) for each in cases)
        yield " </testsuite>\n"
    yield "</testsuites>\n"


def _case(trial: Trial, lang: str) -> str:
    place = _where(trial.span)
    name = f"{trial.example} ({trial.runner})" if trial.example else trial.runner
    opened = f"  <testcase{_attributes(classname=trial.subject, name=name, file=place['file'], line=place['line'])}"
    return _closed(opened, _failure_element(trial.failures, lang) if trial.failures else "")


def _check(check: Check, lang: str) -> str:
    """A case of what was looked at besides: what is found without being an error is said, and fails nothing."""
    place = {key: value for key, value in _where(check.span).items() if key != "column" and value is not None}
    opened = f"  <testcase{_attributes(classname=check.suite, name=check.name, **place)}"
    if check.reason is not None:
        return _closed(opened, f"   <skipped{_attributes(message=check.reason.get(lang))}/>\n")
    if check.failed:
        return _closed(opened, _failure_element(check.findings, lang))
    said = _rendered(check.findings, lang)
    return _closed(opened, f"   <system-out>{said}</system-out>\n" if said else "")


def _closed(opened: str, inside: str) -> str:
    return f"{opened}>\n{inside}  </testcase>\n" if inside else f"{opened}/>\n"


def _failure_element(failures: tuple[Diagnostic, ...], lang: str) -> str:
    first, body = failures[0], _rendered(failures, lang)
    return f"   <failure{_attributes(message=first.message(lang), type=first.id)}>{body}</failure>\n"


def _rendered(found: tuple[Diagnostic, ...], lang: str) -> str:
    from html import escape

    from hegui.report.plain import plain

    said = "\n".join(each.render(lang) for each in found)
    return "\n".join(escape(plain(line), quote=False) for line in said.split("\n"))


def _checks_numbers(checks: tuple[Check, ...]) -> dict[str, int]:
    failures = sum(check.failed for check in checks)
    skipped = sum(check.reason is not None for check in checks)
    return {"tests": len(checks), "failures": failures, "errors": 0, "skipped": skipped}


def _numbers(trials: tuple[Trial, ...]) -> dict[str, int]:
    return {"tests": len(trials), "failures": sum(bool(each.failures) for each in trials), "errors": 0, "skipped": 0}


def _attributes(**values: object) -> str:
    from hegui.report.junit import attributes

    return attributes(**values)


# --- GitHub --------------------------------------------------------------------------------------------------------


def github(tested: Tested, lang: str) -> Iterator[str]:
    """A workflow command per failure, shown beside its line in the YAML, and one that counts."""
    from hegui.report.annotations import LONGEST, command
    from hegui.report.plain import line

    for (_, subject, example), trials in tested.failed.items():
        for failure, runners in unlike(trials):
            place = _where(failure.span)
            title = " · ".join(line(part) for part in (subject, example, ", ".join(runners)) if part)
            said = "\n".join(line(part, LONGEST) for part in (failure.message(lang), failure.hint_text(lang)) if part)
            yield command("error", said, file=place["file"], line=place["line"], col=place["column"], title=title)
    for check in tested.checks:
        for each in check.findings if check.reason is None else ():
            place = _where(each.span)
            said = "\n".join(line(part, LONGEST) for part in (each.message(lang), each.hint_text(lang)) if part)
            title = line(check.title.get(lang))
            yield command(each.level, said, file=place["file"], line=place["line"], col=place["column"], title=title)
    said = "\n".join([*counted(tested, lang), *(line(each.get(lang)) for each in tested.lines)])
    yield command("notice", said, title="hegui test")


WRITERS: Final[dict[str, Writer]] = {"text": text, "json": as_json, "junit": junit, "github": github}
"""How it may be written, by the name of the format; each takes the language too."""
