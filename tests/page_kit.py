"""What tests of the page share: a registry that is as ugly as can be, and the page's data unpacked."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import sample
import shipped_kit

from hegui import api
from hegui.datatypes import Text
from hegui.engines import judge
from hegui.facts.registry import Registry
from hegui.report.run import Run, RunInfo
from hegui.report.stored import NOWHERE
from hegui.waivers.model import Entity, Scope, Waiver, Waivers

BANAN = Path(__file__).parent.parent / "facts" / "banan"
UGLY = {
    "青石采石场": "</script><script>window.hit=1</script><img src=x onerror=window.hit=2>",
    "East Bank Quarry": '=cmd|"/c calc"!A1 & \u202egnirts\u202c \u05d0\u05d1\u05d2 {{ 7*7 }}',
    "三岔采石场": "🏭👩\u200d🔧\U0001f1e8\U0001f1f3 <!-- " + "很长的名称" * 60,
    "Old Mill Quarry": "a\u0000b\u0007c\td\u2028e ' \" ` ${1} {name} %s",
    "青石镇": "<b>镇</b>&amp;",
    "East Bank": "\u200fشرق",
}
KEYS = {"Q1": "Q1/<i>?#&,\"'%2F", "Q2": "Q2 💧"}


def ugly() -> Run:
    """The sample run over a registry full of markup, formulas, right-to-left marks and emoji."""
    import polars as pl

    found = sample.registry()
    tables = {kind: _ugly(pl.DataFrame(frame)) for kind, frame in found.tables.items()}
    registry: Registry = replace(found, tables=tables)
    rules = sample.ruleset()
    judged = judge(rules, registry, engine="scalar", as_of=sample.AS_OF)
    info = RunInfo.of(rules, registry, as_of=sample.AS_OF, decided_on=sample.DECIDED_ON, engine="scalar")
    return Run.build(rules, registry, judged, info).with_conclusions(rules, registry, "reference")


def _ugly(frame: Any) -> Any:
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.String and not name.startswith("#")]
    return frame.with_columns(pl.col(name).replace({**UGLY, **KEYS}) for name in texts)


def waived(findings: Path | None = None) -> Run:
    """The sample run with two waivers: of one rule for one quarry, and of everything in the other town."""
    office = Text("<b>区政府</b>办公室", "district <b>office</b>")
    days = (sample.AS_OF, date(2099, 12, 31))

    def waiver(name: str, document: str, scope: Scope) -> Waiver:
        return Waiver(name, scope, Text("过渡期", "a transition"), document, office, *days, "w.yaml")

    given = (
        waiver("q1", "区府办函〔2024〕12号", Scope(NOWHERE, ("quarry.over-scale",), (Entity("Q1", "quarry"),))),
        waiver("t2", "区府办函〔2024〕13号", Scope(NOWHERE, ("*",), jurisdictions=("T2",))),
    )
    days_of = {"as_of": sample.AS_OF, "decided_on": sample.DECIDED_ON}
    waivers = Waivers(given, ("w.yaml",), "sha256:w")
    how: dict[str, Any] = {"engine": "scalar", "chainer": "reference", "every": True, "findings": findings}
    return api.check(sample.registry(), sample.ruleset(), waivers=waivers, **days_of, **how)


@cache
def banan(**asked: Any) -> Run:
    """The run over the registry of Ba'nan, with what is compliant."""
    rules, registry = shipped_kit.loaded(), shipped_kit.registry(sample.AS_OF)
    return api.check(registry, rules, as_of=sample.AS_OF, engine="scalar", chainer="reference", every=True, **asked)


def unpacked(text: str, name: str) -> Any:
    """Packed data of a page."""
    found = re.search(rf'<script type="text/plain" id="{name}"[^>]*>([^<]*)</script>', text)
    assert found is not None, name
    return json.loads(gzip.decompress(b64decode(found[1])))
