"""A run written to a file, in a format that its name says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Final

from hegui.engines.former import Former, is_named
from hegui.engines.kept import Kept
from hegui.files import write_whole
from hegui.report import Look, Run, formats, writer_of
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean

ENDINGS: Final = {"md": "markdown", "txt": "table"}
"""Endings of file names that are not called as their format is."""

_FORMAT: Final = Wording(
    "unknown-format", "there is no format `{name}`; there are {known}", "没有格式 `{name}`；可用的有 {known}"
)
_NEAR: Final = Wording("did-you-mean", "did you mean `{near}`?", "是否应为 `{near}`？")


def save(run: Run, path: Path, format: str | None, look: Look) -> None:
    """Write a run; a JSON document has the folder of its findings beside it where these are kept as Parquet.

    Raises:
        UsageError: there is no such format, or the file cannot be written.
    """
    name = format or _by_ending(path)
    writer = writer_of(name)
    if writer is None:
        raise UsageError(_unknown(name))
    if name != "json":
        write_whole(path, ended(run, writer(run, look)))
        return
    own = run.stays  # then the caller's run goes on using them, whatever becomes of the document
    run = _placed(run, path)
    former = replaced_by(run)
    if former is not None and own:
        former.hold()
    with nullcontext() if own else replacing(run, [path]):
        write_whole(path, ended(run, writer(run, look)))
        if former is not None:
            former.name(last=True)


@contextmanager
def replacing(run: Run, documents: Collection[Path]) -> Iterator[None]:
    """What the findings of a run took the place of stays until the last of its `documents` is written, and comes back where none
    is."""
    former = replaced_by(run)
    if former is None:
        yield
        return
    former.hold()
    try:
        yield
    except BaseException:  # an interrupt may come when the document is in its place already
        mark = run.findings.mark if isinstance(run.findings, Kept) else None
        if not any(is_named(mark, each) for each in documents):
            former.back(documents)
        raise


def replaced_by(run: Run) -> Former | None:
    """What the findings of a run took the place of, to be let go once a document names them."""
    return run.findings.replaced if isinstance(run.findings, Kept) else None


def ended(run: Run, pieces: Iterable[str | bytes]) -> Iterator[str | bytes]:
    """The pieces of a report, unless the kept findings they were made of are no more in their place by then.

    Raises:
        UsageError: another process has put others there.
    """
    yield from pieces
    if isinstance(run.findings, Kept):
        run.findings.refuse_replaced()


def _placed(run: Run, path: Path) -> Run:
    """The run with its kept findings where they stay. They are copied there: the caller's run goes on using its own."""
    if isinstance(run.findings, Kept) and not run.stays:
        run = run.finding(replace(run.findings, keeper=None)).moved(path.with_suffix(".findings"))
    return run.beside(path)


def _by_ending(path: Path) -> str:
    ending = path.suffix.removeprefix(".").lower()
    return ENDINGS.get(ending, ending)


def _unknown(name: str) -> Diagnostic:
    known = formats()
    args: dict[str, object] = {"name": name, "known": ", ".join(f"`{each}`" for each in known)}
    near = did_you_mean(name, known, 1)
    return Diagnostic(_FORMAT, {**args, "near": near[0]}, None, _NEAR) if near else Diagnostic(_FORMAT, args)
