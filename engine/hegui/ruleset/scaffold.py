"""A rule to start from, as `hegui new rule` prints it."""

from __future__ import annotations

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
"""
"""A parameter, a law and a rule with its examples."""
