"""A Spark session that means what the column plans mean, and Spark's failures as diagnostics."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hegui.source import Diagnostic, EngineError, UsageError, Wording

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MEANING: Final = {
    "spark.sql.ansi.enabled": "false",  # what has no value is null and does not end the run
    "spark.sql.caseSensitive": "true",  # `n` and `N` are two fields
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.legacy.charVarcharAsString": "true",
}
"""Settings without which conditions would mean something else."""

QUIET: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.python.sql.dataFrameDebugging.enabled": "false",  # it looks up the line of Python behind every expression
}
"""Settings of an application of our own."""

_RULES: Final = "org.apache.spark.sql.catalyst.optimizer."

QUICK: Final = {
    # a filter moved below named columns has each of them written out in it, in which they grow as a power of their depth
    "spark.sql.optimizer.excludedRules": f"{_RULES}PushDownPredicates,{_RULES}PushPredicateThroughNonJoin",
    "spark.sql.constraintPropagation.enabled": "false",  # it tries every alias of every name in every condition
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.debug.maxToStringFields": "20",
    "spark.sql.maxPlanStringLength": "1000",
}
"""Settings that only save time: plans of conditions are long, and nobody reads them as text."""

_NOT_INSTALLED = Wording(
    "spark-not-installed",
    "the engine `spark` needs PySpark, which is not installed ({problem})",
    "引擎 `spark` 需要 PySpark，但未安装（{problem}）",
)
_INSTALL = Wording(
    "spark-install",
    "in hegui's folder: `python -m pip install '.[spark]'`",
    "在 hegui 所在文件夹执行：`python -m pip install '.[spark]'`",
)
_NO_JAVA = Wording(
    "spark-no-java",
    "the engine `spark` needs Java 17 or newer: there is no `java` on the path and no JAVA_HOME",
    "引擎 `spark` 需要 Java 17 或更新版本：路径中没有 `java`，也未设置 JAVA_HOME",
)
_NO_START = Wording(
    "spark-no-start", "Spark does not start on `{master}`: {problem}", "无法在 `{master}` 上启动 Spark：{problem}"
)
_FAILED = Wording("spark-failed", "Spark gave up: {problem}", "Spark 运行失败：{problem}")
_BAD_MASTER = Wording(
    "spark-master",
    "`{master}` is no master of Spark; there are `local[*]`, `spark://HOST:PORT`, `yarn`, `k8s://…`",
    "`{master}` 不是 Spark 的 master；可用 `local[*]`、`spark://主机:端口`、`yarn`、`k8s://…`",
)

_NOT_ASKED = Wording(
    "spark-not-asked",
    "the master `{master}` is Spark's, but the engine is `{engine}`; write `--engine spark`",
    "`{master}` 是 Spark 的 master，但引擎为 `{engine}`；请写 `--engine spark`",
)

_MASTER: Final = re.compile(
    r"local(\[(\*|[0-9]+)(, *[0-9]+)?\])?|local-cluster\[.+\]|spark://[^\s:]+:[0-9]+.*|yarn|k8s://\S+"
)


def begin(engine: str, master: str | None) -> None:
    """Start Spark where it is to run, before anything else is done.

    Raises:
        UsageError: the engine is another; PySpark or Java is not installed, or `master` is none.
        EngineError: Spark does not start.
    """
    if engine != "spark":
        raise UsageError(Diagnostic(_NOT_ASKED, {"master": master, "engine": engine}))
    connect(master)


def connect(master: str | None = None) -> SparkSession:
    """A session of one's own on the running Spark application, or on a new one.

    Args:
        master: where Spark runs; None for what `spark-submit` or Spark's own configuration says, else all cores here.

    Raises:
        UsageError: PySpark or Java is not installed, or `master` is none.
        EngineError: Spark does not start.
    """
    if master is not None and not _MASTER.fullmatch(master):
        raise UsageError(Diagnostic(_BAD_MASTER, {"master": master}))
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise not_installed(error) from error
    running = SparkSession.getActiveSession()
    if running is None:
        _refuse_without_java()
        with failures(_NO_START, master=master or "local[*]"):
            running = _started(SparkSession.builder, master)
    session = running.newSession()
    for name, value in (MEANING | QUICK).items():
        session.conf.set(name, value)
    return session


def not_installed(error: ImportError) -> UsageError:
    """What is said where PySpark or something it needs is not installed."""
    return UsageError(Diagnostic(_NOT_INSTALLED, {"problem": error}, None, _INSTALL))


def _started(builder: SparkSession.Builder, master: str | None) -> SparkSession:
    """The application, quiet."""
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not submitted:
        builder = builder.appName("hegui").config(map=dict(QUIET))
        local = master is None or master.startswith("local")
        if local:
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            builder = builder.config("spark.sql.shuffle.partitions", "8")  # of 200 most would be empty
            if "PYSPARK_SUBMIT_ARGS" not in os.environ:  # who says nothing else gets room for long plans
                builder = builder.config("spark.driver.memory", "2g")
                builder = builder.config(
                    "spark.driver.extraJavaOptions", "-Xss32m"
                )  # plans are as deep as they are long
            # a laptop on a train has no name of its own that leads back to it
            builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    if master is not None or not submitted:
        builder = builder.master(master or "local[*]")
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):  # what they say is said by the diagnostic
        logging.getLogger(name).setLevel(logging.CRITICAL)
    running = builder.getOrCreate()
    running.sparkContext.setLogLevel("FATAL")
    return running


def _refuse_without_java() -> None:
    home = os.environ.get("JAVA_HOME")
    found = (Path(home) / "bin" / "java").exists() if home else shutil.which("java") is not None
    if not found and "PYSPARK_GATEWAY_PORT" not in os.environ:
        raise UsageError(Diagnostic(_NO_JAVA, {}))


@contextmanager
def failures(wording: Wording = _FAILED, **details: object) -> Iterator[None]:
    """Whatever Spark may raise, as one diagnostic.

    Raises:
        EngineError: Spark failed.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        raise EngineError(Diagnostic(wording, {"problem": told(str(error)), **details})) from error


def told(text: str) -> str:
    """What a failure of Spark says, in one line: the innermost cause that is told, without the stack."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("at ")]
    causes = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    head = next((line.removeprefix(": ") for line in lines if line.startswith(": ")), lines[0] if lines else "")
    found = causes[-1] if causes else head
    if "stopped SparkContext" in found:
        found = "the application was ended: its master does not answer, or took it down"
    return re.sub(r"\s+", " ", found)[:300]
