"""Letters (问题交办单) as drafts: what stands in them, templates of an office's own, what a document can hold."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import sample
import shipped_kit
import ugly
from click.testing import CliRunner
from docx.document import Document
from docx.table import Table
from goldens import same_as

from hegui import api
from hegui.cli import main
from hegui.explaining.words import STANDING
from hegui.outcome import Verdict
from hegui.report import WRITERS, Look
from hegui.report.letter import gathering
from hegui.report.letter.filling import LONGEST
from hegui.report.run import Run
from hegui.source import UsageError

ROOT = Path(__file__).parent.parent
BANAN, AS_OF = ROOT / "facts" / "banan", date(2024, 3, 11)


def written(run: Run, name: str = "docx", template: Path | None = None) -> bytes:
    return b"".join(WRITERS[name](run, Look("zh", template=template)))  # type: ignore[arg-type]


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def lines(document: Document) -> Iterator[str]:
    """Every line of a document, in order."""
    for section in document.sections:
        yield from (f"[head] {each.text}" for each in section.header.paragraphs)
        yield from (f"[foot] {each.text}" for each in section.footer.paragraphs)
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                cells = dict.fromkeys(cell.text.replace("\n", "⏎") for cell in row.cells)
                yield " | ".join(cells)
        else:
            mark = "\f" if part.paragraph_format.page_break_before else ""
            yield mark + part.text


def text_of(data: bytes) -> str:
    return "\n".join(lines(opened(data))) + "\n"


@pytest.mark.parametrize(
    ("made", "name", "called"),
    [
        (sample.run, "docx", "report.docx"),
        (sample.run, "docx-town", "report.docx-town"),
        (ugly.run, "docx", "ugly.docx"),
    ],
)
def test_what_stands_in_it(made: Callable[[], Run], name: str, called: str) -> None:
    data = written(made(), name)
    same_as(f"{called}.txt", text_of(data).replace("长" * 100, "…"))
    assert data == written(made(), name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("name", ["docx", "docx-town"])
def test_it_is_a_draft_and_looks_like_no_decision(name: str) -> None:
    run = sample.run(every=True)
    found = list(lines(opened(written(run, name))))
    letters = sum(line.lstrip("\f") == "问题交办单（草稿）" for line in found)
    assert letters == len({(f.jurisdiction if name == "docx-town" else f.entity) for f in violations(run)})
    assert found.count(STANDING.zh) == letters
    assert [line for line in found if line.startswith("[head]")] == ["[head] 草稿 · 供内部核对，未经审核不对外发出"]
    text = "\n".join(found)
    assert not re.search("责令|印章|盖章|决定书|逾期不|限期|必须", text)
    assert "13800000000" not in text
    assert all("（建议时限" in line for line in found if line.startswith("建议时限 | ") and "-" in line)


def violations(run: Run) -> list[Any]:
    return [each for each in run.findings if run.counts_for(each)]


def test_every_violation_that_counts_stands_in_one_letter() -> None:
    run = sample.run()
    rows = [line for line in lines(opened(written(run))) if re.match(r"\d+\. ", line)]
    assert len(rows) == run.summary.total(Verdict.VIOLATION)


def test_kept_findings_make_the_same_letters(tmp_path: Path) -> None:
    ruleset, registry = shipped_kit.loaded(), shipped_kit.registry(AS_OF)
    rules = [name for name in ruleset.rules if name.startswith(("permit.", "mine.", "hazardous-waste."))]
    held, kept = (
        api.check(registry, ruleset, as_of=AS_OF, decided_on=AS_OF, engine="scalar", rules=rules, findings=at)
        for at in (None, tmp_path / "found")
    )
    for name in ("docx", "docx-town"):
        assert written(held, name) == written(kept, name)


def test_nothing_found_makes_no_letter() -> None:
    run = sample.run(as_of=date(2001, 1, 1))
    run = run.finding(tuple(each for each in run.findings if each.verdict is not Verdict.VIOLATION))
    found = [line for line in lines(opened(written(run))) if not line.startswith("[")]
    assert found == [gathering.NO_LETTERS, STANDING.zh]


# --- what a document can hold ---------------------------------------------------------------------------------------


def test_letters_that_have_no_room_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "LETTERS", 1)
    text = text_of(written(sample.run()))
    assert text.count("问题交办单（草稿）") == 1
    assert "交办对象 | 三岔采石场" in text  # whose matter is the gravest
    assert "本文件列出 1 份，另有 2 个对象（发现问题 4 条）未列入" in text


def test_problems_that_have_no_room_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "OF_ONE", 1)
    text = text_of(written(sample.run()))
    assert "形成以下核查线索 2 条" in text
    assert text.count("另有 1 条未列入本单，见问题清单。") == 3


def test_a_text_without_end_is_cut() -> None:
    found = opened(written(ugly.run()))
    texts = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    assert max(map(len, texts)) < LONGEST + 200


# --- templates of an office's own ------------------------------------------------------------------------------------


def template(path: Path, *texts: str, row: tuple[str, ...] = ("{序号}", "{问题描述}"), head: str = "") -> Path:
    """A template with some paragraphs and a table with a header, a row for problems, and a last row."""
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    table = document.add_table(3, len(row))
    for number, text in enumerate(row):
        table.cell(0, number).text, table.cell(1, number).text = f"栏{number + 1}", text
    table.cell(2, 0).text = "（完）"
    if head:
        document.sections[0].header.paragraphs[0].text = head
    document.save(str(path))
    return path


def test_a_template_of_ones_own(tmp_path: Path) -> None:
    path = template(tmp_path / "t.docx", "致{涉及单位}：", "关于{交办对象}（{数据日期}）", head="某办 {研判日期}")
    found = list(lines(opened(written(sample.run(), template=path))))
    assert found[:3] == ["[head] 草稿", "[head] 某办 2026-03-02", "[foot] "]
    assert "致规划和自然资源部门；镇街：" in [line.lstrip("\f") for line in found]
    assert found.count("栏1 | 栏2") == found.count(STANDING.zh) == 3
    assert "1 | 三岔采石场在核查日无有效采矿许可证（登记许可证 1 份）" in found
    assert "2 | 三岔采石场的联系电话 （不公开） 无法联系" in found
    assert sum(line.startswith("（完）") for line in found) == 3
    assert "{" not in "".join(found)


def test_placeholders_may_be_spread_over_pieces(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("交：")
    for piece, bold in (("{交办", False), ("对", True), ("象}", False), ("（{问题数}条）", True)):
        paragraph.add_run(piece).bold = bold
    document.add_table(1, 1).cell(0, 0).text = "{问题类型}{法律依据}"
    document.save(str(tmp_path / "t.docx"))
    assert "交：青石采石场（2条）" in text_of(written(sample.run(), template=tmp_path / "t.docx"))


def test_what_is_filled_in_is_no_placeholder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ugly, "SCRIPT", "{声明}")
    monkeypatch.setitem(ugly.NAMES, "Q1", "{声明}")
    ugly.registry.cache_clear()
    path = template(tmp_path / "t.docx", "{交办对象}", row=("{对象名称}", "{问题描述}"))
    text = text_of(written(ugly.run(), template=path))
    ugly.registry.cache_clear()
    assert "\n{声明}\n" in text.replace("\f", "")
    assert text.count(STANDING.zh) == 3


@pytest.mark.parametrize(
    ("texts", "row", "said"),
    [
        (("{交办对像}",), ("{问题描述}",), "names `交办对像` (交办对象?)"),
        (("{交办对象}",), ("描述",), "has no table row that names a problem"),
    ],
)
def test_a_template_that_cannot_be_used(
    tmp_path: Path, texts: tuple[str, ...], row: tuple[str, ...], said: str
) -> None:
    path = template(tmp_path / "t.docx", *texts, row=row)
    with pytest.raises(UsageError, match=re.escape(said)):
        written(sample.run(), template=path)


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x05\x06" + b"\0" * 18])
def test_a_file_that_is_no_word_document(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.docx").write_bytes(data)
    with pytest.raises(UsageError, match="no Word document"):
        written(sample.run(), template=tmp_path / "t.docx")
    with pytest.raises(UsageError, match="no Word document"):
        written(sample.run(), template=tmp_path / "none.docx")


def test_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(sample.run().to_json(), "utf-8")
    own, out = tmp_path / "own.docx", tmp_path / "out.docx"
    asked = ["report", str(tmp_path / "run.json"), "--format", f"docx={out}"]
    assert CliRunner().invoke(main, ["letter-template", "-o", str(own)]).exit_code == 0
    assert CliRunner().invoke(main, [*asked, "--template", str(own)]).exit_code == 0
    assert text_of(out.read_bytes()) == text_of(written(sample.run()))
    assert CliRunner().invoke(main, [*asked, "--template", str(tmp_path / "run.json")]).exit_code == 3
    assert CliRunner().invoke(main, ["report", str(tmp_path / "run.json"), "--format", "docx"]).exit_code == 3
