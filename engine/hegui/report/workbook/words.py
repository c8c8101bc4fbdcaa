"""What a workbook says besides the fixed words of reports."""

from __future__ import annotations

from typing import Final

from hegui.datatypes import Text

SHEETS: Final = {
    "read_me": Text("说明", "Read me"),
    "summary": Text("汇总", "Summary"),
    "problems": Text("问题清单", "问题清单 Problem list"),
    "findings": Text("核查线索", "Findings"),
    "open": Text("待核实", "Undetermined"),
    "wanted": Text("待补数据", "Data wanted"),
    "wanted_of": Text("待补数据（按对象）", "Data wanted by entity"),
    "data": Text("数据质量", "Data quality"),
    "waived": Text("暂不计入", "Waived"),
    "conclusions": Text("推导结论", "Conclusions"),
    "transfer": Text("移送抄告", "Transfer lists"),
    "rules": Text("规则与依据", "Rules and law"),
    "manifest": Text("运行清单", "Manifest"),
}
"""The sheets in their order."""

ABOUT: Final = {
    "summary": Text(
        "按规则、镇街、对象类别、处置优先级、主管部门统计", "counts by rule, town, kind, priority and authority"
    ),
    "problems": Text(
        "发现问题的清单，按整改台账格式；台账和规则未说明的栏目留空，由主管部门填写",
        "violations in the form offices keep (in Chinese); what neither facts nor rules say is left empty",
    ),
    "findings": Text(
        "全部发现问题的核查线索，含单列的“未核对来源”线索", "all violations; those that rest on memory only are marked"
    ),
    "open": Text("因数据缺失等原因尚不能判断的事项", "what cannot be decided for want of data"),
    "wanted": Text("补充哪些数据后可重新核查，按台账和字段", "the data to supply, by table and field"),
    "wanted_of": Text("同上，按对象", "the same by entity"),
    "data": Text("台账数据中无法识读、前后矛盾等问题及其位置", "what was wrong with the data, and where it stands"),
    "waived": Text("有文件依据、暂不计入的线索", "violations that are not counted for now, with the document"),
    "conclusions": Text("由多条线索推导的结论（线索）及其依据", "what findings mean together, with their grounds"),
    "transfer": Text(
        "按主管部门列出的移送、抄告线索清单（草稿），文号、日期等由经办单位填写",
        "violations by competent authority (a draft); number and date are for the office to enter",
    ),
    "rules": Text(
        "各规则的核查结果、依据条款及其版本、参数取值", "each rule with its counts, citations, versions and parameters"
    ),
    "manifest": Text("规则集、数据来源、程序版本及校验码", "ruleset, sources, program, digests"),
}

CONTENTS: Final = Text("工作表", "sheet")
WHAT: Final = Text("内容", "what it holds")
ROWS: Final = Text("行数", "rows")
COUNTS: Final = Text("核查结果", "results")
REMARKS: Final = Text("说明事项", "remarks")
PROPOSED: Final = Text(
    "整改时限均为建议时限，不是责令改正的期限。", "Deadlines are proposed; none of them was ordered."
)
CUT: Final = Text(
    "{count} 个单元格的文本超过 Excel 上限 32,767 字，已截断并标注；全文见 JSON。",
    "{count} texts were longer than the 32,767 characters of a cell; they are cut and say so. JSON has them whole.",
)
SPLIT: Final = Text(
    "“{name}”共 {rows} 行，超过单张工作表容量，分列于 {sheets} 张工作表。",
    "“{name}” has {rows} rows, more than a sheet holds; they stand on {sheets} sheets.",
)
UNLINKED: Final = Text(
    "超过 {rows} 行的工作表只为前 {rows} 行设置超链接；超过 {wrapped} 行的不自动换行。",
    "Of sheets with more than {rows} rows the first {rows} have links; beyond {wrapped} rows texts are not wrapped.",
)
FEWER: Final = Text(
    "“{name}”只列前 {rows} 条，另有 {left} 条未列，可在“问题清单”中按责任单位筛选。",
    "“{name}” lists the first {rows}; {left} more are left out: filter the problem list by authority.",
)
NO_ENTITIES: Final = Text(
    "线索过多，待补数据未按对象列出。", "There are too many findings to list the data wanted by entity."
)
FOOTER: Final = Text(
    "&L&8{standing}&R&8第 &P 页，共 &N 页",
    "&L&8Leads drawn from registry data; no decision on any penalty.&R&8page &P of &N",
)

FIELDS: Final = {
    "rule": Text("规则", "rule"),
    "title": Text("规则名称", "title"),
    "sort": Text("核查结论", "verdict"),
    "severity": Text("处置优先级", "priority"),
    "nature": Text("问题性质", "nature"),
    "kind": Text("对象类别", "kind"),
    "entity": Text("对象编号", "entity"),
    "name": Text("对象名称", "name"),
    "code": Text("统一社会信用代码", "credit code"),
    "town": Text("镇街", "town"),
    "occurred": Text("行为发生日", "day of the act"),
    "message": Text("内容", "message"),
    "evidence": Text("事实依据", "evidence"),
    "law": Text("法律依据", "law"),
    "notes": Text("备注", "notes"),
    "due": Text("建议时限", "proposed by"),
    "authority": Text("主管部门", "authority"),
    "file": Text("来源文件", "file"),
    "sheet": Text("来源工作表", "sheet"),
    "row": Text("行", "row"),
    "column": Text("列", "column"),
    "fingerprint": Text("线索编号", "fingerprint"),
    "waits": Text("需要核实", "waits for"),
    "table": Text("台账", "table"),
    "lack": Text("所缺数据", "data wanted"),
    "findings": Text("待核实项数", "findings"),
    "entities": Text("涉及对象数", "entities"),
    "rules": Text("涉及规则", "rules"),
    "unchecked": Text("未核查规则", "rules not checked"),
    "drawn": Text("涉及结论", "conclusions"),
    "sort_of_data": Text("类别", "sort"),
    "field": Text("字段", "field"),
    "problem": Text("问题", "problem"),
    "raw": Text("原始内容", "as written"),
    "document": Text("文件依据", "document"),
    "conclusion": Text("结论", "conclusion"),
    "because": Text("所依据的线索和结论", "because"),
    "records": Text("相关台账记录", "records"),
    "matches": Text("匹配数", "matches"),
    "receiver": Text("受移送（抄告）单位", "authority"),
    "way": Text("方式（移送/抄告）", "way"),
    "number": Text("文号", "number of the letter"),
    "sent": Text("发出日期", "sent on"),
    "answer": Text("反馈情况", "answer"),
    "about": Text("核查对象", "about"),
    "notice": Text("督察反馈条目", "notice"),
    "apart": Text("未核对来源", "from memory"),
    "in_force": Text("适用期", "in force"),
    "conditions": Text("核查条件", "conditions"),
    "parameters": Text("参数取值", "parameters"),
    "remedy": Text("建议措施", "remedy"),
    "layer": Text("规则集", "ruleset"),
    "count": Text("数量", "count"),
}
WAYS: Final = {"zh": ("移送", "抄告"), "en": ("transfer", "copy")}
CONCLUSION_RULE: Final = Text("（推导结论）", " (conclusion)")
IF: Final = Text("【条件：{text}】", " [if {text}]")
UNKNOWN: Final = Text("（未知）", "(unknown)")
NONE: Final = Text("（未指明）", "(none named)")
OF_RECORD: Final = Text("数据问题", "problem")
NOTE: Final = Text("数据说明", "note")
DRAWN: Final = {True: Text("结论（线索）", "conclusion (lead)"), False: Text("待核实", "undetermined")}
MORE: Final = Text("另有 {count} 项", "{count} more")
BY: Final = {
    "rule": Text("按规则", "by rule"),
    "town": Text("按镇街", "by town"),
    "kind": Text("按对象类别", "by kind"),
    "severity": Text("按处置优先级", "by priority"),
    "authority": Text("按主管部门", "by authority"),
}
MANIFEST: Final = {
    "schema": Text("结果格式", "schema"),
    "as_of": Text("数据日期", "facts as of"),
    "decided_on": Text("研判日期", "law of the decision as of"),
    "started": Text("核查时间", "started"),
    "seconds": Text("用时（秒）", "seconds"),
    "hegui": Text("程序版本", "hegui"),
    "engine": Text("引擎", "engine"),
    "chainer": Text("推理器", "chainer"),
    "ruleset": Text("规则集", "ruleset"),
    "layers": Text("规则集层次", "layers"),
    "rules_digest": Text("规则集校验码", "digest of the ruleset"),
    "facts_digest": Text("数据校验码", "digest of the facts"),
    "waivers": Text("暂不计入文件", "waivers"),
    "waivers_digest": Text("暂不计入文件校验码", "digest of the waivers"),
    "rows": Text("读取行数", "rows read"),
    "sources": Text("数据来源", "sources"),
    "digest": Text("校验码", "digest"),
}
