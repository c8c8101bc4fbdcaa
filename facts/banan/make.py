"""Write the invented Ba'nan registry: the same bytes on every run.

`python facts/banan/make.py [FOLDER]` writes into FOLDER, or beside this file. Nothing here describes a real company or
person. The blemishes (gaps, odd numbers, wrong codes, duplicates, broken references) are meant: see README.md.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path

import xlsxwriter

Row = list[object]
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


# --- mines: 矿山台账.xlsx --------------------------------------------------------------------------------------------

MINES: list[Row] = [
    # id, town, mineral, method, density t/m3, resources damaged, design scale 万t/a (another paper than the licence)
    ["K01", "T05", "建筑石料用灰岩", "露天", 2.6, "否", 15],
    ["K02", "T05", "建筑石料用灰岩", "露天开采", 2.6, "否", 20],
    ["K03", "T06", "建筑用砂", "露天", "", "否", 15],
    ["K04", "T06", "建筑石料用灰岩", "露天", 2.5, "否", 10],
    ["K05", "T07", "建筑石料用灰岩", "露天", "-", "否", 10],
    ["K06", "T07", "建筑用砂", "露天", 2.4, "是", 12],
    ["K07", "T08", "建筑石料用灰岩", "露天", 2.6, "", 10],
    ["K08", "T08", "建筑石料", "露天", "２．６５", "否", 15],
    ["K09", "T09", "建筑用砂", "露天", 2.4, "否", 5],
    ["K10", "T09", "建筑石料用灰岩", "露天", 2.6, "否", 10],
    ["K11", "T10", "砖瓦用页岩", "露天", 2.2, "否", 6],
    ["K12", "T10", "砖瓦用页岩", "露天", 2.2, "否", 6],
    ["K13", "T04", "砖瓦用页岩", "露天", 2.2, "否", 5],
    ["K14", "T99", "砖瓦用页岩", "露天", 2.2, "否", 5],
    ["K15", "T06", "水泥用灰岩", "露天", 2.7, "否", 100],
    ["K16", "T06", "水泥用灰岩", "露天", 2.7, "否", 80],
    ["K17", "T07", "水泥用灰岩", "地下", 2.7, "否", 60],
    ["K18", "T07", "水泥用灰岩", "地下开采", 2.7, "是", 50],
    ["K19", "T08", "水泥用灰岩", "地下", 2.7, "否", 45],
    ["K20", "T08", "水泥用灰岩", "地下", 2.7, "否", 25],
]

LICENCES: list[Row] = [
    # mine, from, to, measured, scale 万t/a, scale 万m3/a
    ["K01", "2019-01-01", "2029-12-31", "吨", 10, ""],
    ["K02", "2018-03-01", "2028-02-28", "吨", 20, ""],
    ["K03", "2020/1/1", "2030/12/31", "立方米", "", 5],
    ["K04", "2017年6月1日", "2027年5月31日", "吨", 10, ""],
    ["K05", "2018-09-01", "2028-08-31", "吨", 10, ""],
    ["K06", "2017-01-01", "2022-06-30", "吨", 6, ""],
    ["K06", "2022-07-01", "2032-06-30", "吨", 12, ""],
    ["K07", "2018-05-01", "", "吨", 8, ""],
    ["K08", "2016-11-01", "2026-10-31", "吨", 15, ""],
    ["K10", "2018-01-01", "2027-12-31", "吨", 5, ""],
    ["K10", "2019-01-01", "2028-12-31", "吨", 8, ""],
    ["K11", "2015-04-01", "2025-03-31", "吨", 6, ""],
    ["K12", "2015-04-01", "2025-03-31", "吨", 6, ""],
    ["K13", "2019-08-01", "2029-07-31", "吨", 4, ""],
    ["K14", "2012-01-01", "2022-12-31", "吨", 5, ""],
    ["K15", "2010-01-01", "2040-12-31", "吨", 100, ""],
    ["K16", "2011-01-01", "2031-12-31", "吨", 80, ""],
    ["K17", "2014-07-01", "2034-06-30", "吨", 60, ""],
    ["K18", "2014-07-01", "2034-06-30", "吨", 50, ""],
    ["K91", "2014-07-01", "2034-06-30", "吨", 45, ""],  # meant for K19
    ["K20", "2016-01-01", "2030-13-01", "吨", 25, ""],
]

OUTPUT: dict[str, tuple[str, list[object], list[object]]] = {
    # mine: measured, output of 2021-2023 in 万t or 万m3, [paper, measured, 万t/a, 万m3/a]
    "K01": ("吨", [12, 13.5, 11], ["出让合同", "吨", 10, ""]),
    "K02": ("吨", [20, 25, 18], ["开采方案", "吨", 22, ""]),
    "K03": ("立方米", [5, 6.25, 4], ["无", "", "", ""]),
    "K04": ("立方米", [4, 4.8, 3.2], ["出让合同", "吨", 11, ""]),
    "K05": ("立方米", [4.2, 4.8, 3.9], ["出让合同", "立方米", "", 4.5]),
    "K06": ("吨", [7.2, 9, 15], ["开采方案", "吨", "/", ""]),
    "K07": ("吨", [8.8, 7.6, 9.6], ["无", "", "", ""]),
    "K08": ("万吨", [16.5, "无数据", "１５．０"], ["", "吨", "", ""]),
    "K09": ("吨", [3, 3, 3], ["无", "", "", ""]),
    "K10": ("吨", [8.8, 8, 7.5], ["出让合同", "吨", 8, ""]),
    "K11": ("吨", [6.6, 5.4, 6], ["无", "", "", ""]),
    "K12": ("吨", [5.5, 5.8, 5.9], ["无", "", "", ""]),
    "K13": ("吨", [3.9, 4.4, 4], ["出让合同", "吨", 4, ""]),
    "K14": ("吨", [5, 4.5, 4.8], ["无", "", "", ""]),
    "K15": ("吨", [98.5, 102, 100], ["开采方案", "吨", 110, ""]),
    "K16": ("吨", [78, 79, 80], ["无", "", "", ""]),
    "K17": ("吨", [58, 61.5, 60], ["无", "", "", ""]),
    "K18": ("吨", [45, 46, 47], ["出让合同", "吨", 48, ""]),
    "K19": ("吨", [40, 41, 42], ["无", "", "", ""]),
    "K20": ("吨", [20, 21, 22], ["无", "", "", ""]),
}


ODD = {("K12", 2022): (2022, "车"), ("K12", 2023): ("二〇二三", "吨")}


def mines() -> Iterator[Row]:
    for number, row in enumerate(MINES, 1):
        _, lon, lat = TOWNS.get(str(row[1]), TOWNS["T04"])
        place = [round(lon + number / 500, 3), round(lat + number / 700, 3)]
        yield [row[0], f"示例{row[0]}号矿山", *row[1:], *place, f"000-{number:08d}"]


def licences() -> Iterator[Row]:
    for number, row in enumerate(LICENCES, 1):
        yield [f"示例C{number:03d}", *row]
    yield ["", "K16", "2021-01-01", "2031-12-31", "吨", 20, ""]  # no number, but its mine is readable


def outputs() -> Iterator[Row]:
    for mine, (measured, amounts, paper) in OUTPUT.items():
        for year, amount in zip((2021, 2022, 2023), amounts, strict=True):
            shown_year, shown_measure = ODD.get((mine, year), (year, measured))
            yield [mine, shown_year, *_by_measure(shown_measure, amount), *paper, *_evidence(mine, year)]
    yield ["K02", 2021, "吨", 20, "", "开采方案", "吨", 22, "", *_evidence("K02", 2021)]  # the same row again
    yield ["K13", 2023, "吨", 4.6, "", "出让合同", "吨", 4, "", *_evidence("K13", 2023)]  # and one that differs


def _by_measure(measured: str, amount: object) -> Row:
    return [measured, "", amount] if measured == "立方米" else [measured, amount, ""]


def _evidence(mine: str, year: int) -> Row:
    if int(mine[1:]) % 4 == 0:
        return ["", "", ""]
    return [f"示例储量年报〔{year}〕{mine}号", f"{year + 1}-02-15", "测量核算"]


# --- farms and samples: 水产养殖户.csv, 尾水监测.csv ------------------------------------------------------------------

FARMS: list[tuple[int, list[object], str]] = [
    # how many, their areas in 亩 (taken in turn), tail-water treatment
    (31, [30, 42, 35.5, 60, "３８", 51, 33, 120], "未建"),
    (4, [48, 75, 31, 66], "在建"),
    (17, [36, 55, 80, 150, 47.5], "已建并运行"),
    (13, [29.9, 12, 8, 25, 18.5], "未建"),
    (4, [10, 22, 28], "已建"),
    (3, ["", "-", "无数据"], "未建"),
    (3, [45, 52, 39], ""),
    (2, [""], "已建并运行"),
    (1, [41], "部分"),
    (1, [28], "未建"),  # comes twice, with another area the second time
    (1, [64], "未建"),  # livestock
]
STANDARD = {  # paper that names the tail-water standard, and class of the receiving water; all others: none, general
    **dict.fromkeys(range(36, 41), ("环评文件", "一般水域")),
    **dict.fromkeys(range(41, 45), ("环评文件", "重点保护水域")),
    **dict.fromkeys(range(45, 48), ("排污许可证", "一般水域")),
    **dict.fromkeys(range(48, 51), ("地方规定", "一般水域")),
    51: ("", "一般水域"),
    52: ("环评文件", "特殊保护水域"),
}
ROUTINE = "悬浮物、pH值、高锰酸盐指数、总磷、总氮"
SAMPLES: list[tuple[Sequence[int | str], str, dict[str, object]]] = [
    # farms sampled, items to be measured, values that differ from a clean sample
    (range(36, 51), ROUTINE, {}),
    ([36, 39, 45, 48, 50], ROUTINE, {"tn": 6.4}),
    ([41, 43], ROUTINE, {"tn": 3.6, "tp": 0.6}),
    ([46], ROUTINE, {"ph": 9.3}),
    ([37, 49], ROUTINE, {"tp": ""}),
    ([38, 47], ROUTINE + "、总锌", {"zn": "未检出"}),
    ([36, 40, 42, 44], ROUTINE + "、总锌", {"zn": "<0.05"}),
    ([48], ROUTINE + "、总铜", {"cu": "＜0.5"}),
    ([51], ROUTINE, {"tn": 5.8}),
    ([51], ROUTINE, {}),
    ([1, 2, 3, 4, 5, 52], ROUTINE, {"tn": 7.5}),
    ([39], ROUTINE, {"sampled_on": ""}),
    (["F999"], ROUTINE, {"tn": 6.1}),
    ([50], ROUTINE, {"id": "/"}),
]
CLEAN = {"ss": 32, "ph": 7.6, "codmn": 8.5, "bod5": "", "zn": "", "cu": "", "tp": 0.31, "tn": 2.4}


def farms() -> Iterator[Row]:
    number = 0
    for count, areas, facility in FARMS:
        for _, area in zip(range(count), cycle(areas)):
            number += 1
            yield _farm(number, area, facility)
    yield _farm(59, 12, "未建")  # the same row again
    yield _farm(79, 36, "未建")  # and one that differs


def _farm(number: int, area: object, facility: str) -> Row:
    town = list(TOWNS)[number % len(TOWNS)]
    standard, water = STANDARD.get(number, ("无", "一般水域"))
    sector = "畜禽" if number == 80 else "水产"
    mode = "工厂化" if number % 9 == 0 else "池塘"
    name, phone = f"示例养殖户{number:03d}", f"000-{number:08d}"
    return [f"F{number:03d}", name, town, sector, area, mode, facility, water, standard, phone]


def samples() -> Iterator[Row]:
    number = 0
    for farm_list, items, special in SAMPLES:
        for farm in farm_list:
            number += 1
            yield _sample(number, farm, items, special)


def _sample(number: int, farm: int | str, items: str, special: dict[str, object]) -> Row:
    values = {**CLEAN, **special}
    farm_id = farm if isinstance(farm, str) else f"F{farm:03d}"
    day = special.get("sampled_on", date(2023, 9, 4) + timedelta(days=2 * number))
    measured = [values[name] for name in CLEAN]
    return [special.get("id", f"W{number:03d}"), farm_id, day, f"示例监测〔2023〕{number:03d}号", items, *measured]


# --- enterprises and coating: 企业台账.xlsx ---------------------------------------------------------------------------

INDUSTRIES = [
    (20, "2110", "家具厂"),
    (10, "2030", "木制品厂"),
    (10, "3311", "金属制品厂"),
    (10, "3484", "机械加工厂"),
    (10, "4190", "加工厂"),
]
SOURCES: list[tuple[int, Sequence[int], list[object]]] = [
    # how many, enterprises (taken in turn), [process, place, VOC %, cannot be enclosed, collected locally, day]
    (6, range(1, 7), ["喷涂", "露天", 45, "否", "否", "2023-12-20"]),
    (2, [7, 21], ["喷漆", "露天", 38.5, "否", "是", "2023-12-21"]),
    (1, [22], ["刷漆", "露天", 10, "", "否", "2023/12/21"]),
    (1, [23], ["刷涂", "露天", "５２", "是", "否", "2023-12-22"]),
    (3, [31, 32, 33], ["喷涂", "露天", 41, "否", "否", "2023-12-22"]),
    (1, [60], ["喷涂", "露天", 36, "否", "否", "2023-12-25"]),
    (12, range(8, 20), ["喷涂", "喷漆房", 48, "", "", "2023-12-26"]),
    (2, [24, 25], ["刷涂", "露天", 33, "是", "是", "2023-12-26"]),
    (14, range(1, 31), ["喷涂", "露天", 4.5, "否", "否", "2023-12-27"]),
    (6, range(26, 32), ["浸涂", "车间", 30, "", "", "2023-12-27"]),
    (4, range(41, 45), ["开料", "车间", "", "", "", "2023-12-28"]),
    (3, [11, 12, 13], ["喷涂", "露天", "-", "否", "否", "2023-12-28"]),
    (2, [14, 15], ["喷涂", "露天", 44, "是", "", "2023-12-29"]),
    (1, [16], ["喷涂", "院坝", 44, "否", "否", "2023-12-29"]),
    (1, [17], ["喷涂", "露天", 44, "否", "否", "2023年13月1日"]),
    (1, [18], ["喷涂", "露天", 44, "否", "否", "2020-05-18"]),
]


def enterprises() -> Iterator[Row]:
    number = 0
    for count, code, word in INDUSTRIES:
        for _ in range(count):
            number += 1
            yield _enterprise(number, "" if number == 60 else code, word)
    yield _enterprise(2, "2110", "家具厂")  # the same row again


def _enterprise(number: int, code: str, word: str) -> Row:
    town = list(TOWNS)[number % 4]
    _, lon, lat = TOWNS[town]
    place = [round(lon + number / 900, 3), round(lat + number / 1100, 3)]
    names = [f"E{number:03d}", f"示例{number:03d}{word}", f"0000000000SL{number:06d}"]
    return [*names, town, code, *place, "示例联系人", f"000-{number:08d}"]


def sources() -> Iterator[Row]:
    number = 0
    for count, firms, (process, *rest) in SOURCES:
        for _, firm in zip(range(count), cycle(firms)):
            number += 1
            yield [f"S{number:03d}", f"{process}工序", f"E{firm:03d}", process, *rest]


# --- buildings and power: 建筑.json, 用电.xlsx -----------------------------------------------------------------------

BUILDINGS = [(45, "合法"), (18, "违建"), (9, "违法占地建筑"), (6, "待认定"), (2, None)]
LAWFUL, ILLEGAL, ENCROACHING, REVIEW = range(1, 46), range(46, 64), range(64, 73), range(73, 79)
ACCOUNTS: list[tuple[int, Sequence[int | str], str, list[object]]] = [
    # how many, buildings (taken in turn), purpose, energy of the last month in kWh (taken in turn)
    (14, ILLEGAL, "生产", ["12,345", 3600, 880]),
    (7, ENCROACHING, "生产", [5400, "２，１００"]),
    (50, LAWFUL, "生产", [9800, "15,020", 4300, 760]),
    (3, REVIEW, "生产", [1500]),
    (30, [*range(20, 46), *range(60, 64)], "生活", [180, 95, 240]),
    (6, LAWFUL, "办公", [620]),
    (4, ILLEGAL, "生产", [0]),
    (2, [79, 80], "生产", [700]),
    (2, ILLEGAL, "生产", ["-"]),
    (1, ["B999"], "生产", [1900]),
    (1, [50], "生产兼居住", [640]),
]
INSPECTIONS: list[tuple[int, int, str, dict[str, object]]] = [
    # how many, first account, what was checked, what was found
    (30, 25, "用电类别、用电容量", {"category": "一般工商业", "capacity": 80}),
    (6, 1, "用电类别", {"category": "大工业", "changed": "否"}),
    (4, 60, "用电类别", {"category": "大工业", "changed": "否"}),
    (2, 64, "用电类别", {"category": "大工业", "changed": "是"}),
    (2, 66, "用电类别", {"category": "大工业"}),
    (5, 7, "用电容量", {"capacity": 126, "changed": "否"}),
    (3, 68, "用电容量", {"capacity": "１３０", "changed": "否"}),
    (2, 12, "用电容量", {"capacity": "-", "changed": "否"}),
    (3, 14, "用电指标", {"set": "是", "allotment": "5,000", "used": "5,200"}),
    (4, 71, "用电指标", {"set": "是", "allotment": 5000, "used": 5000}),
    (2, 17, "用电指标", {"set": "否", "used": 8000}),
    (1, 19, "用电指标", {"set": "是", "used": 8000}),
    (3, 1, "暂停及封存设备", {"stopped": "是"}),
    (4, 30, "暂停及封存设备", {"stopped": "否"}),
    (1, 20, "暂停及封存设备", {}),
    (2, 4, "计量及供电设施", {"metering": "是"}),
    (5, 34, "计量及供电设施", {"metering": "否"}),
    (1, 21, "计量及供电设施", {}),
    (3, 39, "电源", {"source": "是"}),
    (4, 42, "电源", {"source": "否"}),
    (1, 46, "电源", {}),
    (2, 8, "窃电", {"theft": "绕越计量", "refused": "否"}),
    (1, 10, "窃电", {"theft": "擅自接线", "refused": "是"}),
    (1, 75, "窃电", {"theft": "开启或伪造封印", "refused": "否"}),
    (6, 48, "窃电、用电类别", {"theft": "未发现", "category": "一般工商业"}),
    (1, 54, "窃电", {"theft": "私拉"}),
    (1, 55, "", {}),
]
FOUND = [
    "category",
    "capacity",
    "changed",
    "set",
    "allotment",
    "used",
    "stopped",
    "metering",
    "source",
    "theft",
    "refused",
]


def buildings() -> Iterator[dict[str, object]]:
    number = 0
    for count, status in BUILDINGS:
        for _ in range(count):
            number += 1
            yield _building(number, status)


def _building(number: int, status: str | None) -> dict[str, object]:
    firm = f"E{number:03d}" if number <= 60 else None
    return {
        "id": f"B{number:03d}",
        "name": f"示例{number:03d}号厂房",
        "town": list(TOWNS)[number % 4],
        "enterprise": firm,
        "floor_area": 300 + 25 * number,
        "status": status,
    }


def accounts() -> Iterator[Row]:
    number = 0
    for count, places, purpose, energies in ACCOUNTS:
        for _, place, energy in zip(range(count), cycle(places), cycle(energies)):
            number += 1
            building = place if isinstance(place, str) else f"B{place:03d}"
            town = list(TOWNS)[place % 4] if isinstance(place, int) else "T04"
            firm = f"E{place:03d}" if isinstance(place, int) and place <= 60 and purpose == "生产" else ""
            category = "居民生活" if purpose == "生活" else "一般工商业"
            yield [f"P{number:04d}", f"示例用电户{number:03d}", town, firm, building, category, 100, purpose, energy]


def inspections() -> Iterator[Row]:
    number = 0
    for count, first, checked, found in INSPECTIONS:
        for step in range(count):
            number += 1
            day = date(2023, 10, 9) + timedelta(days=number)
            yield [f"D{number:03d}", f"P{first + step:04d}", day, checked, *(found.get(name, "") for name in FOUND)]


# --- writing ---------------------------------------------------------------------------------------------------------


def workbook(sheets: dict[str, tuple[str, Sequence[Sequence[str]], Iterable[Row]]]) -> bytes:
    """An XLSX file: per sheet a title over all columns, one or two header rows, and rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": datetime(2024, 3, 11, tzinfo=UTC)})
    bold = book.add_format({"bold": True, "align": "center"})
    for name, (title, headers, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.merge_range(0, 0, 0, len(headers[0]) - 1, title, bold)
        for line, header in enumerate(headers, 1):
            _write_header(sheet, line, header, bold)
        for line, row in enumerate(rows, 1 + len(headers)):
            sheet.write_row(line, 0, row)
    book.close()
    return buffer.getvalue()


def _write_header(sheet: xlsxwriter.worksheet.Worksheet, line: int, header: Sequence[str], bold: object) -> None:
    """A header row; equal neighbours are one merged cell."""
    start = 0
    for column, word in enumerate(header):
        if column + 1 < len(header) and header[column + 1] == word and word:
            continue
        if column > start:
            sheet.merge_range(line, start, line, column, word, bold)
        else:
            sheet.write(line, column, word, bold)
        start = column + 1


def table(header: str, rows: Iterable[Row], encoding: str) -> bytes:
    """A CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def mine_workbook() -> bytes:
    mine = """矿山编号 矿山名称 所在镇街 矿种 开采方式 矿石体重(t/m³) 造成矿产资源破坏
        设计规模(万吨/年) 经度 纬度 联系电话"""
    licence = "许可证号 矿山编号 有效期 有效期 证载规模单位 证载生产规模(万吨/年) 证载方量(万m³/年)"
    output = """矿山编号 年度 产量单位 实际开采量(万吨/年) 实际开采方量(万m³/年) 年度开采量文件
        批准量单位 批准年开采量(万吨/年) 批准年开采方量(万m³/年) 产量依据材料 材料取得日期 产量核定方式"""
    return workbook(
        {
            "矿山": ("矿山基本情况（示例数据）", [mine.split()], mines()),
            "采矿许可证": (
                "采矿许可证登记（示例数据）",
                [licence.split(), ["", "", "起", "止", "", "", ""]],
                licences(),
            ),
            "年度产量": ("矿山年度产量（示例数据）", [output.split()], outputs()),
        }
    )


def enterprise_workbook() -> bytes:
    enterprise = "企业编号 企业名称 统一社会信用代码 所在镇街 行业代码 经度 纬度 联系人 联系电话"
    source = "工序编号 工序名称 企业编号 工艺 作业地点 涂料VOC质量占比(%) 确实无法密闭 局部气体收集 检查日期"
    return workbook(
        {
            "企业": ("企业名录（示例数据）", [enterprise.split()], enterprises()),
            "涉气工序": ("涉气工序检查（示例数据）", [source.split()], sources()),
        }
    )


def power_workbook() -> bytes:
    account = "用电户号 用电户名 所在镇街 企业编号 建筑编号 合同用电类别 合同容量(kVA) 用电用途 2024年2月电量(kWh)"
    inspection = """检查记录编号 用电户号 检查日期 检查内容 实际用电类别 实际使用容量(kVA)
        已办理变更或增容手续 已下达用电指标 计划用电指标(kWh) 指标期内用电量(kWh) 使用暂停或封存设备
        擅动计量或供电设施 擅自引入供出电源或并网 窃电方式 拒绝改正"""
    return workbook(
        {
            "用电户": ("用电户台账（示例数据）", [account.split()], accounts()),
            "用电检查记录": ("用电检查记录（示例数据）", [inspection.split()], inspections()),
        }
    )


def files() -> dict[str, bytes]:
    """Every file of the registry that is made here."""
    towns = "".join(f"- {{id: {id}, name: {name}, lon: {lon}, lat: {lat}}}\n" for id, (name, lon, lat) in TOWNS.items())
    farm = """养殖户编号 养殖户名称 所在镇街 养殖类别 养殖面积(亩) 养殖方式 尾水治理设施 受纳水域类别
        尾水标准的依据文件 联系电话"""
    sample = """样品编号 养殖户编号 采样日期 报告编号 检测项目 悬浮物(mg/L) pH值 高锰酸盐指数(mg/L)
        五日生化需氧量(mg/L) 总锌(mg/L) 总铜(mg/L) 总磷(mg/L) 总氮(mg/L)"""
    return {
        "镇街.yaml": towns.encode(),
        "矿山台账.xlsx": mine_workbook(),
        "水产养殖户.csv": table(farm, farms(), "gbk"),
        "尾水监测.csv": table(sample, samples(), "utf-8-sig"),
        "企业台账.xlsx": enterprise_workbook(),
        "建筑.json": json.dumps(list(buildings()), ensure_ascii=False, indent=1).encode(),
        "用电.xlsx": power_workbook(),
    }


def main(folder: Path) -> None:
    for name, body in files().items():
        (folder / name).write_bytes(body)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
