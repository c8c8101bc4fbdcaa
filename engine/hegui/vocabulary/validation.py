"""YAML documents against pydantic shapes: every complaint becomes a diagnostic with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from hegui.source import Diagnostic, Document, Path_, Span, Wording
from hegui.vocabulary.naming import suggestion, unknown

_UNKNOWN_KEY = Wording("unknown-key", "unknown key `{name}`", "未知的键 `{name}`")
_MISSING_KEY = Wording("missing-key", "the key `{name}` is missing", "缺少键 `{name}`")
_NOT_TEXT = Wording("not-a-text", "`{found}` is not a text", "`{found}` 不是文本")
_NOT_LIST = Wording("not-a-list", "`{found}` is not a list", "`{found}` 不是列表")
_NOT_MAPPING = Wording("not-a-mapping", "`{found}` is not a mapping of keys to values", "`{found}` 不是键值映射")
_NOT_BOOL = Wording("not-a-bool", "`{found}` is neither `true` nor `false`", "`{found}` 不是 `true` 或 `false`")
_NOT_INT = Wording("not-an-int", "`{found}` is not a whole number", "`{found}` 不是整数")
_NOT_AMONG = Wording("not-among", "`{found}` is not a value of `{name}`", "`{found}` 不是 `{name}` 的可选值")
_EMPTY = Wording("empty-value", "`{name}` is empty", "`{name}` 为空")
_UNFIT = Wording("unfit-value", "`{found}` does not fit here", "`{found}` 不适用于此处")
_QUOTE = Wording("quote-it", 'put it in quotes: "{found}"', '请加引号："{found}"')
_BY_TYPE: Final = {
    "string_type": _NOT_TEXT,
    "list_type": _NOT_LIST,
    "tuple_type": _NOT_LIST,
    "dict_type": _NOT_MAPPING,
    "model_type": _NOT_MAPPING,
    "bool_type": _NOT_BOOL,
    "int_type": _NOT_INT,
    "literal_error": _NOT_AMONG,
    "too_short": _EMPTY,
    "string_too_short": _EMPTY,
}
_SHOWN: Final = 60


class Shape(BaseModel):
    """Base of the documents' shapes: nothing is converted, and no other keys are let through."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


AnyShape = TypeVar("AnyShape", bound=Shape)


def validate(shape: type[AnyShape], document: Document) -> tuple[AnyShape | None, list[Diagnostic]]:
    """The document in its shape, or None and what is wrong with it. A key without a value is wrong everywhere."""
    empty = [Diagnostic(_EMPTY, {"name": path[-1]}, document.key_span(path)) for path in _nulls(document.data) if path]
    try:
        fitting = shape.model_validate(document.data)
        return (None if empty else fitting), empty
    except ValidationError as error:
        places = {problem.span for problem in empty}
        found = _diagnostics(shape, document, error)
        return None, [*empty, *(problem for problem in found if problem.span not in places)]


def _nulls(value: object, path: Path_ = ()) -> Iterator[Path_]:
    if value is None:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield from _nulls(inner, (*path, step))


def _diagnostics(shape: type[Shape], document: Document, error: ValidationError) -> Iterator[Diagnostic]:
    seen: set[Path_] = set()
    for detail in error.errors(include_url=False):
        path = _path(document.data, detail)
        if path not in seen:
            seen.add(path)
            yield _diagnostic(shape, document, detail, path)


def _path(data: Any, detail: ErrorDetails) -> Path_:
    """The error's location as steps into the document, without the names of union branches."""
    path: list[str | int] = []
    for step in detail["loc"]:
        if _leads(data, step):
            data = data[step]
            path.append(step)
    return (*path, detail["loc"][-1]) if detail["type"] == "missing" else tuple(path)


def _leads(data: object, step: str | int) -> bool:
    return step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)


def _diagnostic(shape: type[Shape], document: Document, detail: ErrorDetails, path: Path_) -> Diagnostic:
    name = str(next((step for step in reversed(path) if isinstance(step, str)), ""))
    if detail["type"] == "missing":
        return Diagnostic(_MISSING_KEY, {"name": name}, _opening(document, path[:-1]))
    if detail["type"] == "extra_forbidden":
        return unknown(_UNKNOWN_KEY, document.key_span(path), name, _keys(shape, path[:-1]))
    found = _found(document, path, detail["input"])
    wording = _BY_TYPE.get(detail["type"], _UNFIT)
    hint, known = _hint(wording, found, detail["input"], shape, path)
    return Diagnostic(wording, {"name": name, "found": found, "known": known}, _opening(document, path), hint)


def _hint(wording: Wording, found: str, value: object, shape: type[Shape], path: Path_) -> tuple[Wording | None, str]:
    if wording is _NOT_AMONG:
        return suggestion(found, _choices(shape, path))
    return (_QUOTE if wording is _NOT_TEXT and isinstance(value, (int, float, bool)) else None), ""


def _opening(document: Document, path: Path_) -> Span:
    """Where to point: at a single value itself; at the key of a mapping or list, which may be many lines long."""
    if path in document.raw:
        return document.span(path)
    if path in document.keys:
        return document.keys[path]
    first = next((key for key in document.keys if key[:-1] == path), None)
    return document.keys[first] if first is not None else document.span(path)


def _found(document: Document, path: Path_, value: object) -> str:
    if isinstance(value, (dict, list)):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = " ".join(document.raw.get(path, str(value)).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _keys(shape: type[Shape], path: Path_) -> list[str]:
    """The keys the mapping at `path` may have."""
    return [name for part in _annotations(shape, path) if _is_shape(part) for name in part.model_fields]


def _choices(shape: type[Shape], path: Path_) -> list[str]:
    """The words the value at `path` may be."""
    return [word for part in _annotations(shape, path) for word in get_args(part) if isinstance(word, str)]


def _annotations(shape: type[Shape], path: Path_) -> list[Any]:
    """What may stand at `path`: the annotation there, unions taken apart."""
    found: list[Any] = [shape]
    for step in path:
        found = [inner for part in found for inner in _inside(part, step)]
    return found


def _inside(part: Any, step: str | int) -> list[Any]:
    if _is_shape(part):
        return _members(part.model_fields[step].annotation) if step in part.model_fields else []
    origin, arguments = get_origin(part), get_args(part)
    if origin is dict and isinstance(step, str):
        return _members(arguments[1])
    return _members(arguments[0]) if origin is list and isinstance(step, int) else []


def _members(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (Union, UnionType):
        return [inner for part in get_args(annotation) for inner in _members(part)]
    return [annotation]


def _is_shape(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, Shape)
