"""The notebook runs and gives what it is kept with: its cells as plain Python here, the whole of it in a kernel under the
marker `notebook` (where HEGUI_GOLDEN=write writes its outputs anew)."""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent.parent / "examples" / "notebook"
NOTEBOOK = HERE / "banan.ipynb"
DRAWN = "image/svg+xml"
"""What differs from machine to machine: fonts."""
LARGEST = 60_000


def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(NOTEBOOK.read_text("utf-8"))
    return found


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def joined(text: object) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def outputs(cell: dict[str, Any]) -> list[dict[str, str]]:
    """What a cell shows, by media type; of a picture, that there is one."""
    found = []
    for each in cell["outputs"]:
        shown = {"text": each["text"]} if each["output_type"] == "stream" else each["data"]
        told = {kind: joined(text) for kind, text in shown.items() if DRAWN not in shown}
        found.append(told or {DRAWN: joined(shown[DRAWN])[:4]})
    return found


def plain(cell: dict[str, Any]) -> list[str]:
    return [each.get("text", each.get("text/plain", "")) for each in outputs(cell)]


def run(source: str, names: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What a cell prints, and what its last expression is."""
    body = ast.parse(source)
    last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
    exec(compile(body, NOTEBOOK.name, "exec"), names)
    value = None if last is None else eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names)  # type: ignore[attr-defined]
    said = capsys.readouterr().out
    return [said] * bool(said) + ([] if value is None else [repr(value)])


def test_its_cells_give_what_it_shows(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(HERE)
    names: dict[str, Any] = {}
    cells = [cell for cell in code_cells(stored()) if "IPython" not in joined(cell["source"])]
    assert len(cells) == len(code_cells(stored())) - 1  # but the chart, which takes Jupyter
    for cell in cells:
        assert run(joined(cell["source"]), names, capsys) == plain(cell), cell["id"]


@pytest.mark.notebook
def test_it_runs_in_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    node = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(node, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}).execute()
    for cell in node.cells:
        cell.metadata = {}
    if os.environ.get("HEGUI_GOLDEN") == "write":
        node.metadata["language_info"] = {"name": "python"}
        nbformat.write(node, NOTEBOOK)
    assert [outputs(cell) for cell in code_cells(node)] == [outputs(cell) for cell in code_cells(stored())]


def test_what_is_kept_is_small_and_of_no_machine() -> None:
    text = NOTEBOOK.read_text("utf-8")
    assert len(text) < LARGEST
    assert not re.search(r'(?<![\w."])/(?:home|root|tmp|Users|work|usr|opt)/|[A-Z]:\\\\', text)
    notebook = stored()
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    cells = code_cells(notebook)
    assert all(not cell["metadata"] for cell in notebook["cells"])
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell["outputs"] for cell in cells)
