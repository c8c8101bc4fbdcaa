"""Petition cases, and the cases this inspection transferred: 信访案件.xlsx, 交办案件.json, 交办涉企.csv."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

from places import TOWNS
from writing import Row, table, workbook

MANIFEST = [
    "{kind: petition_case, file: 信访案件.xlsx, sheet: 信访案件, header: 2}",
    "{kind: transferred_case, file: 交办案件.json}",
    "{kind: case_firm, file: 交办涉企.csv, encoding: utf-8}",
]

EARLIER: list[Row] = [
    # id, source, enterprise, subject, received, status, closed, planned, investigated
    ["X001", "中央第一轮", "E003", "废气", "2017-05-02", "办结", "2017-06-20", "", "是"],
    ["X002", "中央第一轮", "E005", "粉尘", "2017-05-06", "办结", "2017-07-01", "", "是"],
    ["X003", "中央第一轮", "", "废水", "2017-05-09", "办理中", "", "2018-12-31", "是"],
    ["X004", "中央第一轮", "E011", "噪声", "2017-05-10", "办结", "2017-06-30", "", "是"],
    ["X005", "中央第一轮", "E012", "废气", "2017-05-12", "办结", "", "", "是"],
    ["X006", "中央第二轮", "E021", "废气", "2019-07-16", "办结", "2019-09-30", "", "是"],
    ["X007", "中央第二轮", "E022", "恶臭", "2019-07-19", "办结", "2019-10-12", "", "是"],
    ["X008", "中央第二轮", "E023", "废气", "2019-07-22", "办结", "2019-09-18", "", "是"],
    ["X009", "中央第二轮", "", "生态", "2019-07-25", "阶段性办结", "", "2023-12-31", "是"],
    ["X010", "中央第二轮", "E026", "固体废物", "2019-08-01", "办结", "2019-11-05", "", "是"],
    ["X011", "中央第二轮", "E027", "废气", "2019-08-02", "", "", "", "是"],
    ["X012", "中央第二轮", "E028", "噪声", "2019-08-06", "阶段性办结", "", "", "是"],
    ["X013", "市级第一轮", "E031", "废气", "2020-10-13", "办结", "2020-12-25", "", "是"],
    ["X014", "市级第一轮", "E032", "粉尘", "2020-10-14", "已办结", "2021年1月8日", "", "是"],
    ["X015", "市级第一轮", "", "污水", "2020-10-16", "未办结", "", "2021-12-31", "否"],
    ["X016", "市级第一轮", "E034", "废气", "2020-10-20", "办结", "2020-12-30", "", "是"],
    ["X017", "市级第一轮", "E035", "恶臭", "2020-10-21", "阶段性办结", "", "2024-06-30", "是"],
    ["X018", "市级第一轮", "E036", "噪声", "2020-10-22", "办结", "2020-12-11", "", "是"],
    ["X019", "市级督察", "E037", "废气", "2020-10-23", "办理中", "", "", "是"],
]
LATE: list[Row] = [
    # cases of an earlier inspection that came later and are handled by petition procedure:
    # id, source, enterprise, subject, received, told on, extended, days, closed
    ["X020", "市级第一轮", "E038", "噪声", "2022-06-06", "2022-06-28", "否", "", "2022-09-20"],
    ["X021", "市级第一轮", "", "废水", "2022-06-08", "2022-06-20", "是", 30, "2022-09-15"],
]
REPEATS: list[Row] = [
    # id, what it repeats, enterprise, subject, received, found true
    ["X031", "X001", "E003", "废气", "2023-03-14", "是"],
    ["X032", "X001", "E003", "废气", "2023-08-21", "是"],
    ["X033", "X002", "E005", "粉尘", "2022-11-09", "否"],
    ["X034", "X006", "E021", "废气", "2023-05-04", "是"],
    ["X035", "X007", "E022", "恶臭", "2023-06-18", "是"],
    ["X036", "X008", "E023", "废气", "2023-07-03", ""],
    ["X037", "X010", "E026", "噪声", "2023-04-11", "是"],
    ["X038", "X013", "E031", "废气", "2023-09-12", "是"],
    ["X039", "X016", "E034", "废气", "2022-12-01", "否"],
    ["X040", "X016", "E040", "废气", "2023-02-15", "是"],
    ["X041", "X014", "E032", "粉尘", "2023-10-08", "属实"],  # neither yes nor no
    ["X042", "X005", "E012", "废气", "2023-05-22", "是"],
    ["X043", "X950", "E044", "废气", "2023-06-06", "是"],  # no such case
    ["X044", "X052", "E045", "废气", "2023-11-20", "是"],
]
ORDINARY: list[Row] = [
    # id, enterprise, subject, received, told, on, accepted, extended, days, status, closed
    ["X051", "E041", "噪声", "2023-01-09", "是", "2023-01-12", "2023-01-12", "否", "", "办结", "2023-03-13"],
    ["X052", "E045", "废气", "2023-02-06", "是", "2023-02-10", "2023-02-10", "否", "", "办结", "2023-04-12"],
    ["X053", "E046", "粉尘", "2023-03-01", "是", "2023-03-20", "2023-03-20", "是", 30, "办结", "2023-06-18"],
    ["X054", "", "废水", "2023-03-15", "是", "2023-03-30", "2023-03-30", "是", 60, "办结", "2023-06-30"],
    ["X055", "E047", "噪声", "2023-04-03", "否", "", "2023-04-10", "否", "", "办理中", ""],
    ["X056", "E048", "废气", "2023-05-08", "是", "", "2023-05-12", "否", "", "办结", ""],
    ["X057", "E049", "恶臭", "2023-06-12", "", "", "2023-06-14", "", "", "办结", "2023-09-01"],
    ["X058", "E050", "噪声", "2024-02-26", "否", "", "2024-02-28", "否", "", "办理中", ""],
    ["X059", "", "生态", "2024-01-08", "是", "2024-01-15", "2024-01-10", "否", "", "办理中", ""],
]
SUBJECTS = ["废气", "粉尘", "噪声", "恶臭", "废水", "噪声", "废气", "固体废物"]


def _case(row: Row, repeats: Row, verified: object) -> Row:
    number = int(str(row[0])[1:])
    town = list(TOWNS)[number % 4]
    named = "是" if number % 3 else "否"
    return [row[0], row[1], town, *row[2:], *repeats, verified, named, f"示例信访人{number:03d}", f"000-{number:08d}"]


def cases() -> Iterator[Row]:
    for id, source, firm, subject, received, *rest in EARLIER:
        begun = _after(str(received), 2)
        dates: Row = [received, "是", begun, "其他途径", begun, "否", ""]
        yield _case([id, source, firm, subject, *dates, *rest], ["否", ""], "是")
    for id, source, firm, subject, received, told_on, extended, days, closed in LATE:
        dates = [received, "是", told_on, "信访程序", told_on, extended, days]
        yield _case([id, source, firm, subject, *dates, "办结", closed, "", "是"], ["否", ""], "是")
    for id, first, firm, subject, received, verified in REPEATS:
        dates = [received, "是", received, "其他途径", received, "否", ""]
        done: Row = ["办结", _after(str(received), 40), "", "是"]
        yield _case([id, "日常信访", firm, subject, *dates, *done], ["是", first], verified)
    for id, firm, subject, received, told, told_on, accepted, *rest in ORDINARY:
        dates = [received, told, told_on, "信访程序", accepted]
        yield _case([id, "日常信访", firm, subject, *dates, *rest, "", "是"], ["否", ""], "是")


def _after(day: str, days: int) -> date:
    return date.fromisoformat(day) + timedelta(days=days)


def transferred() -> Iterator[dict[str, object]]:
    """80 cases: 78 closed, 2 closed for the time being, as the notice counts them."""
    for number in range(1, 81):
        day = date(2023, 12, 19) + timedelta(days=number // 7)
        interim = number in (37, 66)
        yield {
            "交办编号": f"JB{number:03d}",
            "所在镇街": list(TOWNS)[number % len(TOWNS)],
            "反映问题": SUBJECTS[number % len(SUBJECTS)],
            "交办日期": str(day),
            "办理状态": "阶段性办结" if interim else "办结",
            "办结日期": None if interim else str(day + timedelta(days=9 + number % 14)),
            "计划办结日期": "2024-06-30" if interim else None,
        }


def firms() -> Iterator[Row]:
    """20 firms of 19 cases: 17 ordered to put right, 5 of them formally investigated, 3 neither."""
    for number in range(1, 21):
        case = f"JB{4 * min(number, 19):03d}"
        ordered, filed = number <= 17, number <= 5
        day = date(2023, 12, 23) + timedelta(days=number // 2)
        orders: Row = ["是", day] if ordered else ["否", ""]
        files: Row = ["是", day + timedelta(days=5)] if filed else ["否", ""]
        yield [case, f"E{2 * number:03d}", *orders, *files]


def files() -> dict[str, bytes]:
    case = """案件编号 督察批次 所在镇街 企业编号 反映问题 收到日期 已告知或转送 告知或转送日期 办理途径 受理日期
        经批准延期并告知 延期天数 办理状态 办结日期 计划办结日期 已现场调查 是否重复信访 原案件编号 是否属实 实名
        信访人 联系电话"""
    book = workbook({"信访案件": ("环境信访案件台账（示例数据）", [case.split()], cases())})
    firm = "交办编号 企业编号 责令整改 责令整改日期 立案调查 立案日期"
    return {
        "信访案件.xlsx": book,
        "交办案件.json": json.dumps(list(transferred()), ensure_ascii=False, indent=1).encode(),
        "交办涉企.csv": table(firm, firms(), "utf-8-sig"),
    }
