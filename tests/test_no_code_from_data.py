"""No code comes out of data: what could make it so is used in stated places only, each with its reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import hegui
from hegui import api
from hegui.source import HeguiError, Source, read_yaml

PACKAGE = Path(hegui.__file__).parent

MODULES = {
    "asyncore", "cloudpickle", "code", "codeop", "commands", "ctypes", "dbm", "dill", "ftplib", "http", "imp", "importlib",
    "joblib", "jsonpickle", "lxml", "marshal", "multiprocessing", "pdb", "pickle", "pkgutil", "pty", "runpy", "shelve",
    "smtplib", "socket", "socketserver", "subprocess", "telnetlib", "urllib", "webbrowser", "xml", "xmlrpc",
}  # fmt: skip
"""Modules that run code, read objects, start programs, parse markup or open connections."""
HARMLESS = {"importlib.metadata", "importlib.util", "urllib.parse"}
"""Parts of them that only look at what is installed, or at texts."""
BUILTINS = {"__import__", "breakpoint", "compile", "eval", "exec", "input"}
CALLS = {
    "exec_driver_sql", "from_string", "full_load", "full_load_all", "import_module", "load_module", "mktemp", "popen", "Popen",
    "resolve_name", "spawnl", "spawnv", "startfile", "system", "unsafe_load", "unsafe_load_all", "Markup",
}  # fmt: skip
"""Names of functions and methods to the same end, wherever they come from."""

STATED = {
    "hegui: importlib": "names of `hegui.__all__`, out of a table of its own",
    "hegui: import_module": "the same",
    "hegui.ruleset.model: pkgutil": "`hegui.embedding`, a layer above it, by a name written there",
    "hegui.ruleset.model: resolve_name": "the same",
    "hegui.ruleset.cache: pickle": "an unpickler that knows plain classes only, of a folder nobody else can write to",
    "hegui.assure.impact.revision: subprocess": "git, without a shell; what a user names stands behind --end-of-options or --",
    "hegui.conclusions.children: subprocess": "this very interpreter with a module of hegui, without a shell",
    "hegui.conclusions.children: Popen": "the same",
    "hegui.report.letter.template: lxml": "the name of an error; documents are opened by python-docx, which resolves no entities",
    "hegui.report.page: Markup": "two spans around what is escaped as it is put between them",
    "hegui.facts.archive: xml": "sheets are found and their elements counted; a document type, and so every entity, is refused",
    "hegui.files: ctypes": "one call of the system's own library, with names of files as bytes",
    "hegui.facts.database: exec_driver_sql": "names are quoted by the dialect; a manifest's `query` is in brackets, in a transaction "
    "that only reads",
    "hegui.ledger.schema: exec_driver_sql": "statements out of the table of migrations",
    "hegui.ledger.store: exec_driver_sql": "statements written there",
}
"""Where each is used all the same, and why nothing of a user's is run there."""


_NAMED = re.compile(rf"\b(?:{'|'.join(sorted({*MODULES, *BUILTINS, *CALLS, 'jinja2'} - {'code', 'compile', 'input'}))})\b|yaml\.|"
                    r"(?<!re\.)(?<!re2\.)(?<!self\.)\bcompile\(|(?:import|from) code\b|\binput\(")  # fmt: skip


@cache
def modules() -> list[tuple[str, ast.Module]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text("utf-8")
        if _NAMED.search(text):  # parsing all of them takes seconds
            found.append((name, ast.parse(text)))
    return found


def uses(tree: ast.Module) -> Iterator[str]:
    """What a module imports or calls that is on the lists."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                each.name.partition(".")[0] for each in node.names if each.name not in HARMLESS and _listed(each.name)
            )
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {f"{node.module}.{each.name}" for each in node.names} | {node.module}
            if _listed(node.module) and not whole & HARMLESS:
                yield node.module.partition(".")[0]
        elif isinstance(node, ast.Call):
            plain = isinstance(node.func, ast.Name)
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in CALLS or (plain and called in BUILTINS):
                yield called


def imported(tree: ast.Module) -> set[str]:
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names]
    return {each.partition(".")[0] for each in named}


def _listed(module: str) -> bool:
    return module.partition(".")[0] in MODULES


def test_what_could_run_data_is_used_in_stated_places_only() -> None:
    found = {f"{name}: {each}" for name, tree in modules() for each in uses(tree)}
    assert found == set(STATED)


@pytest.mark.parametrize(
    "code",
    ["eval(text)", "exec(text)", "compile(text, '', 'exec')", "import pickle", "from pickle import loads", "import marshal as m",
     "import subprocess", "from xml.etree import ElementTree", "import importlib", "from importlib import import_module",
     "yaml.unsafe_load(text)", "os.system(text)", "os.popen(text)", "environment.from_string(text)", "import urllib.request",
     "connection.exec_driver_sql(text)", "Markup(text)"],
)  # fmt: skip
def test_the_list_finds(code: str) -> None:
    assert list(uses(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ["re.compile('a')", "self.compile(a)", "from importlib import metadata", "import json", "evaluate(a)"]
)
def test_and_leaves_alone(code: str) -> None:
    assert not list(uses(ast.parse(code)))


def test_yaml_is_only_ever_parsed_to_events_or_written() -> None:
    calls = set()
    for _, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "yaml":
                calls.add(node.attr)
    assert not {each for each in calls if re.search("load|construct|Unsafe|FullLoader", each)}


def test_templates_are_sandboxed_escaped_and_ours() -> None:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    assert ImmutableSandboxedEnvironment.sandboxed
    users = {name: tree for name, tree in modules() if "jinja2" in imported(tree)}
    assert list(users) == ["hegui.assure.impact.page", "hegui.report.page"]
    for tree in users.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Environment"):
                given = {each.arg: ast.unparse(each.value) for each in node.keywords}
                assert ast.unparse(node.func) == "ImmutableSandboxedEnvironment"
                assert given["autoescape"] == "True"
                assert given["loader"] in ("FileSystemLoader(Path(__file__).parent)", "FileSystemLoader(_HERE)")


def test_entities_of_a_sheet_are_refused() -> None:
    from hegui.facts.archive import Look, _measure

    bomb = '<!DOCTYPE a [<!ENTITY b "cccc"><!ENTITY d SYSTEM "file:///etc/passwd">]><a>&b;&d;</a>'
    with pytest.raises(ValueError, match="document type"):
        _measure(iter([bomb.encode()]), Look())


@pytest.mark.parametrize(
    "text",
    ["!!python/object/apply:os.system [touch {0}]", "a: !!python/name:os.system ''", "a: !!python/object/new:os.system [touch {0}]",
     "!<tag:yaml.org,2002:python/object/apply:os.system> [touch {0}]"],
)  # fmt: skip
def test_tags_make_no_objects(text: str, tmp_path: Path) -> None:
    with pytest.raises(HeguiError, match="yaml-tag"):
        read_yaml(Source("a.yaml", text.format(tmp_path / "made")))
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "condition",
    ["__import__('os').system('x')", "id.__class__ == ''", "().__class__.__bases__", "id.format(id) == ''", "(lambda: 1)() == 1",
     "[x for x in id] == []", "eval('1') == 1", "open('a') == ''", "getattr(id, 'upper') == ''", "id.matches('(?e)')"],
)  # fmt: skip
def test_conditions_are_no_python(condition: str, tmp_path: Path) -> None:
    rule = f"rule: a.b\ntitle: {{zh: 甲, en: a}}\nabout: pond\nnature: clue\nseverity: low\nviolation: {condition!r}\n"
    header = "ruleset: r\ntitle: {zh: 甲, en: a}\nversion: '1'\n---\nkind: pond\nkey: id\nfields: {id: {type: string}}\n---\n"
    (tmp_path / "ruleset.yaml").write_text(f"{header}{rule}", "utf-8")
    with pytest.raises(HeguiError) as caught:
        api.load_ruleset(tmp_path)
    assert all(each.span is not None for each in caught.value.diagnostics)
