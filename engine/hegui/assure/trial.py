"""One thing tried: an example or a registry, on one engine or chainer, with what was not as expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hegui.datatypes import Text
from hegui.source import Diagnostic, Span

Sort = Literal["rule", "conclusion", "test"]
"""What is tried: an example of a rule or of a conclusion, or a registry of its own."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One example on one engine or chainer (`runner`); `failures` say what was not as expected, and where that stands.

    `subject` is the rule, the conclusion or the test, `example` the name of the example; a registry has none.
    """

    sort: Sort
    subject: str
    example: str
    runner: str
    span: Span
    failures: tuple[Diagnostic, ...] = ()

    @property
    def name(self) -> tuple[str, str, str]:
        """What is tried, whatever it runs on."""
        return self.sort, self.subject, self.example


@dataclass(frozen=True, slots=True)
class Check:
    """Something looked at besides: how much of a rule's conditions its examples show (`suite` coverage), a mutant of it
    (mutation). `findings` say what is wanting; with a `reason` they are let stand."""

    suite: str
    name: str
    title: Text
    span: Span | None
    findings: tuple[Diagnostic, ...] = ()
    reason: Text | None = None

    @property
    def failed(self) -> bool:
        """Is there an error among what was found, and not let stand?"""
        return self.reason is None and any(each.level == "error" for each in self.findings)
