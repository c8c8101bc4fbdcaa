"""A proof put into words: diagnostics at the rules they are about, and what was taken for unknown."""

from __future__ import annotations

from datetime import date
from typing import Final

from hegui.assure.proof.finding import SHOWN, THERE, Found, Proof
from hegui.assure.proof.periods import joined, written
from hegui.assure.proof.witness import Witness
from hegui.datatypes import Text
from hegui.ruleset.layers import place_of
from hegui.ruleset.model import Period
from hegui.source import Diagnostic, Wording

_ON: Final = Text("在 {days} ", "on the days {days}")
_UNKNOWN: Final = Text("{rule}：视为未知：{parts}", "{rule}: treated as unknown: {parts}")
_UNSETTLED: Final = Text(
    "{rule}：未证明也未举出实例：{question}（{days}）",
    "{rule}: neither proven nor shown: {question} on the days {days}",
)
_COUNTED: Final = Text(
    "规则 {rules}，规则对 {pairs}；经引擎确认的实例 {shown}；含未知部分的规则 {unknown}；未判定的问题 {unsettled}；超时 {open}",
    "rules: {rules}, pairs: {pairs}; shown by facts the engine confirmed: {shown}; rules with something unknown: {unknown}; "
    "questions neither proven nor shown: {unsettled}; out of time: {open}",
)


def diagnostic(found: Found) -> Diagnostic:
    """A finding as a warning at its rule; the hint has the facts that show it, and where the other rule stands."""
    args: dict[str, object] = {"rule": found.rule.name, "part": found.part, **found.args, **_called(found)}
    hints: list[Text] = []
    if found.witness is not None:
        hints.append(SHOWN)
        args |= _shown(found.witness)
    if found.other is not None:
        hints.append(THERE)
        args |= {"other": found.other.name, "there": place_of(found.other.span)}
    hint = Wording("shown-by", "; ".join(each.en for each in hints), "；".join(each.zh for each in hints))
    return Diagnostic(_dated(found.wording, found.days), args, found.span, hint if hints else None, "warning")


def _called(found: Found) -> dict[str, object]:
    """What it is accepted by, as the JSON form has it."""
    about = found.about
    called: dict[str, object] = {"name": about.name}
    return called if about.detail is None else called | {"detail": about.detail}


def _dated(wording: Wording, days: str) -> Wording:
    """A wording with the days it is about, in both languages; without any it is said of the rule's whole life."""
    en, zh = (text.get(language).format(days=days) if days else "" for text, language in ((_ON, "en"), (_ON, "zh")))

    def told(text: str, said: str) -> str:
        dated = text.replace("{days}", said).replace("  ", " ").strip()
        return dated.replace(" ;", ";").replace(" ；", "；")

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


def notes(proof: Proof) -> list[Text]:
    """What was treated as unknown, what stayed unsettled for it, and how much was asked: a line each."""
    found = [
        _filled(_UNKNOWN, rule=rule, parts="; ".join(f"`{part}`" for part in parts))
        for rule, parts in proof.unknown.items()
    ]
    for each in proof.unsettled:
        found.append(_filled(_UNSETTLED, rule=each.rule, question=each.question, days=_days(each.periods)))
    numbers = counts(proof)
    return [*found, _filled(_COUNTED, **numbers)]


def _filled(text: Text, **args: object) -> Text:
    return Text(text.zh.format(**args), text.en.format(**args))


def counts(proof: Proof) -> dict[str, int]:
    """How much was asked, and what became of it."""
    return {
        "rules": proof.rules,
        "pairs": proof.pairs,
        "shown": proof.shown,
        "unknown": len(proof.unknown),
        "unsettled": len(proof.unsettled),
        "open": proof.open,
    }


def _days(periods: tuple[Period, ...]) -> str:
    return " ".join(written(period) for period in joined(periods))


def document(proof: Proof) -> dict[str, object]:
    """The same as members of the JSON form."""
    return {
        "unknown": {rule: list(parts) for rule, parts in proof.unknown.items()},
        "unsettled": [
            {
                "rule": each.rule,
                "question": each.question,
                "days": [written(period) for period in joined(each.periods)],
            }
            for each in proof.unsettled
        ],
        "counts": counts(proof),
    }
