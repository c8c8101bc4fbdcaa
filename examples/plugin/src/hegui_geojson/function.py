"""A function for conditions: is a unified social credit code one that can have been given out?

The code has 18 characters, of which the last is worked out from the others (GB 32100-2015): each stands for a number of
0 to 30, the n-th is multiplied by 3ⁿ⁻¹ mod 31, and with the last character the sum has to be a multiple of 31.
"""

from __future__ import annotations

from functools import reduce
from operator import add

import narwhals as nw

from hegui.datatypes import BOOL
from hegui.plugins import Example, Operator, Overload

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [*(pow(3, place, 31) for place in range(17)), 1]


def valid(code: str) -> bool:
    """The meaning: what the engine `scalar` does."""
    if len(code) != len(WEIGHTS) or not set(code) <= set(CHARACTERS):
        return False
    return sum(CHARACTERS.index(character) * weight for character, weight in zip(code, WEIGHTS, strict=True)) % 31 == 0


def valid_column(code: nw.Expr) -> nw.Expr:
    """The same of a whole column: null exactly where the code is missing."""
    numbers = [
        code.str.slice(place, 1).replace_strict(
            list(CHARACTERS), list(range(len(CHARACTERS))), default=None, return_dtype=nw.Int64
        )
        for place in range(len(WEIGHTS))
    ]
    total = reduce(add, (number * weight for number, weight in zip(numbers, WEIGHTS, strict=True)))
    sound = (total % 31 == 0) & (code.str.len_chars() == len(WEIGHTS))
    return nw.when(~code.is_null()).then(nw.when(~total.is_null()).then(sound).otherwise(nw.lit(False)))


VALID_CREDIT_CODE = Operator(
    key="valid_credit_code",
    spelling="valid_credit_code",
    form="function",
    overloads=(Overload(("string",), BOOL, valid, valid_column),),
    doc="is a unified social credit code one whose check digit fits",
    examples=(
        Example('valid_credit_code("91110000000000001H")', True),
        Example('valid_credit_code("91500113MA5U00017K")', True),
        Example('valid_credit_code("91110000000000001D")', False),
        Example('valid_credit_code("911100000000000000")', False),
        Example('valid_credit_code("91110000")', False),
        Example('valid_credit_code("9111000000000000iO")', False),
        Example('valid_credit_code("")', False),
    ),
)
