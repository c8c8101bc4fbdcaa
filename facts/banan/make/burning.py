"""Open burning of rubbish and straw: 露天焚烧.csv."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle

from places import TOWNS
from writing import Row, table

MANIFEST = ["{kind: fire_event, file: 露天焚烧.csv, encoding: gbk}"]

FIELDS = [
    "source",
    "verified",
    "material",
    "area",
    "city",
    "designated",
    "populated",
    "special",
    "airport",
    "road",
    "zone",
    "period",
    "burner",
]
PLAIN = {"source": "巡查", "verified": "是", "area": "农村", "city": "否", "designated": "否", "populated": "否"}
PLAIN |= {"special": "否", "airport": "否", "road": "否", "zone": "不在禁烧区", "period": "否", "burner": "个人"}
FRINGE = {"area": "城乡结合部", "city": "是", "populated": "是"}
EVENTS: list[tuple[int, str, dict[str, str]]] = [
    # how many, what was burnt, what differs from PLAIN
    (8, "生活垃圾", FRINGE),
    (4, "塑料", {**FRINGE, "burner": "单位", "source": "群众举报"}),
    (3, "垃圾", {**FRINGE, "burner": "未查明", "source": "高空瞭望"}),
    (3, "生活垃圾", {}),
    (2, "其他垃圾", {}),
    (1, "橡胶", {"special": "是", "burner": "单位"}),
    (2, "树叶", {"area": "城区", "city": "是", "populated": "是", "designated": "是"}),
    (2, "枯枝落叶", {"area": "城区", "city": "是", "populated": "是", "burner": "单位"}),
    (7, "秸秆", {"source": "卫星遥感", "zone": "市级划定", "period": "是"}),
    (3, "秸秆", {"source": "卫星遥感", "zone": "省级划定"}),
    (4, "秸秆", {"zone": "区级划定", "period": "是"}),
    (2, "秸秆", {"road": "是"}),
    (1, "秸秆", {"area": "城乡结合部", "populated": "是", "city": "是"}),
    (6, "秸秆", {"source": "卫星遥感"}),
    (4, "秸秆", {"source": "卫星遥感", "verified": "否", "burner": ""}),
    (2, "秸秆", {"source": "卫星遥感", "verified": "", "zone": "市级划定", "burner": ""}),
    (2, "秸秆", {"zone": ""}),
    (2, "垃圾", {**FRINGE, "populated": "", "designated": ""}),
    (1, "", FRINGE),
    (1, "轮胎", FRINGE),  # no code of ours
    (1, "秸秆", {"zone": "限烧区"}),
]
LATER: list[tuple[str, str, dict[str, str]]] = [  # after the notice, on both sides of 2026-08-15
    ("2026-08-14", "秸秆", {"zone": "区级划定", "period": "是"}),
    ("2026-08-15", "秸秆", {"zone": "区级划定", "period": "是"}),
    ("2026-08-14", "秸秆", {"zone": "市级划定"}),
    ("2026-08-15", "秸秆", {"zone": "市级划定"}),
    ("2026-09-20", "秸秆", {"zone": "市级划定", "period": "是"}),
    ("2026-09-02", "生活垃圾", {"burner": "单位"}),
]


def events() -> Iterator[Row]:
    number = 0
    for count, material, special in EVENTS:
        for _, first in zip(range(count), cycle([date(2023, 9, 2), date(2023, 12, 4), date(2024, 1, 8)])):
            number += 1
            day: object = first + timedelta(days=number)
            yield _event(number, "2023年13月5日" if number == 20 else day, material, special)
    for later, material, special in LATER:
        number += 1
        yield _event(number, later, material, special)
    yield _event(9, date(2023, 9, 2) + timedelta(days=9), "塑料", EVENTS[1][2])  # the same row again


def _event(number: int, day: object, material: str, special: dict[str, str]) -> Row:
    found = {**PLAIN, "material": material, **special}
    town = list(TOWNS)[number % 4 if found["area"] != "农村" else 4 + number % 6]
    name, lon, lat = TOWNS[town]
    handled = day + timedelta(days=number % 3) if isinstance(day, date) and number % 7 else ""
    head: Row = [f"H{number:03d}", f"{name}示例点位{number:03d}", "T77" if number == 30 else town, day]
    place = [round(lon + number / 600, 3), round(lat + number / 800, 3)]
    return [*head, *(found[each] for each in FIELDS), handled, *place]


def files() -> dict[str, bytes]:
    header = """事件编号 地点 所在镇街 焚烧日期 发现来源 核实属实 焚烧物 区域类型 城市管理区域 指定焚烧地点 人口集中地区
        特殊保护区域 机场周围 交通干线附近 禁烧区 禁烧时段 焚烧行为人 处置日期 经度 纬度"""
    return {"露天焚烧.csv": table(header, events(), "gbk")}
