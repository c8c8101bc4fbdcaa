"""The example of a registry in a database: its commands run, and what is found is what is found in the files."""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from database_kit import WHERE, Store, store
from test_cli import hegui

from hegui.facts.manifest import plain
from hegui.source import Source, read_yaml

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "examples" / "database" / "README.md"
DAY = ("--rules", "banan", "--as-of", "2024-03-11")


@pytest.fixture(params=WHERE)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with store(request.param, tmp_path) as made:
        yield made


def run(facts: str, saved: Path) -> Any:
    done = hegui("check", facts, *DAY, "--format", f"json={saved}")
    assert done.code == 1, done.err
    return json.loads(saved.read_text(encoding="utf-8"))


def filled(url: str) -> None:
    fill = runpy.run_path(str(PAGE.parent / "fill.py"))
    fill["main"](str(ROOT / "facts" / "banan"), "banan", url.replace("postgresql:", "postgresql+psycopg:"))


def test_a_database_finds_what_the_files_do(where: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(where.url)
    found, files = run(where.url, tmp_path / "database.json"), run(str(ROOT / "facts/banan"), tmp_path / "files.json")
    assert found["summary"]["rules"] == files["summary"]["rules"]
    for part in ("findings", "conclusions"):
        told, wanted = ([(each["fingerprint"], each["verdict"]) for each in all_[part]] for all_ in (found, files))
        assert told == wanted
    monkeypatch.setenv("HEGUI_DATABASE", where.url)
    part = run(str(PAGE.parent / "registry.yaml"), tmp_path / "part.json")
    counts, mines = ({each["rule"]: each["violation"] for each in all_["summary"]["rules"]} for all_ in (found, part))
    assert mines["mine.over-scale"] == counts["mine.over-scale"] > 0


def test_every_place_has_a_key(where: Store, tmp_path: Path) -> None:
    """Also those of rows that a reference was followed to; only what no key could be read of has none."""
    filled(where.url)
    found = run(where.url, tmp_path / "database.json")
    followed = set()
    for finding in found["findings"]:
        for each in finding["evidence"]:
            at = each["source"]
            if at is not None and "rows" not in each:
                assert at["row"] is None
                assert at["key"]
                assert at["nth"]
                followed |= {at["sheet"]} if at["sheet"] != finding["source"]["sheet"] else set()
    assert "mine" in followed


def test_the_commands_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("facts", "examples"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    monkeypatch.setenv("HEGUI_DATABASE", "")
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(os.path.expandvars(command))
        if words[0].startswith("HEGUI_DATABASE="):
            monkeypatch.setenv(*words.pop(0).split("=", 1))
        if words[0] == "python":
            filled(words[-1])
        else:
            done = hegui(*words[1:])
            assert done.code == 1, done.err
            assert "None" not in done.out


def test_the_manifest_on_the_page_is_one() -> None:
    page = (ROOT / "docs" / "databases.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (told,) = read_yaml(Source("page", shown))
    tables = plain(told.data)
    assert tables is not None
    assert [each.file or each.table or each.kind for each in tables] == [
        "register.mines",
        "mine_licence",
        "mine_year",
        "镇街.csv",
    ]
