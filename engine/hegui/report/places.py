"""Files of sources as programs address them."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import PureWindowsPath
from typing import Final
from urllib.parse import quote

_URL: Final = re.compile(r"[a-z]+://")
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\")


@cache
def uri(file: str) -> str:
    """The URI reference of a file as it is named in a run, percent-encoded.

    >>> uri("facts/矿山 台账.xlsx"), uri("a:b#1.csv"), uri("C:\\\\data\\\\a.csv")
    ('facts/%E7%9F%BF%E5%B1%B1%20%E5%8F%B0%E8%B4%A6.xlsx', 'a%3Ab%231.csv', 'file:///C:/data/a.csv')
    """
    if _URL.match(file):
        return quote(file, safe="/:?=&%@[]")
    if _DRIVE.match(file):
        return PureWindowsPath(file).as_uri()
    path = quote(os.fsencode(file), safe="/")
    return f"file://{path}" if file.startswith("/") else path
