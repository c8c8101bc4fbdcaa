"""GeoJSON in: each feature is a row, its properties are columns, and a point gives `lon` and `lat`."""

from __future__ import annotations

import json
from typing import Any

from hegui.plugins import RawTable, Reading, from_records
from hegui.source import Diagnostic, FactsError, Wording

_NOT_GEOJSON = Wording(
    "not-geojson", "`{name}` is no GeoJSON feature collection", "`{name}` 不是 GeoJSON 要素集合（FeatureCollection）"
)


def read(reading: Reading) -> list[RawTable]:
    """The one table of a feature collection, its rows counted from 1. What its cells mean is hegui's to say.

    Raises:
        FactsError: it is no feature collection.
    """
    try:
        data = json.loads(reading.path.read_text(encoding="utf-8"))
        return [from_records([_row(feature) for feature in data["features"]])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FactsError(Diagnostic(_NOT_GEOJSON, {"name": reading.name})) from error


def _row(feature: dict[str, Any]) -> dict[str, Any]:
    row = dict(feature.get("properties") or {})
    geometry = feature.get("geometry") or {}
    if geometry.get("type") == "Point":
        row["lon"], row["lat"] = geometry["coordinates"][:2]
    return row
