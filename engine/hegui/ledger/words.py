"""The fixed words of the ledger, in Chinese and English."""

from __future__ import annotations

from typing import Final

from hegui.datatypes import Text
from hegui.explaining.words import NO_PLACE
from hegui.ledger.life import Event, Progress, Sort, State

PROGRESS: Final = {
    Progress.NOT_STARTED: Text("未启动", "not started"),
    Progress.UNDER_WAY: Text("整改中", "under way"),
    Progress.DONE: Text("已完成（待验收）", "done, to be accepted"),
    Progress.CLOSED: Text("已销号", "closed"),
}
"""整改状态, as the office's list of problems has it."""

STATES: Final = {
    State.SHOWN: Text("数据仍显示", "still shown"),
    State.UNDETERMINED: Text("待核实", "undetermined"),
    State.CLEARED: Text("数据已不再显示", "no longer shown"),
    State.GONE: Text("对象已不在台账", "no longer in the registry"),
    State.UNSEEN: Text(
        "未见，未核对对象是否仍在台账", "not found; whether it is still in the registry was not checked"
    ),
    State.WAIVED: Text("暂不计入", "waived"),
}
"""What the data says of a matter."""

EVENTS: Final = {
    Event.OPENED: Text("发现问题", "found"),
    Event.PERSISTING: Text("仍存在", "still there"),
    Event.CHANGED: Text("仍存在，事实有变化", "still there, on other facts"),
    Event.UNDETERMINED: Text("待核实", "undetermined"),
    Event.RESOLVED: Text("数据已不再显示", "no longer shown"),
    Event.REOPENED: Text("再次发现", "found again"),
    Event.GONE: Text("对象已不在台账，需核对", "no longer in the registry: needs a look"),
    Event.UNSEEN: Text(
        "未见，未核对对象是否仍在台账", "not found; whether it is still in the registry was not checked"
    ),
    Event.WAIVED: Text("暂不计入", "waived"),
}

SORTS: Final = {
    Sort.ORDER: Text("文书送达", "order served"),
    Sort.NOTE: Text("备注", "note"),
    Sort.PROOF: Text("整改佐证", "proof of rectification"),
    Sort.ACCEPTANCE: Text("验收销号", "accepted and closed"),
    Sort.REOPENING: Text("重新打开", "reopened"),
    Sort.WITHDRAWAL: Text("撤回记录", "entry withdrawn"),
}

HEAD: Final = Text("整改台账 {ledger}", "rectification ledger {ledger}")
RUNS: Final = Text(
    "已登记核查 {count} 次，最近一次数据日期 {as_of} · 规则集 {ruleset} · 事项 {matters}",
    "runs recorded: {count}, the last of facts as of {as_of} · ruleset {ruleset} · matters: {matters}",
)
NO_RUNS: Final = Text("尚未登记任何核查。", "No run has been recorded.")
AS_OF: Final = Text("截至 {day}", "as of {day}")
BY: Final = {
    "town": Text("按镇街", "by town"),
    "department": Text("按责任单位", "by department"),
}
NOBODY: Final = {
    "town": NO_PLACE,
    "department": Text("（未写责任单位）", "(no authority)"),
}
OVERDUE: Final = Text("逾期", "overdue")
TOTAL: Final = Text("合计", "total")
ALL: Final = Text("总体", "in all")
LOOK: Final = Text("需要关注", "needs a look")
REOPENED: Final = Text("再次出现", "back again")
LATE: Final = Text("逾期后方完成", "done after the deadline")
UNCHECKED: Final = Text("最近一次未核查", "not looked at by the last run")
DESPITE: Final = Text("已销号而数据未显示整改", "closed though the data does not say so")
NONE_OVERDUE: Final = Text("没有逾期未完成的事项。", "Nothing is overdue.")
DAYS_PAST: Final = Text("逾期 {days} 天", "{days} days overdue")
NO_ORDER: Final = Text(
    "未登记送达文书的事项只有建议时限，不计逾期：{count} 项。",
    "Matters without an order on record have a proposed date only and are never overdue: {count}.",
)
SERVED: Final = Text("{day} 送达", "served {day}")
UNTIL: Final = Text("限至 {day}", "to be done by {day}")
WITHIN: Final = Text("期限 {period}", "within {period}")
WORKDAYS: Final = Text("{count} 个工作日", "{count} working days")
DAYS: Final = Text("{count} 日", "{count} days")
PROPOSED: Final = Text("建议时限 {day}（无约束力）", "proposed by {day} (binding nobody)")
PROPOSED_FROM: Final = Text(
    "建议时限不早于 {day}（超出工作日历）", "proposed for no earlier than {day} (beyond the calendar)"
)
DEADLINE: Final = Text("整改期限 {day}", "to be done by {day}")
STATUS: Final = Text("整改状态", "progress")
DATA_SAYS: Final = Text("数据情况", "the data")
COURSE: Final = Text("经过", "course")
THEN: Final = Text("发现时（{day}）", "when found ({day})")
NOW: Final = Text("最近（{day}）", "last seen ({day})")
SAME: Final = Text("与发现时相同", "the same as when found")
TIMES: Final = Text("{event}（{count} 次核查，至 {day}）", "{event} ({count} runs, until {day})")
CORRECTS: Final = Text("更正第 {entry} 号", "in place of entry {entry}")
WITHDRAWS: Final = Text("撤回第 {entry} 号", "withdraws entry {entry}")
REPLACED: Final = Text("已被后来的记录更正或撤回", "no longer stands")
ENTRY: Final = Text("第 {entry} 号", "entry {entry}")
FILE: Final = Text("文件 {file}（{digest}）", "file {file} ({digest})")
WAIVED_BY: Final = Text("暂不计入（{document}）", "waived ({document})")
NO_SUCH: Final = Text("台账中没有 {entity} 的事项。", "The ledger has no matter of {entity}.")
LEFT_OUT: Final = Text(
    "另有 {count} 项未列出；全部：--format json", "{count} more are not listed; all of them: --format json"
)
FORMERLY: Final = Text("规则曾用编号", "its rule was formerly")
