"""One enterprise, checked as it is typed in: `uvicorn --app-dir examples/fastapi app:app`."""

import logging
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel, ConfigDict

import hegui

ASKED = {"enterprise": "name", "emission_source": "name"}
"""The kinds the form asks for, each with the field it begins with."""

log = logging.getLogger("enterprise-form")
pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
# loaded once for all requests: a ruleset and its checkers may be used from any number of threads
ruleset = hegui.load_ruleset("banan", cached=True)
app = FastAPI(title="hegui")


class Given(BaseModel):
    """What the form holds so far. The fields of the rows are the vocabulary's, and hegui looks after them."""

    model_config = ConfigDict(extra="forbid")
    enterprise: dict[str, Any] = {}
    sources: list[dict[str, Any]] = []
    as_of: date | None = None


@app.get("/", response_class=HTMLResponse)
def form() -> str:
    """The form: fields verdicts depend on in front, all others folded away."""
    decided_by: dict[str, set[str]] = {name: set() for name in ASKED}
    for about in ASKED:
        for kind, fields in ruleset.checker(about).decided_by.items():
            decided_by.setdefault(kind, set()).update(fields)
    sections = {}
    for name, first in ASKED.items():
        kind = ruleset.vocabulary.kinds[name]
        fields = [each for each in kind.fields.values() if each.type.kind not in ASKED]
        front = [each for each in fields if each.name == first or each.name in decided_by[name]]
        sections[name] = {
            "label": kind.label.zh,
            "front": front,
            "rest": [each for each in fields if each not in front],
        }
    return pages.get_template("page.html").render(sections=sections, ruleset=ruleset, today=hegui.today())


@app.post("/check")
def check(given: Given) -> dict[str, Any]:
    """What each rule says of the enterprise and of each of its emission sources, as far as they are known."""
    as_of = given.as_of or hegui.today()
    # a relation that is left out is not known; an empty one would say that there are no sources
    enterprise = given.enterprise | ({"sources": given.sources} if given.sources else {})
    found = ruleset.check(enterprise, kind="enterprise", as_of=as_of, explain=True)
    results = [answer(result, "enterprise", None) for result in found]
    for number, source in enumerate(given.sources):
        row = {**source, "enterprise": given.enterprise}
        found = ruleset.check(row, kind="emission_source", as_of=as_of, explain=True)
        results += [answer(result, "emission_source", number) for result in found]
    # what was typed in is nobody else's business: only verdicts are logged
    log.info("checked: %s", dict(Counter(each["verdict"] for each in results)))
    return {"as_of": as_of, "results": results}


def answer(result: hegui.RuleResult, about: str, number: int | None) -> dict[str, Any]:
    """What one rule says, in both languages."""
    told = {lang: result.explain(lang) for lang in ("zh", "en")}
    causes = [{"path": cause.path, "reason": cause.reason} for cause in result.finding.causes]
    return {
        "rule": result.rule,
        "about": about,
        "number": number,
        "verdict": result.verdict,
        "title": {lang: why.title for lang, why in told.items()},
        "message": {lang: why.message for lang, why in told.items()},
        "causes": causes,
        "missing": {lang: why.waits for lang, why in told.items()},
        "law": {lang: why.law for lang, why in told.items()},
    }


@app.exception_handler(hegui.HeguiError)
def refused(request: Request, error: hegui.HeguiError) -> JSONResponse:
    """What cannot be judged as it was given, in hegui's own words."""
    errors = [
        {
            "id": each.id,
            "path": each.args.get("path"),
            "message": {lang: each.message(lang) for lang in ("zh", "en")},
            "hint": {lang: each.hint_text(lang) for lang in ("zh", "en")},
        }
        for each in error.diagnostics
    ]
    return JSONResponse({"errors": errors}, status_code=422)
