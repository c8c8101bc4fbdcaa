"""GeoJSON out: a point for each finding whose entity has coordinates, for a map."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hegui.plugins import Look, Run, batches


def write(run: Run, look: Look) -> Iterator[str]:
    """The findings as a feature collection, piece by piece; those of entities without coordinates have no geometry."""
    yield '{"type": "FeatureCollection", "features": ['
    separator = "\n"
    for batch in batches(run, run.findings):
        for finding in batch.findings:
            entity = batch.entities.get((finding.kind, finding.entity))
            at = entity.coordinates if entity is not None else None
            feature = {
                "type": "Feature",
                "geometry": None if at is None else {"type": "Point", "coordinates": list(at)},
                "properties": {
                    "fingerprint": finding.fingerprint,
                    "verdict": finding.verdict.value,
                    "severity": run.rule(finding).severity.value,
                    "title": run.rule(finding).title.get(look.lang),
                },
            }
            yield separator + json.dumps(feature, ensure_ascii=False)
            separator = ",\n"
    yield "\n]}\n"
