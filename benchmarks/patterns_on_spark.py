"""A pattern on Spark matched by Java and by the RE2 of PyArrow on the executors: what the second takes of the first.

Run `python benchmarks/patterns_on_spark.py [ROWS] [MASTER]`. Needs `hegui[spark]` and Java 17. The best of three, from
Parquet to a count; hegui hands Java only patterns it takes no longer over than the text deserves.
"""

from __future__ import annotations

import sys
import tempfile
import time

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812

from hegui.engines.spark_patterns import search
from hegui.engines.spark_session import connect
from hegui.language.pattern import parse

PATTERN = r"^M\d{3}0.*1"
"""One that both may be asked."""


def main(rows: int, master: str) -> int:
    """Print one table row for texts that all differ and one for texts that repeat; 1 where the two count differently."""
    session, pattern = connect(master), parse(PATTERN)
    wrong = False
    print("| rows | different texts | Java | RE2 | ratio |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for different in (rows, 1_000):
            number = F.col("id") % different
            session.range(rows).select(F.format_string("M%09d", number).alias("text")).write.parquet(
                f"{folder}/{different}"
            )
            frame = session.read.parquet(f"{folder}/{different}")

            def counted(found: Column, frame: object = frame) -> tuple[float, int]:
                start = time.perf_counter()
                ((count,),) = frame.select(F.sum(F.when(found, 1).otherwise(0))).collect()
                return time.perf_counter() - start, count

            (java, one), (re2, other) = (
                min(counted(found) for _ in range(3))
                for found in (F.col("text").rlike(pattern.java()), search(pattern)(F.col("text")))
            )
            wrong |= one != other
            print(f"| {rows:,} | {different:,} | {java:.2f} s | {re2:.2f} s | {re2 / java:.1f} |")
    return int(wrong)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(int(given[0] if given else "1000000"), given[1] if len(given) > 1 else "local[2]"))
