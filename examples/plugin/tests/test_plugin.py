"""What the plugin adds, as it is installed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import hegui
from hegui import plugins

HERE = Path(__file__).parent.parent
DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def run() -> hegui.Run:
    ruleset = hegui.load_ruleset(HERE / "rules")
    registry = hegui.load_registry(HERE / "sites.geojson", ruleset)
    return hegui.check(registry, ruleset, as_of=DAY, engine="checked")


def test_everything_is_found() -> None:
    ours = {(each.group, each.name) for each in plugins.installed() if each.distribution == "hegui-example-plugin"}
    assert ours == {
        ("readers", "geojson"),
        ("formats", "geojson"),
        ("functions", "valid_credit_code"),
        ("engines", "checked"),
    }


def test_the_function_means_what_it_says_on_both_sides() -> None:
    plugins.verify("valid_credit_code")


def test_features_are_judged(run: hegui.Run) -> None:
    found = [(each.entity, each.verdict.value, each.row) for each in run.findings]
    assert found == [("S2", "violation", 2), ("S3", "undetermined", 3)]
    assert run.info.engine == "checked"


def test_the_run_says_who_took_part(run: hegui.Run) -> None:
    (plugin,) = json.loads(run.to_json())["run"]["plugins"]
    assert plugin == {"name": "hegui-example-plugin", "version": "1.0.0"}


def test_findings_on_a_map(run: hegui.Run, tmp_path: Path) -> None:
    hegui.write(run, tmp_path / "found.geojson")
    features = json.loads((tmp_path / "found.geojson").read_text(encoding="utf-8"))["features"]
    assert [(each["properties"]["verdict"], each["geometry"]) for each in features] == [
        ("violation", {"type": "Point", "coordinates": [106.55, 29.41]}),
        ("undetermined", None),
    ]


def test_what_is_no_geojson_is_told(tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    for text in ("", "[]", '{"features": [1]}', '{"features": [{"geometry": {"type": "Point"}}]}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(hegui.FactsError, match="no GeoJSON"):
            hegui.load_registry(path, hegui.load_ruleset(HERE / "rules"))
