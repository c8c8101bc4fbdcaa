"""The JSON Schemas take what is taken, refuse what is refused where it stands, and describe every key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_broken import CASES, FOLDER, diagnostics
from test_cli import hegui

from hegui.assure import schemas
from hegui.ruleset.documents import Name
from hegui.source import Diagnostic, Document, FactsError, HeguiError, Span, UsageError, read_source, read_yaml

ROOT = Path(__file__).parent.parent
WRITTEN = ROOT / "examples" / "editor" / "schemas"
DOCUMENTS = schemas.documents()
ANY = schemas.any_document()
SHAPES = {
    "bad-name", "empty-value", "field-needs", "missing-key", "name-too-long", "no-fields", "no-key", "no-language", "no-unit-here",
    "not-a-bool", "not-a-date", "not-a-list", "not-a-mapping", "not-a-scalar", "not-a-text", "not-among", "not-an-int",
    "not-for-type", "not-of-type", "too-large", "too-small", "unknown-document", "unknown-key",
}  # fmt: skip
"""What a schema can see of the faults there are."""


def placed(node: Any, among: bool = False) -> Any:
    """The same schema, but what is never allowed is refused where it stands: jsonschema loses the place of a bare `false`."""
    if isinstance(node, dict):
        return (
            {key: placed(value, key == "properties") for key, value in node.items()}
            if not among
            else {key: {"not": {}} if value is False else placed(value) for key, value in node.items()}
        )
    return [placed(each) for each in node] if isinstance(node, list) else node


def validator(schema: dict[str, Any]) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)


def complaints(schema: dict[str, Any], document: Document) -> Iterator[tuple[int, str]]:
    """Where a schema complains of a document (the line of the value, and of its key), and of what."""

    def each(errors: Any) -> Iterator[Any]:
        for error in errors:
            yield error
            yield from each(error.context)

    for error in each(validator(placed(schema)).iter_errors(document.data)):
        path = tuple(error.absolute_path)
        extra = re.findall(r"'([^']+)'", error.message) if error.validator == "additionalProperties" else []
        names = [error.instance] if "propertyNames" in error.schema_path and isinstance(error.instance, str) else []
        for place in [path, *((*path, name) for name in [*extra, *names])]:
            yield line(document.span(place)), error.message
            yield line(document.key_span(place)), error.message


def line(span: Span) -> int:
    return span.source.line_column(span.start)[0]


def test_every_key_of_every_document_is_described() -> None:
    silent = [
        f"{name}: {'/'.join(path)}"
        for name, schema in {**DOCUMENTS, schemas.ANY: ANY}.items()
        for path, each in properties(schema)
        if not each.get("description")
    ]
    assert silent == []
    assert all(schema["description"] for schema in DOCUMENTS.values())


def properties(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every property anywhere in a schema but those that only narrow others down."""
    if isinstance(node, list):
        for each in node:
            yield from properties(each, path)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("if", "then", "anyOf") and "description" not in str(value):
                continue
            if key == "properties":
                yield from (((*path, name), each) for name, each in value.items() if each is not False)
            yield from properties(value, (*path, key))


@pytest.mark.parametrize("name", [*DOCUMENTS, schemas.ANY])
def test_each_is_a_schema_for_editors(name: str) -> None:
    schema = {**DOCUMENTS, schemas.ANY: ANY}[name]
    jsonschema.Draft7Validator.check_schema(schema)
    text = json.dumps(schema, ensure_ascii=False)
    assert '{"type": "null"}' not in text
    assert "\\\\W" not in text  # in editors it is ASCII only: names in Chinese would be refused
    for pattern in re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', text):
        assert "\\\\p" not in pattern


def shipped() -> Iterator[tuple[str, Path]]:
    for folder in ("rulesets", "examples", "tests/sites", "tests/sample", "facts"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            yield path.relative_to(ROOT).as_posix(), path


SHIPPED = dict(shipped())


def name_of(data: Any) -> str | None:
    if not isinstance(data, dict) or not data:
        return None
    first = next(iter(data))
    return {"sources": "registry", "schema": "waivers"}.get(first, first if first in DOCUMENTS else None)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_taken(name: str) -> None:
    for document in read_yaml(read_source(SHIPPED[name])):
        kind = name_of(document.data)
        if kind is None:
            assert not name.startswith("rulesets/")  # rows of a registry in YAML
            continue
        assert list(complaints(DOCUMENTS[kind], document)) == []
        if kind not in ("registry", "waivers"):
            assert list(complaints(ANY, document)) == []


def test_all_sorts_of_documents_are_shipped() -> None:
    found = {name_of(document.data) for path in SHIPPED.values() for document in read_yaml(read_source(path))}
    found |= {name_of(document.data) for document in page_documents()}
    assert set(DOCUMENTS) - found <= {"accepted", "calendar", "test", "waivers"}


def page_documents() -> list[Document]:
    from hegui.source import Source

    page = (ROOT / "docs" / "rulesets.md").read_text("utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [each for block in blocks for each in read_yaml(Source("rulesets.md", block))]


def test_what_the_page_shows_is_taken() -> None:
    for document in page_documents():
        assert list(complaints(ANY, document)) == []


def test_tests_and_accepted_findings_are_taken_and_their_faults_seen() -> None:
    from test_pytest_plugin import TEST

    from hegui.source import Source

    accepted = "accepted:\n  - {finding: mutant, name: a.b, detail: x, reason: {zh: 理由}}\n"
    for kind, text, wrong in [
        ("test", TEST, "given: 3\ntest: ''\n"),
        ("accepted", accepted, "accepted: [{finding: mutant}]\n"),
    ]:
        (right,), (fault,) = read_yaml(Source("t.yaml", text)), read_yaml(Source("f.yaml", wrong))
        for schema in (DOCUMENTS[kind], ANY):
            assert list(complaints(schema, right)) == []
            assert {where for where, _ in complaints(schema, fault)} >= {1}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_of_shape_is_seen_where_it_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    found = diagnostics(name)
    try:
        documents = read_yaml(read_source(FOLDER / name, name))
    except HeguiError:
        return  # no YAML at all
    lines = {line for document in documents for line, _ in complaints(ANY, document)}
    assert missed(name, found, lines) == []
    if all(each.level == "warning" for each in found):
        assert lines == set()


def missed(name: str, found: list[Diagnostic], lines: set[int]) -> list[str]:
    shapes = [each for each in found if each.id in SHAPES and each.span is not None and each.span.source.name == name]
    if name == "overrides.yaml":  # its parameters have the types of their base, which stand in another file
        shapes = [each for each in shapes if each.id != "not-of-type"]
    return [each.render() for each in shapes if each.span is not None and line(each.span) not in lines]


def test_faults_of_waivers_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from hegui.waivers.loading import load

    folder = FOLDER / "waivers"
    monkeypatch.chdir(folder)
    with pytest.raises(UsageError) as caught:
        load([Path("shape.yaml")])
    (document,) = read_yaml(read_source(Path("shape.yaml")))
    lines = {line for line, _ in complaints(DOCUMENTS["waivers"], document)}
    assert missed("shape.yaml", list(caught.value.diagnostics), lines) == []
    assert len([each for each in caught.value.diagnostics if each.id in SHAPES]) > 5


def test_faults_of_manifests_are_seen(tmp_path: Path) -> None:
    from hegui.facts.manifest_shape import complaints as told

    path = tmp_path / "registry.yaml"
    path.write_text(
        "sources:\n  - {kind: 3,\n     file: '',\n     heder: 1,\n     sheet:\n    }\n  - {kind: mine}\n", "utf-8"
    )
    (document,) = read_yaml(read_source(path, "registry.yaml"))
    found = told(document)
    lines = {line for line, _ in complaints(DOCUMENTS["registry"], document)}
    assert {each.id for each in found} == {"not-a-text", "empty-value", "unknown-key", "file-or-database"}
    assert missed("registry.yaml", found, lines) == []
    assert issubclass(FactsError, HeguiError)


@given(st.from_regex(r"\A[^\W_]+([._-][^\W_]+)*\Z"))
def test_no_name_is_refused_that_the_loader_takes(name: str) -> None:
    from pydantic import TypeAdapter, ValidationError

    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        return  # letters are other ones in Rust
    assert validator(TypeAdapter(Name).json_schema()).is_valid(name)


@pytest.mark.parametrize("name", ["a b", "a..b", "-a", "a_", "a，b", "a、b", "矿山。", "", "a/b", "（a）"])
def test_names_are_refused_that_the_loader_refuses(name: str) -> None:
    from pydantic import TypeAdapter

    assert not validator(TypeAdapter(Name).json_schema()).is_valid(name)


# --- the command ---------------------------------------------------------------------------------------------------


def test_all_are_written_and_those_of_the_editor_example_are_fresh(tmp_path: Path) -> None:
    import os

    folder = WRITTEN if os.environ.get("HEGUI_GOLDEN") == "write" else tmp_path / "new" / "folder"
    done = hegui("schema", "--all", "-o", str(folder))
    assert (done.code, done.out) == (0, "")
    assert done.err == f"wrote {len(schemas.files())} files to {folder}\n"
    texts = {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir())}
    assert texts == {path.name: path.read_text("utf-8") for path in sorted(WRITTEN.iterdir())}
    assert all(json.loads(text)["$schema"] == "http://json-schema.org/draft-07/schema#" for text in texts.values())
    assert json.loads(hegui("schema", "hegui").out) == ANY


@pytest.mark.parametrize(
    "args", [("--all",), ("-o", "x"), ("rule", "--all", "-o", "x"), ("--rules", "banan", "--all", "-o", "x")]
)
def test_all_goes_to_a_folder_and_with_nothing_else(args: tuple[str, ...]) -> None:
    done = hegui("schema", *args)
    assert done.code == 3
    assert "[schema-folder]" in done.err


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    done = hegui("schema", "--all", "-o", str(tmp_path / "file"))
    assert done.code == 3
    assert "cannot write" in done.err
