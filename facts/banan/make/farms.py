"""Farms and their tail-water samples: 水产养殖户.csv, 尾水监测.csv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import cycle

from places import TOWNS
from writing import Row, table

MANIFEST = [
    "{kind: farm, file: 水产养殖户.csv, encoding: gbk}",
    "{kind: tail_water_sample, file: 尾水监测.csv, encoding: utf-8}",
]

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
PLAIN = {"cluster": "否", "monitored": "", "canal": "否", "intake": "", "records": "完整", "from": "2021-03-01"}
PLAIN |= {"since": "2016-03-01", "overdue": ""}
DUTIES: list[tuple[Sequence[int], dict[str, str]]] = [
    # farms, what differs from PLAIN: outlets, monitoring, records
    ([10, 11, 12, 40, 41], {"cluster": "是"}),
    ([9, 10, 11, 18, 27, 54], {"monitored": "否"}),
    ([36, 40, 41, 45, 72], {"monitored": "是"}),
    ([60, 61], {"cluster": "", "monitored": "否"}),
    ([20, 21], {"canal": "是", "intake": "是"}),
    ([22, 23], {"canal": "是", "intake": "否"}),
    ([24], {"canal": "是"}),
    ([5, 6], {"records": "不全", "overdue": "否"}),
    ([7], {"records": "不完整", "overdue": "是"}),
    ([8], {"records": "无", "from": "/"}),
    ([30], {"records": ""}),
    ([31], {"from": "不详"}),
    ([32], {"from": "2026-06-10"}),  # later than the inspection: the sheet was filled in again
    ([33], {"from": "2024-01-10", "since": "2024-01-10"}),
]
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
    return [f"F{number:03d}", name, town, sector, area, mode, facility, water, standard, *_duties(number), phone]


def _duties(number: int) -> Row:
    """Outlets, monitoring and records of a farm, in the order of PLAIN."""
    found = dict(PLAIN)
    for numbers, differing in DUTIES:
        found |= differing if number in numbers else {}
    return list(found.values())


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


def files() -> dict[str, bytes]:
    farm = """养殖户编号 养殖户名称 所在镇街 养殖类别 养殖面积(亩) 养殖方式 尾水治理设施 受纳水域类别
        尾水标准的依据文件 集中连片统一排口 尾水自行监测 排入灌渠 取水点超标 养殖生产记录 记录起始日期 投产日期
        记录责令改正逾期 联系电话"""
    sample = """样品编号 养殖户编号 采样日期 报告编号 检测项目 悬浮物(mg/L) pH值 高锰酸盐指数(mg/L)
        五日生化需氧量(mg/L) 总锌(mg/L) 总铜(mg/L) 总磷(mg/L) 总氮(mg/L)"""
    return {
        "水产养殖户.csv": table(farm, farms(), "gbk"),
        "尾水监测.csv": table(sample, samples(), "utf-8-sig"),
    }
