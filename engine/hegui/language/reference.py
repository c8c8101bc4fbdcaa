"""The operator table as a page: docs/operators.md is written from here and a test compares the two."""

from __future__ import annotations

from datetime import date
from typing import Final

from hegui.language.operators import OPERATORS
from hegui.language.signatures import Example, Operator

_HEAD: Final = """# Operators and functions

Written from the operator table (`engine/hegui/language/operators.py`): `python -m hegui.language.reference > docs/operators.md`.
Every example on this page is run on every engine by `tests/test_operators.py`.

| | takes | gives | meaning | examples |
|---|---|---|---|---|
"""
_SHAPES: Final = {"prefix": "{}a", "infix": "a {} b", "function": "{}(…)", "method": "a.{}(…)"}


def page() -> str:
    """The whole page, in Markdown."""
    return _HEAD + "".join(_line(row) for row in OPERATORS.values())


def _line(row: Operator) -> str:
    shape = _cell(_SHAPES[row.form].format(row.spelling))
    more = ", …" if row.variadic else ""
    takes = "; ".join(", ".join(overload.args) + more for overload in row.overloads) or "bool, bool"
    if row.membership:
        takes = "a value, a list"
    gives = ", ".join(dict.fromkeys(str(overload.result) for overload in row.overloads)) or "bool"
    examples = "<br>".join(_example(example) for example in row.examples)
    return f"| `{shape}` | {takes} | {gives} | {row.doc} | {examples} |\n"


def _example(example: Example) -> str:
    if example.reason is not None:
        return f"`{_cell(example.text)}` is undetermined: {example.reason.value}"
    value = example.value
    shown = (
        str(value).lower() if isinstance(value, bool) else value.isoformat() if isinstance(value, date) else repr(value)
    )
    return f"`{_cell(example.text)}` → `{_cell(shown)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
