"""Sewers, their operators, misconnections and overflows: 排水管网.xlsx."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from places import TOWNS
from writing import Row, workbook

MANIFEST = [
    "{kind: sewer_operator, file: 排水管网.xlsx, sheet: 运营单位, header: 2}",
    "{kind: sewer_segment, file: 排水管网.xlsx, sheet: 排水管段, header: 2}",
    "{kind: sewer_misconnection, file: 排水管网.xlsx, sheet: 错接混接点, header: 2}",
    "{kind: sewer_overflow, file: 排水管网.xlsx, sheet: 污水溢流, header: 2}",
]

SEGMENTS: list[tuple[int, list[object]]] = [
    # how many, [year built, material, defect, repair due, state of the repair, order run out, serious harm]
    (4, [1998, "混凝土", "破裂", "2023-06-30", "未修复", "否", "否"]),
    (3, [2003, "混凝土", "渗漏", "2023/9/30", "修复中", "否", "否"]),
    (2, [1995, "混凝土", "错口脱节", "2023年12月31日", "未修复", "是", "否"]),
    (1, [2001, "混凝土", "坍塌", "2023-11-30", "修复中", "", "是"]),
    (1, [1999, "混凝土", "腐蚀", "2024-03-11", "未修复", "否", "否"]),
    (5, [2008, "HDPE", "变形", "2024-06-30", "未修复", "", ""]),
    (6, [2005, "混凝土", "破裂", "2023-08-31", "已修复", "", ""]),
    (9, [1985, "混凝土", "未发现", "", "", "", ""]),
    (10, [2016, "HDPE", "无", "", "", "", ""]),
    (2, [1996, "混凝土", "渗漏", "", "未修复", "", ""]),
    (1, [2002, "混凝土", "破裂", "2023-13-01", "未修复", "", ""]),
    (2, [2004, "混凝土", "腐蚀", "2023-10-31", "", "", ""]),
    (2, [1990, "混凝土", "", "2023-10-31", "未修复", "", ""]),
    (1, [1993, "混凝土", "老化", "2023-10-31", "未修复", "", ""]),
]
COMBINED = {3, 7, 12, 18, 24, 31, 40}
SYSTEM_UNKNOWN = {20, 36}

MISCONNECTIONS: list[tuple[int, list[object]]] = [
    # segment, [day found, type, made by, put right, order run out, serious harm]
    (1, ["2023-11-06", "污水接入雨水管", "排水单位", "否", "是", "否"]),
    (2, ["2023-11-06", "污水接入雨水管", "排水单位", "否", "否", "否"]),
    (4, ["2023-11-07", "雨污管网互通", "施工单位", "否", "", ""]),
    (5, ["2023-11-07", "雨污管网互通", "建设单位", "否", "", ""]),
    (6, ["2023/11/8", "污水接入雨水管", "个人", "否", "是", ""]),
    (8, ["2023-11-08", "污水接入雨水管", "未查明", "否", "", ""]),
    (9, ["2023-11-09", "雨水接入污水管", "未查明", "否", "", ""]),
    (10, ["2023-11-09", "雨水接入污水管", "施工单位", "是", "", ""]),
    (11, ["2023-11-10", "污水接入雨水管", "排水单位", "是", "", ""]),
    (13, ["2023-11-10", "雨污管网互通", "建设单位", "是", "", ""]),
    (14, ["2023-11-13", "污水接入雨水管", "排水个人", "是", "", ""]),
    (3, ["2023-11-13", "雨水接入污水管", "未查明", "否", "", ""]),
    (7, ["2023-11-14", "雨污管网互通", "未查明", "否", "", ""]),
    (12, ["2023-11-14", "雨水接入污水管", "施工单位", "否", "", ""]),
    (20, ["2023-11-15", "污水接入雨水管", "排水单位", "否", "", ""]),
    (15, ["2023-11-15", "污水接入雨水管", "排水单位", "", "", ""]),
    (16, ["2023-11-16", "雨污管网互通", "施工单位", "-", "", ""]),
    (99, ["2023-11-16", "污水接入雨水管", "排水单位", "否", "", ""]),
    (17, ["2023-11-17", "污水接入雨水管", "沿街商户", "否", "", ""]),
]

OVERFLOWS: list[tuple[int, list[object]]] = [
    # segment, [day found, in dry weather, m3, cause, remedied, day of the remedy, order run out, serious harm]
    (1, ["2023-10-12", "是", 120, "管道破裂", "否", "", "是", "否"]),
    (2, ["2023-11-20", "是", "1,200", "污水接入雨水管", "否", "", "否", "否"]),
    (5, ["2023-12-05", "是", 45, "混接", "否", "", "", ""]),
    (8, ["2024-01-18", "是", 30, "淤堵", "否", "", "", ""]),
    (11, ["2024-02-24", "是", 15, "淤堵", "否", "", "", ""]),
    (11, ["2024-02-25", "是", 15, "淤堵", "否", "", "", ""]),
    (13, ["2024-03-04", "是", 20, "淤堵", "否", "", "", ""]),
    (14, ["2023-09-08", "是", 60, "管道破裂", "是", "2023-10-20", "", ""]),
    (16, ["2023-08-21", "是", 25, "泵站停电", "是", "2023-08-22", "", ""]),
    (19, ["2023-11-30", "是", 80, "管道破裂", "", "", "", ""]),
    (21, ["2023-12-11", "", 40, "不明", "否", "", "", ""]),
    (22, ["2023-12-32", "是", 10, "淤堵", "否", "", "", ""]),
    (3, ["2023-07-04", "否", 600, "雨水量大", "否", "", "", ""]),
    (7, ["2023-07-26", "否", "１５００", "合流管溢流", "否", "", "", ""]),
    (12, ["2023-09-17", "否", 800, "合流管溢流", "否", "", "否", ""]),
    (18, ["2024-01-10", "否", 90, "雨水量大", "否", "", "", ""]),
    (18, ["2024-01-11", "否", 90, "雨水量大", "否", "", "", ""]),
    (24, ["2024-02-21", "否", 150, "雨水量大", "否", "", "", ""]),
    (31, ["2023-06-18", "否", 400, "合流管溢流", "是", "2023-12-20", "", ""]),
    (40, ["2023-08-02", "否", 350, "合流管溢流", "是", "2023-09-30", "", ""]),
    (25, ["2023-10-03", "否", 75, "雨水量大", "无数据", "", "", ""]),
    (26, ["", "否", 55, "雨水量大", "否", "", "", ""]),
    (1, ["2026-09-10", "是", 70, "管道破裂", "否", "", "是", "否"]),
]


def operators() -> Iterator[Row]:
    for number, town in enumerate(TOWNS, 1):
        yield [f"SO{number:02d}", f"示例排水运营{number:02d}单位", town, "示例联系人", f"000-{number:08d}"]


def segments() -> Iterator[Row]:
    number = 0
    for count, (built, material, *state) in SEGMENTS:
        for _, length in zip(range(count), cycle([180, 420, 265, "1,050"])):
            number += 1
            yield _segment(number, [length, built, material], state)
    yield _segment(2, [420, 1998, "混凝土"], ["破裂", "2023-06-30", "未修复", "否", "否"])  # the same row again
    yield _segment(5, [180, 2003, "混凝土"], ["渗漏", "2023/9/30", "已修复", "否", "否"])  # and one that differs


def _segment(number: int, pipe: Row, state: Row) -> Row:
    town = list(TOWNS)[number % len(TOWNS)]
    operator = f"SO{number % len(TOWNS) + 1:02d}"
    system = "合流制" if number in COMBINED else "" if number in SYSTEM_UNKNOWN else "雨污分流"
    defect, due, repair, *order = state
    survey = ["2023-05-16", f"示例检测〔2023〕{number:03d}号"] if defect else ["", ""]
    plan = f"示例修复计划〔2023〕{number % 3 + 1}号" if due else ""
    names = [f"G{number:03d}", f"示例{number:03d}号管段", town, operator, system]
    return [*names, *pipe, *survey, defect, due, plan, repair, *order]


def misconnections() -> Iterator[Row]:
    for number, (segment, row) in enumerate(MISCONNECTIONS, 1):
        yield [f"HJ{number:03d}", f"G{segment:03d}", *row]


def overflows() -> Iterator[Row]:
    for number, (segment, row) in enumerate(OVERFLOWS, 1):
        yield [f"YL{number:03d}", f"G{segment:03d}", f"示例检查井{number:03d}", *row]


def files() -> dict[str, bytes]:
    operator = "运营单位编号 运营单位名称 所在镇街 联系人 联系电话"
    segment = """管段编号 管段名称 所在镇街 运营单位编号 排水体制 管长(m) 建成年份 管材 检测日期 检测报告编号
        结构性缺陷 计划修复期限 修复计划文号 修复情况 责令改正逾期未改 造成严重后果"""
    misconnection = """错接混接点编号 管段编号 排查发现日期 错接混接类型 责任主体类型 已改正
        责令改正逾期未改 造成严重后果"""
    overflow = """溢流事件编号 管段编号 溢流位置 发现溢流日期 旱天溢流 估算溢流量(m³) 溢流原因 已完成整改
        整改完成日期 责令改正逾期未改 造成严重后果"""
    book = workbook(
        {
            "运营单位": ("排水设施运营单位（示例数据）", [operator.split()], operators()),
            "排水管段": ("排水管段检测与修复（示例数据）", [segment.split()], segments()),
            "错接混接点": ("错接混接排查（示例数据）", [misconnection.split()], misconnections()),
            "污水溢流": ("污水溢流事件（示例数据）", [overflow.split()], overflows()),
        }
    )
    return {"排水管网.xlsx": book}
