"""Enterprises and their emission sources: 企业台账.xlsx."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle

from places import TOWNS
from writing import Row, workbook

MANIFEST = [
    "{kind: enterprise, file: 企业台账.xlsx, sheet: 企业, header: 2}",
    "{kind: emission_source, file: 企业台账.xlsx, sheet: 涉气工序, header: 2}",
]

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
    (1, [41], ["焊接", "车间", "", "", "", "2023-12-28"]),
    (1, [42], ["机加工", "车间", "", "", "", "2023-12-28"]),
    (1, [43], ["打磨", "车间", "", "", "", "2023-12-28"]),
    (1, [44], ["开料", "车间", "", "", "", "2023-12-28"]),
    (3, [11, 12, 13], ["喷涂", "露天", "-", "否", "否", "2023-12-28"]),
    (2, [14, 15], ["喷涂", "露天", 44, "是", "", "2023-12-29"]),
    (1, [16], ["喷涂", "院坝", 44, "否", "否", "2023-12-29"]),
    (1, [17], ["喷涂", "露天", 44, "否", "否", "2023年13月1日"]),
    (1, [18], ["喷涂", "露天", 44, "否", "否", "2020-05-18"]),
]

NOTHING = ["否", "无", "否"]
GASES: list[tuple[int, list[object], float | str]] = [
    # how many sources, [pollutant, paper, collected, treatment, outlet], kWh drawn on an idle day
    (6, ["挥发性有机物", "环评文件", *NOTHING], 15),
    (2, ["VOCs", "环评文件", "是", "活性炭", "否"], 15),
    (2, ["挥发性有机物", "无", *NOTHING], 15),
    (4, ["挥发性有机物", "环评文件", *NOTHING], 15),
    (7, ["挥发性有机物", "环评文件", "是", "组合工艺", "是"], 20),
    (1, ["挥发性有机物", "无", "是", "组合工艺", "是"], 20),
    (2, ["挥发性有机物", "排污许可证", "是", "活性炭吸附", "是"], "２０"),
    (1, ["挥发性有机物", "环评文件", "是", "活性炭", ""], 20),
    (1, ["挥发性有机物", "无", "", "活性炭", "是"], ""),
    (2, ["挥发性有机物", "环评文件", "有", "活性炭", "有"], 20),
    (8, ["颗粒物", "无", *NOTHING], 10),
    (6, ["粉尘", "环评文件", "是", "干式过滤", "是"], 10),
    (2, ["挥发性有机物", "环评文件", "是", "活性炭", "否"], 12),
    (4, ["挥发性有机物", "环评文件", "是", "活性炭", "是"], 12),
    (1, ["焊接烟尘", "环评文件", *NOTHING], 8),
    (1, ["油雾", "排污许可证", "是", "静电净化", "是"], 8),
    (1, ["颗粒物", "无", *NOTHING], 8),
    (1, ["颗粒物", "环评文件", "是", "-", "是"], 8),
    (3, ["挥发性有机物", "环评文件", "是", "活性炭", "是"], 15),
    (2, ["挥发性有机物", "环评文件", "否", "活性炭", "是"], 15),
    (1, ["废气", "环评文件", *NOTHING], 15),
    (2, ["挥发性有机物", "环评文件", *NOTHING], 15),
]

CLASSES = [(6, "简化管理"), (24, "登记管理"), (4, "简化管理"), (6, "登记管理"), (1, "重点管理"), (4, "简化管理")]
CLASSES += [(10, "登记管理"), (4, "无需办理"), (1, "")]
EIAS = [(6, "报告表"), (14, "登记表"), (20, "报告表"), (1, "报告书"), (9, "报告表"), (6, "登记表"), (4, "豁免")]
PERMIT_LACKING = {3, 12, 25, 33, 38, 44, 48, 53}
PERMIT_TO: dict[int, str] = {
    5: "2024-03-10",
    6: "2024-03-11",
    9: "2023/11/30",
    27: "2024-02-28",
    28: "/",
    32: "2023-12-31",
    45: "",
    46: "2023年10月15日",
}
"""Last days that are not the usual one: lapsed, on the day itself, not recorded."""
YES_BUT: dict[str, tuple[set[int], set[int]]] = {
    # header: enterprises that say no, enterprises that say nothing
    "已办理市场主体登记": ({47, 52, 58}, {50}),
    "环评已批复或备案": ({10, 36, 49, 54}, {57, 58, 59, 60}),
    "已通过环保验收": ({4, 24, 39}, {57, 58, 59, 60}),
}


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
    return [*names, town, code, *place, "示例联系人", f"000-{number:08d}", *_papers(number)]


def _papers(number: int) -> Row:
    """What an enterprise has been registered, permitted and examined for."""
    kind = _nth(CLASSES, number)
    held = "" if number in {20, 34, 55} or kind == "无需办理" else "否" if number in PERMIT_LACKING else "是"
    paper = f"0000000000SL{number:06d}00{number % 3}" if held == "是" else ""
    usual = "2026-09-01" if kind == "登记管理" else "2025-06-30"
    until = PERMIT_TO.get(number, usual) if held == "是" else ""
    market, done, accepted = ("否" if number in no else "" if number in none else "是" for no, none in YES_BUT.values())
    scale = "是" if number in {1, 2, 31, 41} else "否"
    handler = "" if number == 29 else "是" if number in {30, 40, 43} else "否"
    examined = [done, f"20{15 + number % 8}-05-18" if done == "是" else "", accepted]
    kinds = [market, "是" if number % 3 == 0 else "否", scale, kind, held, paper, until, _nth(EIAS, number)]
    return [*kinds, *examined, f"20{16 + number % 8}-03-20" if accepted == "是" else "", handler]


def _nth(groups: Sequence[tuple[int, str]], number: int) -> str:
    """The word of the group the number falls in, counted from 1."""
    for count, word in groups:
        number -= count
        if number <= 0:
            return word
    raise ValueError(number)


def sources() -> Iterator[Row]:
    number = 0
    gas = list(_gases())
    for count, firms, (process, *rest) in SOURCES:
        for _, firm in zip(range(count), cycle(firms)):
            number += 1
            yield [f"S{number:03d}", f"{process}工序", f"E{firm:03d}", process, *rest, *gas[number - 1]]


def _gases() -> Iterator[Row]:
    number = 0
    for count, words, idle in GASES:
        for _ in range(count):
            number += 1
            outlet = [f"DA{number:03d}", 15] if words[-1] in {"是", "有"} else ["", ""]
            yield [*words, *outlet, idle]


def files() -> dict[str, bytes]:
    enterprise = """企业编号 企业名称 统一社会信用代码 所在镇街 行业代码 经度 纬度 联系人 联系电话
        已办理市场主体登记 位于工业园区 规模以上 排污许可管理类别 已取得排污许可证或登记 排污许可证或登记编号 排污许可有效期止
        环评类别 环评已批复或备案 环评批复日期 已通过环保验收 环保验收日期 持有危险废物经营许可证"""
    source = """工序编号 工序名称 企业编号 工艺 作业地点 涂料VOC质量占比(%) 确实无法密闭 局部气体收集 检查日期
        主要废气污染物 治理要求的依据文件 废气已收集 废气治理工艺 已设置规范排放口 排放口编号 排气筒高度(m) 待机日用电量(kWh)"""
    book = workbook(
        {
            "企业": ("企业名录（示例数据）", [enterprise.split()], enterprises()),
            "涉气工序": ("涉气工序检查（示例数据）", [source.split()], sources()),
        }
    )
    return {"企业台账.xlsx": book}
