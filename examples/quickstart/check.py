"""hegui as a library: `python examples/quickstart/check.py [FOLDER]` checks four lifts and writes reports to FOLDER."""

import sys
from datetime import date
from pathlib import Path

from hegui import api

HERE = Path(__file__).parent
folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")

ruleset = api.load_ruleset(HERE / "rules")
registry = api.load_registry([HERE / "lifts.csv"], ruleset)
run = api.check(registry, ruleset, as_of=date(2026, 11, 23))

for summary in run.counts:
    print(f"{summary.rule}: {summary.violation} violation, {summary.compliant} compliant")

for finding in run.findings:
    why = run.explain(finding, "en")
    print(f"\n{finding.verdict}  {finding.fingerprint}\n{why.message}")
    for fact in why.facts:
        print(f"  {fact.label} = {fact.shown}  ({Path(fact.place.file).name}, row {fact.place.row})")

# why a row is in order: a finding is made of it whatever the verdict
(found,) = (asked := api.explain(registry, ruleset, "L2", "lift.tested-too-lightly", as_of=date(2026, 11, 23))).findings
required = asked.explain(found, "en").clauses[-1].part
print(f"\n{found.name}: {found.verdict}\n  {required.text} = {required.shown}\n  {required.compared}")

for name in ("lifts.xlsx", "lifts.html"):
    api.write(run, folder / name)
    print(f"\n{name} written" if name == "lifts.xlsx" else f"{name} written")
