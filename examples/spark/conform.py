"""Conform a registry and keep it as Parquet, a file per kind: `python conform.py FACTS RULES FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from hegui import api, facts


def main(source: str, rules: str, folder: str) -> None:
    """Read, judge at the door, and write."""
    registry = api.load_registry([source], api.load_ruleset(rules))
    facts.write_conformed(registry, Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
