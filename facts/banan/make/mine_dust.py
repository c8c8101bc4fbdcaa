"""Inspections of mines for dust: 矿山扬尘检查.xlsx."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from writing import Row, workbook

MANIFEST = ["{kind: dust_inspection, file: 矿山扬尘检查.xlsx, sheet: 扬尘检查记录, header: 2}"]

ALL = "装卸、物料堆存、破碎、作业区、车辆冲洗"
FINE: dict[str, object] = {
    "enclosed": "否",
    "spray": "是",
    "storage": "密闭库",
    "crusher": "是",
    "control": "是",
    "zoned": "是",
    "wet": "是",
    "wash": "是",
    "age": "新污染源",
}
OPEN = {"storage": "露天", "cannot": "是", "pile": 4, "fence": 4, "covered": "是"}
INSPECTIONS: list[tuple[str, str, dict[str, object]]] = [
    # mine, what was checked, what differs from a mine in good order
    ("K01", ALL, {**OPEN, "fence": 2, "covered": "否", "spray": "否", "wash": "否", "wet": "否"}),
    ("K01", "厂界监测", {"value": 1.62}),
    ("K02", ALL, {**OPEN, "pile": 4.5, "fence": 4.5}),
    ("K02", "厂界监测", {"value": "１．０"}),
    ("K03", ALL, {**OPEN, "fence": 3.9, "crusher": "否", "control": "否"}),
    ("K03", "厂界监测", {"value": 1.08}),
    ("K04", ALL, {}),
    ("K04", "厂界监测", {"value": "<0.2"}),
    ("K05", ALL, {**OPEN, "cannot": "否", "wash": "否"}),
    ("K05", "厂界监测", {"value": 0.74}),
    ("K06", ALL, {"crusher": "否", "control": "是", "zoned": "否"}),
    ("K06", "厂界监测", {"value": "-"}),
    ("K07", ALL, {**OPEN, "covered": "否", "spray": "否", "crusher": "否", "control": "否", "refused": "是"}),
    ("K07", "厂界监测", {"value": 2.31}),
    ("K08", ALL, {**OPEN, "fence": "", "wash": ""}),
    ("K08", "厂界监测", {"age": "", "value": 1.4}),
    ("K09", "装卸、作业区", {"spray": "", "wet": ""}),
    ("K10", "物料堆存、破碎", {**OPEN, "storage": "堆场", "crusher": "", "control": "否"}),  # no such storage
    ("K11", "厂界监测", {"age": "现有污染源", "value": 3.2}),
    ("K11", ALL, {"storage": "无堆存"}),
    ("K12", "厂界监测", {"age": "现有污染源", "value": 5.4}),
    ("K13", "装卸、车辆冲洗", {"enclosed": "是", "spray": "否"}),
    ("K15", ALL, {}),
    ("K15", "厂界监测", {"value": 0.31}),
    ("K16", ALL, {"zoned": "否", "wash": "否"}),
    ("K16", "厂界监测", {"value": "未检出(<0.2)"}),
    ("K17", "装卸、破碎", {}),
    ("K19", "", {"spray": "否"}),
    ("K98", ALL, {"spray": "否"}),  # no such mine
    ("K11", "厂界监测", {"age": "现有污染源", "value": 0.86}),
    ("K12", "厂界监测", {"age": "现有污染源", "value": ""}),
]
FOUND = [
    *("enclosed", "spray", "storage", "cannot", "pile", "fence", "covered"),
    *("crusher", "control", "zoned", "wet", "wash", "age", "value"),
]


def rows() -> Iterator[Row]:
    for number, (mine, checked, special) in enumerate(INSPECTIONS, 1):
        found = {**FINE, **special}
        day = date(2023, 11, 2) + timedelta(days=2 * number)
        report = f"示例监测〔2023〕尘{number:02d}号" if checked == "厂界监测" else ""
        looked_at = [found.get(name, "") for name in FOUND]
        yield [f"YC{number:02d}", mine, day, checked, *looked_at, report, found.get("refused", "否")]


def files() -> dict[str, bytes]:
    header = """检查记录编号 矿山编号 检查日期 检查内容 装卸密闭 装卸喷淋 堆存方式 确实不能密闭 料堆高度(m) 围挡高度(m)
        有效覆盖 破碎密闭 破碎收尘或喷雾 分区作业 作业面及道路洒水 车辆冲洗设施运行 污染源类别 厂界颗粒物(mg/m³)
        监测报告编号 拒绝改正"""
    book = workbook({"扬尘检查记录": ("矿山扬尘检查记录（示例数据）", [header.split()], rows())})
    return {"矿山扬尘检查.xlsx": book}
