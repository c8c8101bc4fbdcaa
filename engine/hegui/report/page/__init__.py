"""The page: a run as one HTML file that needs nothing else, neither network nor program."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from hegui.datatypes import Text
from hegui.explaining import message
from hegui.explaining.words import ROLES, SEVERITIES, STANDING, VERDICTS
from hegui.facts.registry import Place
from hegui.outcome import Finding
from hegui.report import words as said
from hegui.report.concluded import UNPLACED
from hegui.report.look import Look
from hegui.report.page import charts, words
from hegui.report.page.former import persisting, since
from hegui.report.page.grounds import Grounds
from hegui.report.page.listed import PACKET, Listed
from hegui.report.page.overview import MOST_ROWS, Overview, then_and_now
from hegui.report.page.tally import ORDER, chosen, tally
from hegui.report.plain import plain
from hegui.report.run import Run
from hegui.report.sections import counts, lack_text
from hegui.report.waiver_page import remarks
from hegui.report.words import place_text

if TYPE_CHECKING:
    from markupsafe import Markup

MOST: Final = 50_000
"""Findings a page lists; it says how many it leaves out."""
MOST_CLOSED: Final = 300
"""Findings of the former run that are no longer found and are listed."""

_EXPORT: Final = re.compile(r"export\s*\{([^{}]*)\};?(?=\s*(?:/\*|$))")


def html(run: Run, look: Look, most: int = MOST) -> Iterator[str]:
    """The run as a page in both languages, which opens in that of `look`; with `look.former` it says what changed since."""
    shown = chosen(run, most)
    before = persisting(look.former, shown.findings) if look.former is not None else None
    own = _beside("page.js")
    listed = Listed(run, shown.findings, before, own)
    script = _script(own)
    style = _beside("page.css")
    yield _frame(run, look, listed, shown.left, _hash(script), _hash(style)).render(style=style)
    yield f'<script type="text/plain" id="data">{listed.table()}</script>\n'
    for number, packet in enumerate(listed.packets()):
        yield f'<script type="text/plain" id="packet-{number}" data-size="{PACKET}">{packet}</script>\n'
    yield f'<script type="module">{script}</script>\n</body>\n</html>\n'


class _Frame:
    """What of the page stands before its data, ready to be rendered."""

    def __init__(self, template: Any, context: dict[str, Any]) -> None:
        self.template, self.context = template, context

    def render(self, **more: Any) -> str:
        """The text of it."""
        text: str = self.template.render(self.context, **more)
        return text


def _frame(run: Run, look: Look, listed: Listed, left: int, script: str, style: str) -> _Frame:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    overview = Overview(run, tally(run))
    context = {
        "lang": "en" if look.lang == "en" else "zh-CN",
        "policy": f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        "run": run,
        "view": overview,
        "shown": len(listed.findings),
        "left": left,
        "most": MOST_ROWS,
        "since": since(run, look.former, MOST_CLOSED) if look.former is not None else None,
        "then_and_now": then_and_now(look.former, run) if look.former is not None else "",
        "conclusions": Grounds(run),
        "svg": Markup,  # what the converter drew, and our own style sheet
        "licences": licences(),
        **_words(run),
    }
    return _Frame(environment.get_template("page.html"), context)


def _words(run: Run) -> dict[str, Any]:
    """What the template puts things into words with."""

    def where(place: Place | None) -> Text:
        if place is None:
            return Text("", "")
        return Text(*(place_text(place, lang, run.folder) for lang in ("zh", "en")))

    def found(compared: Any) -> Text:
        return Text(*(" · ".join(counts(compared, run, lang)) for lang in ("zh", "en")))

    def lack(lacking: Any) -> Text:
        return Text(*(lack_text(lacking, run, lang) for lang in ("zh", "en")))

    return {
        "w": words,
        "w_unplaced": UNPLACED,
        "said_then": said_then,
        "said": said,
        "standing": STANDING,
        "severities": SEVERITIES,
        "gravest_first": charts.SEVERITIES,
        "verdicts": VERDICTS,
        "order": ORDER,
        "remarks": remarks,
        "roles": ROLES,
        "both": both,
        "where": where,
        "found": found,
        "lack": lack,
        "safe": plain,
        "link": partial(quote, safe=""),
        "number": lambda count: f"{count:,}",
    }


def said_then(former: Run, finding: Finding) -> Text:
    """What the former run said of a finding."""
    case = former.case(finding)
    return Text(message(case, "zh"), message(case, "en"))


def both(text: Text, **values: object) -> Markup:
    """A text in both languages, of which the style sheet shows one; `values` are escaped, and told apart where a text
    stands for one of them in each language."""
    from markupsafe import Markup, escape

    def said_in(lang: str) -> str:
        own = {name: value.get(lang) if isinstance(value, Text) else value for name, value in values.items()}
        shown = {name: f"{value:,}" if type(value) is int else value for name, value in own.items()}
        return plain(text.get(lang).format(**shown)) if values else plain(text.get(lang))

    zh, en = said_in("zh"), said_in("en")
    if zh == en:
        return escape(zh)
    return Markup('<span lang="zh-CN">{}</span><span lang="en">{}</span>').format(zh, en)


# --- what the page is made with --------------------------------------------------------------------------------------


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")


def _hash(text: str) -> str:
    """What a content security policy knows a script or style sheet by."""
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _script(own: str) -> str:
    """The page's own script, behind DataTables, whose constructor it calls `DataTable`."""
    spec = find_spec("itables")
    assert spec is not None, "itables is one of hegui's dependencies"
    assert spec.submodule_search_locations is not None
    bundle = (Path(spec.submodule_search_locations[0]) / "html" / "dt_bundle.js").read_text("utf-8")
    return _joined(bundle, own)


def _joined(bundle: str, own: str) -> str:
    """A module and a script that uses its default export, as one module."""
    found = _EXPORT.search(bundle)
    assert found is not None, "dt_bundle.js exports nothing"
    named = dict(part.split(" as ")[::-1] for part in found[1].split(",") if " as " in part)
    whole = bundle[: found.start()] + bundle[found.end() :] + f"\n{{\nconst DataTable = {named['default']};\n{own}}}\n"
    return whole.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def licences() -> dict[str, str]:
    """The versions of what draws table and charts, and the licence that comes with the former."""
    package = metadata.distribution("itables")
    named = (file for file in package.files or () if file.name.startswith("LICENSE"))
    texts = [Path(str(file.locate())).read_text("utf-8") for file in named]
    return {"itables": package.version, "vega": metadata.version("vl-convert-python"), "text": "\n".join(texts)}


__all__ = ["MOST", "html"]
