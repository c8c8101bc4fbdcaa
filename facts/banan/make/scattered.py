"""Places of production, the registers they stand in, the inventory of scattered polluters and its inspections.

散乱污.xlsx, 税务登记.csv, 市场主体.csv, 排污许可平台.json, 镇街巡查.yaml. Power accounts are power.py's. Offices know no common
key: towns matched each entry to a place (归并场所编号).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from places import TOWNS
from writing import Row, table, workbook

MANIFEST = [
    "{kind: premises, file: 散乱污.xlsx, sheet: 场所摸排, header: 2}",
    "{kind: scattered_polluter, file: 散乱污.xlsx, sheet: 散乱污企业台账, header: 2}",
    "{kind: town_inspection, file: 散乱污.xlsx, sheet: 镇街检查, header: 2}",
    "{kind: tax_registration, file: 税务登记.csv, encoding: gbk}",
    "{kind: market_registration, file: 市场主体.csv, encoding: utf-8}",
    "{kind: permit_registration, file: 排污许可平台.json}",
    "{kind: patrol_entry, file: 镇街巡查.yaml}",
]

PREMISES: list[tuple[int, list[object]]] = [
    # how many, [what goes on, above scale, in a park, policy, layout, procedures, treatment]
    (6, ["生产加工", "否", "否", "是", "是", "否", "否"]),
    (3, ["生产加工", "否", "否", "是", "否", "否", "无"]),
    (2, ["生产加工", "否", "否", "否", "否", "否", "否"]),
    (1, ["生产加工", "是", "否", "是", "是", "否", "是"]),
    (4, ["生产加工", "否", "是", "是", "是", "是", "否"]),
    (3, ["生产加工", "否", "否", "是", "是", "是", "是"]),
    (1, ["生产加工", "是", "是", "是", "是", "是", "是"]),
    (2, ["生产加工", "否", "否", "是", "是", "是", ""]),
    (4, ["生产加工", "否", "否", "是", "是", "是", "否"]),
    (4, ["生产加工", "否", "否", "是", "是", "否", "否"]),
    (2, ["生产加工", "否", "否", "是", "是", "否", "不详"]),
    (3, ["仓储", "否", "否", "是", "是", "是", ""]),
    (2, ["商铺", "否", "否", "是", "是", "是", ""]),
    (1, ["空置", "否", "否", "", "", "", ""]),
    (1, ["", "否", "否", "是", "是", "否", "否"]),
    (1, ["作坊", "否", "否", "是", "是", "否", "否"]),
]
TAX = [*range(5, 21), 25, 26, 33, 34, 36, 39, 40]
MARKET = [1, 2, 4, 5, 6, 7, 8, 10, 11, 12, *range(15, 24), 25, 26, 33, 36]
PERMIT = [10, 11, 12, 13, 14, 20]
PATROL = [1, 2, 3, 4, 5, 6, 27, 28, 29, 30, 35]
CLOSED = {("tax", 31), ("market", 3), ("market", 9)}
LISTED: list[list[object]] = [
    # premises, enterprise, listed on, class, due, done, done on
    [1, 46, "2023-05-16", "升级改造", "2023-12-31", "否", ""],
    [2, 47, "2023-05-16", "关停取缔", "2023-09-30", "是", "2023-09-21"],
    [3, 48, "2023-05-16", "关停取缔", "2023-09-30", "否", ""],
    [4, 49, "2023-05-16", "整合搬迁", "2024-06-30", "否", ""],
    [6, 51, "2023-05-17", "升级改造", "2023-12-31", "是", "2024-01-05"],
    [10, 55, "2023-05-17", "升级改造", "2024-03-11", "否", ""],
    [11, 56, "2023-05-17", "升级改造", "2024-03-10", "否", ""],
    [27, "", "2023-05-17", "关停", "2023-10-31", "否", ""],
    [28, "", "2023-08-02", "关停取缔", "2023-10-31", "否", ""],
    ["", 3, "2023-08-02", "升级改造", "2024-02-29", "否", ""],
    ["", 5, "2023-08-02", "升级改造", "2024-02-29", "是", "2024-02-20"],
    ["", 9, "2023-08-02", "升级改造", "2024-05-31", "否", ""],
    ["", 12, "2023/8/2", "整合搬迁", "2024/5/31", "否", ""],
    ["", 25, "2023/8/2", "升级改造", "2023/12/31", "否", ""],
    ["", 27, "2023-08-03", "升级改造", "2023-12-31", "", ""],
    ["", 33, "2023-08-03", "升级改造", "", "否", ""],
    ["", 38, "2023-08-03", "整合搬迁", "2024-06-30", "否", ""],
    ["", 44, "2023-12-12", "升级改造", "2024-06-30", "否", ""],
    ["", 45, "2023-12-11", "升级改造", "2024-06-30", "否", ""],
    ["", 50, "2024-01-15", "升级改造", "2024-06-30", "否", ""],
    ["", 52, "2024-01-15", "关停取缔", "2024-04-30", "否", ""],
    ["", 53, "2023-08-04", "关停取缔", "2023-12-31", "是", "2023-12-28"],
    ["", 54, "", "升级改造", "2024-06-30", "否", ""],
    ["", 20, "2023-08-04", "升级改造", "2024-06-30", "否", ""],
    ["", 57, "2023-08-04", "升级改造", "2024-06-30", "否", ""],
]
INSPECTED: list[list[object]] = [
    # entry of the inventory, inspected on, looked at treatment, treatment complete, handed over
    [1, "2023-06-20", "是", "否", "否"],
    [1, "2024-01-16", "是", "否", "是"],
    [3, "2023-06-20", "是", "否", "是"],
    [3, "2024-02-06", "否", "", "否"],
    [4, "2023-12-12", "是", "否", "否"],
    [5, "2023-11-02", "是", "是", "否"],
    [6, "2023-12-11", "是", "否", "否"],
    [7, "2024-02-07", "是", "否", "是"],
    [8, "2023-06-21", "是", "否", "否"],
    [9, "2024-01-17", "", "", "否"],
    [10, "2024/1/17", "是", "否", "是"],
    [12, "2024-02-08", "是", "否", "否"],
    [13, "2023-10-10", "是", "否", "否"],
    [14, "2024-02-08", "否", "", "否"],
    [16, "2024年2月", "是", "否", "否"],
    [17, "2024-02-20", "是", "是", "否"],
    [19, "2024-02-20", "是", "否", "否"],
    [21, "2024-01-30", "是", "否", "是"],
    [24, "2024-02-21", "部分", "否", "否"],
    [99, "2024-02-21", "是", "否", "否"],
]


def _town(number: int) -> str:
    return list(TOWNS)[number % 5]


def premises() -> Iterator[Row]:
    number = 0
    for count, words in PREMISES:
        for _ in range(count):
            number += 1
            uscc = f"0000000000XC{number:06d}" if number in MARKET else ""
            day = f"2023-11-{number % 28 + 1:02d}"
            names = [f"X{number:03d}", f"示例场所{number:03d}", _town(number), f"示例村{number % 7 + 1}组"]
            yield [*names, uscc, day, *words]
    yield ["X007", "示例场所007", _town(7), "示例村1组", "0000000000XC000007", "2023-11-08", *PREMISES[1][1]]


def _states(register: str, numbers: Sequence[int], active: str) -> Iterator[tuple[int, str]]:
    """Where the register has an entry, and in which state."""
    closed = [number for name, number in sorted(CLOSED) if name == register]
    yield from ((number, active) for number in numbers)
    yield from ((number, "注销") for number in closed)


def tax() -> Iterator[Row]:
    for number, state in _states("tax", TAX, "正常"):
        yield [f"0000000000SW{number:06d}", f"示例纳税人{number:03d}", f"X{number:03d}", "" if number == 26 else state]


def market() -> Iterator[Row]:
    for number, state in _states("market", MARKET, "存续"):
        words = "" if number == 8 else "在业" if number % 4 == 0 else state
        yield [f"0000000000XC{number:06d}", f"示例市场主体{number:03d}", f"X{number:03d}", words]
    yield ["0000000000XC000199", "示例市场主体199", "X199", "存续"]


def permits() -> list[dict[str, object]]:
    names = ["id", "name", "premises", "valid_to"]
    rows = [[f"0000000000PW{n:06d}X", f"示例排污单位{n:03d}", f"X{n:03d}", "2027-05-31"] for n in PERMIT]
    return [dict(zip(names, row, strict=True)) for row in rows]


def patrols() -> str:
    return "".join(
        f"- {{清单编号: XC{number:03d}, 归并场所编号: X{number:03d}, 巡查日期: 2024-01-{number % 28 + 1:02d}}}\n"
        for number in PATROL
    )


def listed() -> Iterator[Row]:
    for number, (place, firm, *rest) in enumerate(LISTED, 1):
        town = _town(place) if isinstance(place, int) else list(TOWNS)[int(str(firm)) % 4]
        where = f"X{place:03d}" if isinstance(place, int) else ""
        yield [f"SL{number:03d}", f"示例散乱污{number:03d}", town, where, f"E{firm:03d}" if firm else "", *rest]


def inspected() -> Iterator[Row]:
    for number, (entry, *rest) in enumerate(INSPECTED, 1):
        town = list(listed())[int(str(entry)) - 1][2] if int(str(entry)) <= len(LISTED) else "T03"
        yield [f"JC{number:03d}", town, f"SL{entry:03d}", *rest]


def files() -> dict[str, bytes]:
    place = """场所编号 场所名称 所在镇街 地址 统一社会信用代码 摸排日期 现场活动 规模以上 位于工业园区 符合产业政策 符合布局规划
        手续齐全 治理设施完备"""
    entry = "台账编号 单位名称 所在镇街 场所编号 企业编号 列入台账日期 处置类别 处置期限 已完成处置 完成日期"
    visit = "检查编号 检查镇街 台账编号 检查日期 检查污染治理情况 治理设施完备 已移交部门"
    book = workbook(
        {
            "场所摸排": ("生产经营场所摸排（示例数据）", [place.split()], premises()),
            "散乱污企业台账": ("散乱污企业台账（示例数据）", [entry.split()], listed()),
            "镇街检查": ("镇街检查记录（示例数据）", [visit.split()], inspected()),
        }
    )
    return {
        "散乱污.xlsx": book,
        "税务登记.csv": table("税务登记号 纳税人名称 归并场所编号 登记状态", tax(), "gbk"),
        "市场主体.csv": table("统一社会信用代码 市场主体名称 归并场所编号 登记状态", market(), "utf-8-sig"),
        "排污许可平台.json": json.dumps(permits(), ensure_ascii=False, indent=1).encode(),
        "镇街巡查.yaml": patrols().encode(),
    }
