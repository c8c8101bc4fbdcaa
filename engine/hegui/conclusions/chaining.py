"""Runs partitions through a chainer: durable-rules in child processes, a few at a time, or the reference chainer, here or
on Spark's executors.

What becomes of a child is never what becomes of the run: its partitions are chained by the reference chainer, and a note
says why. A rule whose own action fails is another matter: that is a mistake of ours, and an error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

from hegui.conclusions import executors, reference
from hegui.conclusions.checking import check
from hegui.conclusions.children import ChildError, Children, Limits
from hegui.conclusions.program import ActionError, Chained, Fact, Program
from hegui.conclusions.wire import ShapeError, read_chained, write_facts, write_program
from hegui.source import ChainingError, Diagnostic, UsageError, Wording

CHAINERS: Final = ("durable", "reference", "spark")
"""`spark` is the reference chainer on Spark's executors, and is called `reference` afterwards: it is the same."""
WORTH_A_CHILD: Final = 5_000
"""Facts: fewer are chained sooner than a further process starts."""

Note = tuple[Wording, dict[str, object]]
"""Why a partition is not chained by durable-rules, the partition's name still missing."""

_AGAIN = ("; `{label}` was chained by the reference chainer", "；`{label}` 已改用参考推理器")


def _note(name: str, en: str, zh: str) -> Wording:
    return Wording(name, en + _AGAIN[0], zh + _AGAIN[1])


_ABSENT = _note("chainer-absent", "durable-rules does not import here", "此处无法使用 durable-rules")
_LARGE = _note(
    "chainer-large",
    "{facts} facts are more than the {limit} that durable-rules is given at a time",
    "{facts} 条事实超过 durable-rules 一次处理的上限 {limit}",
)
_UNSUITED = _note(
    "chainer-unsuited",
    "durable-rules is not given this: {problem}",
    "durable-rules 不适用于此：{problem}",
)
_GARBLED = _note(
    "chainer-garbled",
    "the process of durable-rules answered what cannot be read: {problem}",
    "durable-rules 进程的回答无法读取：{problem}",
)
_TROUBLES: Final = {
    "crash": _note(
        "chainer-crashed", "the process of durable-rules ended with {problem}", "durable-rules 进程异常结束：{problem}"
    ),
    "time": _note(
        "chainer-slow",
        "the process of durable-rules took longer than {problem} s and was stopped",
        "durable-rules 进程超过 {problem} 秒，已被停止",
    ),
    "engine": _note("chainer-engine", "durable-rules failed: {problem}", "durable-rules 出错：{problem}"),
}
_ACTION = Wording(
    "chaining-action",
    "rule `{rule}` failed on `{label}`: {problem}",
    "规则 `{rule}` 在 `{label}` 上执行失败：{problem}",
)
_UNKNOWN = Wording(
    "unknown-chainer", "there is no chainer `{name}`; there are {known}", "没有推理器 `{name}`；可用的有 {known}"
)


@dataclass(frozen=True, slots=True)
class Job:
    """One partition: its name, the program and the facts."""

    label: str
    program: Program
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What follows in one partition, the chainer that found it, and why it is not the one that was asked for."""

    label: str
    chained: Chained
    chainer: str
    note: Diagnostic | None = None


def expect_chainer(name: str) -> None:
    """See that there is such a chainer.

    Raises:
        UsageError: there is none.
    """
    if name not in CHAINERS:
        known = ", ".join(f"`{each}`" for each in CHAINERS)
        raise UsageError(Diagnostic(_UNKNOWN, {"name": name, "known": known}))


def available() -> bool:
    """Does durable-rules import here? It does not from Python 3.13 on."""
    return sys.version_info < (3, 13) and find_spec("durable") is not None


@contextmanager
def expecting(chainer: str) -> Iterator[Children | None]:
    """The children of a run whose conclusions are to be drawn later. They start at once, while other work is done: what is
    local is chained by one, what is not by another. None where the chainer has none."""
    if chainer != "durable" or not available():
        yield None
        return
    with Children(Limits()) as children:
        children.expect(2)
        yield children


def run(
    jobs: Sequence[Job], chainer: str = "durable", limits: Limits | None = None, children: Children | None = None
) -> tuple[Done, ...]:
    """Chain each partition, in the order given; the result depends on neither chainer nor limits but for the notes.

    Args:
        jobs: the partitions.
        chainer: one of `CHAINERS`.
        limits: of children that are started for this alone.
        children: those that `expecting` has started, with limits of their own.

    Raises:
        ProgramError: a program or its facts are not what a chainer takes.
        ChainingError: the action of a rule failed.
        UsageError: an unknown chainer.
    """
    expect_chainer(chainer)
    for job in jobs:
        check(job.program, job.facts)
    if chainer == "reference":
        return tuple(_by_reference(job, None) for job in jobs)
    if chainer == "spark":
        return tuple(_on_executors(jobs))
    with nullcontext(children) if children is not None else Children(limits or Limits()) as asked:
        return tuple(_by_durable(jobs, asked))


def _by_reference(job: Job, note: Diagnostic | None) -> Done:
    try:
        return Done(job.label, reference.chain(job.program, job.facts), "reference", note)
    except ActionError as error:
        raise _action_failed(job.label, error.rule, error.problem) from error


def _on_executors(jobs: Sequence[Job]) -> Iterator[Done]:
    for job, found in zip(jobs, executors.chain([(job.program, job.facts) for job in jobs]), strict=True):
        if isinstance(found, tuple):
            raise _action_failed(job.label, *found)
        yield Done(job.label, found, "reference")


def _action_failed(label: str, rule: str, problem: str) -> ChainingError:
    return ChainingError(Diagnostic(_ACTION, {"label": label, "rule": rule, "problem": problem}))


def _by_durable(jobs: Sequence[Job], children: Children) -> Iterator[Done]:
    limits = children.limits
    refused = {number: note for number, job in enumerate(jobs) if (note := _refusal(job, limits))}
    batches = _batches([(number, job) for number, job in enumerate(jobs) if number not in refused], limits)
    replies: dict[int, Chained | Note] = {**refused}
    # left in the opposite order: what still runs is stopped before the threads are waited for
    with ThreadPoolExecutor(limits.at_a_time) as pool, children.closed_on_error():
        asked = [(batch, pool.submit(_ask, [job for _, job in batch], children)) for batch in batches]
        for batch, reply in asked:
            replies.update(zip([number for number, _ in batch], reply.result(), strict=True))
    for number, job in enumerate(jobs):
        found = replies.pop(number)
        if isinstance(found, Chained):
            yield Done(job.label, found, "durable")
        else:
            wording, args = found
            yield _by_reference(job, Diagnostic(wording, {"label": job.label, **args}, level="warning"))


def _refusal(job: Job, limits: Limits) -> Note | None:
    if not available():
        return _ABSENT, {}
    if len(job.facts) > limits.facts:
        return _LARGE, {"facts": len(job.facts), "limit": limits.facts}
    return None


def _batches(jobs: Sequence[tuple[int, Job]], limits: Limits) -> list[list[tuple[int, Job]]]:
    """Neighbours share a child while it has room, and while the other processors have enough to do."""
    total = sum(len(job.facts) for _, job in jobs)
    room = min(limits.facts, max(WORTH_A_CHILD, -(-total // limits.at_a_time)))
    batches: list[list[tuple[int, Job]]] = []
    used = room
    for number, job in jobs:
        if not batches or used + len(job.facts) > room:
            batches.append([])
            used = 0
        batches[-1].append((number, job))
        used += len(job.facts)
    return batches


def _ask(jobs: Sequence[Job], children: Children) -> list[Chained | Note]:
    """What one child says of some partitions, or the same trouble for each of them."""
    given = [tuple(dict.fromkeys(job.facts)) for job in jobs]
    try:
        answer = children.ask(_request(jobs, given))
        return _read(answer, jobs, given)
    except ChildError as error:
        trouble: Note = (_TROUBLES[error.trouble], {"problem": error.problem})
    except ShapeError as error:
        trouble = (_GARBLED, {"problem": str(error)})
    return [trouble for _ in jobs]


def _request(jobs: Sequence[Job], given: Sequence[tuple[Fact, ...]]) -> bytes:
    programs = {id(job.program): job.program for job in jobs}
    places = {key: place for place, key in enumerate(programs)}
    parts = [
        {"program": places[id(job.program)], "facts": write_facts(facts)}
        for job, facts in zip(jobs, given, strict=True)
    ]
    request = {"programs": [write_program(program) for program in programs.values()], "jobs": parts}
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()


def _read(answer: bytes, jobs: Sequence[Job], given: Sequence[tuple[Fact, ...]]) -> list[Chained | Note]:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        raise ShapeError("no JSON") from None
    match said:
        case {"failed": [int(number), str(rule), str(problem)]} if 0 <= number < len(jobs):
            raise _action_failed(jobs[number].label, rule, problem)
        case {"engine": str(problem)}:
            raise ChildError("engine", problem)
        case {"answers": [*answers]} if len(answers) == len(jobs):
            return [_one(*parts) for parts in zip(answers, jobs, given, strict=True)]
    raise ShapeError("neither answers nor a failure")


def _one(answer: Any, job: Job, given: tuple[Fact, ...]) -> Chained | Note:
    match answer:
        case {"unsuited": str(problem)}:
            return _UNSUITED, {"problem": problem}
    return read_chained(answer, job.program, given)
