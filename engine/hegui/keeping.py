"""Where the findings of a run are kept while it is made, what is told of the work, and what time it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hegui.source import Diagnostic, UsageError, Wording

if TYPE_CHECKING:
    from hegui.engines.kept import Temporary
    from hegui.engines.request import Keeping
    from hegui.facts.registry import SourceTable
    from hegui.outcome import Judgement
    from hegui.report.run import Run
    from hegui.ruleset.model import Ruleset

_IN_FACTS = Wording(
    "findings-on-facts",
    "`{folder}` holds the facts `{file}`; findings would take their place: name another folder",
    "`{folder}` 中有台账文件 `{file}`，写入会将其覆盖；请另指定文件夹",
)


def refuse_facts(findings: Path | None, sources: Iterable[SourceTable]) -> None:
    """Raise where findings would take the place of the facts they are found in.

    Raises:
        UsageError: so it is.
    """
    if findings is None or not findings.is_dir():
        return
    for file in dict.fromkeys(source.file for source in sources):
        if Path(file).exists() and Path(file).resolve().is_relative_to(findings.resolve()):
            raise UsageError(Diagnostic(_IN_FACTS, {"folder": findings, "file": file}))


class Keeper:
    """Findings as an engine keeps them: in a temporary folder, beside the one they are meant for if there is one."""

    def __init__(
        self,
        folder: Path | None,
        ruleset: Ruleset,
        told: Callable[[str], None] | None,
        timings: dict[str, float] | None,
        since: Run | None,
    ) -> None:
        self.folder, self.ruleset, self.told, self.timings, self.since = folder, ruleset, told, timings, since

    def __enter__(self) -> None:
        """What is left of a run that broke off is removed at once."""

    def __exit__(self, type_: type[BaseException] | None, *rest: object) -> None:
        if type_ is not None and "temporary" in self.__dict__:
            self.temporary.drop()

    @cached_property
    def temporary(self) -> Temporary:
        from hegui.engines.kept import Kept, Temporary

        former = None if self.since is None else self.since.findings
        return Temporary(self.folder, former.folder if isinstance(former, Kept) else None)

    def keeping(self, verdicts: int) -> Keeping | None:
        """Where an engine is to leave its findings; None for memory, where so few verdicts cannot be too many."""
        from hegui.engines.kept import LIMIT
        from hegui.engines.request import Keeping
        from hegui.report.run import Run

        if self.folder is None and self.timings is None and verdicts <= LIMIT:
            return None
        return Keeping(self.temporary.path, Run.hidden(self.ruleset), self.told, self.timings)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Say what is worked on, and note its seconds."""
        with timed(self.timings, name, self.told):
            yield

    def settled(self, judgement: Judgement) -> Judgement:
        """The judgement with its findings in memory where they are few, else in the temporary folder."""
        from dataclasses import replace

        from hegui.engines.kept import LIMIT, Kept, keep
        from hegui.report.run import Run

        found = judgement.findings
        if not isinstance(found, Kept) and (self.folder is not None or len(found) > LIMIT):
            names = [summary.rule for summary in judgement.summaries]
            rules = [self.ruleset.rules[name] for name in names]
            found = keep(found, rules, self.temporary.path, Run.hidden(self.ruleset))
        if not isinstance(found, Kept):
            return judgement
        if self.folder is None and len(found) <= LIMIT:
            return replace(judgement, findings=tuple(found))
        return replace(judgement, findings=replace(found, keeper=self.temporary))

    def placed(self, run: Run) -> Run:
        """The run with its findings in the folder they are meant for. They take the place of what is there only now: whatever
        breaks off before leaves it, and the run it belongs to, as they were."""
        return run.moved(self.folder) if self.folder is not None and run.kept else run


@contextmanager
def timed(timings: dict[str, float] | None, stage: str, told: Callable[[str], None] | None = None) -> Iterator[None]:
    """Note the seconds of a stage; `told` is called with its name as it begins."""
    if told is not None:
        told(stage)
    start = time.perf_counter()
    yield
    if timings is not None:
        timings[stage] = time.perf_counter() - start
