"""Findings about a ruleset, written out: one function per format, the same for `hegui lint`, `hegui test` and `hegui prove`.

What these commands find are diagnostics: an id, a level, a message in both languages, a place in the YAML, a hint. What a
run finds in facts is another matter and has writers of its own (`hegui.report`); both share how a form is escaped.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hegui.datatypes import Text
from hegui.source import Diagnostic, Span

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Passed:
    """Something looked at in which nothing was found: its suite, its name, and where it stands. Only JUnit tells of it."""

    suite: str
    name: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What is written.

    `tool` is the command (`lint`); `findings` are what it found, in order; `let_stand` what it found too and somebody
    accepted, with the reason; `passed` what it looked at in vain. `pages` leads from an id to the page that documents it.
    `more` are further members of the JSON form, `notes` further lines of the text. The text only counts what is let stand,
    unless that is to be `listed`; the other forms always have it.
    """

    tool: str
    findings: Sequence[Diagnostic]
    let_stand: Sequence[tuple[Diagnostic, Text]] = ()
    passed: Sequence[Passed] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)
    notes: Sequence[Text] = ()
    listed: bool = False

    @property
    def all(self) -> list[tuple[Diagnostic, Text | None]]:
        """Every finding, those that are let stand last, with the reason where there is one."""
        return [*((found, None) for found in self.findings), *self.let_stand]


REASON: Final = Text("理由", "reason")
ACCEPTED: Final = Text("已接受", "accepted")
SEE: Final = Text("说明见 {page} [{id}]", "see {page} [{id}]")
EXPLAIN: Final = Text("说明见 `hegui lint --explain {id}`", "see `hegui lint --explain {id}`")
COUNTED: Final = {
    "error": Text("错误 {count} 处", "{count} errors"),
    "warning": Text("警告 {count} 处", "{count} warnings"),
    "accepted": Text("已接受 {count} 处", "{count} accepted"),
}
ONE: Final = {
    "error": Text("错误 1 处", "1 error"),
    "warning": Text("警告 1 处", "1 warning"),
    "accepted": Text("已接受 1 处", "1 accepted"),
}


def counted(told: Telling, lang: str) -> str:
    """How many errors, warnings and accepted findings there are, on one line; empty where there are none."""
    counts = Counter({"error": 0, "warning": 0})
    counts.update(found.level for found in told.findings)
    counts["accepted"] = len(told.let_stand)
    parts = [
        (ONE if counts[sort] == 1 else COUNTED)[sort].get(lang).format(count=counts[sort])
        for sort in COUNTED
        if counts[sort]
    ]
    return ("，" if lang == "zh" else ", ").join(parts)


# --- text ----------------------------------------------------------------------------------------------------------


def text(told: Telling, lang: str) -> Iterator[str]:
    """As people read it: every finding with its line, then the pages and the counts; between them, where they are to be
    listed, those let stand with the reason."""
    for found in told.findings:
        yield found.render(lang) + "\n"
    joint = "：" if lang == "zh" else ": "
    for found, reason in told.let_stand if told.listed else ():
        yield f"{found.place()}{ACCEPTED.get(lang)}{joint}{found.message(lang)} [{found.id}]\n"
        yield f"  {REASON.get(lang)}{joint}{reason.get(lang)}\n"
    known = [name for name in dict.fromkeys(found.id for found in told.findings) if name in told.pages]
    for name in known:
        yield (EXPLAIN if told.tool == "lint" else SEE).get(lang).format(page=told.pages[name], id=name) + "\n"
    for note in told.notes:
        yield note.get(lang) + "\n"
    if count := counted(told, lang):
        yield count + "\n"


# --- JSON ----------------------------------------------------------------------------------------------------------


def as_json(told: Telling, lang: str) -> Iterator[str]:
    """`{"schema": "hegui/lint/1", "findings": […], "accepted": […]}`, messages in both languages whatever `lang`."""
    document = {
        "schema": f"hegui/{told.tool}/1",
        "findings": [entry(found, told.pages) for found in told.findings],
        "accepted": [
            {**entry(found, told.pages), "reason": {"zh": reason.zh, "en": reason.en}}
            for found, reason in told.let_stand
        ],
        **told.more,
    }
    yield json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def entry(found: Diagnostic, pages: Mapping[str, str]) -> Json:
    """A finding in the JSON form; by `name` and `detail` it is accepted."""
    hint = {language: found.hint_text(language) for language in ("zh", "en")} if found.hint is not None else None
    return {
        "id": found.id,
        "level": found.level,
        **{key: str(found.args[key]) for key in ("name", "detail") if key in found.args},
        "message": {"zh": found.message("zh"), "en": found.message("en")},
        **({"hint": hint} if hint is not None else {}),
        **(_where(found.span) or {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}),
        "page": pages.get(found.id),
    }


def _where(span: Span | None) -> Json | None:
    """File, line and column (from 1) of the first character, and those behind the last one."""
    if span is None:
        return None
    (line, column), (end, behind) = (span.source.line_column(at) for at in (span.start, span.end))
    return {"file": span.source.name, "line": line, "column": column, "end_line": end, "end_column": behind}


# --- SARIF ---------------------------------------------------------------------------------------------------------


def sarif(told: Telling, lang: str) -> Iterator[str]:
    """One SARIF 2.1.0 log with one run: a rule per id, a suppression where a finding is let stand."""
    from importlib.metadata import version

    from hegui.report.sarif import SCHEMA

    rules = {found.id: found for found, _ in reversed(told.all)}
    numbers = {name: number for number, name in enumerate(sorted(rules))}
    driver = {
        "name": f"hegui {told.tool}",
        "version": version("hegui"),
        "rules": [_sarif_rule(rules[name], told.pages, lang) for name in numbers],
    }
    run = {
        "tool": {"driver": driver},
        "language": "zh-CN" if lang == "zh" else "en",
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, reason, numbers, lang) for found, reason in told.all],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    yield json.dumps(log, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _sarif_rule(found: Diagnostic, pages: Mapping[str, str], lang: str) -> Json:
    from hegui.report.sarif import message

    wording = re.sub(r"\{\w+(:[^}]*)?\}", "…", Text(found.wording.zh, found.wording.en).get(lang))
    page = {"help": {"text": message(pages[found.id])}} if found.id in pages else {}
    return {"id": found.id, "shortDescription": {"text": message(wording)}, **page}


def _result(found: Diagnostic, reason: Text | None, numbers: Mapping[str, int], lang: str) -> Json:
    from hegui.report.sarif import both, pair

    said = Text(found.message("zh"), found.message("en"))
    result: Json = {
        "ruleId": found.id,
        "ruleIndex": numbers[found.id],
        "level": found.level,
        "message": both(said, lang),
        "properties": pair(said),
    }
    if found.hint is not None:
        result["properties"] |= {"hint": {each: found.hint_text(each) for each in ("zh", "en")}}
    if found.span is not None:
        result["locations"] = [{"physicalLocation": _physical(found.span)}]
    if reason is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason.get(lang)}]
    return result


def _physical(span: Span) -> Json:
    from hegui.report.places import uri

    (line, column), (end, behind) = (span.source.line_column(at) for at in (span.start, span.end))
    region = {"startLine": line, "startColumn": column, "endLine": end, "endColumn": behind}
    return {"artifactLocation": {"uri": uri(span.source.name)}, "region": region}


# --- GitHub --------------------------------------------------------------------------------------------------------


def github(told: Telling, lang: str) -> Iterator[str]:
    """A workflow command per finding, shown beside its line; a last one counts them, those let stand too."""
    from hegui.report.annotations import LONGEST, command
    from hegui.report.plain import line

    for found in told.findings:
        place = _where(found.span) or {}
        names = {"file": "file", "line": "line", "column": "col", "end_line": "endLine", "end_column": "endColumn"}
        where = {names[key]: value for key, value in place.items()}
        hint, page = found.hint_text(lang), told.pages.get(found.id)
        said = "\n".join(line(part, LONGEST) for part in (found.message(lang), hint, page) if part)
        yield command(found.level, said, **where, title=f"hegui {told.tool}: {found.id}")
    if count := counted(told, lang):
        yield command("notice", count, title=f"hegui {told.tool}")


# --- JUnit ---------------------------------------------------------------------------------------------------------


def junit(told: Telling, lang: str) -> Iterator[str]:
    """A suite per id with a failure per finding, skipped where it is let stand, and the suites of what passed."""
    suites: dict[str, list[tuple[str, str]]] = {}
    for found, reason in told.all:
        suites.setdefault(found.id, []).append(_failed(found, reason, lang))
    for passed in told.passed:
        suites.setdefault(passed.suite, []).append(_case(passed.suite, passed.name, passed.span, ""))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    sorts = [sort for cases in suites.values() for sort, _ in cases]
    yield f"<testsuites{_attributes(name=f'hegui {told.tool}', **_numbers(sorts))}>\n"
    for name, cases in suites.items():
        yield f" <testsuite{_attributes(name=name, **_numbers([sort for sort, _ in cases]))}>\n"
        yield "".join(case for _, case in cases) + " </testsuite>\n"
    yield "</testsuites>\n"


def _failed(found: Diagnostic, reason: Text | None, lang: str) -> tuple[str, str]:
    from html import escape

    from hegui.report.plain import plain

    said = found.message(lang)
    if reason is not None:
        outcome = f"   <skipped{_attributes(message=reason.get(lang))}/>\n"
    else:
        body = "\n".join(escape(plain(line), quote=False) for line in found.render(lang).split("\n"))
        outcome = f"   <failure{_attributes(message=said, type=found.level)}>{body}</failure>\n"
    return _case(found.id, said, found.span, outcome)


def _case(suite: str, name: str, span: Span | None, outcome: str) -> tuple[str, str]:
    """What became of a case, and the case."""
    where = {} if span is None else {"file": span.source.name, "line": span.source.line_column(span.start)[0]}
    opened = f"  <testcase{_attributes(classname=suite, name=name, **where)}"
    sort = "passed" if not outcome else "skipped" if outcome.lstrip().startswith("<skipped") else "failures"
    return sort, f"{opened}>\n{outcome}  </testcase>\n" if outcome else f"{opened}/>\n"


def _numbers(sorts: Sequence[str]) -> dict[str, int]:
    counts = Counter(sorts)
    return {"tests": len(sorts), "failures": counts["failures"], "errors": 0, "skipped": counts["skipped"]}


def _attributes(**values: object) -> str:
    from hegui.report.junit import attributes

    return attributes(**values)


Writer = Callable[[Telling, str], Iterator[str]]
WRITERS: Final[dict[str, Writer]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "junit": junit,
}
"""How findings may be written, by the name of the format; each takes the language too."""
