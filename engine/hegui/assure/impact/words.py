"""What reports of an impact say, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hegui.assure.impact.model import Cause, Change, Edit, Redrawn, Sort, State
from hegui.datatypes import Text
from hegui.explaining.words import VERDICTS
from hegui.outcome import Verdict

TITLE: Final = Text("规则修改的影响", "impact of a change of rules")
STATES: Final = {
    State.VIOLATION: VERDICTS[Verdict.VIOLATION],
    State.COMPLIANT: VERDICTS[Verdict.COMPLIANT],
    State.UNDETERMINED: VERDICTS[Verdict.UNDETERMINED],
    State.NOT_ASKED: Text("不核查", "not asked"),
}
CHANGES: Final = {
    Change.NEWLY_VIOLATING: Text("新发现问题", "newly violating"),
    Change.CLEARED: Text("不再有问题", "cleared"),
    Change.NOW_UNDETERMINED: Text("变为待核实", "now undetermined"),
    Change.SETTLED: Text("待核实已消除", "settled"),
    Change.NO_LONGER_ASKED: Text("不再核查", "no longer asked"),
    Change.NEWLY_ASKED: Text("新纳入核查", "newly asked"),
}
HEADS: Final = {
    Change.NEWLY_VIOLATING: Text("新发现", "newly"),
    Change.CLEARED: Text("消除", "cleared"),
    Change.NOW_UNDETERMINED: Text("变待核", "undet."),
    Change.SETTLED: Text("待核消", "settled"),
    Change.NO_LONGER_ASKED: Text("不再查", "not asked"),
    Change.NEWLY_ASKED: Text("新纳入", "asked"),
}
"""The same, short, for the heads of tables."""
REDRAWN: Final = {
    Redrawn.OPENED: Text("新得出", "opened"),
    Redrawn.WITHDRAWN: Text("不再得出", "withdrawn"),
    Redrawn.NOW_UNDETERMINED: Text("变为待核实", "now undetermined"),
    Redrawn.SETTLED: Text("待核实已消除", "settled"),
}
SORTS: Final = {
    Sort.RULE_ADDED: Text("新增规则", "rule added:"),
    Sort.RULE_REMOVED: Text("删除规则", "rule removed:"),
    Sort.RULE_RENAMED: Text("规则更名", "rule renamed:"),
    Sort.RULE: Text("规则", "rule"),
    Sort.DEFINITION: Text("定义", "definition"),
    Sort.PARAMETER: Text("参数", "parameter"),
    Sort.KIND: Text("类别", "kind"),
    Sort.CALENDAR: Text("工作日历", "calendar of working days"),
    Sort.CONCLUSION_ADDED: Text("新增结论", "conclusion added:"),
    Sort.CONCLUSION_REMOVED: Text("删除结论", "conclusion removed:"),
    Sort.CONCLUSION: Text("结论", "conclusion"),
    Sort.LAW: Text("法律", "law"),
    Sort.NOTICE: Text("通知", "notice"),
}
NONE: Final = Text("（无）", "(none)")
BEARING: Final = Text("有影响的修改", "edits that bear on verdicts")
SILENT: Final = Text("不影响任何判断的修改", "edits no verdict can change by")
BY_NAME: Final = {
    "edit": Text("按修改", "by edit"),
    "rule": Text("按规则", "by rule"),
    "severity": Text("按处置优先级", "by severity"),
    "place": Text("按辖区", "by jurisdiction"),
}
CONCLUSIONS: Final = Text("结论", "conclusions")
OLD: Final = Text("原", "old")
NEW: Final = Text("新", "new")
VERSION: Final = Text("{shown} · {name} {version} · {digest}", "{shown} · {name} {version} · {digest}")
FACTS: Final = Text(
    "台账 {digest}，数据日期 {as_of}，决定日期 {decided_on}", "facts {digest}, as of {as_of}, decided on {decided_on}"
)
JUDGED: Final = Text(
    "规则 {all} 条：{judged} 条可能判断不同，已用新旧两版核查；{same} 条含义未变，未核查",
    "{all} rules: {judged} can judge otherwise and were judged by both versions; {same} mean the same and were not",
)
WERE: Final = Text("其中原为发现问题 {count}", "{count} of them violations before")
PART: Final = Text("仅所选规则；未比较结论", "only the rules asked for; conclusions were not compared")
LACKING: Final = Text(
    "未提供“{kind}”的数据，无法说明规则 {rule} 的影响",
    "nothing can be said of `{rule}`: no table of {kind} was supplied",
)
NOTHING: Final = Text("没有任何判断或结论发生变化。", "No verdict and no conclusion changes.")
NOTHING_ASKED: Final = Text("所选规则的判断均无变化。", "No verdict of the rules asked for changes.")
NO_CHANGE: Final = Text("无变化", "nothing changes")
LEFT_OUT: Final = Text(
    "另有 {count} 条未列出；全部见 --format json", "{count} more are not listed; all of them: --format json"
)
WAS: Final = Text("原：{message}", "was: {message}")
DETAILS: Final = Text("{change} {count} 条", "{count} {change}")
GROUNDS: Final = Text("依据变化：{grounds}", "grounds that changed: {grounds}")
COLUMNS: Final = {
    "entity": Text("对象", "entity"),
    "verdict": Text("判断", "verdict"),
    "edit": Text("修改", "edit"),
    "said": Text("内容", "what"),
    "place": Text("辖区", "jurisdiction"),
    "rule": Text("规则", "rule"),
    "edited": Text("修改内容", "edited"),
    "where": Text("位置", "where"),
    "changes": Text("变化", "changes"),
    "violations": Text("问题数（原 → 新）", "violations, then → now"),
}
_KEYS: Final = {"added": "新增", "removed": "删除", "text": "说明"}


def edited(edit: Edit) -> Text:
    """An edit in words."""
    return Text(_edited(edit, "zh"), _edited(edit, "en"))


def _edited(edit: Edit, lang: str) -> str:
    key = "" if edit.key in ("", "values") else edit.key
    key = _KEYS.get(key, key) if lang == "zh" else key
    head = " ".join(part for part in (SORTS[edit.sort].get(lang), edit.name, key) if part)
    if edit.before is None and edit.after is None:
        return head
    none = NONE.get(lang)
    return f"{head}{'：' if lang == 'zh' else ': '}{edit.before or none} → {edit.after or none}"


def caused(cause: Cause) -> Text:
    """The edits that make a change, in words."""
    many = " 或 ", " or "
    alone = ["+".join(map(str, edits)) for edits in cause]
    together = any(len(edits) > 1 for edits in cause)
    zh, en = (sep.join(alone) for sep in many)
    if len(alone) > 1:
        return Text(f"修改 {zh}（各自即可）", f"edits {en}, each by itself")
    return Text(f"修改 {zh}（共同）", f"edits {en} together") if together else Text(f"修改 {zh}", f"edit {en}")


def numbers(edits: Iterable[int]) -> Text:
    """Some edits, by their numbers."""
    told = ", ".join(map(str, edits))
    return Text(f"修改 {told}", f"{'edits' if ',' in told else 'edit'} {told}")
