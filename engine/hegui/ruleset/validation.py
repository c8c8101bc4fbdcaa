"""Documents checked against their models, every complaint put in our own words and at its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hegui.ruleset.documents import DOCUMENTS
from hegui.ruleset.problems import Problems
from hegui.source import Diagnostic, Document, Path_, Span, Wording
from hegui.vocabulary.naming import DID_YOU_MEAN, suggestion

_UNKNOWN_KEY = Wording("unknown-key", "unknown key `{name}`", "未知的键 `{name}`")
_ANOTHER_DOCUMENT = Wording(
    "another-document",
    "a line `---` before `{name}:` makes it a document of its own",
    "在 `{name}:` 之前加一行 `---`，使其成为单独的文档",
)
MISSING_KEY = Wording("missing-key", "the key `{name}` is missing", "缺少键 `{name}`")
_EMPTY = Wording("empty-value", "`{name}` is empty", "`{name}` 为空")
_NOT_TEXT = Wording("not-a-text", "`{found}` is not a text", "`{found}` 不是文本")
_NOT_INT = Wording("not-an-int", "`{found}` is not a whole number", "`{found}` 不是整数")
_NOT_BOOL = Wording("not-a-bool", "`{found}` is neither `true` nor `false`", "`{found}` 不是 `true` 或 `false`")
_NOT_LIST = Wording("not-a-list", "`{found}` is not a list", "`{found}` 不是列表")
_NOT_MAPPING = Wording("not-a-mapping", "`{found}` is not a mapping of keys to values", "`{found}` 不是键值映射")
_NOT_SINGLE = Wording("not-a-scalar", "`{found}` is not a single value", "`{found}` 不是单个值")
_NOT_DATE = Wording(
    "not-a-date", "`{found}` is not a date of the form 2024-03-11", "`{found}` 不是 2024-03-11 形式的日期"
)
_NOT_AMONG = Wording("not-among", "`{found}` is not a value of `{name}`", "`{found}` 不是 `{name}` 的可选值")
_NO_LANGUAGE = Wording(
    "no-language",
    "`{name}` has no text in Chinese (`zh`) or English (`en`)",
    "`{name}` 没有中文（`zh`）或英文（`en`）文本",
)
_TOO_SMALL = Wording("too-small", "`{found}` is below the least allowed, {limit}", "`{found}` 小于允许的最小值 {limit}")
_TOO_LARGE = Wording("too-large", "`{found}` is above the most allowed, {limit}", "`{found}` 大于允许的最大值 {limit}")
_TOO_LONG = Wording("too-long", "`{name}` is longer than {limit} characters", "`{name}` 超过 {limit} 个字符")
_BAD_NAME = Wording("bad-name", "`{found}` cannot be a name here", "`{found}` 不能用作名称")
_UNFIT = Wording("unfit-value", "`{found}` does not fit here", "`{found}` 不适用于此处")

QUOTE = Wording("quote-it", 'put it in quotes: "{found}"', '请加引号："{found}"')
_COMMA = Wording(
    "quote-commas", "inside `{{…}}` a text with a comma needs quotes around it", "`{{…}}` 中含逗号的文本须加引号"
)
_ONE_OF = Wording("one-of", "write one of {known}", "可写 {known}")
_BILINGUAL = Wording("write-bilingual", "write `{{zh: …, en: …}}`", "写作 `{{zh: …, en: …}}`")
_NAME_SHAPE = Wording(
    "name-shape",
    "a name is made of letters and digits, joined by single `.`, `-` or `_`",
    "名称由字母和数字组成，可用单个 `.`、`-` 或 `_` 连接",
)
_IDENTIFIER_SHAPE = Wording(
    "identifier-shape",
    "it starts with a Latin letter or `_`; Latin letters, digits and `_` follow",
    "以拉丁字母或 `_` 开头，后接拉丁字母、数字或 `_`",
)

_BY_TYPE: Final[dict[str, Wording]] = {
    "string_type": _NOT_TEXT,
    "int_type": _NOT_INT,
    "bool_type": _NOT_BOOL,
    "list_type": _NOT_LIST,
    "dict_type": _NOT_MAPPING,
    "model_type": _NOT_MAPPING,
    "not_a_date": _NOT_DATE,
    "not_a_scalar": _NOT_SINGLE,
    "literal_error": _NOT_AMONG,
    "no_language": _NO_LANGUAGE,
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "string_too_long": _TOO_LONG,
    "string_pattern_mismatch": _BAD_NAME,
    "greater_than_equal": _TOO_SMALL,
    "less_than_equal": _TOO_LARGE,
}

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], document: Document, problems: Problems) -> Model | None:
    """The document as its model, or None where it does not fit (the problems then say why).

    A key without a value is wrong everywhere but in the facts of an example: nobody leaves one empty on purpose.
    """
    found: list[tuple[Path_, Diagnostic]] = []
    fitting = None
    try:
        fitting = model.model_validate(document.data)
    except ValidationError as error:
        found = [_diagnostic(model, document, detail) for detail in error.errors(include_url=False)]
    told = {path for path, _ in found}
    found += [(path, _empty(document, path)) for path in _nulls(document.data) if path not in told]
    problems.items += _once_each(found)
    return None if found else fitting


def _nulls(value: object, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if inner is None:
                yield (*path, key)
            elif key != "given":
                yield from _nulls(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _nulls(inner, (*path, index))


def _empty(document: Document, path: Path_) -> Diagnostic:
    return Diagnostic(_EMPTY, {"name": _named(path)}, document.key_span(path))


def _once_each(found: list[tuple[Path_, Diagnostic]]) -> list[Diagnostic]:
    """One message for one mistake: a key misspelt is not also missing, a text torn by its commas is one text."""
    meant = {diagnostic.args["known"] for _, diagnostic in found if diagnostic.hint is DID_YOU_MEAN}
    kept = []
    for index, (path, diagnostic) in enumerate(found):
        torn = diagnostic.hint is _COMMA
        repeated = torn and any(p[:-1] == path[:-1] and d.hint is _COMMA for p, d in found[:index])
        if not _misspelt(diagnostic, meant) and not repeated:
            kept.append(diagnostic)
    return kept


def _misspelt(diagnostic: Diagnostic, meant: set[object]) -> bool:
    """Is this a missing key that stands there misspelt? That is one mistake, not two."""
    return diagnostic.wording is MISSING_KEY and f"`{diagnostic.args['name']}`" in meant


def _diagnostic(model: type[BaseModel], document: Document, detail: ErrorDetails) -> tuple[Path_, Diagnostic]:
    path = _path(document.data, detail)
    return path, _worded(model, document, detail, path)


def _worded(model: type[BaseModel], document: Document, detail: ErrorDetails, path: Path_) -> Diagnostic:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(model, document, path)
    if kind == "missing":
        return Diagnostic(MISSING_KEY, {"name": path[-1]}, container(document, path[:-1]))
    found = _found(document, path, detail["input"])
    args = {"name": _named(path), "found": found, **_limit(detail)}
    if "[key]" in detail["loc"]:
        return Diagnostic(_BAD_NAME, {"found": path[-1]}, document.key_span(path), _shape(detail))
    if detail["input"] is None:
        return _empty(document, path)
    hint, known = _hint(kind, detail)
    return Diagnostic(_BY_TYPE.get(kind, _UNFIT), {**args, "known": known}, _place(document, path), hint)


def _path(data: Any, detail: ErrorDetails) -> Path_:
    """The location as steps into the document: the names of union branches are no steps."""
    path: list[str | int] = []
    loc = detail["loc"]
    for position, step in enumerate(loc):
        last = position == len(loc) - 1
        inside = step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)
        if inside:
            data = data[step]
        elif not (last and detail["type"] == "missing"):
            continue
        path.append(step)
    return tuple(path)


def container(document: Document, path: Path_) -> Span:
    """Where to point for something that is missing inside the mapping at `path`: at its key, or its first key."""
    if path and path in document.keys:
        return document.keys[path]
    inside = document.data
    try:
        for step in path:
            inside = inside[step]
    except (LookupError, TypeError):  # the whole way is not there
        return document.span(path)
    first = next(iter(inside), None) if isinstance(inside, dict) else None
    return document.keys[*path, first] if first is not None else document.span(path)


def _unknown_key(model: type[BaseModel], document: Document, path: Path_) -> Diagnostic:
    name = str(path[-1])
    span = document.key_span(path)
    if len(path) == 1 and (name in DOCUMENTS or name == "kind"):
        return Diagnostic(_UNKNOWN_KEY, {"name": name}, span, _ANOTHER_DOCUMENT)
    if not document.source.text[span.end :].lstrip().startswith(":"):
        return Diagnostic(_UNKNOWN_KEY, {"name": name}, span, _COMMA)
    hint, known = suggestion(name, _keys(model, path[:-1]))
    return Diagnostic(_UNKNOWN_KEY, {"name": name, "known": known}, span, hint)


def _keys(model: type[BaseModel], path: Path_) -> list[str]:
    """The keys the mapping at `path` may have."""
    from typing import get_args

    fit: Any = model
    for step in path:
        fit = _member(fit, step)
    models = [part for part in _flatten(fit, get_args) if isinstance(part, type) and issubclass(part, BaseModel)]
    return [field.alias or name for part in models for name, field in part.model_fields.items()]


def _member(fit: Any, step: str | int) -> Any:
    """The annotation of what stands at `step` inside something of the annotation `fit`."""
    from typing import get_args, get_origin

    for part in _flatten(fit, get_args):
        if isinstance(part, type) and issubclass(part, BaseModel) and isinstance(step, str):
            for name, field in part.model_fields.items():
                if (field.alias or name) == step:
                    return field.annotation
        if get_origin(part) is list and isinstance(step, int):
            return get_args(part)[0]
        if get_origin(part) is dict and isinstance(step, str):
            return get_args(part)[1]
    return None


def _flatten(fit: Any, get_args: Any) -> list[Any]:
    """A union or annotated type taken apart into plain classes and containers."""
    from types import UnionType
    from typing import Annotated, Union, get_origin

    origin = get_origin(fit)
    if origin is Annotated:
        return _flatten(get_args(fit)[0], get_args)
    if origin in (Union, UnionType):
        return [part for member in get_args(fit) for part in _flatten(member, get_args)]
    return [fit]


def _found(document: Document, path: Path_, value: object) -> str:
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    text = " ".join(document.raw.get(path, str(value)).split())
    return text if len(text) <= 60 else text[:59] + "…"


def _named(path: Path_) -> str:
    """The last key of a path."""
    return str(next((step for step in reversed(path) if isinstance(step, str)), ""))


def _limit(detail: ErrorDetails) -> dict[str, object]:
    given = cast(dict[str, object], detail.get("ctx") or {})
    limit = next((given[name] for name in ("ge", "le", "max_length") if name in given), "")
    return {"limit": limit}


def _place(document: Document, path: Path_) -> Span:
    """The value; for a mapping or list, which may be many lines long, its key."""
    value: Any = document.data
    for step in path:
        value = value[step]
    return container(document, path) if isinstance(value, (dict, list)) or value == "" else document.span(path)


def _hint(kind: str, detail: ErrorDetails) -> tuple[Wording | None, str]:
    if kind == "string_type" and not isinstance(detail["input"], (dict, list)):
        return QUOTE, ""
    if kind == "model_type" and "TextPart" in str((detail.get("ctx") or {}).get("class_name")):
        return _BILINGUAL, ""
    if kind == "literal_error":
        return _among(str(detail["input"]), str((detail.get("ctx") or {}).get("expected", "")))
    if kind == "string_pattern_mismatch":
        return _shape(detail), ""
    return None, ""


def _among(found: str, expected: str) -> tuple[Wording | None, str]:
    words = expected.replace(" or ", ", ").replace("'", "").split(", ")
    hint, known = suggestion(found, words)
    return (hint, known) if hint is not None and hint.id == "did-you-mean" else (_ONE_OF, _listed(words))


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _shape(detail: ErrorDetails) -> Wording:
    pattern = str((detail.get("ctx") or {}).get("pattern", ""))
    return _IDENTIFIER_SHAPE if pattern.startswith("^[A-Za-z_]") else _NAME_SHAPE
