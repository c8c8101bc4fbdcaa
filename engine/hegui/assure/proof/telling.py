"""A proof put into words: diagnostics at the rules they are about, and what was taken for unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from hegui.assure.proof.finding import NOT_DECIDED, SHOWN, Found, Proof
from hegui.assure.proof.periods import joined, written
from hegui.assure.proof.witness import Witness
from hegui.datatypes import Text
from hegui.ruleset.model import Period
from hegui.source import Diagnostic, Wording

_ON: Final = Text("在 {days} ", "on the days {days}")
_UNKNOWN: Final = Text("{rule}：视为未知：{parts}", "{rule}: treated as unknown: {parts}")
_UNSETTLED: Final = Text(
    "{rule}：未证明也未举出实例：{question}（{days}）", "{rule}: neither proven nor shown: {question} on the days {days}"
)
_COUNTED: Final = Text(
    "规则 {rules} 条，规则对 {pairs} 个：向求解器提问 {asked} 次，超时 {open} 次；经引擎确认的实例 {shown} 个；"
    "含视为未知部分的规则 {unknown} 条，未判定的问题 {unsettled} 个",
    "{rules} rules, {pairs} pairs: {asked} questions to the solver, {open} not decided in time; {shown} times facts that the "
    "engine confirmed; {unknown} rules with something treated as unknown, {unsettled} questions neither proven nor shown",
)


def diagnostic(found: Found) -> Diagnostic:
    """A finding as a warning at its rule; where there are facts that show it, the hint has them."""
    args: dict[str, object] = {
        "rule": found.rule.name,
        "other": found.other,
        "part": found.part,
        **found.args,
    }
    wording = _dated(found.wording, found.days)
    if found.witness is None:
        return Diagnostic(wording, args, found.span, level="warning")
    return Diagnostic(wording, {**args, **_shown(found.witness)}, found.span, SHOWN, "warning")


def _dated(wording: Wording, days: str) -> Wording:
    """A wording with the days it is about, in both languages; without any it is said of the rule's whole life."""
    en, zh = (text.get(language).format(days=days) if days else "" for text, language in ((_ON, "en"), (_ON, "zh")))

    def told(text: str, said: str) -> str:
        return text.replace("{days}", said).replace("  ", " ").strip()

    return Wording(wording.id, told(wording.en, en), told(wording.zh, zh))


def _shown(witness: Witness) -> dict[str, object]:
    verdicts = ", ".join(f"{rule} {verdict.value}" for rule, verdict in witness.verdicts)
    return {"as_of": witness.as_of, "given": flow(witness.given), "verdicts": verdicts}


def flow(value: object) -> str:
    """Facts as YAML on one line, as the `given` of an example is written."""
    import yaml

    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, int, float)):
        return str(value)
    dumped = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, width=10**6)
    return dumped.strip().removeprefix("[").removesuffix("]")


def notes(proof: Proof, lang: str) -> Iterator[str]:
    """What was treated as unknown, what stayed unsettled for it, and how much was asked: a line each."""
    for rule, parts in proof.unknown.items():
        yield _UNKNOWN.get(lang).format(rule=rule, parts="; ".join(f"`{part}`" for part in parts))
    for each in proof.unsettled:
        days = _days(each.periods)
        yield _UNSETTLED.get(lang).format(rule=each.rule, question=each.question, days=days)
    counts = {"rules": proof.rules, "pairs": proof.pairs, "asked": proof.asked, "open": proof.open, "shown": proof.shown}
    yield _COUNTED.get(lang).format(**counts, unknown=len(proof.unknown), unsettled=len(proof.unsettled))


def _days(periods: tuple[Period, ...]) -> str:
    return " ".join(written(period) for period in joined(periods))


def document(proof: Proof) -> dict[str, object]:
    """The same as members of the JSON form."""
    return {
        "unknown": {rule: list(parts) for rule, parts in proof.unknown.items()},
        "unsettled": [
            {"rule": each.rule, "question": each.question, "days": [written(period) for period in joined(each.periods)]}
            for each in proof.unsettled
        ],
        "counts": {
            "rules": proof.rules,
            "pairs": proof.pairs,
            "asked": proof.asked,
            "open": proof.open,
            "shown": proof.shown,
        },
    }


def undecided(found: Found) -> bool:
    """Is it no finding about the rule but a question that took too long?"""
    return found.wording is NOT_DECIDED
