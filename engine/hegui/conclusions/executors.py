"""Jurisdictions chained where Spark's executors are: each by the reference chainer, as it would be here.

Executors must be able to import hegui (see examples/spark). What reaches across jurisdictions stays with the driver.
"""

from __future__ import annotations

from collections.abc import Sequence

from hegui.conclusions import reference
from hegui.conclusions.program import ActionError, Chained, Fact, Program

Partition = tuple[Program, tuple[Fact, ...]]
Failed = tuple[str, str]
"""The rule whose action failed, and how."""


def chain(partitions: Sequence[Partition]) -> list[Chained | Failed]:
    """What follows in each partition, in the order given.

    Raises:
        UsageError: PySpark or Java is not installed.
        EngineError: Spark does not start, or gave up.
    """
    from hegui.engines.spark_session import connect, failures

    if len(partitions) < 2:  # nothing to share out
        return [_chained(each) for each in partitions]
    context = connect().sparkContext
    with failures():
        slices = min(len(partitions), 4 * context.defaultParallelism)
        found: list[Chained | Failed] = context.parallelize(list(partitions), slices).map(_chained).collect()
    return found


def _chained(partition: Partition) -> Chained | Failed:
    try:
        return reference.chain(*partition)
    except ActionError as error:
        return error.rule, error.problem
