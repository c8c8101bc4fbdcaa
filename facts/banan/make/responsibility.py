"""Duties of departments and towns, and what towns pay for sewers: 履职与投入.xlsx."""

from __future__ import annotations

from collections.abc import Iterator

from places import DEPARTMENTS
from writing import Row, workbook

MANIFEST = [
    "{kind: duty_record, file: 履职与投入.xlsx, sheet: 一岗双责台账, header: 2}",
    "{kind: sewer_investment, file: 履职与投入.xlsx, sheet: 管网投入, header: 2}",
]

DUTIES: dict[str, tuple[Row, Row]] = {
    # department or town: [duty listed, tasks assigned, tasks done, meetings] for 2022 and for 2023
    "D01": (["是", 12, 12, 12], ["是", 14, 14, 11]),
    "D02": (["是", 6, 5, 3], ["是", 8, 5, 2]),
    "D03": (["是", 7, 7, 2], ["否", 9, 6, 0]),
    "D04": (["是", 5, 5, 4], ["是", 6, 6, 4]),
    "D05": (["是", 6, 6, 3], ["是", 7, "-", 3]),
    "D06": (["是", 4, 4, 2], ["是", 5, 4, 2]),
    "D07": (["否", 3, 3, 1], ["否", 4, 4, 0]),
    "D08": (["是", 0, 0, 1], ["是", 0, 0, 1]),
    "D09": (["是", 5, "４", 2], ["", 5, 5, ""]),
    "D10": (["是", 2, 2, 1], ["是", 2, 2, 1]),
    "T01": (["是", 5, 5, 4], ["是", 6, 6, 4]),
    "T02": (["是", 5, 5, 3], ["是", 6, 5, 2]),
    "T03": (["是", 5, 5, 3], ["是", 6, 6, 3]),
    "T04": (["是", 5, 4, 1], ["是", 6, 4, 0]),
    "T05": (["是", 4, 4, 2], ["是", 5, 5, 2]),
    "T06": (["是", 4, 4, 2], ["是", "若干", 4, 2]),
}
INVESTMENT: dict[str, tuple[Row, Row]] = {
    # town: [defects known, renewal planned, planned and paid in 万元] for 2022 and for 2023
    "T01": ([12, "是", 860, 845], [15, "是", "1,200", 1150]),
    "T02": ([31, "是", 900, 610], [38, "是", 1500, 720]),
    "T03": ([18, "是", 600, 480], [22, "是", 750, 599.9]),
    "T04": ([26, "否", "", ""], [29, "否", "", ""]),
    "T05": ([4, "是", 120, 118], [5, "是", 150, ""]),
    "T06": ([7, "否", 0, 0], [9, "是", 210, 130]),
    "T07": ([0, "否", 0, 0], [3, "否", 0, 0]),
    "T08": ([2, "是", 60, 60], ["", "否", "", ""]),
    "T09": ([0, "否", 0, 0], [0, "否", 0, 0]),
    "T10": ([5, "", 90, 20], [6, "是", 110, "八十"]),
}


def duties() -> Iterator[Row]:
    number = 0
    for body, years in DUTIES.items():
        department = body.startswith("D")
        name = f"示例{DEPARTMENTS[body][0]}" if department else f"示例镇街{body[1:]}"
        who: Row = ["部门", body, ""] if department else ["镇街", "", body]
        for year, row in zip((2022, 2023), years, strict=True):
            number += 1
            yield [f"LZ{number:02d}", name, *who, year, *row]
    yield ["LZ33", "示例水利局", "部门", "D04", "", 2024, "是", 6, 1, 1]  # the year has only begun


def investments() -> Iterator[Row]:
    for town, years in INVESTMENT.items():
        for year, row in zip((2022, 2023), years, strict=True):
            yield _investment(town, year, row)
    yield _investment("T01", 2024, [15, "是", 1300, 40])  # the year has only begun
    yield _investment("T09", 2023, [0, "否", 0, 0])  # the same row again


def _investment(town: str, year: int, row: Row) -> Row:
    return [f"GW{town[1:]}-{year}", f"示例管网片区{town[1:]}", town, year, *row]


def files() -> dict[str, bytes]:
    duty = "记录编号 单位名称 单位类别 部门编号 所在镇街 年度 生态环保职责已列入清单 下达任务数 完成任务数 专题研究次数"
    invested = "投入编号 管网片区名称 所在镇街 年度 已查明管网缺陷处数 已编制改造计划 计划投入(万元) 实际支付(万元)"
    book = workbook(
        {
            "一岗双责台账": ("生态环保“一岗双责”履职台账（示例数据）", [duty.split()], duties()),
            "管网投入": ("镇街生活污水管网投入（示例数据）", [invested.split()], investments()),
        }
    )
    return {"履职与投入.xlsx": book}
