"""A run in which every text that a user may supply tries to be more than a text: markup, templates, format strings, commands of
terminals and of CI systems; and the same run with texts that try nothing, to compare the shape of reports."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import sample
from evaluation import table

from hegui import api
from hegui.facts.registry import DataProblem, Place, Registry
from hegui.report.run import Run
from hegui.ruleset.model import Ruleset
from hegui.source import read_source, read_yaml
from hegui.waivers.loading import load

MARKUP = "</script></style></title><script>alert(1)</script><img src=x onerror=alert(2)>]]>--><!--\"'&lt;"
TEMPLATE = "{{7*7}}{%raw%}${x}#{x}{0.__class__}{name}%s%(x)s$(x)`x`"
COMMANDS = "\x1b]0;owned\x07\x1b[2J\x9b2J\x08\x7f\r\n::error::owned\n##vso[task.complete]\n\u2028\u202eevil"
EVIL = MARKUP + TEMPLATE + COMMANDS
PLAIN = "a plain text"
WORDS = ("zh", "en")


def documents(folder: Path, text: str) -> str:
    """The sample ruleset with `text` in the place of every text in words, but for conditions in messages."""
    found = []
    for path in sorted(folder.glob("*.yaml"), key=lambda path: path.name != "ruleset.yaml"):
        found += [worded(each.data, text, path.name == "vocabulary.yaml") for each in read_yaml(read_source(path))]
    return "---\n".join(json.dumps(each) + "\n" for each in found)


def worded(data: Any, text: str, vocabulary: bool, at: str = "") -> Any:
    """Labels of fields stay, since headers are known by them; codes stay apart; what stands in braces in a message is a
    condition."""
    if isinstance(data, list):
        return [worded(each, text, vocabulary, at) for each in data]
    if not isinstance(data, dict):
        return data
    if not set(data) & set(WORDS) or (vocabulary and at == "label"):
        return {key: worded(value, text, vocabulary, key) for key, value in data.items()}
    if at == "message":
        return {key: text.replace("{", "{{").replace("}", "}}") + value for key, value in data.items()}
    return {key: f"{text}{at}" if key in WORDS else value for key, value in data.items()}


@cache
def ruleset(folder: Path, text: str) -> Ruleset:
    """It, loaded; written to a folder that is called by the text as far as a name of a file can be."""
    place = folder / ("evil<img src=x>\x1b[2J'\"" if text is EVIL else "plain")
    place.mkdir()
    (place / "ruleset.yaml").write_text(documents(Path(__file__).parent / "sample", text), "utf-8")
    return api.load_ruleset(place)


def registry(rules: Ruleset, text: str) -> Registry:
    """The sample registry with the text for names, papers, files, sheets, columns and what could not be read."""
    kinds = rules.vocabulary.kinds
    rows = {
        "quarry": [{**row, "name": f"{text}{at}", "phone": text} for at, row in enumerate(sample._QUARRIES)],
        "licence": sample._LICENCES,
        "year": [{**row, "paper": text, "measured_by": text} for row in sample._YEARS],
        "water": sample._WATER,
        "town": [{**row, "name": f"{text}{at}"} for at, row in enumerate(sample._TOWNS)],
    }
    tables: dict[str, pl.DataFrame] = {}
    for number, (kind, given) in enumerate(rows.items()):
        frame = table(kinds[kind], given)
        tables[kind] = frame.with_columns((frame["#source"] + number).alias("#source"))
    sources = tuple(
        replace(each, file=f"{text}/{at}.xlsx", sheet=text, columns=dict.fromkeys(each.columns, text))
        for at, each in enumerate(sample._SOURCES)
    )
    problems = (
        DataProblem("unreadable", "licence", text, "to", text, Place(text, text, 5, text)),
        DataProblem("unknown-table", raw=text, place=Place(text, text)),
    )
    return Registry(rules.vocabulary, tables, sources, problems, {"licence": 2}, "sha256:facts")


def waivers(folder: Path, text: str) -> Path:
    """A file of one waiver that covers something."""
    path = folder / f"{'evil' if text is EVIL else 'plain'}.yaml"
    scope = {"rule": "quarry.over-scale", "entity": {"kind": "quarry", "id": "Q1"}}
    waiver = {
        "waiver": "w",
        "document": text,
        "approved_by": text,
        "reason": text,
        "from": "2020-01-01",
        "until": "2030-01-01",
    }
    path.write_text(json.dumps({"schema": "hegui/waivers/1", "waivers": [{**waiver, "scope": scope}]}), "utf-8")
    return path


def run(folder: Path, text: str) -> Run:
    """The run over all of it."""
    rules = ruleset(folder, text)
    facts = registry(rules, text)
    covering = load([waivers(folder, text)])
    days = {"as_of": sample.AS_OF, "decided_on": sample.DECIDED_ON}
    run = api.check(facts, rules, engine="scalar", chainer="reference", waivers=covering, **days)
    return replace(run, info=replace(run.info, hegui="0.0", versions={}))
