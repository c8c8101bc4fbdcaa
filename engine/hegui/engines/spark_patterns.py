"""Patterns that Java could take too long over, matched by RE2 in the Python of Spark's executors, as PyArrow has it.

Executors need pandas and PyArrow for that, and nothing of hegui: what they run is sent to them whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hegui.engines.spark_session import not_installed
from hegui.language.pattern import Pattern

if TYPE_CHECKING:
    from pyspark.sql import Column


def search(pattern: Pattern) -> Callable[[Column], Column]:
    """What makes a column of texts one that says whether the pattern matches anywhere in them; null where a text is.

    Raises:
        UsageError: pandas is not installed.
    """
    from pyspark.sql.pandas.functions import pandas_udf

    try:
        from pandas import Series
    except ImportError as error:
        raise not_installed(error) from error
    written = pattern.re2()

    def found(texts: Any) -> Any:  # a function inside a function, which Spark sends with all it is made of
        import pyarrow
        from pyarrow import compute

        return compute.match_substring_regex(pyarrow.array(texts, pyarrow.string()), written).to_pandas()

    # Spark reads these, and as text they would name nothing where it does
    found.__annotations__ = {"texts": Series, "return": Series}
    made: Any = pandas_udf  # its stubs know no function whose annotations are set
    asked: Callable[[Column], Column] = made(found, "boolean")
    return asked
