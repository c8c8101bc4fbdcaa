"""One thing tried: an example or a registry, on one engine or chainer, with what was not as expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
