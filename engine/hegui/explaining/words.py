"""The fixed words of reports, in Chinese and English."""

from __future__ import annotations

from typing import Final

from hegui.datatypes import Reason, Text
from hegui.outcome import Verdict
from hegui.ruleset.model import Certainty, Nature, Severity

STANDING: Final = Text(
    "本结果为依据台账数据形成的核查线索，不是行政处罚决定，也不作为违法事实认定。",
    "These are leads for inspection drawn from registry data. They are not a decision on any penalty and do not "
    "establish that anyone broke the law.",
)
"""The statement every report carries."""

LATER_LAW: Final = Text(
    "何者处罚较轻、应适用何者，由法制审核人员判断。",
    "Which of the two is lighter, and which applies, is for a lawyer.",
)
"""What every report says where two versions of the law are printed."""

SINCE: Final = Text("变化：{line}", "since: {line}")
"""What is different on the day of the decision, where it stands beside citations."""

NO_PLACE: Final = Text("（未填辖区）", "(no jurisdiction)")
"""Where something is counted by jurisdiction and it is not known whose it is."""

VERDICTS: Final = {
    Verdict.VIOLATION: Text("发现问题", "violation"),
    Verdict.COMPLIANT: Text("未发现问题", "compliant"),
    Verdict.NOT_APPLICABLE: Text("不适用", "not applicable"),
    Verdict.UNDETERMINED: Text("待核实", "undetermined"),
}

SEVERITIES: Final = {
    Severity.LOW: Text("低", "low"),
    Severity.MINOR: Text("中", "minor"),
    Severity.MAJOR: Text("高", "major"),
    Severity.CRITICAL: Text("紧急", "critical"),
}

NATURES: Final = {
    Nature.OFFENCE: Text("涉嫌违法", "suspected offence"),
    Nature.BREACH: Text("不符合许可或方案", "breach of permit or plan"),
    Nature.DUTY: Text("履职", "duty of an authority"),
    Nature.POLICY: Text("政策要求", "policy"),
    Nature.CLUE: Text("线索", "clue"),
}

CERTAINTIES: Final = {
    Certainty.SEEN: Text("已核对原文", "source seen"),
    Certainty.SECONDARY: Text("转引", "secondary source"),
    Certainty.PROPOSAL: Text("本规则集建议值", "a proposal of the ruleset"),
    Certainty.MEMORY: Text("未核对来源", "from memory"),
}

ROLES: Final = {
    "duty": Text("义务", "duty"),
    "penalty": Text("罚则", "penalty"),
    "power": Text("职权", "power"),
    "standard": Text("标准", "standard"),
    "definition": Text("定义", "definition"),
    "policy": Text("政策", "policy"),
}

REASONS: Final = {
    Reason.MISSING: Text("缺少{what}", "missing {what}"),
    Reason.NOT_SUPPLIED: Text("未提供{what}", "not supplied: {what}"),
    Reason.UNREADABLE: Text("无法识读{what}", "unreadable {what}"),
    Reason.CONFLICTING: Text("{what}前后矛盾", "conflicting {what}"),
    Reason.BELOW_DETECTION: Text("{what}低于检出限", "{what} below the detection limit"),
    Reason.NOT_IN_FORCE: Text("{what}当日没有有效值", "no value in force for {what}"),
    Reason.DIVISION_BY_ZERO: Text("{what}除数为零", "division by zero in {what}"),
    Reason.OUT_OF_RANGE: Text("{what}超出数值范围", "{what} out of range"),
    Reason.EMPTY: Text("{what}没有可计算的数据", "nothing to compute {what} from"),
    Reason.BEYOND_CALENDAR: Text("{what}超出工作日历", "{what} beyond the calendar of working days"),
}

BOOLS: Final = {True: Text("是", "yes"), False: Text("否", "no")}
UNDETERMINED: Final = VERDICTS[Verdict.UNDETERMINED]
PRIVATE: Final = Text("（不公开）", "(private)")
NO_VALUE: Final = Text("无可用值", "no usable value")
ABSENT: Final = Text("（空）", "(empty)")

UNITS: Final = {
    "d": Text("天", "days"),
    "天": Text("天", "days"),
    "日": Text("天", "days"),
    "workday": Text("个工作日", "working days"),
    "a": Text("年", "years"),
    "年": Text("年", "years"),
    "CNY": Text("元", "CNY"),
    "元": Text("元", "CNY"),
    "亩": Text("亩", "mu"),
}
"""Units written otherwise for readers than in a ruleset; all others as they are."""

AGGREGATES: Final = {
    "exists": Text("有无符合的", "any such"),
    "all": Text("是否全部符合", "all such"),
    "exists_one": Text("是否恰有一个符合", "exactly one such"),
    "size": Text("数量", "number"),
    "sum": Text("合计", "sum"),
    "min": Text("最小值", "minimum"),
    "max": Text("最大值", "maximum"),
    "avg": Text("平均值", "average"),
}
