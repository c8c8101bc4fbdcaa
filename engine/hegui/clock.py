"""The moment that SOURCE_DATE_EPOCH sets, for output that is the same again."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Final

from hegui.source import Diagnostic, UsageError, Wording

NAME: Final = "SOURCE_DATE_EPOCH"
_NO_MOMENT = Wording(
    "not-a-moment",
    "`{name}` is set to `{text}`, which is no number of seconds from 1970 to 9999",
    "环境变量 `{name}` 的值 `{text}` 不是 1970 年至 9999 年间的秒数",
)


def set_moment() -> datetime | None:
    """The moment that is set, in UTC; None where none is.

    Raises:
        UsageError: it is set to something else.
    """
    text = os.environ.get(NAME, "")
    if not text:
        return None
    try:
        if not (text.isascii() and text.isdigit()):
            raise ValueError(text)
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(Diagnostic(_NO_MOMENT, {"name": NAME, "text": text[:40]})) from error
