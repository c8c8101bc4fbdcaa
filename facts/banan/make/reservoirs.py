"""Reservoirs and their daily flows: 水库.yaml, 水库日流量.csv.

The entry for 观景口 states no figure: its target was not found, and no flow of it is made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from writing import Row, table

MANIFEST = [
    "{kind: reservoir, file: 水库.yaml}",
    "{kind: reservoir_day, file: 水库日流量.csv, encoding: gbk}",
]

RESERVOIRS = """\
# 示例数据；观景口水库的生态流量目标和流量均未见，不填
- {id: SK01, name: 示例条目·观景口水库, flow_duty: 须保障}
- {id: SK02, name: 示例02号水库, town: T06, operator: 示例02号水库管理所, flow_duty: 须保障, target: 0.30,
   target_doc: 示例核定〔2021〕2号, target_on: 2021-06-01, dispatch_includes: 否, dispatch_doc: 示例调度规程02}
- {id: SK03, name: 示例03号水库, town: T07, operator: 示例03号水库管理所, flow_duty: 须保障, target: 0.12,
   target_doc: 示例核定〔2021〕3号, target_on: 2021-06-01, dispatch_includes: 是, dispatch_doc: 示例调度规程03}
- {id: SK04, name: 示例04号水库, town: T07, operator: 示例04号水库管理所, flow_duty: 须保障, target: 0.25,
   target_doc: 示例核定〔2021〕4号, target_on: 2021-06-01, dispatch_includes: 是, dispatch_doc: 示例调度规程04}
- {id: SK05, name: 示例05号水库, town: T08, operator: 示例05号水库管理所, flow_duty: 无此要求}
- {id: SK06, name: 示例06号水库, town: T08, operator: 示例06号水库管理所, flow_duty: 须保障, target: 0.08,
   target_doc: 示例核定〔2022〕6号, target_on: 2022-03-10}
- {id: SK07, name: 示例07号水库, town: T05, operator: 示例07号水库管理所, flow_duty: 须保障, target: ０.１８,
   target_doc: 示例核定〔2022〕7号, target_on: 2022-03-10, dispatch_includes: 否, dispatch_doc: 示例调度规程07}
- {id: SK08, name: 示例08号水库, town: T09, operator: 示例08号水库管理所, flow_duty: 须保障, target: 150L/s,
   target_doc: 示例核定〔2022〕8号, target_on: 2022-03-10, dispatch_includes: 是, dispatch_doc: 示例调度规程08}
- {id: SK09, name: 示例09号水库, town: T10, operator: 示例09号水库管理所, flow_duty: 待核实, target: 0.05}
"""

LAST = date(2024, 3, 10)
DAYS: dict[str, list[tuple[int, object, object]]] = {
    # reservoir: how many days, release, inflow; the last of them is LAST
    "SK02": [(18, 0.12, 0.55), (6, 0.1, 0.2), (31, 0.3, 0.6)],
    "SK03": [(11, 0.08, 0.3), (44, 0.12, 0.3)],
    "SK04": [(20, 0.15, 0.15), (35, 0.26, 0.5)],
    "SK06": [(20, 0.02, 0.2)],
    "SK07": [(8, 0.05, 0.4), (1, "-", 0.4), (46, 0.2, 0.4)],
    "SK08": [(15, 0.09, 0.35), (25, "０.１６", 0.35)],
}


def days() -> Iterator[Row]:
    for reservoir, stretches in DAYS.items():
        day = LAST - timedelta(days=sum(count for count, _, _ in stretches))
        for count, release, inflow in stretches:
            for _ in range(count):
                day += timedelta(days=1)
                yield [reservoir, day, release, inflow]
    yield ["SK08", LAST, "０.１６", 0.35]  # the same row again
    yield ["SK77", LAST, 0.1, 0.2]  # no such reservoir


def files() -> dict[str, bytes]:
    day = "水库编号 日期 下泄流量(m3/s) 入库流量(m3/s)"
    return {"水库.yaml": RESERVOIRS.encode(), "水库日流量.csv": table(day, days(), "gbk")}
