"""Addresses of databases: what is opened, and how it is named to people, never with a secret."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

from hegui.masking import SECRET, SHOWN, blotted, holed, masked
from hegui.source import Diagnostic, FactsError, Source, Span, Wording

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

POSTGRES: Final = "postgresql"
SQLITE: Final = "sqlite"
_NAMES: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

_PORT: Final = re.compile(rf":{_NAMES.pattern}(?=[/?]|$)")

_NO_URL = Wording(
    "database-url",
    "this is no address of a database; write `postgresql://USER@HOST/DATABASE` or `sqlite:///FILE`",
    "数据库地址不可用；应写作 `postgresql://用户@主机/数据库` 或 `sqlite:///文件`",
)
_ENCODED = Wording(
    "encode-in-url",
    "`@ : / ? # %` in a password are written percent-encoded; a password is better left to the environment",
    "密码中的 `@ : / ? # %` 须写成百分号编码；密码最好放在环境变量里",
)
_NO_SUCH = Wording(
    "no-such-database-kind",
    "databases of the kind `{name}` are not read; there are `postgresql` and `sqlite`",
    "不能读取 `{name}` 数据库；可读取 `postgresql` 和 `sqlite`",
)
_UNSET = Wording(
    "environment-unset", "the environment has no variable `{name}`, or it is empty", "环境变量 `{name}` 未设置或为空"
)


@dataclass(frozen=True)
class Address:
    """A database. `shown` is how it is named to people, with the names of variables of the environment rather than what they
    hold; `repr` shows no more. `named` are values of such variables with their names."""

    shown: str
    url: URL = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    named: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def sort(self) -> str:
        """`postgresql` or `sqlite`."""
        return self.url.get_backend_name()

    def without_secrets(self, text: str) -> str:
        """A text of the database's or its driver's, with what is secret blotted out."""
        text = blotted(text, self.secrets)
        for value, name in self.named:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", name, text)
        return text


def is_address(text: object) -> bool:
    """Is it the address of a database rather than a path: a URL, or `${NAME}` for one in the environment?"""
    return isinstance(text, str) and ("://" in text or is_named(text))


def is_named(text: str) -> bool:
    """Is all of an address in the environment?"""
    return _NAMES.fullmatch(text) is not None


def parts(text: str) -> list[str]:
    """The variables of the environment that an address names, in order."""
    return list(dict.fromkeys(_NAMES.findall(text)))


def address(text: str, folder: Path | None = None, span: Span | None = None) -> Address:
    """The database that a URL names. `${NAME}` is the variable of the environment: as the whole of the text a URL, as a part
    of one percent-encoded. The file of a SQLite database is relative to `folder`, by default the working folder.

    Raises:
        FactsError: it is no such URL, or the environment has no such variable. Nothing of the URL is told.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    filled = _filled(text, span)
    scheme = filled.partition("://")[0].partition("+")[0].casefold()
    if "://" in filled and re.fullmatch("[a-z0-9]+", scheme) and scheme not in ("postgres", POSTGRES, SQLITE):
        told = text if is_named(text) else text.partition("://")[0]
        raise FactsError(Diagnostic(_NO_SUCH, {"name": told if "${" in told else scheme}, span))
    try:
        url = make_url(filled)
        whole = _names_server(url) or _names_file(url)
    except (ArgumentError, ValueError, TypeError):
        whole = False
    if not whole:
        raise FactsError(Diagnostic(_NO_URL, {}, span, _ENCODED)) from None
    if url.get_backend_name() == SQLITE:
        name = str(url.database)
        path = Path(name) if folder is None else folder / name
        return Address(_told(text, url), url.set(database=str(path)), named=_named(text, url))
    return Address(_told(text, url), url.set(drivername="postgresql+psycopg"), _secrets(url), _named(text, url))


def _filled(text: str, span: Span | None) -> str:
    missing = [name for name in _NAMES.findall(text) if not os.environ.get(name)]
    if missing:
        raise FactsError([Diagnostic(_UNSET, {"name": name}, span) for name in dict.fromkeys(missing)])
    whole = _NAMES.fullmatch(text)
    if whole is not None:
        return os.environ[whole[1]]
    return _NAMES.sub(lambda found: quote(os.environ[found[1]], safe=""), text)


def _names_server(url: URL) -> bool:
    """An `@` in what may be shown would be a password that was not percent-encoded."""
    return url.get_backend_name() in ("postgres", POSTGRES) and "@" not in f"{url.host}{url.database}"


def _names_file(url: URL) -> bool:
    plain = not url.host and not url.username and not url.query
    return plain and url.drivername == SQLITE and url.database not in (None, "", ":memory:")


def _told(text: str, url: URL) -> str:
    """How a database is named to people; `url` is its address, with variables filled in."""
    from sqlalchemy.engine import make_url

    if is_named(text):
        return text
    sign = "v"
    while sign in text:  # letters that stand for variables, until the address is taken apart and put together
        sign += "v"
    names = list(dict.fromkeys(_NAMES.findall(text)))
    marks = {f"{sign}{number}z": name for number, name in enumerate(names)}
    plain = _PORT.sub(lambda found: f":{os.environ[found[1]]}", text)  # a number, and nothing else is read there
    for mark, name in marks.items():
        plain = plain.replace(f"${{{name}}}", mark)
    shown = _shown(make_url(plain) if marks else url)
    for mark, name in marks.items():
        shown = shown.replace(mark, f"${{{name}}}")
    return shown


def _shown(url: URL) -> str:
    if url.get_backend_name() == SQLITE:
        return f"sqlite:///{url.database}"
    kept: Mapping[str, tuple[str, ...] | str] = {key: url.query[key] for key in SHOWN if key in url.query}
    plain = url.set(drivername=POSTGRES, query=kept)
    return (
        type(plain)
        .create(POSTGRES, plain.username, None, plain.host, plain.port, plain.database, kept)
        .render_as_string(hide_password=False)
    )


def _named(text: str, url: URL) -> tuple[tuple[str, str], ...]:
    """What variables of the environment hold that a database or its driver may repeat, longest first."""
    if is_named(text):
        parts = (url.username, url.host, url.database)
        found = {part: text for part in parts if part} | {os.path.basename(url.database or ""): text}
    else:
        found = {os.environ[name]: f"${{{name}}}" for name in _NAMES.findall(text)}
    return tuple(sorted(((value, name) for value, name in found.items() if value), key=lambda each: -len(each[0])))


def _secrets(url: URL) -> tuple[str, ...]:
    """What may not be shown, in all forms in which it may turn up."""
    said = [str(url.password)] if url.password is not None else []
    said += [os.environ["PGPASSWORD"]] if os.environ.get("PGPASSWORD") else []
    said += [each for key in url.query if SECRET.search(key) for each in url.normalized_query[key]]
    forms = {form for each in said for form in (each, quote(each, safe=""), quote_plus(each), repr(each)[1:-1])}
    return tuple(sorted((form for form in forms if form), key=len, reverse=True))


def unmarked(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics with no secret in what they show of a text, or say."""
    return [
        replace(each, args=_masked_args(each.args), span=None if each.span is None else shown(each.span))
        for each in diagnostics
    ]


def _masked_args(args: Mapping[str, object]) -> dict[str, object]:
    return {name: masked(value) if isinstance(value, str) else value for name, value in args.items()}


def shown(span: Span) -> Span:
    """The same place in a text that may be shown."""
    hidden = holed(span.source.text)
    return span if hidden == span.source.text else replace(span, source=Source(span.source.name, hidden))
