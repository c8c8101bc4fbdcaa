"""The first draft of a rule about a kind: on a field the kind has, in its unit, with examples that hold."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hegui.datatypes import Text
from hegui.ruleset.scaffold import plain
from hegui.vocabulary import Field, Kind

_LIMIT: Final = 100
"""Stands where the number is to stand: a proposal, like any other without a source."""

_PARAMETER: Final = """\
parameters:
  {name}:
    label: {label}
    type: {type}{unit}
    values:
      - value: {value}
        from: 2024-01-01                # the first day in force; a last day is `to:`
        certainty: proposal             # seen | secondary | proposal | memory: how sure you are of the source
        source: {{zh: 出处待补, en: source still to be given}}
---
"""
_RULE: Final = """\
rule: {name}
title: {title}
about: {about}
{answers:<40}# the reference to whom a finding is filed under; without it, the row itself
nature: clue                            # offence | breach | duty | policy | clue
severity: minor                         # low | minor | major | critical: priority of handling, never a legal degree
# authority: {{zh: 责任部门, en: the authority that answers for it}}
in_force: {{from: 2024-01-01}}            # the days of the rule itself
{occurred:<40}# the day of the act; without it, the day the facts are looked at
# when: …                               # where the rule applies, a condition; without it, everywhere
violation: {violation}
message:
  zh: {zh}
  en: {en}
# basis:
#   - {{law: ID, version: "2024", article: "1", role: duty}}    # duty | penalty | power | standard | definition | policy
# remedy: {{zh: 应当如何整改, en: what would put it right, proposed_workdays: 20}}
examples:
"""


@dataclass(frozen=True)
class _Looked:
    """What a rule looks for: its condition, its title, its message after the name, the parameter it takes if any,
    examples as (name, value, verdict), where without a value nothing is given, and the value that is looked for already
    on the first day in force."""

    violation: str
    title: Text
    message: Text
    examples: tuple[tuple[str, str, str], ...]
    early: str
    parameter: str = ""


def begun(name: str, about: str, kinds: Mapping[str, Kind], taken: Collection[str] = ()) -> str | None:
    """The YAML of a rule about a kind that has a key; None where it has no field to begin with.

    Args:
        name: the id of the rule.
        about: the kind each row of which is to be judged.
        kinds: all kinds there are.
        taken: the names of the parameters there are.
    """
    kind = kinds[about]
    chosen = _choice(kind)
    if chosen is None:
        return None
    looked = _looked(chosen, name, taken)
    answers = _answers(kind)
    owner = kinds.get(kind.fields[answers].type.kind or "") if answers else kind
    who = ".".join(part for part in (answers, owner.name_field) if part) if owner and owner.name_field else ""
    rule = _RULE.format(
        name=plain(name),
        title=_texts(looked.title),
        about=about,
        answers=f"answers: {answers}" if answers else f"# answers: {_hint(kind, 'ref')}",
        occurred=f"# occurred: {'date(year, 12, 31)' if 'year' in kind.fields else _hint(kind, 'date')}",
        violation=looked.violation,
        zh=json.dumps(f"{{{who}}}：{looked.message.zh}" if who else looked.message.zh, ensure_ascii=False),
        en=json.dumps(f"{{{who}}}: {looked.message.en}" if who else looked.message.en, ensure_ascii=False),
    )
    return looked.parameter + rule + "".join(_examples(chosen, looked, chosen.name in kind.key))


def _choice(kind: Kind) -> Field | None:
    """The field to begin with: a quantity if there is one. What rows are told apart by, called and placed by comes last;
    what is private is not shown, so it never comes."""
    order = ("int", "number", "bool", "code", "date", "string", "ref")
    last = {*kind.key, kind.name_field, *(kind.coordinates or ())}
    fit = [
        each
        for each in kind.fields.values()
        if each.type.name in order and not each.private and not (each.name in last and each.type.name == "ref")
    ]

    def rank(each: Field) -> tuple[bool, int]:
        return each.name in last, -1 if each.type.unit else order.index(each.type.name)

    return min(fit, key=rank, default=None)


def _looked(chosen: Field, name: str, taken: Collection[str]) -> _Looked:
    match chosen.type.name:
        case "int" | "number":
            return _above(chosen, _free(f"{name}.limit", taken))
        case "date":
            return _long_ago(chosen, _free(f"{name}.days", taken))
        case "bool":
            return _equal(chosen, chosen.name, "true", "false")
        case "code":
            first, *others = chosen.type.codes or ("",)
            return _equal(chosen, f'{chosen.name} == "{first}"', first, others[0] if others else "")
        case "string":
            return _equal(chosen, f'{chosen.name} == "A"', "A", "B")
    said = Text(f"已填写{chosen.label.get('zh')}", f"{chosen.label.get('en')} is on record")
    examples = (("on record", "A", "violation"), ("not recorded", "", "compliant"))
    return _Looked(f"has({chosen.name})", said, _plain(said), examples, "A")


def _above(chosen: Field, parameter: str) -> _Looked:
    zh, en = chosen.label.get("zh"), chosen.label.get("en")
    limit = f'param("{parameter}")'
    unit = f"\n    unit: {json.dumps(chosen.type.unit, ensure_ascii=False)}" if chosen.type.unit else ""
    label = _texts(Text(f"{zh}限值", f"limit of {en}"))
    return _Looked(
        f"{chosen.name} > {limit}",
        Text(f"{zh}超过限值", f"{en} above the limit"),
        Text(
            f"{_braces(zh)} {{{chosen.name}}}，超过 {{{limit}}}", f"{_braces(en)} {{{chosen.name}}}, above {{{limit}}}"
        ),
        (
            ("just above", str(_LIMIT + 1), "violation"),
            ("exactly at the limit", str(_LIMIT), "compliant"),
            ("not recorded", "", "undetermined"),
        ),
        str(_LIMIT + 1),
        _PARAMETER.format(name=parameter, label=label, type=chosen.type.name, unit=unit, value=_LIMIT),
    )


def _long_ago(chosen: Field, parameter: str) -> _Looked:
    """`_LIMIT` days before the day examples are looked at, 2024-03-11, is 2023-12-02."""
    zh, en = chosen.label.get("zh"), chosen.label.get("en")
    days, limit = f"days_between({chosen.name}, as_of)", f'param("{parameter}")'
    label = _texts(Text(f"{zh}距今天数限值", f"limit of days since {en}"))
    return _Looked(
        f"{days} > {limit}",
        Text(f"{zh}距今超过期限", f"{en} too long ago"),
        Text(
            f"{_braces(zh)} {{{chosen.name}}}，已过 {{{days}}} 天",
            f"{_braces(en)} {{{chosen.name}}}, {{{days}}} days ago",
        ),
        (
            ("a day too long ago", "2023-12-01", "violation"),
            ("on the last day", "2023-12-02", "compliant"),
            ("not recorded", "", "undetermined"),
        ),
        "2023-01-01",
        _PARAMETER.format(name=parameter, label=label, type="int", unit="\n    unit: d", value=_LIMIT),
    )


def _equal(chosen: Field, violation: str, found: str, other: str) -> _Looked:
    """A field that has one value; `other` is another it may have, empty where it may have none."""
    label = Text(chosen.label.get("zh"), chosen.label.get("en"))
    message = Text(f"{_braces(label.zh)} {{{chosen.name}}}", f"{_braces(label.en)} {{{chosen.name}}}")
    examples = [
        ("as looked for", found, "violation"),
        ("otherwise", other, "compliant"),
        ("not recorded", "", "undetermined"),
    ]
    kept = tuple(each for each in examples if each[1] or each[2] == "undetermined")
    return _Looked(violation, label, message, kept, found)


def _examples(chosen: Field, looked: _Looked, always: bool) -> Iterator[str]:
    """The examples as YAML, the last two on either side of the first day in force; a field that is `always` there (a key)
    is never missing."""
    early = (("the day before it began", "not_applicable", "2023-12-31"), ("the first day", "violation", "2024-01-01"))
    dated = [(name, looked.early, verdict, f", as_of: {day}") for name, verdict, day in early]
    for name, value, verdict, day in [*((*each, "") for each in looked.examples), *dated]:
        shown = json.dumps(value, ensure_ascii=False) if chosen.type.name in ("string", "code", "ref") else value
        given = f"{chosen.name}: {shown}" if value else ""
        causes = f", causes: [missing {chosen.name}]" if verdict == "undetermined" else ""
        if given or not always:
            yield f"  - {{name: {name}, given: {{{given}}}, verdict: {verdict}{causes}{day}}}\n"


def _answers(kind: Kind) -> str | None:
    """A row that is told apart by whom it belongs to is filed under that one."""
    first = kind.fields[kind.key[0]]
    return first.name if len(kind.key) > 1 and first.type.name == "ref" else None


def _hint(kind: Kind, type_: str) -> str:
    """The first field of a type, for a line that is yet a comment."""
    return next((each.name for each in kind.fields.values() if each.type.name == type_ and not each.private), "…")


def _free(name: str, taken: Collection[str]) -> str:
    """`name`, numbered where it is taken."""
    numbered = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in numbered if each not in taken)


def _texts(text: Text) -> str:
    return f"{{zh: {json.dumps(text.zh, ensure_ascii=False)}, en: {json.dumps(text.en, ensure_ascii=False)}}}"


def _plain(text: Text) -> Text:
    return Text(_braces(text.zh), _braces(text.en))


def _braces(text: str) -> str:
    """A text as it stands in a message."""
    return text.replace("{", "{{").replace("}", "}}")
