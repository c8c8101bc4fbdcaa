"""River reaches, chiefs, their patrols by month and what others found: 河长制.xlsx, 巡河月报.csv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from places import TOWNS
from writing import Row, table, workbook

MANIFEST = [
    "{kind: river_reach, file: 河长制.xlsx, sheet: 河段, header: 2}",
    "{kind: river_chief, file: 河长制.xlsx, sheet: 河长, header: 2}",
    "{kind: reach_evidence, file: 河长制.xlsx, sheet: 河段问题线索, header: 2}",
    "{kind: river_patrol_month, file: 巡河月报.csv, encoding: gbk}",
]

MONTHS = [(2023, month) for month in range(3, 13)] + [(2024, 1), (2024, 2)]
CHIEFS: list[tuple[str, object, Sequence[object], dict[int, object]]] = [
    # level, reach, patrols of the months (taken in turn), problems found by month (others: none)
    ("村级", 1, [13], {}),
    ("村级", 2, [5], {}),
    ("村级", 3, [4], {}),
    ("村级", 4, [4], {}),
    ("村级", 5, [8], {}),
    ("村级", 6, [5], {7: 1}),
    ("村级", 3, [5, 4], {9: "-"}),
    ("村级", 7, [5], {}),
    ("村级", 8, [3, 2, 4, 2], {4: 1, 10: 1}),
    ("村级", 9, [4, 0, 1], {3: 1}),
    ("村级", 10, [0], {}),
    ("村级", 11, ["４", 5, ""], {5: 2}),
    ("村级", 12, [4], {8: 1}),
    ("村级", 1, [4, 5], {6: 1, 12: 1}),
    ("村（社区）级", 2, [6], {5: 1}),
    ("村级", 99, [4], {}),
    ("乡镇级", 3, [2], {4: 1}),
    ("镇街级", 7, [1], {}),
    ("区级", 1, [1, 0, 0], {3: 1}),
    ("组级", 9, [2], {}),
]
PART_OF_MONTH = {(13, 3), (13, 4), (5, 11)}  # chief and month: in post for part of it
EVIDENCE: list[tuple[int, str, str, str, str]] = [
    # reach, day, found by, what, verified
    (1, "2023-09-14", "群众举报", "岸边堆放垃圾", "是"),
    (2, "2023-06-20", "水质监测超标", "氨氮高于限值", "是"),
    (2, "2023-11-02", "部门检查", "污水直排入河", "是"),
    (3, "2023-05-11", "群众举报", "岸边焚烧垃圾", "是"),
    (3, "2023-08-30", "水质监测超标", "总磷高于限值", "是"),
    (3, "2024-01-09", "督察检查", "岸坡倾倒渣土", "是"),
    (4, "2023-12-01", "信访举报", "水面漂浮物", "是"),
    (4, "2023-12-15", "群众举报", "河水有异味", "否"),
    (5, "2022-07-19", "群众举报", "岸边堆放垃圾", "是"),
    (5, "2023-10-10", "河长巡河", "护栏破损", "是"),
    (6, "2023-07-06", "部门检查", "养殖污水入河", "是"),
    (6, "2023-08-16", "群众举报", "养殖污水入河", "是"),
    (6, "2023-09-26", "水质监测超标", "氨氮高于限值", "是"),
    (7, "2023-10-18", "其他人员发现", "管道渗漏入河", "是"),
    (7, "2023-12-28", "群众举报", "河水变色", ""),
    (8, "2023-09-05", "群众举报", "岸边堆放垃圾", "是"),
    (9, "2023年6月3日", "部门检查", "违规取土", "是"),
    (10, "2023-11-21", "群众举报", "污水直排入河", "是"),
    (11, "2023-12-07", "网格员上报", "岸边堆放垃圾", "是"),
    (12, "2024-02-06", "群众举报", "水面漂浮物", "否"),
    (77, "2023-10-09", "群众举报", "污水直排入河", "是"),
]


def reaches() -> Iterator[Row]:
    for number in range(1, 13):
        town = list(TOWNS)[number % len(TOWNS)]
        yield [f"H{number:02d}", f"示例河{number:02d}段", town, round(1.2 + number / 4, 2)]


def chiefs() -> Iterator[Row]:
    for number, (level, reach, _, _) in enumerate(CHIEFS, 1):
        town = list(TOWNS)[int(str(reach)) % len(TOWNS)]
        village = f"示例{number:02d}村" if "村" in level else ""
        post = f"示例河长岗位{number:02d}"
        yield [f"C{number:02d}", post, level, town, village, f"H{reach:02d}", "示例人员", f"000-{number:08d}"]


def evidence() -> Iterator[Row]:
    for number, (reach, day, source, matter, verified) in enumerate(EVIDENCE, 1):
        paper = f"示例核实〔2023〕{number:02d}号" if verified == "是" else ""
        yield [f"XS{number:03d}", f"H{reach:02d}", day, source, matter, verified, paper]


def months() -> Iterator[Row]:
    for number, (_, _, patrols, found) in enumerate(CHIEFS, 1):
        for step, (year, month) in enumerate(MONTHS):
            yield _month(number, year, month, patrols[step % len(patrols)], found.get(month, 0))
    yield _month(4, 2023, 3, 4, 0)  # the same row again
    yield _month(14, 2024, 2, 3, 0)  # and one that differs
    yield ["C15", "2024年2月", "2024-02-29", "是", 6, 9, 0, ""]  # no day, so no key
    yield _month(1, 2026, 9, 3, 0)


def _month(chief: int, year: int, month: int, patrols: object, found: object) -> Row:
    first = date(year, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    whole = "否" if (chief, month) in PART_OF_MONTH else "是"
    track = round(int(str(patrols or 0)) * 1.5, 1)
    log = f"示例日志〔{year}〕{chief:02d}-{month:02d}"
    return [f"C{chief:02d}", first, last, whole, patrols, track, found, log]


def files() -> dict[str, bytes]:
    reach = "河段编号 河段名称 所在镇街 河段长度(km)"
    chief = "河长编号 河长岗位名称 河长级别 所在镇街 村（社区） 河段编号 河长姓名 联系电话"
    record = "线索编号 河段编号 发现日期 线索来源 问题描述 经核实属实 核实材料编号"
    month = "河长编号 统计起日 统计止日 当月全月在任 巡河次数 巡河轨迹里程(km) 发现问题数 巡查日志编号"
    book = workbook(
        {
            "河段": ("河段名录（示例数据）", [reach.split()], reaches()),
            "河长": ("河长名录（示例数据）", [chief.split()], chiefs()),
            "河段问题线索": ("河段问题线索（示例数据）", [record.split()], evidence()),
        }
    )
    return {"河长制.xlsx": book, "巡河月报.csv": table(month, months(), "gbk")}
