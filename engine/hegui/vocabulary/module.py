"""A Python module of pydantic models, one for each kind, so that an editor completes fields and a type checker knows them."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from hegui.datatypes import MAX_INT, Text, Type
from hegui.terminal import width as width_of
from hegui.vocabulary.kinds import Field, Kind, Relation, Vocabulary

_WIDTH: Final = 110
_INDENT: Final = "    "
_IMPORTED: Final = frozenset(
    {"datetime", "Annotated", "Literal", "AliasChoices", "BaseModel", "ConfigDict", "Field", "Below"}
)
_USED: Final = _IMPORTED | {"list", "str", "int", "float", "bool", "object"}
"""Names that annotations use, so that no field may bear them."""
_HEAD: Final = '''"""Entities of the ruleset `{name}` {version}. Written by `hegui models`; what is changed here is lost when it is written anew.

Numbers are in the unit of their field. What is left out or None is missing; a relation left out is not known, and `[]` says
that there are no rows. `Ruleset.check` takes any of these.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from hegui import Below

__all__ = [
{names}]

_Int = Annotated[int, Field(ge=-{limit}, le={limit})]
_Number = Annotated[float, Field(allow_inf_nan=False)]


class Entity(BaseModel):
    """What all entities have in common: no other fields than those declared, and nothing converted in silence."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
'''
_BASE: Final = "Entity"


def python_module(vocabulary: Vocabulary, name: str, version: str) -> str:
    """The text of the module for a ruleset of that name and version; the same for the same vocabulary."""
    classes = _class_names(vocabulary)
    names = "".join(f'    "{each}",\n' for each in sorted({_BASE, *classes.values()}))
    head = _HEAD.format(name=_plain(name), version=_plain(version), names=names, limit=MAX_INT)
    if not any(field.detection for kind in vocabulary.kinds.values() for field in kind.fields.values()):
        head = head.replace("from hegui import Below\n\n", "")
    if not any(_renamed(each) for kind in vocabulary.kinds.values() for each in (*kind.fields, *kind.relations)):
        head = head.replace("AliasChoices, ", "")
    body = "\n\n".join(["", *(_class(kind, classes) for kind in vocabulary.kinds.values())])
    head = head if "Literal[" in body else head.replace("Annotated, Literal", "Annotated")
    return (head if "datetime.date" in body else head.replace("import datetime\n", "")) + body


def _class_names(vocabulary: Vocabulary) -> dict[str, str]:
    """A class name for each kind: its words joined, with an underscore behind where that is taken."""
    found: dict[str, str] = {}
    taken = {_BASE, *_USED}
    for kind in vocabulary.kinds:
        name = "".join(part[:1].upper() + part[1:] for part in _words(kind)) or "Kind"
        name = name if name.isidentifier() else f"Kind{name}"
        while name in taken or keyword.iskeyword(name):
            name += "_"
        taken.add(name)
        found[kind] = name
    return found


def _words(name: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in name).split()


# --- one kind ------------------------------------------------------------------------------------------------------


def _class(kind: Kind, classes: Mapping[str, str]) -> str:
    lines = [f"class {classes[kind.name]}({_BASE}):", *_doc(_label(kind.label) or kind.name)]
    lines += ["", f"{_INDENT}model_config = ConfigDict(title={_quoted(kind.name)})", ""]
    for field in sorted(kind.fields.values(), key=lambda each: not _required(each, kind)):
        lines += [*_field(field, kind, classes), *_doc(_told(field))]
    for relation in kind.relations.values():
        lines += [*_relation(relation, classes), *_doc(_label(relation.label) or relation.name)]
    return "\n".join(lines) + "\n"


def _required(field: Field, kind: Kind) -> bool:
    """Fields of the key are; but a row listed under the one it refers to need not repeat that."""
    return field.name in kind.key and field.type.name != "ref"


def _field(field: Field, kind: Kind, classes: Mapping[str, str]) -> list[str]:
    required = _required(field, kind)
    parts = [*_types(field, field.type, classes), *([] if required else ["None"])]
    return _declared(field.name, parts, required)


def _relation(relation: Relation, classes: Mapping[str, str]) -> list[str]:
    return _declared(
        relation.name, [f"list[{classes[relation.kind]}]" if relation.kind in classes else "list[object]", "None"]
    )


def _declared(name: str, types: list[str], required: bool = False) -> list[str]:
    """One line, or more where it would be long."""
    own = _renamed(name)
    default = "" if required else " = None"
    if own:
        first = f"{_INDENT}{own}: {' | '.join(types)} = Field("
        return [first, f"{_INDENT * 2}{'...' if required else 'default=None'}, {_aliases(own, name)}", f"{_INDENT})"]
    line = f"{name}: {' | '.join(types)}{default}"
    if len(line) <= _WIDTH:
        return [_INDENT + line]
    lines = [f"{_INDENT}{name}: ("]
    for number, each in enumerate(types):
        lines += [f"{_INDENT * 2}{part}" for part in _broken(each, "| " if number else "")]
    return [*lines, f"{_INDENT}){default}"]


def _broken(type_: str, bar: str) -> Iterator[str]:
    """A member of a union as lines; a long list of codes one to a line."""
    if len(type_) < _WIDTH - 10:
        yield bar + type_
        return
    opening, _, rest = type_.partition("Literal[")
    codes, closing = rest.rstrip("]"), "]" * (len(rest) - len(rest.rstrip("]")))
    yield f"{bar}{opening}Literal["
    yield from (f"{_INDENT}{code}," for code in codes.split(", "))
    yield closing


def _aliases(own: str, name: str) -> str:
    return f"validation_alias=AliasChoices({_quoted(own)}, {_quoted(name)}), serialization_alias={_quoted(name)}"


def _renamed(name: str) -> str:
    """What a field is called whose own name Python or pydantic has other uses for; empty for all others."""
    from pydantic import BaseModel

    taken = keyword.iskeyword(name) or name in _USED or hasattr(BaseModel, name) or name.startswith("model_")
    return f"{name}_" if taken else ""


def _types(field: Field, type_: Type, classes: Mapping[str, str]) -> list[str]:
    """The Python types of a value, as they stand in a union."""
    match type_.name:
        case "list":
            element = " | ".join(_types(field, type_.element or Type("string"), classes))
            return [f"list[{element}]"]
        case "code":
            codes = type_.codes or tuple(field.codes)
            return [f"Literal[{', '.join(map(_quoted, codes))}]"] if codes else ["str"]
        case "ref":
            return ["str", classes[str(type_.kind)]] if type_.kind in classes else ["str"]
        case "number":
            return ["_Number", "Below"] if field.detection else ["_Number"]
    return [{"int": "_Int", "bool": "bool", "date": "datetime.date"}.get(type_.name, "str")]


# --- words ---------------------------------------------------------------------------------------------------------


def _told(field: Field) -> str:
    type_ = field.type.element or field.type
    unit = f" ({type_.unit})" if type_.unit else ""
    private = " Private: never in findings." if field.private else ""
    codes = "; ".join(f"{code}: {label}" for code, each in field.codes.items() if (label := _label(each)))
    return (_label(field.label) or field.name) + unit + (f". {codes}." if codes else "." if private else "") + private


def _label(label: Text) -> str:
    return " · ".join(dict.fromkeys(word for word in (label.en, label.zh) if word))


def _doc(text: str) -> list[str]:
    lines = list(_wrapped(_plain(text).split(" "), _WIDTH))
    if len(lines) == 1:
        return [f'{_INDENT}"""{lines[0]}"""']
    return [f'{_INDENT}"""{lines[0]}', *(_INDENT + line for line in lines[1:]), f'{_INDENT}"""']


def _wrapped(words: Iterable[str], width: int) -> Iterator[str]:
    line = ""
    for word in words:
        if line and width_of(line) + 1 + width_of(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _plain(text: str) -> str:
    """A text that ends no docstring and breaks no line."""
    return " ".join(text.replace("\\", "/").replace('"', "'").split())


def _quoted(text: str) -> str:
    """A text as Python writes it, in double quotes."""
    inner = repr(text)[1:-1].replace('"', '\\"').replace("\\'", "'")
    return f'"{inner}"'
