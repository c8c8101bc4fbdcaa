"""What the page says besides the fixed words of reports, in Chinese and English."""

from __future__ import annotations

import re
from typing import Final

from hegui.datatypes import Text
from hegui.outcome import Verdict

TITLE: Final = Text("{title} · 核查线索", "{title} · leads for inspection")
SKIP: Final = Text("跳到正文", "skip to the content")
OTHER_LANGUAGE: Final = Text("English", "中文")
NAVIGATION: Final = Text("页面导航", "parts of the page")
OVERVIEW: Final = Text("概览", "Overview")
FINDINGS: Final = Text("线索清单", "Findings")
CONCLUSIONS: Final = Text("结论", "Conclusions")
WANTED: Final = Text("待补数据", "Data wanted")
QUALITY: Final = Text("数据质量", "Data quality")
SINCE: Final = Text("较上次变化", "Changes")
ABOUT: Final = Text("说明", "About")
NO_SCRIPT: Final = Text(
    "线索清单和对象页需要启用脚本；其余内容不受影响。",
    "The table of findings and the pages of entities need scripts; everything else is here.",
)
TOO_OLD: Final = Text(
    "此浏览器版本过旧，无法展开线索清单（需 Chrome 80、Edge 80、Firefox 113、Safari 16.4 或更新版本）。其余内容不受影响。",
    "This browser is too old to unpack the table of findings (Chrome 80, Edge 80, Firefox 113, Safari 16.4 or newer); "
    "everything else is here.",
)
TOTALS: Final = Text("核查结果", "Result")
IN_ALL: Final = Text("共核查 {rows} 行台账，作出 {judged} 项判断。", "{rows} rows read, {judged} verdicts.")
PRIORITY: Final = Text("处置优先级", "priority")
BY_PRIORITY: Final = Text("按处置优先级", "By priority")
BY_TOWN: Final = Text("按镇街", "By town")
BY_RULE: Final = Text("按规则", "By rule")
BY_KIND: Final = Text("按对象类别", "By kind")
TIME_NOTE: Final = Text(
    "发现问题的行为发生日，按{step}计。{undated}",
    "Violations by the day of the act, per {step}. {undated}",
)
UNDATED: Final = Text("另有 {count} 条没有发生日。", "{count} more have no day.")
CUT: Final = Text("另有 {count} 条在 {first} 之前，未画出。", "{count} more are before {first} and are not drawn.")
STEPS: Final = {"day": Text("日", "day"), "month": Text("月", "month"), "year": Text("年", "year")}
MAP_NOTE: Final = Text(
    "有坐标且发现问题的对象 {count} 个；颜色为其最高处置优先级，面积随线索数。位置取自台账坐标，无底图。",
    "{count} entities with coordinates and violations; the colour is the gravest priority, the area grows with their number. "
    "Places are the registry's coordinates, without a map beneath.",
)
MAP_CUT: Final = Text("（按处置优先级画出前 {shown} 个）", " (the gravest {shown} are drawn)")
NO_TOWN: Final = Text("（未归属镇街）", "(no town)")
CHART_TOWN: Final = Text("各镇街发现问题数，按处置优先级叠加", "violations of each town, stacked by priority")
ROWS_LEFT: Final = Text("另有 {count} 行未列出。", "{count} more rows are not listed.")
RULE: Final = Text("规则", "rule")
KIND: Final = Text("对象类别", "kind")
TOWN: Final = Text("镇街", "town")
VERDICT: Final = Text("核查结果", "result")
NATURE: Final = Text("性质", "nature")
ENTITY: Final = Text("对象", "entity")
MATTER: Final = Text("问题", "matter")
DAY: Final = Text("行为发生日", "day of the act")
DUE: Final = Text("建议时限", "proposed by")
CHANGE: Final = Text("较上次", "since then")
SHARE: Final = Text("比例", "share")
NOT_SUPPLIED: Final = Text("未核查", "not checked")
LEFT_OUT: Final = Text(
    "本页列出 {shown} 条，另有 {left} 条未列出：依次为发现问题、暂不计入、未核对来源、待核实，再依处置优先级、规则、主键取前 {shown} 条。"
    "各项统计不受影响。全部内容：--format json=文件、--format csv=文件。",
    "This page lists {shown} findings and leaves out {left}: violations come first, then what is waived, what rests on memory and "
    "what is undetermined, each by priority, rule and key. Counts are of all of them. Everything: --format json=FILE, --format csv=FILE.",
)
SEARCH: Final = Text("搜索", "search")
ALL: Final = Text("全部", "all")
RESET: Final = Text("清除筛选", "clear filters")
UNPACKING: Final = Text("正在展开……", "unpacking …")
BACK: Final = Text("← 返回线索清单", "← back to the findings")
NOT_HERE: Final = Text("本页没有列出该对象。", "This page does not list that entity.")
WAIVED: Final = Text("暂不计入", "waived")
WAIVED_APART: Final = Text("暂不计入（附文号）", "waived by a document")
WAIVED_NOTE: Final = Text(
    "判定仍为发现问题；依文件在期限内暂不计入统计，不是免除责任，也不是对事实或法律的认定。",
    "A violation as ever; an office's document has it not counted for a time. That clears nobody and decides nothing.",
)
WAIVERS: Final = Text("暂不计入事项", "Waivers")
WAIVERS_NONE: Final = Text("本次核查未给出暂不计入事项。", "This run was given no waivers.")
APPROVED_BY: Final = Text("批准单位", "approved by")
DOCUMENT: Final = Text("文号", "document")
REASON: Final = Text("理由", "reason")
PERIOD: Final = Text("期限", "from and until")
FROM_UNTIL: Final = Text("{start} 至 {until}", "{start} to {until}")
COVERED: Final = Text("涉及", "covers")
WAIVED_CONCLUSIONS: Final = Text("暂不计入的结论", "conclusions that are waived")
FACTS: Final = Text("事实与来源", "Facts and where they stand")
REASONING: Final = Text("规则判断过程", "How the rule decides")
LAW: Final = Text("行为发生日有效的依据", "Law in force on the day of the act")
LATER_MARK: Final = Text("研判日法律已有变化", "the law has changed since")
LATER: Final = Text("研判日（{day}）的变化", "What has changed by {day}")
REMEDY: Final = Text("整改建议", "Remedy")
AUTHORITY: Final = Text("责任部门", "for")
NOTICE: Final = Text("督察反馈条目", "items of the notice")
WAITS: Final = Text("需要核实", "waits for")
VALUE: Final = Text("值", "value")
SOURCE: Final = Text("来源", "where it stands")
PAPER: Final = Text("依据材料", "document")
ITEM: Final = Text("事项", "item")
MEMORY: Final = Text("未核对来源", "from memory")
UNSURE: Final = Text("未核对来源的线索", "violation, from memory")
MEMORY_NOTE: Final = Text(
    "所依据的标准或条款未核对来源，单列，不支持任何结论。",
    "Rests on something known only from memory; counted apart, supports no conclusion.",
)
OUT_OF_SCOPE: Final = Text("不在督察反馈口径内", "outside what the notice talks about")
TRUE: Final = Text("成立", "holds")
FALSE: Final = Text("不成立", "does not hold")
USED: Final = Text("采用值", "value used")
NOTHING: Final = Text("没有符合条件的线索。", "Nothing matches.")
NONE_HERE: Final = Text("没有。", "None.")
COUNT: Final = Text("数量", "number")
EXAMPLES: Final = Text("示例", "examples")
FIELD: Final = Text("表 · 字段", "table · field")
LACK: Final = Text("缺什么", "what is lacking")
WAITING: Final = Text("等待它的线索", "findings that wait")
ENTITIES: Final = Text("涉及对象", "entities")
RULES: Final = Text("涉及规则", "rules")
GROUNDS: Final = Text("依据链", "grounds")
MORE: Final = Text("另有 {count} 项未列出", "{count} more are not listed")
POSSIBLE: Final = Text("待核实的结论", "Conclusions that may have to be drawn")
CERTAIN: Final = Text("结论（线索）", "Conclusions (leads)")
FROM_MEMORY: Final = Text(
    "所依据的标准或条款未核对来源的结论", "Conclusions that rest on something known only from memory"
)
WANTED_NOTE: Final = Text(
    "以下资料补齐后可重新核查。缺少资料不是问题，也不是没有问题。",
    "With these at hand the check can be made again. What is missing is no violation, and no clearance either.",
)
BAD_DATA: Final = Text("台账数据问题 {count} 处", "{count} problems in the data")
QUALITY_NOTE: Final = Text(
    "读取台账时无法按原样采用的单元格和行，各附地址。",
    "Cells and rows that could not be used as they stand, each with its address.",
)
NOTES: Final = Text("台账说明（不影响核查）", "Notes on the data (nothing is lost)")
SINCE_APART: Final = Text(
    "变化按判定比较，暂不计入和未核对来源的线索包括在内。",
    "Verdicts are compared, so that what is waived or rests on memory is among these.",
)
THEN_AND_NOW: Final = Text(
    "两次核查计入的发现问题数，按处置优先级叠加", "violations that count in the two runs, stacked by priority"
)
SINCE_NOTE: Final = Text(
    "与上次核查（数据日期 {then}）按线索编号比较。不再出现只说明台账数据不再显示，不等于已完成整改或已验收。",
    "Compared with the run as of {then}, by fingerprint. What no longer appears is what the data no longer shows: that is not yet "
    "a remedy that was accepted.",
)
OTHER_RULES: Final = Text(
    "两次核查所用规则集不同，变化也可能来自规则。",
    "The two runs used different rulesets, so that a change may come from the rules.",
)
OPENED: Final = Text("新增", "new")
PERSISTING: Final = Text("持续", "persisting")
CLOSED: Final = Text("不再出现", "no longer found")
TO_OPEN: Final = Text("转为待核实", "now undetermined")
LAST_TIME: Final = Text("上次的描述", "what was said then")
PUBLISHED: Final = Text("反馈意见公布数与本次核查对照", "What the notice published, and what is found here")
RUN: Final = Text("本次核查", "This run")
AS_OF: Final = Text("数据日期", "facts as of")
DECIDED_ON: Final = Text("研判日期", "law of the decision as of")
RULESET: Final = Text("规则集", "ruleset")
ENGINE: Final = Text("引擎与推理器", "engine and chainer")
VERSION: Final = Text("程序版本", "version of hegui")
STARTED: Final = Text("开始时间", "started")
DIGEST: Final = Text("数据摘要", "digest of the facts")
SOURCES: Final = Text("数据来源", "sources")
ROWS: Final = Text("行数", "rows")
MEANING: Final = Text("用词", "Words")
MEANINGS: Final = {
    Verdict.VIOLATION: Text(
        "台账数据符合规则所描述的情形，须由办案人员核实。",
        "The data fits what the rule describes; an official has to verify it.",
    ),
    Verdict.UNDETERMINED: Text(
        "缺少资料或资料不可用，不能得出结果。", "Data is missing or unusable, so that nothing can be said."
    ),
    Verdict.COMPLIANT: Text(
        "就台账所载数据未发现该规则所描述的情形；不是合法证明。",
        "The data on record does not fit what the rule describes; this certifies nothing.",
    ),
    Verdict.NOT_APPLICABLE: Text("规则的适用条件不满足。", "The rule does not apply."),
}
MEANING_PRIORITY: Final = Text(
    "处置优先级只表示先后，不是违法程度。建议时限是建议，不是责令整改期限。",
    "A priority says what to look at first, never a legal degree. A proposed date is a proposal, not an order.",
)
LICENCES: Final = Text("本页所含程序的许可", "Licences of the programs in this page")
LICENCES_NOTE: Final = Text(
    "表格由 DataTables 显示（经 Python 包 itables {itables}），图由 Vega-Lite（vl-convert {vega}）生成。",
    "The table is DataTables (from the Python package itables {itables}); the charts were made by Vega-Lite (vl-convert {vega}).",
)
PRINTED: Final = Text("打印清单（{shown} 条，共 {all} 条符合筛选）", "printed list ({shown} of {all} that match)")
SHOWING: Final = Text("第 _START_–_END_ 条，共 _TOTAL_ 条", "_START_–_END_ of _TOTAL_")
FILTERED: Final = Text("（由 _MAX_ 条筛选）", "(of _MAX_ in all)")
NO_ROWS: Final = Text("0 条", "0 findings")
PER_PAGE: Final = Text("每页 _MENU_ 条", "_MENU_ per page")
PAGES: Final = Text("分页", "pages")
FIRST: Final = Text("首页", "first page")
PREVIOUS: Final = Text("上一页", "previous page")
NEXT: Final = Text("下一页", "next page")
LAST: Final = Text("末页", "last page")
SORT: Final = Text("：按此列排序", ": sort by this column")
UNSORT: Final = Text("：取消排序", ": remove sorting")
REVERSE: Final = Text("：反向排序", ": reverse sorting")

_NAMED: Final = re.compile(r'"([A-Z][A-Z_]+)"')


def for_script(script: str) -> dict[str, list[str]]:
    """The words a script names, by name, each in Chinese and English."""
    return {name: [globals()[name].zh, globals()[name].en] for name in sorted(set(_NAMED.findall(script)))}
