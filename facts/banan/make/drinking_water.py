"""Drinking-water sources and what is published of them: 饮用水水源地.xlsx."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from places import TOWNS
from writing import Row, workbook

MANIFEST = [
    "{kind: water_source, file: 饮用水水源地.xlsx, sheet: 水源地, header: [2, 3]}",
    "{kind: water_source_quarter, file: 饮用水水源地.xlsx, sheet: 水质信息公开, header: 2}",
]

SOURCES: list[tuple[int, list[object]]] = [
    # how many, [type, state, centralised, supplies, persons, t/d, zone, range, day inspected, outlets, markers, signs]
    (3, ["河流型", "在用", "是", "村镇", 3200, 900, "未划定", "否", "2023-12-19", "", "否", "否"]),
    (2, ["水库", "在用", "是", "村镇", "4,500", 1200, "已上报未批复", "否", "2023-12-19", "", "否", "是"]),
    (1, ["地下水型", "备用", "是", "村镇", 1100, 200, "未划定", "否", "2023-12-20", "", "否", "否"]),
    (6, ["河流型", "在用", "是", "城市", 52000, 16000, "已批复划定", "", "2023-12-20", 0, "是", "是"]),
    (3, ["湖库型", "在用", "是", "村镇", 8800, 2600, "已批复划定", "", "2023/12/21", 0, "是", "是"]),
    (1, ["河流型", "在用", "是", "城市", 31000, 9800, "已批复划定", "", "2023-12-21", 2, "是", "是"]),
    (1, ["河流型", "在用", "是", "村镇", 6200, 1900, "已划定", "", "2023-12-21", "１", "否", "是"]),
    (2, ["湖库型", "在用", "是", "村镇", 5400, 1500, "已批复划定", "", "2023-12-22", 0, "是", "否"]),
    (1, ["湖库型", "在用", "是", "村镇", 4800, 1300, "已批复划定", "", "2023-12-22", "-", "是", ""]),
    (1, ["河流型", "在用", "是", "村镇", 3900, 1000, "已批复划定", "", "", 1, "是", "是"]),
    (2, ["河流型", "在用", "是", "村镇", 2700, 800, "", "", "2023-12-25", "", "", ""]),
    (1, ["地下水型", "在用", "", "村镇", 1800, 500, "未划定", "否", "2023-12-25", "", "", ""]),
    (1, ["水库", "在用", "是", "村镇", 2100, 600, "正在办理", "否", "2023-12-25", "", "", ""]),
    (3, ["地下水", "在用", "否", "村镇", 420, 60, "未划定", "否", "2023-12-26", "", "", ""]),
    (4, ["河流", "在用", "否", "村镇", 560, 80, "未划定", "是", "2023-12-26", "", "", ""]),
    (2, ["地下水", "在用", "否", "村镇", 380, 50, "未划定", "", "2023-12-27", "", "", ""]),
    (2, ["河流型", "已取消", "是", "村镇", 0, 0, "未划定", "否", "2023-12-27", "", "", ""]),
]
PUBLISHED: dict[int, Sequence[str]] = {
    # source: whether it was published in the last two quarters of 2023 and in the first of 2024
    **dict.fromkeys(range(7, 16), ("是", "是", "否")),
    1: ["否", "否", "否"],
    4: ["是", "否", "否"],
    16: ["是", "是", "否"],
    18: ["否", "是", "否"],
    20: ["是", "", "否"],
    24: ["否", "否", "否"],
    27: ["否", "否", "否"],
}
QUARTERS = [("2023-07-01", "2023-09-30"), ("2023-10-01", "2023-12-31"), ("2024-01-01", "2024-03-31")]


def sources() -> Iterator[Row]:
    number = 0
    for count, row in SOURCES:
        for _ in range(count):
            number += 1
            yield _source(number, row)
    yield _source(7, SOURCES[3][1])  # the same row again


def _source(number: int, row: Row) -> Row:
    town = list(TOWNS)[number % len(TOWNS)]
    approval = [f"示例批复〔2019〕{number:02d}号", "2019-08-15"] if row[6] in ("已批复划定", "已划定") else ["", ""]
    kind, *rest = row
    names = [f"SY{number:02d}", f"示例{number:02d}号水源地", town]
    return [*names, kind, *rest[:6], *approval, *rest[6:], f"示例巡查〔2023〕{number:02d}号"]


def quarters() -> Iterator[Row]:
    for source, published in PUBLISHED.items():
        for (first, last), told in zip(QUARTERS, published, strict=True):
            where = ["2024-01-10", "示例区政府网站"] if told == "是" else ["", ""]
            yield [f"SY{source:02d}", first, last, told, *where]
    yield ["SY88", "2023-10-01", "2023-12-31", "否", "", ""]  # no such source
    yield ["SY07", "2026-07-01", "2026-09-30", "否", "", ""]


def files() -> dict[str, bytes]:
    source = """水源地编号 水源地名称 所在镇街 水源类型 使用状态 集中式供水 供水对象 服务人口(人) 日供水量(t/d)
        水源保护区划定情况 批复文号 批复日期 已划定保护范围 巡查日期 保护区内排污口数 标志 标志 巡查记录编号"""
    quarter = "水源地编号 季度起日 季度止日 已向社会公开 公开日期 公开载体"
    second = [""] * 15 + ["界标", "警示牌", ""]
    book = workbook(
        {
            "水源地": ("饮用水水源地名录（示例数据）", [source.split(), second], sources()),
            "水质信息公开": ("饮用水安全信息公开（示例数据）", [quarter.split()], quarters()),
        }
    )
    return {"饮用水水源地.xlsx": book}
