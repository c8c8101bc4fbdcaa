"""A rule and a ruleset to start from, as `hegui new` writes them."""

from __future__ import annotations

from datetime import date
from typing import Final

RULE: Final = """\
# Save this below a ruleset's folder and put your own words in the place of these. `hegui lint` says what is still wrong.
# A number is never written in a condition: give it a name, a unit, dates and a source.
parameters:
  example.limit:
    label: {zh: 示例限值, en: example limit}
    unit: t/a
    values:
      - value: 100000
        from: 2024-01-01                # first day in force; a last day is `to:`
        certainty: memory               # seen | secondary | proposal | memory: how sure you are of the source
        source: {zh: 出处待核对, en: source still to be checked}
---
law: example-law
title: {zh: 示例条例, en: Example Regulations}
level: regulation                       # law | regulation | local | rule | standard | policy | notice
versions:
  - {version: "2024", from: 2024-01-01, certainty: memory}
---
rule: example.above-limit
title: {zh: 超过示例限值, en: above the example limit}
about: KIND                             # the kind of row that is judged; `hegui schema --rules R` lists the kinds
nature: clue                            # offence | breach | duty | policy | clue
severity: minor                         # low | minor | major | critical: priority of handling, never a legal degree
authority: {zh: 责任部门, en: the authority that answers for it}
in_force: {from: 2024-01-01}
# occurred: date(year, 12, 31)          # the day of the act; without it, the day the facts are looked at
# when: method == "open_pit"            # where the rule applies; without it, everywhere
violation: amount > param("example.limit")
message:
  zh: "数量 {amount}，超过限值 {param(\\"example.limit\\")}"
  en: "{amount} is above the limit of {param(\\"example.limit\\")}"
basis:
  - {law: example-law, version: "2024", article: "1", role: duty}    # duty | penalty | power | standard | definition | policy
remedy: {zh: 应当如何整改, en: what would put it right}
examples:
  - {name: just above, given: {amount: 100001}, verdict: violation, as_of: 2024-03-11}
  - {name: exactly at the limit, given: {amount: 100000}, verdict: compliant, as_of: 2024-03-11}
  - {name: no amount, given: {}, verdict: undetermined, causes: [missing amount], as_of: 2024-03-11}
  - {name: the day before it began, given: {amount: 100001}, verdict: not_applicable, as_of: 2023-12-31}
  - {name: the first day in force, given: {amount: 100001}, verdict: violation, as_of: 2024-01-01}
"""
"""A parameter, a law and a rule with its examples."""

_FILES: Final = {
    "ruleset.yaml": """\
ruleset: {name}
title: {{zh: 取水井（示例）, en: wells (made up)}}
version: "1"
# extends: national                     # a ruleset whose kinds, laws, numbers and rules this one takes over
""",
    "vocabulary/wells.yaml": """\
# What the facts look like: a table of wells, whose headers are the names of these fields or their labels.
kind: well
label: {{zh: 取水井, en: well}}
key: id
name: name
jurisdiction: town
fields:
  id: {{type: string, label: {{zh: 井号, en: well id}}}}
  name: {{type: string, label: {{zh: 名称, en: name}}}}
  town: {{type: string, label: {{zh: 镇街, en: town}}}}
  in_use: {{type: bool, label: {{zh: 在用, en: in use}}}}
  depth: {{type: number, unit: m, label: {{zh: 井深, en: depth}}}}
""",
    "parameters/wells.yaml": """\
# The numbers of the rules, each with its unit, its days and its source.
parameters:
  well.deepest:
    label: {{zh: 最大井深, en: greatest depth}}
    unit: m
    values:
      - value: 60
        from: 2024-01-01
        certainty: proposal             # seen | secondary | proposal | memory: how sure you are of the source
        source: {{zh: 示例，待换成真实出处, en: "made up, to be replaced by a real source"}}
        last_verified: {today}
""",
    "laws/wells.yaml": """\
law: well-regulations
title: {{zh: 取水井管理办法（示例）, en: Regulations on Wells (made up)}}
level: local                            # law | regulation | local | rule | standard | policy | notice
versions:
  - {{version: "2024", from: 2024-01-01, certainty: proposal}}
""",
    "rules/wells.yaml": """\
rule: well.too-deep
title: {{zh: 取水井超过最大井深, en: well deeper than allowed}}
about: well
nature: breach                          # offence | breach | duty | policy | clue
severity: minor                         # low | minor | major | critical: priority of handling, never a legal degree
authority: {{zh: 水行政主管部门, en: water authority}}
in_force: {{from: 2024-01-01}}
when: in_use
violation: depth > param("well.deepest")
message:
  zh: "{{name}}：井深 {{depth}}，最大 {{param(\\"well.deepest\\")}}"
  en: "{{name}} is {{depth}} deep, {{param(\\"well.deepest\\")}} are allowed"
basis:
  - {{law: well-regulations, version: "2024", article: "8", role: duty}}
remedy: {{zh: 封填超深部分或停用, en: fill in what is too deep or stop using the well, proposed_workdays: 20}}
examples:
  - name: just too deep
    given: {{name: A, in_use: true, depth: 60.1}}
    verdict: violation
    message: {{zh: A：井深 60.1 m，最大 60 m, en: "A is 60.1 m deep, 60 m are allowed"}}
  - {{name: exactly as deep as allowed, given: {{in_use: true, depth: 60}}, verdict: compliant}}
  - {{name: depth unknown, given: {{in_use: true}}, verdict: undetermined, causes: [missing depth]}}
  - {{name: too deep but perhaps not in use, given: {{depth: 61}}, verdict: undetermined, causes: [missing in_use]}}
  - {{name: not in use, given: {{in_use: false, depth: 61}}, verdict: not_applicable}}
  - {{name: the day before it began, given: {{in_use: true, depth: 61}}, as_of: 2023-12-31, verdict: not_applicable}}
  - {{name: the first day in force, given: {{in_use: true, depth: 61}}, as_of: 2024-01-01, verdict: violation}}
""",
}


def plain(name: str) -> str:
    """A name as it is written in YAML, in quotes where it would be taken for a number or another word."""
    return f'"{name}"' if name[0].isdigit() or name in ("true", "false", "null") else name


def ruleset_files(name: str, today: date) -> dict[str, str]:
    """A small complete ruleset: its files by their path. `today` is the day its number was looked up."""
    return {path: text.format(name=plain(name), today=today.isoformat()) for path, text in _FILES.items()}
