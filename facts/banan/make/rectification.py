"""Inspection notices and the items of rectification plans: 督察反馈.yaml, 整改清单.xlsx."""

from __future__ import annotations

from collections.abc import Iterator

from writing import Row, workbook

MANIFEST = [
    "{kind: rectification_notice, file: 督察反馈.yaml}",
    "{kind: rectification_item, file: 整改清单.xlsx, sheet: 整改清单, header: 2}",
]

# The notice of 2024-03-11 is the public one; its plan is not due before 2024-04-23, so nothing is recorded of it.
# All others are made up.
NOTICES = """\
- {id: FK2024-1, name: 第二轮第一批市级例行督察反馈意见, district: BN, party: 巴南区, issued_on: 2024-03-11, recipient: 市委、市政府}
- {id: SL2021-1, name: 示例2021年专项督察反馈, district: BN, party: 示例被督察单位01, issued_on: 2021-06-10, recipient: 示例上级单位,
   plan_submitted: 是, plan_submitted_on: 2021-07-22, plan_published: 是, plan_published_on: 2021-08-09,
   results_due_on: 2022-12-31, results_published: 是, results_published_on: 2023-01-16}
- {id: SL2022-1, name: 示例2022年第一次督察反馈, district: BN, party: 示例被督察单位02, issued_on: 2022-03-01, recipient: 示例上级单位,
   plan_submitted: 是, plan_submitted_on: 2022-04-14, plan_published: 否, results_due_on: 2023-06-30, results_published: 否}
- {id: SL2022-2, name: 示例2022年第二次督察反馈, district: BN, party: 示例被督察单位03, issued_on: 2022-08-15, recipient: 示例上级单位,
   plan_submitted: 否, plan_published: 否, results_due_on: 2023-12-31, results_published: 否}
- {id: SL2023-1, name: 示例2023年第一次督察反馈, district: BN, party: 示例被督察单位04, issued_on: 2023-02-20, recipient: 示例上级单位,
   plan_submitted: 是, plan_submitted_on: 待补充, plan_published: 是, plan_published_on: 2023-04-28, results_due_on: 2023-12-31}
- {id: SL2023-2, name: 示例2023年第二次督察反馈, district: BN, party: 示例被督察单位05, issued_on: 2023-09-04, recipient: 示例上级单位,
   results_due_on: 2024-12-31, results_published: 否}
- {id: SL2023-3, name: 示例2023年第三次督察反馈, district: BN, party: 示例被督察单位06, issued_on: 2023-10-09, recipient: 示例上级单位,
   plan_submitted: 是, plan_submitted_on: 2023-11-20, plan_published: 未填, results_due_on: 2024-12-31, results_published: 否}
- {id: SL2024-1, name: 示例2024年专项督察反馈, district: BN, party: 示例被督察单位07, issued_on: 2024-01-15, recipient: 示例上级单位,
   plan_submitted: 是, plan_submitted_on: 2024-02-28, plan_published: 否, results_due_on: 2024-12-31, results_published: 否}
"""

PLANS: list[tuple[str, object, list[str]]] = [
    # notice, day of the plan, per item whether body, goal, deadline, measures and verifier are stated (y n or ?)
    ("SL2021-1", "2021-07-20", ["yyyyy", "yyyyy", "yyyyn", "yyyyy"]),
    ("SL2022-1", "2022-04-12", ["yyyyy", "yynyn", "ynyyy", "yyyyy", "yyyyy", "yyyy?"]),
    ("SL2023-1", "2023-04-03", ["yyyyy", "nyyyy", "yyyyy", "yyyyy"]),
    ("SL2023-3", "2023-11-17", ["yyyyy", "yyyyy", "yyy??", "yyyyy", "yyyyn"]),
    ("SL2024-1", "", ["yyyyn"]),
    ("SL2020-9", "2018-09-03", ["yyynn", "yyyyy"]),  # no such notice, and a plan older than the rules
]
MATTERS = ["矿山扬尘", "管网错接", "废气治理设施", "露天焚烧", "信访案件", "水源地标志"]


def items() -> Iterator[Row]:
    number = 0
    for notice, day, plan in PLANS:
        for stated in plan:
            number += 1
            year = int(notice[2:6]) + 1
            words = [{"y": "是", "n": "否", "?": ""}[letter] for letter in stated]
            status = ["已验收销号", "已完成", "整改中"][number % 3]
            problem = f"示例{MATTERS[number % len(MATTERS)]}问题"
            yield [f"ZG{number:02d}", notice, problem, day, *words, f"{year}-12-31" if words[2] == "是" else "", status]
    yield ["", "SL2022-1", "示例未编号问题", "2022-04-12", *["是"] * 5, "2023-12-31", "整改中"]


def files() -> dict[str, bytes]:
    header = """事项编号 反馈编号 反馈问题 方案日期 明确责任单位 明确整改目标 明确整改时限 明确整改措施 明确验收单位
        整改时限 整改状态"""
    book = workbook({"整改清单": ("督察整改清单（示例数据）", [header.split()], items())})
    return {"督察反馈.yaml": NOTICES.encode(), "整改清单.xlsx": book}
