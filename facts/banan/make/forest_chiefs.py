"""Forest chiefs, their patrols and the issues in their charge: 林长制.xlsx."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from places import TOWNS
from writing import Row, workbook

MANIFEST = [
    "{kind: forest_chief, file: 林长制.xlsx, sheet: 林长, header: 2}",
    "{kind: forest_patrol, file: 林长制.xlsx, sheet: 巡林记录, header: 2}",
    "{kind: forest_issue, file: 林长制.xlsx, sheet: 涉林问题, header: 2}",
]

DAY = date(2024, 3, 11)
SINCE: dict[int, object] = {25: date(2024, 2, 28), 26: date(2024, 2, 28), 28: ""}
# days before the inspection's notice of each patrol; chiefs not named: 12, 41 and 75
PATROLS: dict[int, list[int]] = {
    1: [100],
    2: [90],
    3: [],
    11: [31, 60],
    12: [30],
    13: [64],
    14: [],
    15: [45, 80],
    16: [29],
}
ISSUES: list[tuple[int, str, str, str, str, int, str]] = [
    # chief, subject, source, found first by own patrol, status, days before the notice, how many days to verify and close
    *[(11, "占用林地", "卫片", "否", "已销号", 120 + step, "9 60") for step in range(3)],
    (11, "采伐林木", "群众举报", "是", "已核查", 95, "10"),
    *[(12, "占用林地", "森林督查", "是", "已销号", 200 + step, "8 70") for step in range(3)],
    (12, "毁林开垦", "卫片", "否", "已核查", 88, "14"),
    *[(13, "占用林地", "卫片", "否", "待核查", 40 + step, "") for step in range(4)],
    *[(14, "采伐林木", "卫片", "否", "已核查", 150 + step, "20") for step in range(2)],
    (14, "火灾隐患", "信访", "否", "待核查", 16, ""),
    *[(17, "病虫害", "巡林发现", "是", "已销号", 60 + step, "2 20") for step in range(4)],
    *[(18, "占用林地", "遥感", "是", "整改中", 50 + step, "6") for step in range(2)],
    *[(19, "占用林地", "卫片", "", "已核查", 130 + step, "12") for step in range(3)],
    *[(20, "采伐林木", "卫片", "否", "不属实", 300 + step, "5") for step in range(3)],
    *[(21, "毁林开垦", "卫片", "否", "已销号", 420 + step, "30 150") for step in range(3)],  # long ago
    *[(22, "占用林地", "群众举报", "是", "已销号", 33 + step, "3 21") for step in range(2)],
    (22, "占用林地", "卫片", "否", "待核查", 15, ""),
    (22, "火灾隐患", "上级督察", "否", "待核查", 70, ""),
    (23, "采伐林木", "卫片", "否", "", 77, ""),
    (24, "占用林地", "卫片", "否", "已挂牌", 66, ""),  # no code of ours
    (2, "占用林地", "卫片", "是", "已销号", 180, "11 64"),
    (2, "占用林地", "卫片", "否", "已核查", 170, "11"),
    (2, "采伐林木", "信访", "否", "已核查", 91, "6"),
    (99, "占用林地", "卫片", "否", "待核查", 80, ""),  # no such chief
]


def chiefs() -> Iterator[Row]:
    for number in range(1, 29):
        town = list(TOWNS)[number % len(TOWNS)]
        level = "区级" if number <= 2 else "镇街级" if number <= 10 else "村级"
        since = SINCE.get(number, date(2021, 9, 1) + timedelta(days=number))
        area = "" if number == 23 else f"{number * 310 + 1500:,}"
        yield [f"Z{number:02d}", f"示例{level}林长{number:02d}", town, level, since, area, f"000-{number:08d}"]
    yield ["Z10", "示例镇街级林长10", "T01", "镇街级", "2022-09-11", 4600, "000-00000010"]  # another day


def patrols() -> Iterator[Row]:
    number = 0
    for chief in range(1, 25):
        for ago in PATROLS.get(chief, [12, 41, 75]):
            number += 1
            walked: Row = [round(1.5 + number % 7, 1), number % 3 % 2]
            yield [f"X{number:03d}", f"Z{chief:02d}", DAY - timedelta(days=ago), *walked]
    yield ["X900", "Z03", "三月上旬", 2.5, 0]
    yield ["X901", "Z27", "2024/02/20", "２．４", 1]


def issues() -> Iterator[Row]:
    for number, (chief, subject, source, first, status, ago, steps) in enumerate(ISSUES, 1):
        found = DAY - timedelta(days=ago)
        later: Row = [found + timedelta(days=int(step)) for step in steps.split()]
        image = f"示例图斑{number:03d}" if source in ("卫片", "森林督查", "遥感") else ""
        known: object = "-" if (chief, ago) in ((19, 130), (2, 91)) else found
        days = [*later, "", ""][:2]
        head: Row = [f"Y{number:03d}", f"示例林班{number:03d}", f"Z{chief:02d}"]
        yield [*head, subject, source, first, image, known, status, *days]


def files() -> dict[str, bytes]:
    chief = "林长编号 林长岗位 所在镇街 林长级别 任职日期 责任区林地面积(亩) 联系电话"
    patrol = "巡林编号 林长编号 巡林日期 巡林轨迹长度(km) 发现问题数"
    issue = "问题编号 问题地点 林长编号 问题类型 问题来源 自行发现 图斑号 发现日期 办理状态 核查日期 销号日期"
    book = workbook(
        {
            "林长": ("林长责任区（示例数据）", [chief.split()], chiefs()),
            "巡林记录": ("林长巡林记录（示例数据）", [patrol.split()], patrols()),
            "涉林问题": ("涉林问题台账（示例数据）", [issue.split()], issues()),
        }
    )
    return {"林长制.xlsx": book}
