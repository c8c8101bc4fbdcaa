"""What a database or its driver complains of, in our words and on one line, and without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hegui.facts.database_address import Address
from hegui.source import Diagnostic, FactsError, Wording

_LONGEST: Final = 200

NO_DRIVER = Wording(
    "database-driver",
    "PostgreSQL needs the extra; in hegui's folder: `python -m pip install '.[postgres]'`",
    "读取 PostgreSQL 需要安装附加组件；在 hegui 所在文件夹执行：`python -m pip install '.[postgres]'`",
)
REFUSED = Wording(
    "database-refused",
    "the database `{database}` does not let this user in: {problem}",
    "数据库 `{database}` 拒绝该用户登录：{problem}",
)
NO_HOST = Wording(
    "database-host",
    "there is no host of the database `{database}`: {problem}",
    "找不到数据库 `{database}` 的主机：{problem}",
)
NO_ANSWER = Wording(
    "database-no-answer",
    "the database `{database}` does not answer: {problem}",
    "数据库 `{database}` 无法连接：{problem}",
)
NO_DATABASE = Wording(
    "database-missing", "there is no database `{database}`: {problem}", "没有数据库 `{database}`：{problem}"
)
TIMEOUT = Wording(
    "database-timeout", "the database `{database}` took too long: {problem}", "数据库 `{database}` 超时：{problem}"
)
FORBIDDEN = Wording(
    "database-forbidden",
    "this user of the database `{database}` may not read that: {problem}",
    "数据库 `{database}` 的该用户无权读取：{problem}",
)
READ_ONLY = Wording(
    "database-read-only",
    "a check only reads, and `{database}` was asked for more: {problem}",
    "核查只读取数据，而 `{database}` 被要求执行其他操作：{problem}",
)
GONE = Wording(
    "database-gone",
    "the database `{database}` went away while it was read: {problem}",
    "读取过程中数据库 `{database}` 连接中断：{problem}",
)
BUSY = Wording(
    "database-busy",
    "the database `{database}` is locked by another program: {problem}",
    "数据库 `{database}` 被其他程序锁定：{problem}",
)
OTHER_FILE = Wording(
    "not-a-database", "`{database}` is no SQLite database: {problem}", "`{database}` 不是 SQLite 数据库：{problem}"
)
CUT_SHORT = Wording(
    "database-cut-short",
    "`{database}` is shorter than it says; a part of it is lacking",
    "`{database}` 比其自身记载的要短，缺少一部分",
)
NOT_TEXT = Wording(
    "database-encoding",
    "the database `{database}` holds text that is not in its own encoding: {problem}",
    "数据库 `{database}` 中有不符合其编码的文本：{problem}",
)
ENDLESS = Wording(
    "database-endless",
    "`{name}` of `{database}` takes more than {limit} steps; a view or query in it may never end",
    "`{database}` 的 `{name}` 超过 {limit} 步；其视图或查询可能永不结束",
)
ROWS = Wording(
    "too-many-rows",
    "`{name}` of `{database}` has more than {limit} rows; a view or query in it may never end",
    "`{database}` 的 `{name}` 超过 {limit} 行；其视图或查询可能永不结束",
)
BYTES = Wording(
    "database-too-large",
    "`{name}` of `{database}` gives more than {limit} bytes, far more than a file of its size holds; a view or query in it"
    " may never end",
    "`{database}` 的 `{name}` 超过 {limit} 字节，远多于该文件所能容纳；其视图或查询可能永不结束",
)
FAILED = Wording("database-failed", "the database `{database}`: {problem}", "数据库 `{database}`：{problem}")

_STATES: Final = {
    "28": REFUSED,
    "3D000": NO_DATABASE,
    "57014": TIMEOUT,
    "55P03": TIMEOUT,
    "25P03": TIMEOUT,
    "42501": FORBIDDEN,
    "25006": READ_ONLY,
    "57P": GONE,
    "08": GONE,
    "22021": NOT_TEXT,
    "22P05": NOT_TEXT,
}
"""What PostgreSQL calls it: SQLSTATE, or how it begins → ours; the longest that fits."""
_SIGNS: Final = (
    ("password", REFUSED),
    ("role ", REFUSED),
    ("pg_hba", REFUSED),
    ("authentication", REFUSED),
    ("resolve", NO_HOST),
    ("translate host name", NO_HOST),
    ("not known", NO_HOST),
    ("timeout expired", TIMEOUT),
    ("timed out", TIMEOUT),
    ("does not exist", NO_DATABASE),
    ("onnection refused", NO_ANSWER),
    ("No such file", NO_ANSWER),
    ("onnection failed", NO_ANSWER),
    ("closed the connection", GONE),
    ("connection is lost", GONE),
    ("connection is closed", GONE),
    ("terminating connection", GONE),
    ("SSL connection has been closed", GONE),
    ("database is locked", BUSY),
    ("attempt to write", READ_ONLY),
    ("readonly", READ_ONLY),
    ("unable to open", NO_DATABASE),
    ("file is not a database", OTHER_FILE),
    ("malformed", OTHER_FILE),
    ("disk I/O error", GONE),
    ("not authorized", FORBIDDEN),
)
"""What drivers say where there is no SQLSTATE, as before a connection is made, and what SQLite says."""


@contextmanager
def telling(address: Address) -> Iterator[None]:
    """Whatever the database raises, as one line of ours. The driver's own error is not chained: it may name secrets.

    Raises:
        FactsError: instead of it.
    """
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except DBAPIError as error:
        raise FactsError(complaint(address, error.orig or error)) from None
    except (SQLAlchemyError, UnicodeDecodeError, OSError) as error:
        raise FactsError(complaint(address, error)) from None


def complaint(address: Address, error: BaseException) -> Diagnostic:
    """The diagnostic for what went wrong."""
    problem = str(error).strip()
    if isinstance(error, UnicodeDecodeError):
        wording, problem = NOT_TEXT, error.reason
    else:
        state = getattr(error, "sqlstate", None)
        wording = _by_state(state) if state else _by_sign(problem)
    return Diagnostic(wording, {"database": address.shown, "problem": line(address, problem)})


def _by_state(state: str) -> Wording:
    fitting = [begin for begin in _STATES if state.startswith(begin)]
    return _STATES[max(fitting, key=len)] if fitting else FAILED


def _by_sign(problem: str) -> Wording:
    return next((wording for sign, wording in _SIGNS if sign in problem), FAILED)


def line(address: Address, problem: str) -> str:
    """What a database says, without secrets, on one line."""
    first = next(iter(address.without_secrets(problem).splitlines()), "")
    said = first.removeprefix("ERROR:").strip()
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
