"""Buildings, power accounts and inspections of them: 建筑.json, 用电.xlsx."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import cycle

from places import TOWNS
from writing import Row, workbook

MANIFEST = [
    "{kind: building, file: 建筑.json}",
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


def files() -> dict[str, bytes]:
    account = "用电户号 用电户名 所在镇街 企业编号 建筑编号 合同用电类别 合同容量(kVA) 用电用途 2024年2月电量(kWh)"
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
    return {"建筑.json": houses, "用电.xlsx": book}
