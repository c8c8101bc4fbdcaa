"""hegui as a library. `python examples/quickstart/check.py FOLDER` checks four lifts and writes two reports to FOLDER."""

import os
import sys
from datetime import date
from pathlib import Path

import hegui

HERE = Path(os.path.relpath(Path(__file__).parent))
DAY = date(2026, 11, 23)
FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ".")

ruleset = hegui.load_ruleset(HERE / "rules")
registry = hegui.load_registry(HERE / "lifts.csv", ruleset)
run = hegui.check(registry, ruleset, as_of=DAY)

for summary in run.counts:
    print(f"{summary.rule}: {summary.violation} violation, {summary.undetermined} undetermined")

# findings are plain data; they are told in words when asked for
for finding in run.findings:
    print(finding.verdict, finding.fingerprint)
    why = run.explain(finding, "en")
    print("  " + why.message)
    for fact in why.facts:
        print(f"    {fact}")

# why is a row in order? This has a finding whatever the verdict, and the condition with what is required against what is
asked = hegui.explain(registry, ruleset, "L2", "lift.tested-too-lightly", as_of=DAY)
for finding in asked.findings:
    condition = asked.explain(finding, "en").clauses[-1].part
    print(finding.verdict, finding.fingerprint)
    print(f"  {condition.text} = {condition.shown}: {condition.compared}")

for name in ("lifts.xlsx", "lifts.html"):
    hegui.write(run, FOLDER / name)
    print(name, "written")
