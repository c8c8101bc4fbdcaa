"""Livestock farms, inspections and samples of their sewage: 畜禽养殖.xlsx, 畜禽排水监测.csv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import cycle

from places import TOWNS
from writing import Row, table, workbook

MANIFEST = [
    "{kind: livestock_farm, file: 畜禽养殖.xlsx, sheet: 养殖场, header: 2}",
    "{kind: livestock_inspection, file: 畜禽养殖.xlsx, sheet: 现场检查, header: 2}",
    "{kind: livestock_sample, file: 畜禽排水监测.csv, encoding: gbk}",
]

BIG: list[tuple[object, object]] = [(620, 1150), (850, 1600), (1200, 2300), (500, 960), ("3,100", "6,000")]
FARMS: list[tuple[int, str, list[tuple[object, object]], str, list[object]]] = [
    # how many, species, (in stock, sold a year) taken in turn, scale as listed,
    # [facilities, in production, contracted out, where the manure goes]
    (12, "生猪", BIG, "规模养殖场", ["已建", "是", "否", "还田"]),
    (5, "生猪", [(560, 1050), (900, 1700), (1400, 2600)], "规模养殖场", ["未建", "是", "否", "还田"]),
    (3, "生猪", [(700, 1300)], "规模场", ["不配套", "是", "否", "还田"]),
    (2, "猪", [(650, 1200)], "规模养殖场", ["在建", "是", "否", "还田"]),
    (4, "生猪", [(520, 980), (610, 1100)], "规模养殖场", ["无", "是", "是", "有机肥外售"]),
    (2, "生猪", [(590, 1080)], "规模养殖场", ["未建", "是", "", "还田"]),
    (3, "蛋鸡", [(18000, 9000), (30000, 15000)], "规模养殖场", ["已建", "是", "否", "有机肥外售"]),
    (2, "肉鸡", [("３６０００", 160000), (31000, 140000)], "规模养殖场", ["已建", "是", "否", "还田"]),
    (1, "奶牛", [(120, 30)], "规模养殖场", ["已建", "是", "否", "还田"]),
    (1, "肉牛", [(220, 150)], "规模养殖场", ["已建", "是", "否", "处理后排放"]),
    (1, "肉羊", [(1600, 1800)], "规模养殖场", ["已建", "是", "否", "还田"]),
    (3, "生猪", [(160, 300), (210, 420)], "规模以下", ["已建", "是", "否", "还田"]),
    (3, "生猪", [(280, 560), (300, 500)], "专业户", ["未建", "是", "否", "还田"]),
    (2, "肉羊", [(90, 110)], "散养户", ["未建", "是", "否", "还田"]),
    (1, "生猪", [(640, 1200)], "", ["未建", "是", "否", "还田"]),
    (1, "生猪", [(0, 0)], "规模养殖场", ["在建", "否", "否", "还田"]),
    (1, "肉兔", [(4000, 12000)], "规模养殖场", ["已建", "是", "否", "还田"]),  # no code of ours
    (1, "生猪", [("约800", "无数据")], "规模养殖场", ["已建", "是", "否", "还田"]),
    (1, "生猪", [(240, "")], "规模以下", ["未建", "是", "否", "还田"]),
]
CAPACITY: dict[int, object] = {  # pigs the land takes by the farm's own plan; others: 1500
    **dict(enumerate([700, 800, 1200, 450, 3500, 620, "-"], 1)),
    **dict.fromkeys([9, 13], 480),
    33: "",
    34: 600,
    35: 1100,
}
ZONES: dict[int, Row] = {  # ban zone, day designated, day built, refused to stop
    3: ["饮用水水源保护区", "2016-08-30", "2018-04-12", "否"],
    8: ["人口集中区域", "2016-08-30", "2019年5月6日", "是"],
    14: ["风景名胜区", "2016/8/30", "2017-02-01", "否"],
    15: ["饮用水水源保护区", "2019-11-05", "2015-03-20", ""],  # the farm was there first
    19: ["其他禁养区域", "2016-08-30", "", ""],
    20: ["人口集中区域", "", "2018-07-01", "否"],
    42: ["饮用水水源保护区", "2016-08-30", "2018-04-12", "否"],  # a scattered household
}
POLLUTED = {4: "是", 9: "否", 13: "否"}
FACILITIES, COLLECTION, DISCHARGE = "设施运行", "粪污收集", "排放去向"
INSPECTIONS: list[tuple[Sequence[int | str], str, list[str]]] = [
    # farms inspected, what was checked, [running, collected, discharged untreated]
    (range(1, 13), f"{FACILITIES}、{COLLECTION}", ["是", "是", ""]),
    ([2, 7, 11, 31], FACILITIES, ["否", "", ""]),
    ([13, 14, 16, 18, 20], f"{COLLECTION}、{DISCHARGE}", ["", "否", "否"]),
    ([13, 15], DISCHARGE, ["", "", "是"]),
    ([5], f"{FACILITIES}、{COLLECTION}、{DISCHARGE}", ["否", "否", "是"]),
    (range(29, 35), f"{FACILITIES};{DISCHARGE}", ["是", "", "否"]),
    ([38, 39, 41, 43], f"{COLLECTION}、{DISCHARGE}", ["", "否", "是"]),
    ([9], FACILITIES, ["-", "", ""]),
    ([10], COLLECTION, ["", "待核实", ""]),
    ([12], DISCHARGE, ["", "", ""]),
    ([44], f"{COLLECTION}、{DISCHARGE}", ["", "否", "是"]),
    ([1], "", ["否", "否", "是"]),
    (["L999"], FACILITIES, ["否", "", ""]),
]
LATER: list[tuple[str, int, str, list[str]]] = [  # inspections long after the notice: the law in between has changed
    ("2026-08-14", 6, COLLECTION, ["", "否", ""]),
    ("2026-08-15", 6, COLLECTION, ["", "否", ""]),
]
CLEAN = {"bod5": 62, "cod": 210, "ss": 96, "nh3n": 41, "tp": 4.2, "coliform": 3000, "eggs": ""}
ROUTINE = "五日生化需氧量、化学需氧量、悬浮物、氨氮、总磷"
SAMPLES: list[tuple[Sequence[int | str], str, str, dict[str, object]]] = [
    # farms sampled, averaging, items to be measured, what differs from a clean sample
    (range(1, 9), "日均", ROUTINE, {}),
    ([2, 5], "日均", ROUTINE, {"cod": 486, "nh3n": 95}),
    ([7, 32], "日均值", ROUTINE, {"tp": 9.3}),
    ([3], "日均", ROUTINE + "、粪大肠菌群", {"coliform": "14,000"}),
    ([4], "日均", ROUTINE, {"cod": 400}),  # exactly at the limit
    ([1, 6, 10], "瞬时", ROUTINE, {"cod": 612, "nh3n": 120}),
    ([38, 39], "日均", ROUTINE, {"cod": 720}),  # below the classes of the standard
    ([29, 30, 36], "日均", ROUTINE + "、蛔虫卵", {"eggs": "<0.5"}),
    ([8], "日均", ROUTINE, {"tp": ""}),
    ([11], "", ROUTINE, {"cod": 530}),
    ([46], "日均", ROUTINE, {"cod": 455}),  # its stock cannot be read
    ([12], "日均", ROUTINE, {"sampled_on": "2024年2月"}),
    (["L998"], "日均", ROUTINE, {}),
]


def farms() -> Iterator[Row]:
    number = 0
    for count, species, animals, listed, rest in FARMS:
        for _, (stock, output) in zip(range(count), cycle(animals)):
            number += 1
            yield _farm(number, [species, stock, output], listed, rest)
    yield _farm(40, ["生猪", 280, 560], "专业户", ["未建", "是", "否", "还田"])  # the same row again
    yield _farm(25, ["生猪", 660, 980], "规模养殖场", ["无", "是", "是", "有机肥外售"])  # and one that differs


def _farm(number: int, animals: Row, listed: str, rest: Row) -> Row:
    town = list(TOWNS)[4 + number % 6]
    _, lon, lat = TOWNS[town]
    papers = [f"示例核定〔2023〕{number:03d}号", "2023-12-05"] if number % 5 else ["", ""]
    filing = f"示例备{number:04d}" if listed in ("规模养殖场", "规模场") else ""
    contract = f"示例委托协议{number:03d}" if rest[2] == "是" else ""
    land = [round(number * 7.5 + 60, 1), CAPACITY.get(number, 1500), f"示例消纳方案{number:03d}"]
    zone = ZONES.get(number, ["不在禁养区", "", "2017-05-01", ""])
    place = [round(lon + number / 800, 3), round(lat + number / 900, 3), f"000-{number:08d}"]
    head = [f"L{number:03d}", f"示例畜禽养殖场{number:03d}", town, *animals, *papers, listed, filing]
    return [*head, *rest[:3], contract, rest[3], *land, POLLUTED.get(number, ""), *zone, *place]


def inspections() -> Iterator[Row]:
    number = 0
    for visited, checked, found in INSPECTIONS:
        for farm in visited:
            number += 1
            yield [*_heads("J", number, farm), date(2023, 10, 16) + timedelta(days=2 * number), checked, *found]
    for day, farm, checked, found in LATER:
        number += 1
        yield [*_heads("J", number, farm), day, checked, *found]


def samples() -> Iterator[Row]:
    number = 0
    for taken, averaging, items, special in SAMPLES:
        for farm in taken:
            number += 1
            values = {**CLEAN, **special}
            day = special.get("sampled_on", date(2023, 9, 11) + timedelta(days=4 * number))
            paper = f"示例监测〔2023〕畜{number:03d}号"
            yield [*_heads("X", number, farm), day, paper, averaging, items, *(values[name] for name in CLEAN)]


def _heads(letter: str, number: int, farm: int | str) -> Row:
    return [f"{letter}{number:03d}", farm if isinstance(farm, str) else f"L{farm:03d}"]


def files() -> dict[str, bytes]:
    farm = """养殖场编号 养殖场名称 所在镇街 畜种 存栏量 年出栏量 存出栏依据材料 存出栏核定日期 规模认定 备案编号
        粪污处理设施 已投产 委托第三方处理 委托协议编号 粪污去向 配套消纳土地面积(亩) 消纳能力猪当量 消纳方案编号
        查实造成环境污染 禁养区类型 禁养区划定日期 建设日期 拒不停止 经度 纬度 联系电话"""
    inspection = "检查记录编号 养殖场编号 检查日期 检查内容 设施正常运行 粪污及时收集处理 未经处理直接排放"
    sample = """样品编号 养殖场编号 采样日期 报告编号 采样方式 检测项目 五日生化需氧量(mg/L) 化学需氧量(mg/L)
        悬浮物(mg/L) 氨氮(mg/L) 总磷(mg/L) 粪大肠菌群(个/L) 蛔虫卵(个/L)"""
    book = workbook(
        {
            "养殖场": ("畜禽养殖场台账（示例数据）", [farm.split()], farms()),
            "现场检查": ("畜禽养殖现场检查（示例数据）", [inspection.split()], inspections()),
        }
    )
    return {"畜禽养殖.xlsx": book, "畜禽排水监测.csv": table(sample, samples(), "gbk")}
