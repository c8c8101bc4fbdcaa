"""Buildings, supply areas, power accounts and inspections of them: 建筑.json, 供电区域.csv, 用电.xlsx."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import cycle

from places import TOWNS
from writing import Row, table, workbook

MANIFEST = [
    "{kind: building, file: 建筑.json}",
    "{kind: supply_area, file: 供电区域.csv, encoding: gbk}",
    """kind: power_account
    file: 用电.xlsx
    sheet: 用电户
    header: 2
    columns: {last_month_energy: 2024年2月电量(kWh)}   # the office names the month""",
    "{kind: power_inspection, file: 用电.xlsx, sheet: 用电检查记录, header: 2}",
]

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

AREAS = {"A01": "T01", "A02": "T02", "A03": "T03", "A04": "T04", "A05": "T02", "A06": "T03"}
"""Supply area → town. The last two are small: a few accounts each."""

PERMITS: list[tuple[int, list[object]]] = [
    # how many buildings, [permit, use permitted, use found, change of use approved]
    (24, ["建设工程规划许可证", "工业厂房", "厂房", ""]),
    (4, ["建设工程规划许可证", "仓库", "厂房", "是"]),
    (5, ["乡村建设规划许可证", "农业设施", "厂房", "否"]),
    (3, ["建设工程规划许可证", "仓储", "工业厂房", "否"]),
    (2, ["乡村建设规划许可证", "住宅", "住宅", ""]),
    (2, ["建设工程规划许可证", "工业厂房", "办公", "否"]),
    (1, ["乡村建设规划许可证", "农房", "厂房", None]),
    (2, ["建设工程规划许可证", None, "厂房", "否"]),
    (1, ["建设工程规划许可证", "工业厂房", "车间", "否"]),
    (1, [None, "工业厂房", "工业厂房", ""]),
    (27, ["无许可", None, "厂房", None]),
    (8, ["临时建设", "仓储", "仓储", ""]),
]
ALTERED: dict[int, tuple[object, object, object]] = {
    # building: rebuilt, approved, square metres more than permitted
    2: ("是", "否", 0),
    5: ("是", "否", 140),
    8: ("是", "是", 0),
    11: ("否", None, 26.5),
    14: ("否", None, 1),
    17: ("是", None, 0),
    20: ("是", "否", 320),
    26: (None, None, 0),
    30: ("是", "否", 60),
    33: ("是", "否", 0),
    35: ("否", None, "未测"),
    41: ("是", "是", 0),
    74: ("是", "否", 75),
}
ORDERS: dict[int, list[object]] = {
    # building: [order, of, due, stayed, obeyed, day it was]
    2: ["限期改正", "2023-06-20", "2023-09-20", "否", "否", None],
    5: ["限期改正", "2023-06-20", "2023-09-20", "否", "是", "2023-09-18"],
    11: ["限期改正", "2023/10/8", "2024/1/8", "否", "否", None],
    20: ["限期改正", "2023-12-28", "2024-03-11", "否", "否", None],
    25: ["限期改正", "2023-08-01", "2023-11-01", "否", "是", "2023-10-30"],
    30: ["限期改正", "2023-08-01", "2023-11-01", "是", "否", None],
    33: ["限期改正", "2023-08-01", "2023-11-01", "否", None, None],
    74: ["限期改正", "2024-01-05", "2024-03-10", "否", "否", None],
    46: ["限期拆除", "2022-11-10", "2023-02-10", "否", "否", None],
    47: ["限期拆除", "2022-11-10", "2023-02-10", "否", "否", None],
    48: ["限期拆除", "2022-11-10", "2023-02-10", "否", "是", "2023-02-03"],
    49: ["限期拆除", "2023年5月6日", "2023年8月6日", "否", "否", None],
    52: ["限期拆除", "2023-05-06", "2023-08-06", "是", "否", None],
    53: ["限期拆除", "2023-05-06", "2023-08-06", "否", "否", None],
    55: ["限期拆除", "2023-05-06", "无", "否", "否", None],
    58: ["限期拆除", "2024-01-22", "2024-04-22", "否", "否", None],
    60: ["限期拆除", "2023-05-06", "2023-08-06", "否", "不详", None],
    64: ["限期拆除", "2023-03-15", "2023-06-15", "否", "否", None],
    65: ["限期拆除", "2023-03-15", "2023-06-15", "否", "是", "2023-06-01"],
    66: ["限期拆除", "2023-03-15", "2023-06-15", "否", "否", None],
}


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
        **_planning(number),
        **_order(number),
    }


def _planning(number: int) -> dict[str, object]:
    """What the building was permitted as, and what the survey found."""
    words = [row for count, row in PERMITS for _ in range(count)][number - 1]
    area = 300 + 25 * number
    altered, approved, more = ALTERED.get(number, ("否", None, 0))
    permitted = words[0] not in {None, "无许可"}
    return {
        **dict(zip(["permit_kind", "permit_use", "actual_use", "use_change_approved"], words, strict=True)),
        "plan_area": _plan_area(number, words[0]),
        "permit_no": f"示例规许字{number:04d}号" if permitted else None,
        "permit_area": area if permitted else None,
        "measured_area": area + more if isinstance(more, int | float) else more,
        "altered": altered,
        "alteration_approved": approved,
        "surveyed_on": None if number == 19 else f"2023-12-{18 + number % 12}",
        "survey_no": f"示例勘{number:03d}",
    }


def _plan_area(number: int, permit: object) -> str | None:
    """The plan a building stands in: that of its permit; without one, by turns, and now and then nobody has said."""
    if permit == "无许可":
        return None if number % 9 == 0 else "城镇" if number % 2 else "乡村"
    return None if permit is None else "乡村" if permit == "乡村建设规划许可证" else "城镇"


def _order(number: int) -> dict[str, object]:
    order, of, due, stayed, obeyed, day = ORDERS.get(number, ["无", None, None, None, None, None])
    return {
        "order_kind": None if number == 80 else order,
        "order_no": f"示例限〔{of[:4]}〕{number}号" if isinstance(of, str) else None,
        "order_on": of,
        "order_due": due,
        "order_stayed": stayed,
        "order_obeyed": obeyed,
        "corrected_on": day if order == "限期改正" else None,
        "demolished_on": day if order == "限期拆除" else None,
    }


def areas() -> Iterator[Row]:
    for number, (id, town) in enumerate(AREAS.items(), 1):
        yield [id, f"示例{number}号供电区域", town, f"示例供电所{number % 4 + 1}"]


def _area(building: object) -> str:
    """Most accounts belong to the area of their town; every ninth building lies in a small one."""
    if not isinstance(building, int):
        return "A99"
    if building % 9 == 0:
        return "A05" if building % 2 else "A06"
    return f"A0{building % 4 + 1}"


def _premises(account: int) -> str:
    """Where the account was matched to a place of production, by the towns."""
    return f"X{account:03d}" if account <= 14 else f"X{account - 7:03d}" if 22 <= account <= 31 else ""


def accounts() -> Iterator[Row]:
    number = 0
    for count, places, purpose, energies in ACCOUNTS:
        for _, place, energy in zip(range(count), cycle(places), cycle(energies)):
            number += 1
            building = place if isinstance(place, str) else f"B{place:03d}"
            town = list(TOWNS)[place % 4] if isinstance(place, int) else "T04"
            firm = f"E{place:03d}" if isinstance(place, int) and place <= 60 and purpose == "生产" else ""
            category = "居民生活" if purpose == "生活" else "一般工商业"
            names = [f"P{number:04d}", f"示例用电户{number:03d}", town, firm, building, _area(place), _premises(number)]
            yield [*names, category, 100, purpose, energy]


def inspections() -> Iterator[Row]:
    number = 0
    for count, first, checked, found in INSPECTIONS:
        for step in range(count):
            number += 1
            day = date(2023, 10, 9) + timedelta(days=number)
            yield [f"D{number:03d}", f"P{first + step:04d}", day, checked, *(found.get(name, "") for name in FOUND)]


def files() -> dict[str, bytes]:
    account = """用电户号 用电户名 所在镇街 企业编号 建筑编号 供电区域编号 归并场所编号 合同用电类别 合同容量(kVA) 用电用途
        2024年2月电量(kWh)"""
    inspection = """检查记录编号 用电户号 检查日期 检查内容 实际用电类别 实际使用容量(kVA)
        已办理变更或增容手续 已下达用电指标 计划用电指标(kWh) 指标期内用电量(kWh) 使用暂停或封存设备
        擅动计量或供电设施 擅自引入供出电源或并网 窃电方式 拒绝改正"""
    book = workbook(
        {
            "用电户": ("用电户台账（示例数据）", [account.split()], accounts()),
            "用电检查记录": ("用电检查记录（示例数据）", [inspection.split()], inspections()),
        }
    )
    houses = json.dumps(list(buildings()), ensure_ascii=False, indent=1).encode()
    supply = table("供电区域编号 供电区域名称 所在镇街 供电所", areas(), "gbk")
    return {"建筑.json": houses, "供电区域.csv": supply, "用电.xlsx": book}
