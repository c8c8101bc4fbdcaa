"""hegui checks registries against rulesets and says, for each entity and each rule, what it found and why.

    import hegui

    ruleset = hegui.load_ruleset("examples/quickstart/rules")
    registry = hegui.load_registry("examples/quickstart/lifts.csv", ruleset)
    run = hegui.check(registry, ruleset)
    for finding in run.findings:
        print(finding.fingerprint, finding.verdict)

Every name of `__all__` is loaded when it is first used, so the import itself is quick and brings in no other package.
What is raised on purpose is a `HeguiError` with `position` and `hint`. There is no state of the module: rulesets, registries
and runs may be used from any number of threads. `docs/library.md` is the guide, `docs/embedding.md` tells about one entity
at a time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hegui.api import (
        audit_waivers,
        check,
        explain,
        impact,
        load_registry,
        load_ruleset,
        load_version,
        load_waivers,
        read_run,
        today,
        verify,
        write,
    )
    from hegui.datatypes import Below, Cause, Reason, Text
    from hegui.embedding import Checker
    from hegui.explaining import Explanation
    from hegui.facts.registry import DataProblem, Registry
    from hegui.outcome import Drawn, Finding, RuleResult, RuleSummary, Verdict
    from hegui.report.run import Run
    from hegui.ruleset.model import Ruleset
    from hegui.session import Altered, Applied, Change, Session
    from hegui.source import (
        ChainingError,
        Diagnostic,
        EngineError,
        FactsError,
        HeguiError,
        PluginError,
        RulesetError,
        UsageError,
    )
    from hegui.vocabulary import model

_PLACES: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "audit_waivers",
            "check",
            "explain",
            "impact",
            "load_registry",
            "load_ruleset",
            "load_version",
            "load_waivers",
            "read_run",
            "today",
            "verify",
            "write",
        ),
        "hegui.api",
    ),
    **dict.fromkeys(("Below", "Cause", "Reason", "Text"), "hegui.datatypes"),
    "Checker": "hegui.embedding",
    "Explanation": "hegui.explaining",
    **dict.fromkeys(("DataProblem", "Registry"), "hegui.facts.registry"),
    **dict.fromkeys(("Drawn", "Finding", "RuleResult", "RuleSummary", "Verdict"), "hegui.outcome"),
    "Run": "hegui.report.run",
    "Ruleset": "hegui.ruleset.model",
    **dict.fromkeys(("Altered", "Applied", "Change", "Session"), "hegui.session"),
    **dict.fromkeys(
        (
            "ChainingError",
            "Diagnostic",
            "EngineError",
            "FactsError",
            "HeguiError",
            "PluginError",
            "RulesetError",
            "UsageError",
        ),
        "hegui.source",
    ),
    "model": "hegui.vocabulary",
}
"""Where each public name is defined."""

__all__ = [
    "Altered",
    "Applied",
    "Below",
    "Cause",
    "ChainingError",
    "Change",
    "Checker",
    "DataProblem",
    "Diagnostic",
    "Drawn",
    "EngineError",
    "Explanation",
    "FactsError",
    "Finding",
    "HeguiError",
    "PluginError",
    "Reason",
    "Registry",
    "RuleResult",
    "RuleSummary",
    "Ruleset",
    "RulesetError",
    "Run",
    "Session",
    "Text",
    "UsageError",
    "Verdict",
    "audit_waivers",
    "check",
    "explain",
    "impact",
    "load_registry",
    "load_ruleset",
    "load_version",
    "load_waivers",
    "model",
    "read_run",
    "today",
    "verify",
    "write",
]


def __getattr__(name: str) -> Any:
    """A public name, loaded with the module it is defined in and kept."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_PLACES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
