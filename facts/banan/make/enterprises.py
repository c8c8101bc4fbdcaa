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


def files() -> dict[str, bytes]:
    enterprise = "企业编号 企业名称 统一社会信用代码 所在镇街 行业代码 经度 纬度 联系人 联系电话"
    source = "工序编号 工序名称 企业编号 工艺 作业地点 涂料VOC质量占比(%) 确实无法密闭 局部气体收集 检查日期"
    book = workbook(
        {
            "企业": ("企业名录（示例数据）", [enterprise.split()], enterprises()),
            "涉气工序": ("涉气工序检查（示例数据）", [source.split()], sources()),
        }
    )
    return {"企业台账.xlsx": book}
