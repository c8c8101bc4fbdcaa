"""Frozen dataclasses ⇄ plain JSON data, driven by their annotations.

A dataclass is a mapping of its fields, those at their default left out. Where an annotation allows several dataclasses
(the nodes of a condition), the mapping names its class under `is`. A date is an ISO text; where an annotation allows
text and date alike, a date is `{"date": "2024-03-11"}`. Spans are not kept: what is read back stands nowhere.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from hegui.language.added import added
from hegui.language.operators import OPERATORS
from hegui.language.signatures import Operator
from hegui.language.tree import Const, Op
from hegui.source import Source, Span, Wording

NOWHERE: Final = Span(Source("<run>", ""), 0, 0)
"""The span of what is read back from a run."""

TAG: Final = "is"


class DamagedError(ValueError):
    """Data that is not what it should be; `path` leads to it, `wording` says what is expected there."""

    def __init__(self, path: str, wording: Wording, **args: object) -> None:
        super().__init__(f"{path}: {wording.en.format(**args)}")
        self.wording = Wording(
            wording.id, "`{document}`, at `{path}`: " + wording.en, "`{document}` 的 `{path}` 处：" + wording.zh
        )
        self.args_: dict[str, object] = {"path": path or "/", **args}


ABSENT: Final = Wording("run-damaged", "a value is missing", "缺少值")
FIELD: Final = Wording("run-damaged", "`{field}` is missing", "缺少 `{field}`")
NONE_OF: Final = Wording("run-damaged", "`{value}` is none of {options}", "`{value}` 不在 {options} 之中")
LENGTH: Final = Wording("run-damaged", "{count} values are expected", "应有 {count} 个值")
NO_DATE: Final = Wording("run-damaged", "`{value}` is not a date", "`{value}` 不是日期")
OTHER: Final = Wording("run-damaged", "{expected} is expected", "应为{expected_zh}")
NO_OPERATOR: Final = Wording(
    "run-damaged", "there is no operator `{key}` of that signature", "没有该形式的运算 `{key}`"
)
PATTERN: Final = Wording("run-damaged", "`{text}` is not a pattern", "`{text}` 不是合法的模式")


# --- out -----------------------------------------------------------------------------------------------------------


def encode(value: object, hint: Any = Any, full: bool = False) -> Any:
    """`value` as JSON data; `hint` is its annotation. With `full`, fields at their default are kept too."""
    hint = _strip_none(hint)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, date):
        return {"date": value.isoformat()} if _is_scalar_union(hint) else value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        inner = _argument(hint, 1)
        return {_key(key): encode(item, inner, full) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(item, _item_hint(hint, index), full) for index, item in enumerate(value)]
    return _encode_fields(value, hint, full)


def _key(key: object) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)


def _encode_fields(value: Any, hint: Any, full: bool) -> dict[str, Any]:
    cls: Any = type(value)
    data: dict[str, Any] = {TAG: cls.__name__} if _is_union(hint) else {}
    for name, annotation, default in _stored_fields(cls):
        item = getattr(value, name)
        if full or item != default or type(item) is not type(default):
            data[name] = encode(item, annotation, full)
    return data


@cache
def _stored_fields(cls: Any) -> tuple[tuple[str, Any, object], ...]:
    hints = get_type_hints(cls)
    return tuple((f.name, hints[f.name], _default(f)) for f in dataclasses.fields(cls) if _is_kept(hints[f.name]))


def _is_kept(hint: Any) -> bool:
    """Spans stand in files that are not part of a run; `object` marks what a node works out from its other fields."""
    return _strip_none(hint) is not Span and hint is not object


@cache
def _span_fields(cls: Any) -> tuple[str, ...]:
    return tuple(name for name, hint in get_type_hints(cls).items() if hint is Span)


_NO_DEFAULT: Final = object()


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else _NO_DEFAULT


# --- in ------------------------------------------------------------------------------------------------------------


def decode(hint: Any, data: Any, path: str = "") -> Any:
    """The value that `encode` made `data` of.

    Raises:
        DamagedError: `data` does not fit `hint`.
    """
    if data is None:
        if _allows_none(hint):
            return None
        raise DamagedError(path, ABSENT)
    hint = _strip_none(hint)
    if hint in _PLAIN:
        return _PLAIN[hint](data, path)
    if dataclasses.is_dataclass(hint):
        return _decode_fields(hint, data, path)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _decode_enum(hint, data, path)
    return _decode_generic(hint, data, path)


def _decode_generic(hint: Any, data: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin is Literal:
        return _one_of(get_args(hint), data, path)
    if origin is tuple:
        items = _expect(list, data, path)
        _long_enough(hint, items, path)
        return tuple(decode(_item_hint(hint, i), item, f"{path}[{i}]") for i, item in enumerate(items))
    if origin is list:
        return [decode(_argument(hint, 0), item, f"{path}[{i}]") for i, item in enumerate(_expect(list, data, path))]
    if origin is dict:
        key, inner = get_args(hint)
        mapping = _expect(dict, data, path)
        return {decode(key, name, path): decode(inner, item, f"{path}.{name}") for name, item in mapping.items()}
    if isinstance(data, dict) and not _is_scalar_union(hint):
        return _decode_tagged(hint, data, path)
    return _scalar(get_args(hint), data, path)


def _long_enough(hint: Any, items: list[Any], path: str) -> None:
    """A tuple of so many values has no more and no fewer."""
    arguments = get_args(hint)
    if Ellipsis not in arguments and len(items) != len(arguments):
        raise DamagedError(path, LENGTH, count=len(arguments))


def _decode_fields(cls: Any, data: Any, path: str) -> Any:
    mapping = _expect(dict, data, path)
    values = {}
    for name, hint, default in _stored_fields(cls):
        if name in mapping:
            values[name] = decode(hint, mapping[name], f"{path}.{name}" if path else name)
        elif default is _NO_DEFAULT:
            raise DamagedError(path, FIELD, field=name)
    made = cls(**values, **dict.fromkeys(_span_fields(cls), NOWHERE))
    return _prepared(made, path) if isinstance(made, Op) else made


def _decode_tagged(hint: Any, data: Any, path: str) -> Any:
    classes = {cls.__name__: cls for cls in get_args(hint) if isinstance(cls, type) and dataclasses.is_dataclass(cls)}
    return _decode_fields(classes[_one_of(tuple(classes), data.get(TAG), path)], data, path)


def _one_of(options: tuple[str, ...], data: Any, path: str) -> str:
    if data not in options:
        raise _none_of(path, data, options)
    return str(data)


def _decode_enum(cls: type[Enum], data: Any, path: str) -> Enum:
    try:
        return cls(data)
    except ValueError:
        raise _none_of(path, data, [item.value for item in cls]) from None


def _none_of(path: str, value: object, options: Iterable[object]) -> DamagedError:
    return DamagedError(path, NONE_OF, value=value, options=", ".join(f"`{option}`" for option in options))


def _expect(kind: type, data: Any, path: str) -> Any:
    if type(data) is not kind:
        raise DamagedError(path, OTHER, expected=_WORDS[kind][0], expected_zh=_WORDS[kind][1])
    return data


def _scalar(options: tuple[Any, ...], data: Any, path: str) -> Any:
    if isinstance(data, dict) and date in options:
        return _date(data.get("date"), path)
    if type(data) in options:
        return data
    raise DamagedError(path, OTHER, expected="a plain value", expected_zh="简单值")


def _date(data: Any, path: str) -> date:
    try:
        return date.fromisoformat(data)
    except (TypeError, ValueError):
        raise DamagedError(path, NO_DATE, value=data) from None


def _float(data: Any, path: str) -> float:
    return float(data) if type(data) is int else float(_expect(float, data, path))


_WORDS: Final[dict[type, tuple[str, str]]] = {
    str: ("text", "文本"),
    bool: ("true or false", "是或否"),
    int: ("a whole number", "整数"),
    float: ("a number", "数"),
    list: ("a list", "列表"),
    dict: ("a mapping", "映射"),
}

_PLAIN: Final[dict[Any, Callable[[Any, str], Any]]] = {
    Any: lambda data, path: data,
    str: lambda data, path: _expect(str, data, path),
    bool: lambda data, path: _expect(bool, data, path),
    int: lambda data, path: _expect(int, data, path),
    float: _float,
    date: _date,
}


# --- annotations ---------------------------------------------------------------------------------------------------


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def _allows_none(hint: Any) -> bool:
    return hint is Any or (_is_union(hint) and type(None) in get_args(hint))


@cache
def _strip_none(hint: Any) -> Any:
    """`X | None` → `X`."""
    if not _allows_none(hint) or hint is Any:
        return hint
    rest = tuple(option for option in get_args(hint) if option is not type(None))
    return Union[rest]


def _is_scalar_union(hint: Any) -> bool:
    return _is_union(hint) and not any(dataclasses.is_dataclass(option) for option in get_args(hint))


def _argument(hint: Any, index: int) -> Any:
    arguments = get_args(hint)
    return arguments[index] if len(arguments) > index else Any


def _item_hint(hint: Any, index: int) -> Any:
    arguments = get_args(hint)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return arguments[0]
    if get_origin(hint) is tuple:
        return _argument(hint, index)
    return hint  # a list among plain values


# --- what a node works out from its other fields -------------------------------------------------------------------


def _enough(row: Operator, node: Op) -> bool:
    """Has an operation as many arguments as its signature?"""
    wanted = len(row.overloads[node.overload].args)
    return len(node.args) == wanted or (row.variadic and len(node.args) > wanted)


def _prepared(node: Op, path: str) -> Op:
    """An operation with its pattern, made from its constant second argument as the ruleset's loader makes it."""
    row = OPERATORS[node.key] if node.key in OPERATORS or added(node.key, OPERATORS) is not None else None
    if row is None or not 0 <= node.overload < len(row.overloads) or not _enough(row, node):
        raise DamagedError(path, NO_OPERATOR, key=node.key)
    if row.prepare is None or len(node.args) < 2 or not isinstance(node.args[1], Const):
        return node
    try:
        return dataclasses.replace(node, pattern=row.prepare(str(node.args[1].value)))
    except ValueError as error:
        raise DamagedError(path, PATTERN, text=node.args[1].value) from error
