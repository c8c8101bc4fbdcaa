"""The pictures of the page: Vega-Lite specifications, drawn as SVG while the report is written.

They have no words of their own but names and numbers, so that one picture serves both languages; its colours are those of
the page's style sheet. Everything is placed without measuring text, which would depend on the fonts of one machine.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from hegui.report.plain import plain
from hegui.ruleset.model import Severity
from hegui.terminal import width

Spec = dict[str, Any]

SEVERITIES: Final = tuple(reversed(Severity))
"""The gravest first, as they are stacked."""
FONT: Final = "var(--font)"
SIZE: Final = 14
"""Of letters, in pixels; a picture in half the page is shown smaller than it is drawn."""
LETTER: Final = 7.7
"""Pixels a terminal column of text takes at that size, at most."""
LABEL: Final = 24
"""Terminal columns of a label."""
MOST_BARS: Final = 84
MOST_POINTS: Final = 2000
_KM: Final = 111.32
"""Kilometres in a degree of latitude."""
_BASE: Final = "https://vega.github.io/vega-datasets/"
"""What the converter puts before a link inside the page."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a stacked chart: its name, and how many there are of each severity."""

    name: str
    counts: Mapping[Severity, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Point:
    """An entity on the map. `place` are longitude and latitude, `town` the name of its jurisdiction."""

    kind: str
    entity: str
    name: str
    town: str | None
    place: tuple[float, float]
    severity: Severity
    count: int


def drawn(spec: Spec) -> str:
    """A specification as SVG text; links lead to places in the page."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg({**_FRAME, **spec}, vl_version="5.20")
    return svg.replace(f'xlink:href="{_BASE}#', 'href="#')


_QUIET: Final[Spec] = {"domain": False, "ticks": False, "labelOverlap": False, "labelLimit": 0, "title": None}
_FRAME: Final[Spec] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "autosize": "none",
    "background": None,
    "config": {
        "font": FONT,
        "axis": {"labelColor": "var(--quiet)", "labelFontSize": SIZE, "gridColor": "var(--line)"},
        "view": {"stroke": None},
    },
}


def _colours() -> Spec:
    names = [severity.value for severity in SEVERITIES]
    return {"domain": names, "range": [f"var(--{name})" for name in names]}


def _shortened(text: str) -> str:
    """A name that is not too long for a label."""
    kept, used = "", 0
    for char in plain(text):
        used += width(char)
        if used > LABEL:
            return kept + "…"
        kept += char
    return kept


def _stacked(bars: Sequence[Bar]) -> list[Spec]:
    return [
        {"at": number, "severity": severity.value, "rank": rank, "count": bar.counts[severity]}
        for number, bar in enumerate(bars)
        for rank, severity in enumerate(SEVERITIES)
        if bar.counts.get(severity)
    ]


def across(bars: Sequence[Bar]) -> Spec:
    """Bars that lie, one below the other, each with its name and total."""
    labels = [_shortened(bar.name) for bar in bars]
    names = [{"at": at, "name": label, "total": bars[at].total} for at, label in enumerate(labels)]
    left = int(max(map(width, labels), default=0) * LETTER) + 16
    text: Spec = {"y": {"field": "at", "type": "ordinal", "axis": None}}
    return {
        "width": 620 - left - 50,
        "height": 27 * len(bars),
        "padding": {"left": left, "top": 2, "right": 50, "bottom": 26},
        "encoding": {"y": {"field": "at", "type": "ordinal", "axis": None, "scale": {"padding": 0.28}}},
        "layer": [
            {
                "data": {"values": _stacked(bars)},
                "mark": {"type": "bar"},
                "encoding": {
                    "x": {
                        "field": "count",
                        "type": "quantitative",
                        "stack": "zero",
                        "axis": {**_QUIET, "tickMinStep": 1, "tickCount": 5, "format": ",d"},
                    },
                    "color": {"field": "severity", "type": "nominal", "scale": _colours(), "legend": None},
                    "order": {"field": "rank"},
                },
            },
            {
                "data": {"values": names},
                "mark": {"type": "text", "align": "right", "dx": -8, "fontSize": SIZE, "color": "var(--ink)"},
                "encoding": {**text, "x": {"value": 0}, "text": {"field": "name"}},
            },
            {
                "data": {"values": names},
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": SIZE, "color": "var(--quiet)"},
                "encoding": {
                    **text,
                    "x": {"field": "total", "type": "quantitative"},
                    "text": {"field": "total", "format": ",d"},
                },
            },
        ],
    }


# --- over time -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Timeline:
    """Violations by time: the `step` of a bar (day, month or year), the bars without gaps, and what is not drawn because
    it was before `first`."""

    step: str
    bars: tuple[Bar, ...]
    before: int

    @property
    def first(self) -> str:
        """The name of the first bar."""
        return self.bars[0].name


def timeline(counts: Mapping[tuple[date, Severity], int]) -> Timeline | None:
    """Violations by day and severity as bars; None where there are none."""
    if not counts:
        return None
    first, last = min(day for day, _ in counts), max(day for day, _ in counts)
    step, size = ("day", 10) if (last - first).days < MOST_BARS else ("month", 7)
    if step == "month" and _months(first, last) > MOST_BARS:
        step, size = "year", 4
    summed: dict[str, Counter[Severity]] = {}
    for (day, severity), count in counts.items():
        summed.setdefault(day.isoformat()[:size], Counter())[severity] += count
    names = _without_gaps(step, first, last)
    kept = names[-MOST_BARS:]
    before = sum(sum(summed[name].values()) for name in set(names) - set(kept) if name in summed)
    return Timeline(step, tuple(Bar(name, summed.get(name, {})) for name in kept), before)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _without_gaps(step: str, first: date, last: date) -> list[str]:
    if step == "day":
        return [date.fromordinal(day).isoformat() for day in range(first.toordinal(), last.toordinal() + 1)]
    if step == "month":
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in months]
    return [f"{year:04}" for year in range(first.year, last.year + 1)]


def upright(bars: Sequence[Bar]) -> Spec:
    """Bars that stand, one after the other; every few are named."""
    every = math.ceil(len(bars) / 7)
    named = {str(number): bar.name for number, bar in enumerate(bars) if (len(bars) - 1 - number) % every == 0}
    return {
        "width": 546,
        "height": 270,
        "padding": {"left": 50, "top": 8, "right": 24, "bottom": 28},
        "data": {"values": _stacked(bars)},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {
                "field": "at",
                "type": "ordinal",
                "scale": {"domain": list(range(len(bars))), "paddingInner": 0.22, "paddingOuter": 0.1},
                "axis": {
                    **_QUIET,
                    "values": [int(number) for number in named],
                    "labelAngle": 0,
                    "labelExpr": f"{named!r}[datum.value]",
                },
            },
            "y": {
                "field": "count",
                "type": "quantitative",
                "stack": "zero",
                "axis": {**_QUIET, "tickMinStep": 1, "tickCount": 4, "format": ",d"},
            },
            "color": {"field": "severity", "type": "nominal", "scale": _colours(), "legend": None},
            "order": {"field": "rank"},
        },
    }


# --- the map ---------------------------------------------------------------------------------------------------------


def chart_of(points: Sequence[Point]) -> Spec:
    """Entities where they are, in kilometres from the middle, with lines of longitude and latitude, names of towns and a
    scale."""
    sheet = _Sheet.around([point.place for point in points])
    size = 560.0
    tall = size * sheet.height / sheet.width
    layers = [*sheet.lines(), _circles(points, sheet), *_names(points, sheet), *sheet.scale()]
    axes = {
        "x": {"type": "quantitative", "axis": None, "scale": {"domain": [0, sheet.width], "nice": False}},
        "y": {"type": "quantitative", "axis": None, "scale": {"domain": [0, sheet.height], "nice": False}},
    }
    for layer in layers:
        encoding = layer["encoding"]
        encoding |= {name: {**axes[name], **encoding[name]} for name in ("x", "y")}
    return {
        "width": size,
        "height": round(tall),
        "padding": {"left": 56, "top": 6, "right": 6, "bottom": 24},
        "layer": layers,
    }


def _circles(points: Sequence[Point], sheet: _Sheet) -> Spec:
    values = [
        {
            **sheet.at(*point.place),
            "severity": point.severity.value,
            "count": point.count,
            "link": f"#/entity/{quote(point.kind, safe='')}/{quote(point.entity, safe='')}",
            "told": f"{plain(point.name)} · {point.count}",
        }
        for point in sorted(points, key=lambda each: (each.severity.rank, each.count))
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "circle", "opacity": 0.82, "stroke": "var(--paper)", "strokeWidth": 1},
        "encoding": {
            "x": {"field": "x"},
            "y": {"field": "y"},
            "size": {
                "field": "count",
                "type": "quantitative",
                "scale": {"range": [50, 420], "zero": True},
                "legend": None,
            },
            "color": {"field": "severity", "type": "nominal", "scale": _colours(), "legend": None},
            "href": {"field": "link"},
            "description": {"field": "told"},
        },
    }


def _names(points: Sequence[Point], sheet: _Sheet) -> list[Spec]:
    """The name of each town in the middle of its entities, where no other name stands already."""
    towns: dict[str, list[tuple[float, float]]] = {}
    for point in points:
        if point.town is not None:
            towns.setdefault(point.town, []).append(point.place)
    placed: list[Spec] = []
    for name, places in sorted(towns.items(), key=lambda item: (-len(item[1]), item[0])):
        at = sheet.at(*(sum(part) / len(places) for part in zip(*places, strict=True)))
        if all(abs(at["y"] - o["y"]) > sheet.width / 32 or abs(at["x"] - o["x"]) > sheet.width / 7 for o in placed):
            placed.append({**at, "name": _shortened(name)})
    text = {"x": {"field": "x"}, "y": {"field": "y"}, "text": {"field": "name"}}
    halo: Spec = {"type": "text", "fontSize": 13, "fontWeight": 600, "dy": -14}
    marks = (
        {**halo, "stroke": "var(--paper)", "strokeWidth": 4, "color": "var(--paper)"},
        {**halo, "color": "var(--ink)"},
    )
    return [{"data": {"values": placed}, "mark": mark, "encoding": dict(text)} for mark in marks]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A piece of land: its south-western corner, degrees of longitude to a kilometre, and its size in kilometres."""

    west: float
    south: float
    wide: float
    width: float
    height: float

    @staticmethod
    def around(places: Sequence[tuple[float, float]]) -> _Sheet:
        """The land around some places, neither very long nor very tall."""
        (west, east), (south, north) = ((min(each), max(each)) for each in zip(*places, strict=True))
        wide = _KM * max(math.cos(math.radians((south + north) / 2)), 0.05)
        inner = max((east - west) * wide, (north - south) * _KM / 1.1, 2.0)
        width = inner * 1.14
        height = min(max((north - south) * _KM * 1.14, width * 0.5), width * 1.1)
        middle = ((west + east) / 2, (south + north) / 2)
        return _Sheet(middle[0] - width / 2 / wide, middle[1] - height / 2 / _KM, wide, width, height)

    def at(self, lon: float, lat: float) -> dict[str, float]:
        """Where a place is on the sheet, in kilometres."""
        return {"x": round((lon - self.west) * self.wide, 3), "y": round((lat - self.south) * _KM, 3)}

    def lines(self) -> list[Spec]:
        """Lines of longitude and latitude with their degrees."""
        step = _nice(self.width / self.wide / 5)
        ways = (("x", self.west, self.wide, self.width, "E"), ("y", self.south, _KM, self.height, "N"))
        return [layer for way in ways for layer in self._way(*way, step)]

    def _way(self, axis: str, start: float, scale: float, size: float, side: str, step: float) -> list[Spec]:
        first, last = math.ceil(start / step), math.floor((start + size / scale) / step)
        digits = max(0, -math.floor(math.log10(step)))
        values = [
            {axis: round((number * step - start) * scale, 3), "name": f"{number * step:.{digits}f}°{side}"}
            for number in range(first, last + 1)
        ]
        across, end = ("y", self.height) if axis == "x" else ("x", self.width)
        rule = {axis: {"field": axis}, across: {"datum": 0}, f"{across}2": {"datum": end}}
        place = {"dy": 16} if axis == "x" else {"dx": -6, "align": "right"}
        name = {axis: {"field": axis}, across: {"datum": 0}, "text": {"field": "name"}}
        return [
            {"data": {"values": values}, "mark": {"type": "rule", "color": "var(--line)"}, "encoding": rule},
            {
                "data": {"values": values},
                "mark": {"type": "text", "fontSize": 11, "color": "var(--quiet)", "clip": False, **place},
                "encoding": name,
            },
        ]

    def scale(self) -> list[Spec]:
        """A bar of a round number of kilometres at the lower right corner."""
        length = _nice(self.width / 6)
        right, up = self.width * 0.97, self.width * 0.03
        values = [{"x": right - length, "end": right, "y": up, "name": f"{length:g} km", "mid": right - length / 2}]
        rule = {"x": {"field": "x"}, "x2": {"field": "end"}, "y": {"field": "y"}}
        name = {"x": {"field": "mid"}, "y": {"field": "y"}, "text": {"field": "name"}}
        bar = {"type": "rule", "color": "var(--ink)", "strokeWidth": 3}
        text = {"type": "text", "dy": -9, "fontSize": 11, "color": "var(--ink)"}
        return [{"data": {"values": values}, "mark": m, "encoding": e} for m, e in ((bar, rule), (text, name))]


def _nice(size: float) -> float:
    """The nearest of 1, 2 and 5 and their tens below a size."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(power * digit for digit in (5, 2, 1) if power * digit <= size)
