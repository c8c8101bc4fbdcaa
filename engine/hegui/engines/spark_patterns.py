"""Patterns that Java could take too long over, matched by RE2 in the Python of Spark's executors.

Executors need google-re2, pandas and PyArrow for that, and nothing of hegui: what they run is sent to them whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hegui.language.pattern import Pattern

if TYPE_CHECKING:
    from pyspark.sql import Column


def search(pattern: Pattern) -> Callable[[Column], Column]:
    """What makes a column of texts one that says whether the pattern matches anywhere in them; null where a text is."""
    from pandas import Series
    from pyspark.sql.functions import pandas_udf

    written = pattern.re2().encode()

    def found(texts: Any) -> Any:  # a function inside a function, which Spark sends with all it is made of
        import re2

        options = re2.Options()
        options.log_errors = False
        compiled = re2.compile(written, options)
        known = {text: compiled.search(text.encode()) is not None for text in texts.dropna().unique()}
        return texts.map(known)

    # Spark reads these, and as text they would name nothing where it does
    found.__annotations__ = {"texts": Series, "return": Series}
    asked: Callable[[Column], Column] = pandas_udf(found, "boolean")
    return asked
