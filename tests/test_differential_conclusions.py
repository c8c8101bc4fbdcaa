"""The long comparison of conclusions: the chainers with one another and with nested loops, and what is drawn with what
conclusions mean. The short ones are in `test_conclusions_chaining.py` and `test_conclusions_meaning.py`."""

from __future__ import annotations

from pathlib import Path

import pytest
import test_conclusions_chaining
import test_conclusions_meaning
from cases import cases


@pytest.mark.slow
def test_many_programs_are_chained_alike() -> None:
    count = cases(3000)
    test_conclusions_chaining.compare(range(10_000, 10_000 + count))
    print(f"\n{count} programs chained by every chainer")  # noqa: T201


@pytest.mark.slow
@pytest.mark.parametrize("chainer", test_conclusions_meaning.CHAINERS)
def test_many_conclusions_are_what_they_mean(chainer: str, tmp_path: Path) -> None:
    count = cases(3000)
    met = test_conclusions_meaning.compare(range(10_000, 10_000 + count), tmp_path, chainer)
    print(f"\n{count} registries by {chainer}: {met[True]} drawn, {met[None]} undetermined")  # noqa: T201
