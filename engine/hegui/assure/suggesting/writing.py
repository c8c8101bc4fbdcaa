"""Proposed examples as YAML to be pasted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from hegui.assure.suggesting import Proposed, Section
from hegui.datatypes import Text
from hegui.explaining.values import number
from hegui.ruleset.model import Example

HEAD: Final = (
    Text(
        "示例建议。结论均为规则集目前给出的结论，不等于正确结论：",
        "Proposed examples. Every verdict is the one the ruleset gives today, which need not be the right one:",
    ),
    Text(
        "请逐条对照法律依据确认后，再粘贴到相应规则的 examples 之下。",
        "confirm each against the law before you paste it below `examples:` of its rule.",
    ),
)
CONFIRM: Final = Text("目前的结论，待人工确认", "as the ruleset stands; to be confirmed")
_PLAIN: Final = re.compile(r"[^\W\d_][\w.-]*(?: [\w.-]+)*\Z")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def written(proposed: Iterable[Proposed], lang: str) -> Iterator[str]:
    """A YAML document for each rule, with its `examples`."""
    yield from (f"# {line.get(lang)}\n" for line in HEAD)
    for each in proposed:
        source = each.rule.span.source
        line, _ = source.line_column(each.rule.span.start)
        yield f"---\n# {source.name}:{line}\nrule: {each.rule.name}\nexamples:\n"
        for section in each.sections:
            yield from _section(section, lang)


def _section(section: Section, lang: str) -> Iterator[str]:
    yield f"  # {_line(section.heading.get(lang))}\n"
    yield from (f"  #   {note.get(lang)}\n" for note in section.notes)
    for example in section.examples:
        yield from _example(example, lang)


def _example(example: Example, lang: str) -> Iterator[str]:
    yield f"  - name: {scalar(example.name)}\n"
    yield f"    given: {flow(example.given)}\n"
    if example.as_of is not None:
        yield f"    as_of: {example.as_of}\n"
    yield f"    verdict: {example.verdict}  # {CONFIRM.get(lang)}\n"
    if example.causes:
        yield f"    causes: {flow(list(example.causes))}\n"
    if example.also:
        yield f"    also: {flow(example.also)}\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def flow(value: object) -> str:
    """A value on one line.

    >>> flow({"year": 2023, "from": "2020-01-01", "rows": [{"note": "a, b"}, {}]})
    '{year: 2023, from: 2020-01-01, rows: [{note: "a, b"}, {}]}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(name)}: {flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """A single value; a text in quotes wherever it could be read as anything else.

    >>> scalar("2009"), scalar("no"), scalar("half full"), scalar(0.5), scalar(None), scalar("a: b")
    ('"2009"', '"no"', 'half full', '0.5', 'null', '"a: b"')
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number(value)
    text = str(value)
    plain = _DAY.match(text) or (_PLAIN.match(text) and text.lower() not in _WORDS)
    if plain:
        return text
    quotes = '"' in text and text.isprintable() and "'" not in text
    return f"'{text}'" if quotes else json.dumps(text, ensure_ascii=False)
