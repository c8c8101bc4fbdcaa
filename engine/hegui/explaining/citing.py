"""Citations, parameters and changes of law in words."""

from __future__ import annotations

import re
from typing import Final

from hegui.explaining.document import Case
from hegui.explaining.law import Basis, Later, LawChange, ParameterChange
from hegui.explaining.values import show
from hegui.explaining.why import path_text
from hegui.explaining.words import CERTAINTIES, NATURES, ROLES
from hegui.ruleset.model import Certainty, Citation, Law, LawVersion, Parameter, ParameterValue, Period

BY_ARTICLE: Final = ("law", "regulation", "local", "rule")
"""Levels of law that are cited by article, paragraph and item."""

_ARTICLE: Final = re.compile(r"(\d+(?:-\d+)?)((?:\([^()]+\))*)\Z")


def law_name(law: Law, version: str | None, lang: str) -> str:
    """`《中华人民共和国矿产资源法》（2009）`, `Mineral Resources Law (2009)`."""
    if lang == "zh":
        title = law.title.get("zh")
        # a title that is a document's number, or has marks of its own, takes none
        marked = title if any(mark in title for mark in "《〔") else f"《{title}》"
        return f"{marked}（{version}）" if version else marked
    return f"{law.title.get('en')} ({version})" if version else law.title.get("en")


def article(law: Law, text: str, lang: str) -> str:
    """An article as it is cited.

    `68(1)(1)` of a law is 第68条第1款第1项, in English `art. 68(1)(1)`; a place in a standard or policy paper is shown
    as written, and `-` stands for the whole of it.
    """
    if text.strip() in ("-", ""):
        return ""
    if law.level not in BY_ARTICLE:
        return text
    if lang != "zh":
        return f"art. {text}"
    return "、".join(_article_zh(piece.strip()) for piece in text.split(","))


def _article_zh(piece: str) -> str:
    found = _ARTICLE.match(piece)
    if found is None:
        return piece
    inner = re.findall(r"\(([^()]+)\)", found[2])
    paragraph = f"第{inner.pop(0)}款" if inner and inner[0].isdigit() else ""
    item = "".join(f"第{part}项" for part in inner)
    return f"第{found[1]}条{paragraph}{item}"


def cite(item: Basis, lang: str) -> str:
    """`《…》（2009）第15条、第29条`."""
    return _cited(item.citation, item.law, lang)


def _cited(citation: Citation, law: Law, lang: str) -> str:
    name = law_name(law, citation.version, lang)
    place = article(law, citation.article, lang)
    if not place:
        return name
    joint = ", " if lang != "zh" else "" if law.level in BY_ARTICLE else " "
    return f"{name}{joint}{place}"


def cite_in_text(citation: Citation, law: Law, lang: str) -> str:
    """A citation with our paraphrase and how sure it is."""
    text = _cited(citation, law, lang)
    if citation.gist is not None:
        text += f"：{citation.gist.get(lang)}" if lang == "zh" else f": {citation.gist.get(lang)}"
    if citation.certainty is not Certainty.SEEN:
        text += _aside(CERTAINTIES[citation.certainty].get(lang), lang)
    return text


def cite_in_full(item: Basis, case: Case, lang: str) -> str:
    """A citation with its role, our paraphrase, how sure it is, and what it would also need."""
    role = ROLES[item.citation.role].get(lang)
    text = cite_in_text(item.citation, item.law, lang) + _needs(item, case, lang)
    return f"{role}：{text}" if lang == "zh" else f"{role}: {text}"


def _needs(item: Basis, case: Case, lang: str) -> str:
    if item.needs:
        paths = ("、" if lang == "zh" else ", ").join(path_text(path, case, lang) for path in item.needs)
        return f"【尚需查明：{paths}】" if lang == "zh" else f" [would also need: {paths}]"
    if item.applies is None:
        return "【取决于行为发生日】" if lang == "zh" else " [depends on the day of the act]"
    return ""


def _aside(text: str, lang: str) -> str:
    return f"（{text}）" if lang == "zh" else f" ({text})"


def period(value: Period, lang: str) -> str:
    """`2019-01-01 至 2026-04-30`, `from 2019-01-01`."""
    if value.pending:
        return "尚未施行" if lang == "zh" else "not yet in force"
    match value.start, value.end:
        case None, None:
            return "不限期" if lang == "zh" else "at any time"
        case start, None:
            return f"自 {start} 起" if lang == "zh" else f"from {start}"
        case None, end:
            return f"至 {end} 止" if lang == "zh" else f"until {end}"
        case start, end:
            return f"{start} 至 {end}" if lang == "zh" else f"{start} to {end}"
    raise AssertionError(value)  # pragma: no cover


def parameter_used(parameter: Parameter, used: ParameterValue, lang: str) -> str:
    """The value of a parameter, the days it is in force, its source and how sure that is."""
    value = show(used.value, parameter.type, lang)
    parts = [value, period(used.period, lang), used.source.get(lang), CERTAINTIES[used.certainty].get(lang)]
    parts.append(f"规则集 {used.layer}" if lang == "zh" else f"ruleset {used.layer}")
    return ("；" if lang == "zh" else "; ").join(part for part in parts if part)


# --- changes of law ------------------------------------------------------------------------------------------------


def later_lines(found: Later, lang: str) -> list[str]:
    """What is different on the day of the decision, one line each."""
    zh = lang == "zh"
    lines = [_law_change(change, lang) for change in found.laws]
    lines += [_parameter_change(change, lang) for change in found.parameters]
    if found.nature is not None:
        then, now = (NATURES[nature].get(lang) for nature in (found.nature.then, found.nature.now))
        lines.append(f"事项性质：{then} → {now}" if zh else f"nature of the matter: {then} → {now}")
    if not found.rule_in_force:
        lines.append("本规则在研判日已不适用" if zh else "this rule is not in force on the day of the decision")
    cited = (cite(item, lang) for item in found.basis)
    return lines + [f"研判日对应条款：{text}" if zh else f"in force on that day: {text}" for text in cited]


def _law_change(change: LawChange, lang: str) -> str:
    then = _version(change.law, change.then, lang)
    if change.successor is None or change.now is None:
        return f"{then} → 研判日无有效文本" if lang == "zh" else f"{then} → nothing in force on the day of the decision"
    return f"{then} → {_version(change.successor, change.now, lang)}"


def _version(law: Law, version: LawVersion, lang: str) -> str:
    return law_name(law, version.label, lang) + _aside(period(version.period, lang), lang)


def _parameter_change(change: ParameterChange, lang: str) -> str:
    then, now = (_dated(change.parameter, value, lang) for value in (change.then, change.now))
    label = change.parameter.label.get(lang)
    return f"{label}：{then} → {now}" if lang == "zh" else f"{label}: {then} → {now}"


def _dated(parameter: Parameter, value: ParameterValue | None, lang: str) -> str:
    if value is None:
        return "研判日无有效值" if lang == "zh" else "no value in force"
    return show(value.value, parameter.type, lang) + _aside(period(value.period, lang), lang)
