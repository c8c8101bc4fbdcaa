"""The district, its departments and towns: 区县.yaml, 部门.csv, 镇街.yaml.

Names of towns are public facts, coordinates are rough, and what is put where is made up.
"""

from __future__ import annotations

from writing import Row, table

TOWNS = {
    "T01": ("鱼洞街道", 106.52, 29.38),
    "T02": ("李家沱街道", 106.54, 29.46),
    "T03": ("花溪街道", 106.56, 29.44),
    "T04": ("界石镇", 106.62, 29.41),
    "T05": ("木洞镇", 106.83, 29.57),
    "T06": ("接龙镇", 106.82, 29.28),
    "T07": ("安澜镇", 106.60, 29.22),
    "T08": ("跳石镇", 106.66, 29.25),
    "T09": ("双河口镇", 106.80, 29.47),
    "T10": ("麻柳嘴镇", 106.91, 29.65),
}

DEPARTMENTS = {
    "D01": ("生态环境局", "生态环境"),
    "D02": ("规划和自然资源局", "规划和自然资源"),
    "D03": ("住房和城乡建设委", "住房和城乡建设"),
    "D04": ("水利局", "水利"),
    "D05": ("农业农村委", "农业农村"),
    "D06": ("林业局", "林业"),
    "D07": ("经济和信息化委", "经济和信息化"),
    "D08": ("市场监管局", "市场监管"),
    "D09": ("城市管理局", "城市管理综合执法"),
    "D10": ("电力管理办", "电力管理"),
}

MANIFEST = [
    "{kind: district, file: 区县.yaml}",
    "{kind: department, file: 部门.csv, encoding: utf-8}",
    "{kind: town, file: 镇街.yaml}",
]


def files() -> dict[str, bytes]:
    towns = "".join(
        f"- {{id: {id}, name: {name}, district: BN, lon: {lon}, lat: {lat}}}\n"
        for id, (name, lon, lat) in TOWNS.items()
    )
    departments: list[Row] = [[id, f"示例{name}", "BN", field] for id, (name, field) in DEPARTMENTS.items()]
    return {
        "区县.yaml": "- {id: BN, name: 巴南区}\n".encode(),
        "部门.csv": table("部门编号 部门名称 所属区县 主管领域", departments, "utf-8-sig"),
        "镇街.yaml": towns.encode(),
    }
