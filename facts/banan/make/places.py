"""Towns: 镇街.yaml. Names are public facts, coordinates are rough, and what is put where is made up."""

from __future__ import annotations

TOWNS = {
    "T01": ("鱼洞街道", 106.52, 29.38),
    "T02": ("李家沱街道", 106.54, 29.46),
    "T03": ("花溪街道", 106.56, 29.44),
    "T04": ("界石镇", 106.62, 29.41),
    "T05": ("木洞镇", 106.83, 29.57),
    "T06": ("接龙镇", 106.82, 29.28),
    "T07": ("安澜镇", 106.60, 29.22),
    "T08": ("跳石镇", 106.66, 29.25),
    "T09": ("双河口镇", 106.80, 29.47),
    "T10": ("麻柳嘴镇", 106.91, 29.65),
}

MANIFEST = ["{kind: town, file: 镇街.yaml}"]


def files() -> dict[str, bytes]:
    towns = "".join(f"- {{id: {id}, name: {name}, lon: {lon}, lat: {lat}}}\n" for id, (name, lon, lat) in TOWNS.items())
    return {"镇街.yaml": towns.encode()}
