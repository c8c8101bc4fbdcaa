"""Secrets in what is said: passwords in addresses of databases, which nobody may read in a message."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Final

SHOWN: Final = ("host", "port", "service")
"""What a URL says behind its `?` that may be shown; of everything else nothing is."""
SECRET: Final = re.compile("pass|key|secret|token", re.IGNORECASE)
"""What is named so behind the `?` is blotted out of messages, too."""

_IN_URL: Final = re.compile(r"(?<=://)(/{0,3}[^:@/\n]*:)(.*)(?=@)")
_IN_QUERY: Final = re.compile(
    rf"([?&][^=&?\s]{{0,100}}(?:{SECRET.pattern})[^=&?\s]{{0,100}}=)([^&\s\"']*)", re.IGNORECASE
)
_IN_PAIRS: Final = re.compile(
    r"(\b\w{0,100}(?:pa?ss?w[a-z]{0,5}|pwd)\s{0,20}=\s{0,20})('(?:[^'\\]|\\.){0,1000}'|[^\s&'\"`]+)", re.IGNORECASE
)
"""`host=… password=…`, as PostgreSQL's own library takes it, and what that is mistyped as."""
_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]{0,30}:/{1,2}[^\s`\"']+", re.IGNORECASE)
_BEFORE_HOST: Final = re.compile(r"(:/{1,5}[^:@/?#]*:)(.+)(?=@)")
_NO_PORT: Final = re.compile(r"(:/{1,5}[^:@/?#\[]*:)(?!\d*(?:[/?#,]|$))([^/?#@]+)")
"""A password whose host was left out stands where a port does."""
_NO_SCHEME: Final = re.compile(
    r"(?:(?<![^\s`\"'(=,;])|(?<=//)|(?<=^\\\\)|(?<=[\s`\"'(=,;]\\\\))((?!\w:[\\/])[^\s:@/\\`\"']{1,100}:(?!/))([^\s@`\"']{1,200})"
    r"(?=@[^\s@/\\:`\"']{1,255}(?::\d|[/\\]))"
)
"""`user:password@host/database` and `//user:password@host/folder`, as some leave the rest out; no path of Windows."""
_IN_PLACE: Final = re.compile(r"((?:^|(?<=[/\\]))[^:@/\\]{0,200}:(?![/\\]))(.+)", re.DOTALL)
"""In what is a path or an address and nothing else, `user:password` needs neither a port nor a path behind its host."""
_IN_FIELD: Final = re.compile(r"(\b(?:file|database)[\"']?:\s{1,20}[^\s:@,]{0,200}:(?![/\\\s]))([^\n]+)")
"""The same where a manifest says where a table is."""
PLACES: Final = frozenset({"file", "folder", "document", "ledger", "database"})
"""Arguments of wordings that are the path or address of something."""
_NARROW: Final = str.maketrans("：／＠？＝", ":/@?=")
STARS: Final = "***"
"""What stands for a secret, however long it is."""
SHORT: Final = 4
"""Characters of a secret that may stand in any word: where one does, it would be seen which."""
_HOLE: Final = "\ue0ff"
"""Stands for each character of a secret until all are found: places in a text stay what they are until then."""
_HOLES: Final = re.compile(f"{_HOLE}+")
_UNSHOWN: Final = re.compile(rf"([?&](?!(?:{'|'.join(SHOWN)})=)[^=&?]+=)([^&]+)")
_DATABASE: Final = re.compile(r"postgres(ql)?(\+\w+)?:/", re.IGNORECASE)


def is_server(text: str) -> bool:
    """Does a text begin as the address of a database server does, be it one that went through a path and lost a stroke?

    >>> is_server("postgresql://h/d"), is_server("postgres:/h/d"), is_server("facts/postgresql.csv")
    (True, True, False)
    """
    return _DATABASE.match(text) is not None


def masked(text: str) -> str:
    """A text of somebody's with stars for what may be a secret in a URL.

    >>> masked("database: postgresql://check:geheim@host/db?sslpassword=x")
    'database: postgresql://check:***@host/db?sslpassword=***'
    """
    return closed(holed(text))


def holed(text: str) -> str:
    """The same, character for character, so that places in it are those in the text: `closed` shows it."""
    lines = []
    for line in text.split("\n"):  # a password ends at the last `@` of its line: behind it none is looked for
        before, at, behind = line.rpartition("@")
        lines.append(_without_in_field(_IN_URL.sub(_hole, before + at) + behind))
    return _without(_IN_QUERY.sub(_hole, "\n".join(lines)))


def without_passwords(text: str) -> str:
    """Any text with stars for the secrets of the addresses in it, as far as these are written as addresses are.

    >>> without_passwords("no file `postgresql:/u:geheim@h/d` and no `https://h/a?token=x&b=1`")
    'no file `postgresql:/u:***@h/d` and no `https://h/a?token=***&b=1`'
    >>> without_passwords("http://host:80/a and postgresql://reader:geheim?options=x")
    'http://host:80/a and postgresql://reader:***?options=***'
    >>> without_passwords("no file `host=h password=geheim user=u` and no `u:geheim@h/d`")
    'no file `host=h password=*** user=u` and no `u:***@h/d`'
    >>> without_passwords("`postgresql:///u:geheim@h/d` `postgres//u:geheim@h/d` `host=h pasword=geheim` `power=3`")
    '`postgresql:///u:***@h/d` `postgres//u:***@h/d` `host=h pasword=***` `power=3`'
    >>> without_passwords("no file `postgresql：//u：geheim＠h/d`")
    'no file `postgresql：//u：***＠h/d`'
    >>> without_passwords("矿山：`https://h/a?token=`")
    '矿山:`https://h/a?token=***`'
    """
    return closed(_without(text))


def _without(text: str) -> str:
    """With holes for what may be a secret; signs of an address may be wide, as some keyboards write them."""
    narrow = text.translate(_NARROW) if not text.isascii() else text
    if narrow == text:
        return _without_in(text)
    found = _without_in(narrow)
    if len(found) != len(text):  # a secret of nothing is starred, too
        return found
    return "".join(_HOLE if hole == _HOLE else char for char, hole in zip(text, found, strict=True))


def _without_in(text: str) -> str:
    if ":/" in text:
        text = _URL.sub(lambda url: _without_password(url[0]), text)
    if "@" in text:
        text = _NO_SCHEME.sub(_hole, text)
    return _IN_PAIRS.sub(_hole, text) if "=" in text else text


def blotted(text: str, secrets: Iterable[str]) -> str:
    """A text with stars for some secrets; nothing of it where one is so short that the stars would tell it.

    >>> blotted("no user `u` with `geheim`", ["geheim"]), blotted("no user `u`", ["u"]), blotted("no user", ["q"])
    ('no user `u` with `***`', '***', 'no user')
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if secret and secret in text:
            if len(secret) < SHORT:
                return STARS
            text = text.replace(secret, STARS)
    return text


def _without_in_field(line: str) -> str:
    narrow = line.translate(_NARROW)
    at = narrow.rfind("@")
    found = _IN_FIELD.search(narrow, 0, at) if at > 0 else None
    return line if found is None else line[: found.start(2)] + _HOLE * (at - found.start(2)) + line[at:]


def place_without_password(place: str) -> str:
    """What is a path or an address and nothing else, with stars for its secrets. Other texts would lose honest ids here.

    >>> [place_without_password(each) for each in ("u:geheim@h", "//u:geheim@h/share", "/data/u:geheim@h/x")]
    ['u:***@h', '//u:***@h/share', '/data/u:***@h/x']
    >>> place_without_password("C:\\\\a@b"), place_without_password("facts/a@b.csv"), place_without_password("http://h:80/a")
    ('C:\\\\a@b', 'facts/a@b.csv', 'http://h:80/a')
    """
    told = without_passwords(place)
    narrow = told.translate(_NARROW)
    at = narrow.rfind("@")
    found = _IN_PLACE.search(narrow, 0, at) if at > 0 else None
    return told if found is None else told[: found.start(2)] + STARS + told[at:]


def harmless(value: object, place: bool = False) -> object:
    """A text, path or bytes as `without_passwords` leaves them, and as they are where they hold no secret; all else as it is.
    A path, and a text that is a `place`, loses what `place_without_password` takes.

    >>> harmless("postgresql://u:geheim@h/d"), harmless(3), harmless("x:y@z"), harmless("x:y@z", place=True)
    ('postgresql://u:***@h/d', 3, 'x:y@z', 'x:***@z')
    """
    if not isinstance(value, str | bytes | os.PathLike):
        return value
    text = value if isinstance(value, str) else os.fsdecode(value)
    said = place_without_password(text) if place or isinstance(value, os.PathLike) else without_passwords(text)
    return value if said == text else said


def arguments(args: Mapping[str, object]) -> dict[str, object]:
    """The arguments of a wording as they may be said: those among `PLACES` as places.

    >>> arguments({"file": "u:geheim@h", "key": "x:y@z"})
    {'file': 'u:***@h', 'key': 'x:y@z'}
    """
    return {name: harmless(value, name in PLACES) for name, value in args.items()}


def _without_password(url: str) -> str:
    before, at, behind = url.rpartition("@")
    url = _BEFORE_HOST.sub(_hole, before + at) + _NO_PORT.sub(_hole, behind)
    for secret in (_IN_QUERY, *([_UNSHOWN] if url.casefold().startswith("postgres") else [])):
        url = secret.sub(_hole, url)
    return url


def _hole(found: re.Match[str]) -> str:
    return found[1] + _HOLE * max(1, len(found[2]))


def closed(holes: str) -> str:
    """A text with stars where it has holes: as many, however long the secret is.

    >>> closed(holed("postgresql://check:geheim@host/db"))
    'postgresql://check:***@host/db'
    """
    return _HOLES.sub(STARS, holes)
