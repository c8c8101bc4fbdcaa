"""Judge a conformed registry on a cluster, the findings written by the executors: an application for `spark-submit`.

Arguments: FOLDER of the registry, RULES, folder of the FINDINGS, and the DAY the facts are looked at (2024-03-11).
"""

from __future__ import annotations

import sys
from datetime import date

import hegui
from hegui.engines.request import Request
from hegui.engines.spark import judge_frames
from hegui.source import HeguiError


def main(folder: str, rules: str, findings: str, day: str) -> None:
    """Judge rule by rule; a line of counts for each."""
    ruleset = hegui.load_ruleset(rules)
    registry = hegui.load_registry([folder], ruleset)
    chosen = tuple(ruleset.rules[name] for name in sorted(ruleset.rules))
    for judged in judge_frames(Request(ruleset, registry, date.fromisoformat(day), chosen)):
        judged.write(findings)
        counts = judged.summary
        print(counts.rule, "violation", counts.violation, "undetermined", counts.undetermined, flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except HeguiError as error:
        sys.exit(f"{error}")
