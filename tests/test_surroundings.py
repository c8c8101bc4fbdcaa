"""What hegui writes depends on what it is given and on nothing around it: locale, encoding, time zone, seeds of hashes, working
folder, home, width of a terminal. Each report of a run in one surrounding is, byte for byte, that in another."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hegui import __file__ as package
from hegui.report import WRITERS

ROOT = Path(__file__).parent.parent
PLAIN = {"SOURCE_DATE_EPOCH": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"}
ODD: Mapping[str, Mapping[str, str]] = {
    "ascii": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "posix": {"LC_ALL": "POSIX", "LANG": "", "PYTHONUTF8": "1"},
    "turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR", "PYTHONUTF8": "0"},
    "gb18030": {"LC_ALL": "zh_CN.GB18030", "LANG": "zh_CN.GB18030", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "shanghai": {"TZ": "Asia/Shanghai"},
    "newfoundland": {"TZ": "America/St_Johns"},
    "kiritimati": {"TZ": "Pacific/Kiritimati"},
    "seed": {"PYTHONHASHSEED": "4294967295"},
    "homeless": {"HOME": "", "XDG_CACHE_HOME": ""},
    "home of nobody": {"HOME": "/proc", "XDG_CACHE_HOME": "/proc/none"},
    "narrow": {"COLUMNS": "20", "LINES": "1", "TERM": "dumb", "NO_COLOR": "1"},
    "optimised": {"PYTHONOPTIMIZE": "2"},
    "one thread": {"POLARS_MAX_THREADS": "1"},
}
"""Surroundings one by one. A locale that the system does not have is the one of C to it."""
ALL = {name: value for given in ODD.values() for name, value in given.items()} | ODD["ascii"] | {"PYTHONOPTIMIZE": ""}


def written(folder: Path, facts: str, rules: str, given: Mapping[str, str], lang: str = "zh") -> dict[str, bytes]:
    """Every report of a run made in a process of its own."""
    folder.mkdir(parents=True)
    formats = [f"--format={name}={folder / name}" for name in WRITERS]
    day = ["--as-of", "2024-03-11", "--lang", lang, "--engine", "polars"]
    command = [sys.executable, "-m", "hegui", "check", facts, "--rules", rules, *day, *formats]
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON", "HEGUI_", "COLUMNS"))
    }
    found = {**kept, "PYTHONPATH": str(Path(package).parent.parent), **PLAIN, **given}
    done = subprocess.run(command, env=found, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr.decode(errors="replace")
    assert done.stdout == b""
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(made) == set(WRITERS)
    return made


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    return [name for name in one if one[name] != other[name]]


def test_reports_are_the_same_in_the_oddest_of_surroundings(tmp_path: Path) -> None:
    facts = tmp_path / "facts"  # where names of files are ASCII to Python, a Chinese one is no word of a ruleset
    facts.mkdir()
    rows = "id,name,town,level,phone\nS1,İstanbul 场地ı,T1,12,1\nS2,straße,T2,,\nS3,𠮷,T1,13.5,2\n"
    (facts / "site.csv").write_text(rows, "utf-8")
    (facts / "town.csv").write_text("id,name\nT1,青石镇\nT2,East Bank\n", "utf-8")
    rules = str(ROOT / "tests" / "sites")
    plain = written(tmp_path / "plain", str(facts), rules, {})
    odd = written(tmp_path / "这里 odd" / "x", str(facts), rules, ALL)
    assert not differing(plain, odd)
    assert "İstanbul 场地ı" in plain["jsonl"].decode()


@pytest.fixture(scope="module")
def banan(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, bytes]]:
    """The registry under names of files that are ASCII, and the reports of a run over it."""
    folder, given = tmp_path_factory.mktemp("facts"), ROOT / "facts" / "banan"
    manifest = (given / "registry.yaml").read_text("utf-8")
    for number, path in enumerate(sorted(given.iterdir())):
        if path.suffix in (".csv", ".json", ".xlsx", ".yaml") and path.name in manifest:
            manifest = manifest.replace(f"file: {path.name}", f"file: f{number}{path.suffix}")
            shutil.copy(path, folder / f"f{number}{path.suffix}")
    (folder / "registry.yaml").write_text(manifest, "utf-8")
    return str(folder), written(tmp_path_factory.mktemp("plain") / "x", str(folder), "banan", {})


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_reports_are_the_same_in_each(name: str, tmp_path: Path, banan: tuple[str, dict[str, bytes]]) -> None:
    assert not differing(banan[1], written(tmp_path / "odd", banan[0], "banan", ODD[name]))
