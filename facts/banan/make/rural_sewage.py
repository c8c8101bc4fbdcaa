"""Sewage facilities and their effluent: 农村污水设施.xlsx.

The notice counts 42 rural facilities, 27 of them not upgraded: so many are of that type here, whatever else is listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from places import TOWNS
from writing import Row, workbook

MANIFEST = [
    "{kind: sewage_facility, file: 农村污水设施.xlsx, sheet: 设施, header: 2}",
    "{kind: effluent_sample, file: 农村污水设施.xlsx, sheet: 出水监测, header: 2}",
]

NOT_UPGRADED, UPGRADED = 27, 15
RURAL = NOT_UPGRADED + UPGRADED
STATES = [(6, "正常运行"), (3, "停运"), (8, "正常运行"), (3, "不正常运行"), (1, "检修"), (2, ""), (16, "正常运行")]
STATES += [(1, "间歇"), (1, "检修"), (1, "停运")]
ASSESSMENTS = [(24, "不满足处理需求"), (12, "满足处理需求"), (6, "")]
OTHERS: list[list[object]] = [
    # type, upgraded
    *([["城镇污水处理厂", "是"]] * 3),
    *([["乡镇污水处理厂", "否"]] * 3),
    *([["分户处理设施", "否"]] * 2),
    ["一体化设备", "否"],
    ["", "否"],
]
ALL = "化学需氧量、氨氮、总磷、总氮、悬浮物"
PAPERS: dict[int, tuple[object, ...]] = {
    # facility: paper, its number, items limited, limits of COD, ammonia, phosphorus, nitrogen, solids; all others: none
    **dict.fromkeys(range(1, 9), ("排放标准", "示例环函〔2020〕1号", "COD、氨氮、总磷、悬浮物", 60, 8, 2, "", 20)),
    **dict.fromkeys(range(28, 36), ("环评文件", "示例环评〔2022〕4号", "COD、NH3-N、TP、SS", 60, 8, 1, "", 20)),
    36: ("排污许可证", "示例许可036", ALL, 50, 5, 0.5, 15, 10),
    37: ("排污许可证", "示例许可037", ALL, 50, 5, 0.5, 15, 10),
    9: ("排放标准", "", "", "", "", "", "", ""),
    10: ("排放标准", "示例环函〔2020〕1号", "化学需氧量、氨氮", "-", 8, "", "", ""),
    38: ("", "", "", "", "", "", "", ""),
    43: ("排污许可证", "示例许可043", "化学需氧量", 50, "", "", "", ""),
}
ROUTINE = "化学需氧量、氨氮、总磷、悬浮物"
SAMPLES: list[tuple[Sequence[object], str, dict[str, object]]] = [
    # facilities sampled, items measured, values that differ from a clean sample
    (range(1, 9), ROUTINE, {}),
    (range(28, 38), ROUTINE, {}),
    ([1, 3, 5], ROUTINE, {"cod": 96, "nh3n": "１２.５"}),
    ([2, 29], ROUTINE, {"tp": 2.4}),
    ([36], ROUTINE, {"cod": 50.5}),
    ([37], ROUTINE, {"cod": 50}),
    ([4], ROUTINE + "、总氮", {"tn": 42}),
    ([30, 31], ROUTINE, {"nh3n": "<0.05", "tp": "0.02L"}),
    ([32], ROUTINE, {"tp": ""}),
    ([33], ROUTINE, {"ss": "未检出"}),
    ([9, 10], ROUTINE, {"cod": 130}),
    ([38], ROUTINE, {"cod": 130}),
    ([11, 12, 13, 14], ROUTINE, {"cod": 150}),
    ([43], ROUTINE, {"cod": 88}),
    ([6], ROUTINE, {"cod": 77, "sampled_on": "2023年15月2日"}),
    (["WS999"], ROUTINE, {"cod": 77}),
    ([36], ROUTINE, {"cod": 58, "sampled_on": "2026-09-16"}),
]
CLEAN = {"cod": 28, "nh3n": 1.6, "tp": 0.4, "tn": "", "ss": 9}


def facilities() -> Iterator[Row]:
    states = [state for count, state in STATES for _ in range(count)]
    assessments = [word for count, word in ASSESSMENTS for _ in range(count)]
    for number, state, word in zip(range(1, RURAL + 1), states, assessments, strict=True):
        upgraded = "否" if number <= NOT_UPGRADED else "是"
        yield _facility(number, ["农村集中处理设施", upgraded], state, word)
    for number, kind in enumerate(OTHERS, RURAL + 1):
        yield _facility(number, kind, "正常运行", "")
    yield _facility(RURAL + 7, OTHERS[6], "正常运行", "")  # the same row again


def _facility(number: int, kind: list[object], state: str, assessment: str) -> Row:
    town = list(TOWNS)[number % len(TOWNS)]
    capacity = [30, 50, 80, "1,200" if "厂" in str(kind[0]) else 100][number % 4]
    old = ["厌氧池", "人工湿地", "厌氧+湿地"][number % 3]
    now, target = ("AO+人工湿地", "") if kind[1] == "是" else (old, "AO+人工湿地")
    done = ["2022-11-30", f"示例验收〔2022〕{number:02d}号"] if kind[1] == "是" else ["", ""]
    paper = PAPERS.get(number, ("无", "", "", "", "", "", "", ""))
    judged = [assessment, f"示例评估〔2023〕{number:02d}号" if assessment else ""]
    power = 0 if state == "停运" else 260 + 10 * number
    names = [f"WS{number:03d}", f"示例{number:03d}号污水设施", town, f"示例运维{number % 5 + 1}单位"]
    process = [capacity, 40 + 6 * number, now, target]
    checked = "" if number == 18 else "2023-12-21"
    return [*names, kind[0], *process, kind[1], *done, *judged, checked, state, power, *paper, f"000-{number:08d}"]


def samples() -> Iterator[Row]:
    number = 0
    for sampled, items, special in SAMPLES:
        for facility in sampled:
            number += 1
            values = {**CLEAN, **special}
            day = special.get("sampled_on", date(2023, 10, 9) + timedelta(days=3 * number))
            id = f"WS{facility:03d}" if isinstance(facility, int) else facility
            measured = [values[name] for name in CLEAN]
            yield [f"CS{number:03d}", id, day, f"示例监测〔2023〕CS{number:03d}号", items, *measured]


def files() -> dict[str, bytes]:
    facility = """设施编号 设施名称 所在镇街 运维单位 设施类型 设计处理规模(m³/d) 服务户数(户) 现有工艺 改造目标工艺
        已完成工艺改造 改造完成日期 改造验收文件 工艺适应性评估 评估文件 运行检查日期 运行状态 最近一月用电量(kWh)
        出水限值依据 限值依据文号 限值项目 化学需氧量限值(mg/L) 氨氮限值(mg/L) 总磷限值(mg/L) 总氮限值(mg/L)
        悬浮物限值(mg/L) 联系电话"""
    sample = """样品编号 设施编号 采样日期 报告编号 检测项目 化学需氧量(mg/L) 氨氮(mg/L) 总磷(mg/L) 总氮(mg/L)
        悬浮物(mg/L)"""
    book = workbook(
        {
            "设施": ("农村生活污水处理设施（示例数据）", [facility.split()], facilities()),
            "出水监测": ("出水监测结果（示例数据）", [sample.split()], samples()),
        }
    )
    return {"农村污水设施.xlsx": book}
