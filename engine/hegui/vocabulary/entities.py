"""What a kind becomes in pydantic: a model of one entity."""

from __future__ import annotations

import warnings
from datetime import date
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, create_model
from pydantic import Field as Info
from pydantic.json_schema import SkipJsonSchema

from hegui.datatypes import MAX_INT, Below, Type
from hegui.vocabulary.kinds import Field, Kind

_INT = Annotated[int, Info(ge=-MAX_INT, le=MAX_INT)]
_NUMBER = Annotated[float, Info(allow_inf_nan=False)]
_PYTHON: dict[str, Any] = {
    "string": str,
    "ref": str,
    "int": _INT,
    "number": _NUMBER,
    "bool": bool,
    "date": date,
    "error": Any,
}


def entity_model(kind: Kind) -> type[BaseModel]:
    """A strict pydantic model of one entity."""
    name = "".join(part.title() for part in kind.name.split("_"))
    config = ConfigDict(strict=True, extra="forbid", frozen=True, title=kind.name, protected_namespaces=())
    declared: dict[str, Any] = {each.name: _declaration(each, kind) for each in kind.fields.values()}
    with warnings.catch_warnings():  # a field may be called `schema` or `copy`; who has rows of them wants the field
        warnings.filterwarnings("ignore", message="Field name .* shadows", category=UserWarning)
        built: type[BaseModel] = create_model(name, __config__=config, __doc__=kind.label.get("en"), **declared)
    return built


def _declaration(each: Field, kind: Kind) -> tuple[Any, Any]:
    extra: dict[str, Any] = {"label": {"zh": each.label.zh, "en": each.label.en}}
    type_ = each.type.element or each.type
    extra |= {"unit": type_.unit} if type_.unit else {}
    extra |= {"ref": type_.kind} if type_.name == "ref" else {}
    if each.name in kind.key:
        return _python(each.type), Info(title=each.label.get("en"), json_schema_extra=extra)
    # a bound is a value of the field, though not one that JSON has
    python = _python(each.type) | SkipJsonSchema[Below] if each.detection else _python(each.type)
    return python | None, Info(default=None, title=each.label.get("en"), json_schema_extra=extra)


def _python(type_: Type) -> Any:
    if type_.name == "list":
        return GenericAlias(list, (_python(type_.element or Type("string")),))
    if type_.name == "code":
        return Literal[type_.codes] if type_.codes else str
    return _PYTHON[type_.name]
