"""Registries as a whole: folders, manifests, templates, proposals, the conformed form; and the page that tells of them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import shipped_kit
from hypothesis import given
from hypothesis import strategies as st

from hegui import api, facts
from hegui.facts import problems, words
from hegui.facts.manifest import plain
from hegui.facts.manifest_shape import complaints
from hegui.source import FactsError, Source, read_yaml

ROOT = Path(__file__).parent.parent
BANAN = ROOT / "facts" / "banan"
RULESET = shipped_kit.loaded(shipped_kit.FOLDER)
VOCABULARY = RULESET.vocabulary
DAY = date(2024, 3, 11)


def refused(*paths: Path) -> list[str]:
    with pytest.raises(FactsError) as caught:
        facts.read(list(paths), VOCABULARY)
    for diagnostic in caught.value.diagnostics:
        assert diagnostic.render("en")
        assert diagnostic.render("zh")
    return [diagnostic.id for diagnostic in caught.value.diagnostics]


def manifest(folder: Path, text: str) -> Path:
    shutil.copy(BANAN / "矿山台账.xlsx", folder)
    (folder / "registry.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_template_that_was_filled_in_is_read(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    facts.write_template(VOCABULARY, ["mine", "mine_licence"], path)
    book = openpyxl.load_workbook(path)
    sheet = book["矿山"]
    headers = [cell.value for cell in sheet[1]]
    filled = {"矿山编号": "K1", "矿山名称": "某矿", "开采方式": "露天", "造成矿产资源破坏": "否"}
    for name, value in filled.items():
        sheet.cell(2, headers.index(name) + 1, value)
    book.save(path)
    registry = facts.read([path], VOCABULARY)
    (row,) = registry.tables["mine"].lazy().collect().iter_rows(named=True)
    assert (row["id"], row["name"], row["method"], row["resource_damage"]) == ("K1", "某矿", "open_pit", False)
    assert registry.problems == ()
    assert registry.tables["mine_licence"].lazy().collect().is_empty()


def test_a_template_offers_codes_and_keeps_its_header_in_sight(tmp_path: Path) -> None:
    facts.write_template(VOCABULARY, ["mine"], tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["矿山"]
    assert sheet.freeze_panes is not None
    offered = " ".join(str(rule.formula1) for rule in sheet.data_validations.dataValidation)
    assert "露天" in offered


def test_a_proposed_manifest_reads_the_workbook(tmp_path: Path) -> None:
    proposed = facts.propose_manifest(BANAN / "矿山台账.xlsx", VOCABULARY)
    assert "设计规模" in proposed
    registry = facts.read([manifest(tmp_path, proposed)], VOCABULARY)
    whole = shipped_kit.registry(None, shipped_kit.FOLDER)
    assert set(registry.tables) == {"mine", "mine_licence", "mine_year"}
    columns = ["id", "density", "method"]
    one, two = (found.tables["mine"].lazy().select(columns).collect() for found in (registry, whole))
    assert one.equals(two)


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("sources: [{kind: mine, file: 无.xlsx}]", "missing-file"),
        ("sources: [{kind: mien, file: 矿山台账.xlsx}]", "unknown-kind"),
        ("sources: [{kind: mine, file: ../x.xlsx}]", "outside"),
        ("sources: [{kind: mine, file: 矿山台账.xlsx, sheet: 矿产}]", None),
        ("sources: [{kind: mine, file: 矿山台账.xlsx, sheet: 矿山, encoding: x}]", "unknown-encoding-name"),
        ("sources: [{kind: mine, file: 矿山台账.xlsx, sheet: 矿山, columns: {nmae: 矿山名称}}]", "unknown-field"),
        ("sources: [{kind: mine, file: 矿山台账.xlsx, sheet: 矿山, heder: 2}]", None),
        ("sources: []", None),
        ("a: &a 1", "yaml-alias"),
        ("- 1", "one-document"),
    ],
)
def test_a_manifest_with_a_mistake(text: str, id_: str | None, tmp_path: Path) -> None:
    found = refused(manifest(tmp_path, text))
    assert found
    assert id_ is None or id_ in found


def test_two_files_for_one_kind_are_refused(tmp_path: Path) -> None:
    for name in ("town.csv", "镇街.csv"):
        (tmp_path / name).write_text("id,name\nT1,a\n", encoding="utf-8")
    assert refused(tmp_path)


def test_what_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere") == ["missing-path"]
    assert refused(tmp_path)


def test_all_that_cannot_be_read_is_told_in_one_go(tmp_path: Path) -> None:
    (tmp_path / "矿山.xlsx").write_bytes(b"PK\x03\x04 and nothing more")
    (tmp_path / "镇街.csv").write_bytes(b"")
    (tmp_path / "企业.json").write_text("[" * 100_000, encoding="utf-8")
    (tmp_path / "mine_year.parquet").write_bytes(b"PAR1")
    assert sorted(refused(tmp_path)) == ["empty-file", "json-depth", "not-a-workbook", "not-parquet"]


@pytest.mark.parametrize("before", [False, True])
def test_a_conformed_registry_that_is_not_all_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """A process that ends between moving its files leaves no folder that is taken for facts as they came."""
    registry, folder = facts.read([BANAN], VOCABULARY), tmp_path / "conformed"
    if before:
        facts.write_conformed(registry, folder)
    replace = Path.replace

    def end(self: Path, target: Path) -> Path:
        if len([path for path in self.parent.iterdir() if path.suffix == ".parquet"]) == 3:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", end)
        with pytest.raises(KeyboardInterrupt):
            facts.write_conformed(registry, folder)
    with pytest.raises(FactsError, match="no whole conformed registry"):
        facts.read([folder], VOCABULARY)
    assert list(tmp_path.iterdir()) == [folder]
    facts.write_conformed(registry, folder)
    assert facts.read([folder], VOCABULARY).digest == registry.digest


def test_a_conformed_registry_is_judged_the_same(tmp_path: Path) -> None:
    registry = facts.read([BANAN], VOCABULARY)
    facts.write_conformed(registry, tmp_path / "conformed")
    again = facts.read([tmp_path / "conformed"], VOCABULARY)
    assert all(isinstance(table, pl.LazyFrame) for table in again.tables.values())
    first, second = (api.check(found, RULESET, as_of=DAY) for found in (registry, again))
    assert first.findings == second.findings
    assert first.data_quality == second.data_quality


def test_the_page_lists_every_problem_and_word() -> None:
    page = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8")
    assert [word for word in problems.WORDS if f"| {word} |" not in page] == []
    listed = (*words._MISSING, *words._TRUE, *words._FALSE)
    assert [word for word in listed if word and f"`{word}`" not in page] == []
    assert [ending for ending in facts.READERS if f"`{ending}`" not in page] == []


WORD = st.sampled_from(["mine", "", "a.csv", "null", "true", "1", "'1'", "[a]", "{a: b}", "1.5"])
HEADERS = st.sampled_from(["1", "0", "-1", "[2, 3]", "[]", "[a]", "true", "null", "1.5", "'2'", "{}"])
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "kind": WORD,
        "file": WORD,
        "sheet": WORD,
        "encoding": WORD,
        "header": HEADERS,
        "columns": st.sampled_from(["{}", "{a: b}", "{a: ''}", "{a: }", "{a: 1}", "[]", "a", "null"]),
        "sheets": WORD,
    },
)
GOOD_ENTRY = {"kind": "mine", "file": "a.csv"}


@given(st.lists(st.one_of(ENTRY, ENTRY.map(lambda entry: {**entry, **GOOD_ENTRY})), max_size=3), st.booleans())
def test_a_manifest_is_plain_if_nothing_is_wrong_with_its_form(entries: list[dict[str, str]], more: bool) -> None:
    listed = ", ".join("{" + ", ".join(f"{key}: {value}" for key, value in entry.items()) + "}" for entry in entries)
    (document,) = read_yaml(Source("registry.yaml", f"sources: [{listed}]\n{'more: 1' if more else ''}\n"))
    assert (plain(document.data) is None) is bool(complaints(document))
