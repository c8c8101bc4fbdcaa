"""The rules of the house, held by scripts: layers, import weight, docstrings, sizes, nothing left for later."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import hegui

PACKAGE = Path(hegui.__file__).parent
ROOT = Path(__file__).parent.parent

LAYERS = {
    "hegui.characters": 0,
    "hegui.limits": 0,
    "hegui.source": 0,
    "hegui.arguments": 0,
    "hegui.masking": 0,
    "hegui.terminal": 0,
    "hegui.extending": 0,
    "hegui.datatypes": 0,
    "hegui.units": 0,
    "hegui.calendar": 0,
    "hegui.clock": 0,
    "hegui.files": 0,
    "hegui.intake": 0,
    "hegui.language.added": 1,
    "hegui.language.tree": 1,
    "hegui.language.late": 1,
    "hegui.language.meanings": 1,
    "hegui.language.operators": 1,
    "hegui.language.pattern": 1,
    "hegui.language.retrying": 1,
    "hegui.language.signatures": 1,
    "hegui.vocabulary": 1,
    "hegui.language": 2,
    "hegui.outcome": 3,
    "hegui.ruleset": 3,
    "hegui.facts": 3,
    "hegui.engines": 4,
    "hegui.explaining": 5,
    "hegui.conclusions": 5,
    "hegui.waivers": 5,
    "hegui.report": 6,
    "hegui.ledger": 6,
    "hegui.assure": 7,
    "hegui.asked": 7,
    "hegui.keeping": 7,
    "hegui.session": 8,
    "hegui.since": 7,
    "hegui.api": 8,
    "hegui.embedding": 8,
    "hegui.plugins": 9,
    "hegui": 9,
    "hegui.cli": 9,
    "hegui.pytest_plugin": 9,
    "hegui.__main__": 9,
}
"""Where each module or package stands; it imports only from lower layers, and inside a layer there are no cycles."""

HEAVY = (
    "click", "docx", "durable", "fastexcel", "itables", "jinja2", "lxml", "narwhals", "pint", "polars", "pydantic", "re2", "rich",
    "sqlalchemy", "vl_convert", "xlsxwriter", "z3",
)  # fmt: skip
"""What `import hegui` must not bring in; `--help` may have click and no other."""

MAX_MODULE = 600
MAX_FUNCTION = 50
MAX_MEDIAN = 10


def files() -> dict[str, Path]:
    """Every module of the package as it is installed, by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = files()
WRITTEN = sorted(name for name, path in MODULES.items() if path.stat().st_size)


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imported(name: str) -> set[str]:
    """The modules of ours that a module names in its imports, wherever in it they stand."""
    found = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{name}: imports are written in full"
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {target if target in MODULES else node.module for target in inside}
    return {target for target in found if target in MODULES} - {name}


def place(name: str) -> str:
    """The entry of `LAYERS` a module belongs to: itself, or the nearest package above it that has one."""
    while name not in LAYERS:
        assert name.count(".") > 1, f"{name} has no place in LAYERS"
        name = name.rpartition(".")[0]
    return name


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_point_down(name: str) -> None:
    here = place(name)
    wrong = [
        target for target in sorted(imported(name)) if place(target) != here and LAYERS[place(target)] > LAYERS[here]
    ]
    assert not wrong, f"{name} (layer {LAYERS[here]}) imports upwards: {wrong}"


def test_one_module_imports_durable_rules() -> None:
    named = re.compile(r"^ *(?:import|from) durable\b", re.MULTILINE)
    users = [name for name, path in MODULES.items() if named.search(path.read_text(encoding="utf-8"))]
    assert users == ["hegui.conclusions.durable"]


def test_what_is_found_by_its_name() -> None:
    """`Ruleset.check` is offered where rulesets are, and done far above: the one arrow upwards, drawn when called. `hegui`
    itself is above all others, and finds the names it offers when they are asked for."""
    late = re.compile(r"\b(?:resolve_name|import_module|__import__)\(")
    users = [name for name, path in MODULES.items() if late.search(path.read_text(encoding="utf-8"))]
    assert users == ["hegui", "hegui.ruleset.model"]


def test_there_are_no_cycles() -> None:
    between = {name: imported(name) for name in MODULES}
    blocks: dict[str, set[str]] = {}
    for name, targets in between.items():
        blocks.setdefault(place(name), set()).update(place(target) for target in targets)
    for graph in (between, {name: targets - {name} for name, targets in blocks.items()}):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            pytest.fail(f"modules import each other: {' -> '.join(error.args[1])}")


def loaded(code: str) -> set[str]:
    """The heavy packages a fresh interpreter has loaded after running `code`."""
    script = f"{code}\nimport sys\nprint('\\n' + ' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_hegui_is_light() -> None:
    assert loaded("import hegui") == set()


def test_help_is_light() -> None:
    assert loaded("from hegui.cli import main\nmain(['--help'], standalone_mode=False)") <= {"click"}


def test_a_run_with_a_kept_ruleset_is_light() -> None:
    facts, rules = (str(ROOT / each / "banan") for each in ("facts", "rulesets"))
    call = ["check", facts, "--rules", rules, "--as-of", "2024-03-11"]
    code = f"from hegui.cli import main\nmain({call!r}, standalone_mode=False)"
    assert "pydantic" in loaded(code.replace("--as-of", "--no-cache', '--as-of"))
    loaded(code)  # it is kept by now
    assert loaded(code) == {"click", "fastexcel", "polars", "re2"}


def definitions(name: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in tree(name).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_public_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(tree(name)), f"{name} has no docstring"
    silent = [node.name for node in definitions(name) if not ast.get_docstring(node)]
    assert not silent, f"{name}: no docstring on {silent}"


@pytest.mark.parametrize("name", WRITTEN)
def test_modules_are_not_long(name: str) -> None:
    lines = MODULES[name].read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_MODULE, f"{name} has {lines} lines"


def lengths() -> dict[str, int]:
    """The lines of each function, its docstring left out."""
    found = {}
    for name in MODULES:
        for node in ast.walk(tree(name)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                said = node.body[0] if ast.get_docstring(node) else None
                words = (said.end_lineno or said.lineno) - said.lineno + 1 if said else 0
                found[f"{name}:{node.lineno} {node.name}"] = (node.end_lineno or node.lineno) - node.lineno + 1 - words
    return found


def test_functions_are_short() -> None:
    found = lengths()
    assert not [f"{name}: {length}" for name, length in found.items() if length > MAX_FUNCTION]
    assert statistics.median(found.values()) < MAX_MEDIAN


def tracked() -> Iterator[tuple[Path, str]]:
    """Every text file of the project with its text; nothing built and nothing binary."""
    tops = [ROOT / top for top in (".ci", "benchmarks", "docs", "engine", "examples", "facts", "rulesets", "tests")]
    inside = [path for top in tops for path in sorted(top.rglob("*")) if path.is_file()]
    for path in [*sorted(ROOT.glob("*.*")), ROOT / "LICENSE", *inside]:
        if (
            not path.is_file()
            or {"__pycache__", ".hypothesis"} & set(path.parts)
            or path.name == ".git"  # in a further working tree, a file that says where the first is
            or path.suffix in {".xlsx", ".xls", ".parquet"}
        ):
            continue
        yield path, path.read_bytes().decode("utf-8", "replace")


def found_in_tree(pattern: str) -> list[str]:
    return [f"{path.relative_to(ROOT)}: {match[0]}" for path, text in tracked() for match in re.finditer(pattern, text)]


def test_no_file_names_a_place_on_one_machine() -> None:
    places = "|".join(("work", "tmp", "root", "home", "Users"))
    assert not found_in_tree(rf"(?<![\w.$}}])/(?:{places})/\w+|[A-Z]:\\Users")


def test_no_test_on_postgresql_is_passed_over() -> None:
    """`tests/postgres.sh` reads the test files in which the word stands, and those that use the two kits that mark tests."""
    marked = {path.name for path in ROOT.glob("tests/*.py") if "mark.postgres" in path.read_text("utf-8")}
    assert {name for name in marked if not name.startswith("test_")} == {"database_kit.py", "ledger_kit.py"}


def test_nothing_is_left_for_later() -> None:
    words = "|".join(
        ("TO" + "DO", "FIX" + "ME", "XX" + "X", "Not" + "ImplementedError", "x" + "fail", "mark.sk" + "ip")
    )
    assert not found_in_tree(rf"\b(?:{words})\b")
