"""What the text report says besides the fixed words of reports, in Chinese and English."""

from __future__ import annotations

from typing import Final

from hegui.datatypes import Text
from hegui.facts.registry import Place
from hegui.waivers.model import Waiver

DAYS: Final = Text(
    "数据日期 {as_of} · 研判日期 {decided_on}", "facts as of {as_of} · law of the decision as of {decided_on}"
)
MADE_BY: Final = Text(
    "规则集 {ruleset} · 引擎 {engine} · hegui {hegui}", "ruleset {ruleset} · engine {engine} · hegui {hegui}"
)
READ: Final = Text("读取 {rows} 行{place}：{kinds}", "{rows} rows read{place}: {kinds}")
FROM: Final = Text("（{folder}）", " from {folder}")
CONCLUDED: Final = Text(
    "结论（线索）{certain} · 待核实 {possible} · 推理器 {chainer}",
    "conclusions {certain} · undetermined {possible} · chainer {chainer}",
)
ORPHANS: Final = Text(
    "有 {count} 行因上级对象无法识读或不存在而未归入任何对象：{kinds}",
    "{count} rows belong to nothing, because what they point at is unreadable or unknown: {kinds}",
)
NOT_SUPPLIED: Final = Text(
    "有 {count} 条规则未核查，因未提供所需的表：{kinds}",
    "{count} rules were not checked, because their table was not supplied: {kinds}",
)
BAD_DATA: Final = Text("台账数据问题 {count} 处，见后", "{count} problems in the data, listed below")
OF_FIRST: Final = Text("以上按 {all} 条中的前 {count} 条统计", "worked out from the first {count} of {all}")
MEMORY: Final = Text("所依据的标准或条款未核对来源的线索", "violations that rest on something known only from memory")
FROM_MEMORY: Final = Text("另列：未核对来源 {count}", "apart, from memory only {count}")
WAIVED: Final = Text("暂不计入", "waived")
WAIVED_NOTE: Final = Text(
    "发现问题的核查线索，依文件暂不计入，判定不变",
    "violations as ever; an office's document has them not counted for now",
)
WAIVED_BY: Final = Text("暂不计入（{document}，{office}，至 {until}）", "waived ({document}, {office}, until {until})")
WAIVERS_GIVEN: Final = Text(
    "暂不计入事项 {count} 项（{files}），按研判日期有效 {standing} 项",
    "waivers {count} ({files}), {standing} standing on the day",
)
WAIVERS_IGNORED: Final = Text(
    "暂不计入事项 {count} 项（{files}）未适用（--no-waivers）", "waivers {count} ({files}) set aside (--no-waivers)"
)
APART: Final = Text("未核对来源", "from memory")
MEMORY_NOTE: Final = Text("单列，不支持任何结论", "listed apart; they support no conclusion")
LATER: Final = Text("研判日法律已有变化", "the law has changed since")
REPEALED: Final = Text("研判日所依据的规定已失效", "the law has been repealed since")
DUE: Final = Text("建议时限 {day}", "proposed by {day}")
NOT_BEFORE: Final = Text(
    "建议时限不早于 {day}（超出工作日历）", "proposed for no earlier than {day} (beyond the calendar)"
)
OUT_OF_SCOPE: Final = Text("不在督察反馈口径内", "outside what the notice talks about")
RULES: Final = Text("规则与依据", "rules and law")
NOTICE: Final = Text("督察反馈 {places}", "notice {places}")
AUTHORITY: Final = Text("责任部门 {name}", "for {name}")
BASIS: Final = Text("依据", "law")
CHANGED: Final = Text("变化", "since")
REMEDY: Final = Text("建议", "remedy")
SOME: Final = Text("（{all} 条中的 {count} 条）", " ({count} of {all})")
DATA: Final = Text("台账数据问题", "problems in the data")
FIRST: Final = Text("例：", "e.g. ")
COUNTS: Final = Text("各规则核查情况", "counts per rule")
RULE: Final = Text("规则", "rule")
IN_SCOPE: Final = Text("督察口径", "in notice")
TOTAL: Final = Text("合计", "total")
LEFT_OUT: Final = Text(
    "另有 {count} 条未列出；全部内容：--format json=文件",
    "{count} more are not listed; all of them: --format json=FILE",
)
NOTHING: Final = Text("没有发现问题，也没有待核实事项。", "Nothing was found, and nothing is undetermined.")
HINT: Final = Text(
    "逐条说明：hegui explain <台账> --rules <规则集> <对象编号> <规则>",
    "why, for any of them: hegui explain FACTS --rules R ENTITY RULE",
)
COMPARED: Final = Text("反馈意见公布数与本次核查对照", "what the notice published, and what is found here")
PUBLISHED: Final = Text("公布 {count}", "published {count}")
FOUND_HERE: Final = Text("本次核查 {count}", "found here {count}")
FOUND_UNKNOWN: Final = Text("本次核查 不明（未提供{kind}）", "found here: unknown ({kind} not supplied)")
MAY_COUNT: Final = Text("另有待核实 {count}", "undetermined {count}")
ISSUED: Final = Text("{title}（{day}）", "{title} ({day})")
WANTED: Final = Text("待补数据", "data wanted")
WANTED_NOTE: Final = Text("补充后可重新核查", "with these at hand the check can be made again")
BY_TABLE: Final = Text("按台账", "by table")
BY_ENTITY: Final = Text("按对象", "by entity")
OTHER_THAN_FACTS: Final = Text("台账以外", "not a matter of data")
WAITING: Final = Text("{findings} 项待核实，涉及 {entities} 个对象", "undetermined {findings} · entities {entities}")
WAITING_CONCLUSIONS: Final = Text("{count} 条结论待核实", "{count} conclusions undetermined")
UNCHECKED: Final = Text("{count} 条规则未核查", "{count} rules not checked")
MORE: Final = Text("另有 {count} 项未列出", "{count} more are not listed")
NO_TABLE: Final = Text("未核查：未提供{kind}", "not checked: {kind} not supplied")
FACTS: Final = Text("事实", "the facts")
THE_RULE: Final = Text("规则", "the rule")
THE_LAW: Final = Text("法律", "the law")
NO_PAPER: Final = Text("未记录依据材料", "no document on record")
PAPER: Final = Text("依据材料：{parts}", "document: {parts}")
NO_BASIS: Final = Text("行为发生日没有可适用的依据", "nothing cited was in force on the day of the act")
ACT_DAY: Final = Text("行为发生日 {day}", "day of the act {day}")
WAITS: Final = Text("需要核实", "waits for")
ROWS: Final = Text("{count} 行", "{count} rows")
ROWS_FIRST: Final = Text("{count} 行（首行 {first}）", "{count} rows (the first {first})")
ROW_FIRST: Final = Text("1 行（{first}）", "1 row ({first})")
PRIORITY: Final = Text("处置优先级：{level}", "priority: {level}")
TO_ACT: Final = Text("责任", "for")
NOTES: Final = Text("台账说明（不影响核查）", "notes on the data (nothing is lost)")
NO_FACTS: Final = Text("（本规则不读取任何台账数据）", "(the rule reads no facts)")
CLAUSES: Final = {
    "occurred": Text("行为发生日", "the act's day"),
    "occurred_from": Text("行为开始", "the act from"),
    "occurred_to": Text("行为结束", "the act until"),
    "when": Text("适用条件", "applies when"),
    "violation": Text("问题条件", "violation when"),
    "notice_scope": Text("督察口径", "notice talks of"),
}
IN_FORCE: Final = Text("规则适用期 {period}", "rule in force {period}")
COLUMN: Final = Text("{column} 列", "column {column}")
ROW_NUMBER: Final = Text("第 {row} 行", "row {row}")
ROW_KEY: Final = Text("主键 {key}", "key {key}")
USED: Final = Text("采用值：{value}", "value used: {value}")


def place_text(at: Place, lang: str, folder: str = "") -> str:
    """A source place as people address it, its file from `folder` on: `mines.xlsx · 年度产量 · 第 7 行 · E 列`."""
    parts = [at.file.removeprefix(folder)]
    if at.sheet is not None:
        parts.append(at.sheet)
    if at.row is not None:
        parts.append(ROW_NUMBER.get(lang).format(row=at.row))
    if at.key is not None:
        parts.append(ROW_KEY.get(lang).format(key=at.key))
    if at.column is not None:
        parts.append(COLUMN.get(lang).format(column=at.column))
    return " · ".join(parts)


def waiver_text(waiver: Waiver, lang: str) -> str:
    """Where something is waived: the document, the office, and until when."""
    office = waiver.approved_by.get(lang)
    return WAIVED_BY.get(lang).format(document=waiver.document, office=office, until=waiver.until)
