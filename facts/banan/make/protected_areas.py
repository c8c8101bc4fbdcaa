"""Protected areas and the plots occupied in them: 自然保护地.yaml, 保护地占地.json."""

from __future__ import annotations

import json
from collections.abc import Iterator

MANIFEST = [
    "{kind: protected_area, file: 自然保护地.yaml}",
    "{kind: protected_area_plot, file: 保护地占地.json}",
]

AREAS = [
    ("R01", "示例一号自然保护区", "T06", "自然保护区", "市级", "D06"),
    ("R02", "示例二号自然保护区", "T08", "自然保护区", "区级", "D06"),
    ("R03", "示例一号森林公园", "T07", "森林公园", "国家级", "D06"),
    ("R04", "示例二号森林公园", "T09", "森林公园", "市级", "D06"),
    ("R05", "示例湿地公园", "T05", "湿地公园", "市级", "D06"),
    ("R06", "示例地质公园", "T10", "地质公园", "市级", "D02"),
    ("R07", "示例风景名胜区", "T03", "风景名胜区", "市级", "D06"),
]
DONE, OPEN, UNDER_WAY = "已清退", "占用中", "清退中"
PLOTS: list[tuple[int, str, str | None, list[object], list[object]]] = [
    # how many, area, zone, [use, land, approved, damaged], [status, day to be cleared by, measures]
    (2, "R01", "核心区", ["采石", "林地", False, True], [OPEN, "2023-12-31", ["责令整改"]]),
    (2, "R01", "缓冲区", ["生产设施", "其他土地", True, False], [OPEN, None, ["无措施"]]),
    (3, "R01", "实验区", ["道路管线", "林地", True, False], [OPEN, None, []]),
    (2, "R01", "实验区", ["农家乐", "建设用地", False, False], [UNDER_WAY, "2024-06-30", ["责令整改", "立案查处"]]),
    (2, "R01", "缓冲区", ["开矿", "林地", False, True], [DONE, "2023-06-30", ["立案查处", "拆除", "生态恢复"]]),
    (1, "R02", "未分区", ["旅游经营", "其他土地", True, False], [OPEN, None, ["督办"]]),
    (2, "R02", "实验区", ["住房", "耕地", False, None], [OPEN, "2024-03-11", []]),
    (1, "R02", "一般控制区", ["道路管线", "其他土地", True, False], [OPEN, None, []]),
    (1, "R02", None, ["生产设施", "其他土地", True, False], [OPEN, None, []]),
    (2, "R02", "实验区", ["住房", "耕地", None, False], [OPEN, None, []]),
    (4, "R03", "未分区", ["宾馆民宿", "林地", False, False], [OPEN, "2023/9/30", ["责令整改"]]),
    (2, "R03", "未分区", ["开垦", "林地", False, True], [UNDER_WAY, "2024-04-30", ["立案查处"]]),
    (2, "R03", "缓冲区", ["道路管线", "林地", True, False], [OPEN, None, []]),  # a reserve's word in a park
    (3, "R04", "未分区", ["生产设施", "建设用地", True, False], [OPEN, None, []]),
    (2, "R04", "未分区", ["采石", "林地", False, True], [DONE, "2023-10-31", ["拆除", "生态恢复"]]),
    (3, "R05", "未分区", ["农家乐", "湿地", False, False], [OPEN, "2024-02-29", []]),
    (1, "R05", "未分区", ["道路管线", "湿地", None, False], [OPEN, None, []]),
    (2, "R06", "未分区", ["采石", "其他土地", False, True], [UNDER_WAY, None, ["责令整改"]]),
    (2, "R07", "核心景区", ["宾馆民宿", "建设用地", True, False], [OPEN, None, ["无措施"]]),
    (2, "R07", "未分区", ["旅游经营", "建设用地", False, False], [OPEN, "2024-01-31", ["责令整改", "督办"]]),
    (2, "R07", "其他区域", ["住房", "耕地", True, False], [OPEN, None, []]),
    (1, "R07", "未分区", ["宾馆民宿", "林地", False, False], ["已整改", "2023-12-31", []]),  # no such status
    (1, "R99", "实验区", ["住房", "耕地", False, False], [OPEN, "2023-12-31", []]),  # no such area
]


def areas() -> bytes:
    keys = ["id", "name", "town", "type", "level", "department"]
    rows = [", ".join(f"{key}: {value}" for key, value in zip(keys, area, strict=True)) for area in AREAS]
    return "".join(f"- {{{row}}}\n" for row in rows).encode()


def plots() -> Iterator[dict[str, object]]:
    number = 0
    towns = {area[0]: area[2] for area in AREAS}
    for count, area, zone, use, state in PLOTS:
        for _ in range(count):
            number += 1
            yield _plot(number, [area, towns.get(area, "T08"), zone], use, state)


def _plot(number: int, place: list[object], use: list[object], state: list[object]) -> dict[str, object]:
    status, due, measures = state
    size: object = f"{number * 85 + 240:,}" if number % 6 == 0 else number * 85.5 + 240
    unit = number % 3 != 0
    return {
        "id": f"A{number:03d}",
        "name": f"示例图斑{number:03d}",
        "protected_area": place[0],
        "town": place[1],
        "occupier": f"示例占用{'单位' if unit else '户'}{number:03d}",
        "zone": place[2],
        "area": None if number == 17 else size,
        "survey_doc": f"示例勘测〔2023〕{number:03d}号" if number % 4 else None,
        "use": use[0],
        "land_kind": use[1],
        "occupied_since": f"20{10 + number % 11}-05-01",
        "approved": use[2],
        "approval_no": f"示例批〔2015〕{number:03d}号" if use[2] else None,
        "damaged": use[3],
        "occupier_is_unit": unit,
        "found_on": "2023-03-20" if number % 2 else "2022-08-15",
        "department": None if number == 21 else "D02" if use[1] in ("耕地", "建设用地") else "D06",
        "status": status,
        "clear_due": due,
        "cleared_on": "2023-08-21" if status == DONE else None,
        "measures": measures,
        "last_measure_on": "2023-11-06" if measures and measures != ["无措施"] else None,
    }


def files() -> dict[str, bytes]:
    body = json.dumps(list(plots()), ensure_ascii=False, indent=1).encode()
    return {"自然保护地.yaml": areas(), "保护地占地.json": body}
