"""The tables of facts/banan/README.md, made from runs and from the files themselves."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import yaml

from hegui.outcome import ConclusionSummary, RuleSummary
from hegui.report.run import Run
from hegui.vocabulary import Kind

FOLDER = Path(__file__).parent.parent / "facts" / "banan"
PAGE = FOLDER / "README.md"

BEGIN_2026 = (
    "farm.no-self-monitoring",
    "farm.records-not-kept",
    "farm.tail-water-in-canal",
    "protected-area.reserve-two-zones",
)
"""Rules on duties that the law knows only since 2026; on the day of the notice they apply to nobody."""

SUBJECTS = {
    "工业企业 · Industry": ("coating", "exhaust", "permit", "scattered-polluters"),
    "危险废物 · Hazardous waste": ("hazardous-waste",),
    "建筑与用电 · Buildings and power": ("building", "power"),
    "矿山 · Mines": ("mine", "mine-dust", "mine-restoration"),
    "养殖 · Farms": ("farm", "livestock"),
    "焚烧、森林和自然保护地 · Burning, forests and protected areas": (
        *("burning", "forest-chief", "forest-issue", "protected-area"),
    ),
    "河流、水源和污水 · Rivers, drinking water and sewage": (
        *("river-chief", "water-source", "reservoir", "sewage", "sewer", "sewer-investment"),
    ),
    "信访、整改和履职 · Petitions, rectification and duties": ("petition", "rectification", "responsibility"),
}
"""Headings, and what the names of their rules begin with."""

COUNTS = """\
| rule · 规则 | violation · 发现问题 | compliant · 未发现问题 | not applicable · 不适用 | undetermined · 待核实 \
| in the notice's scope · 反馈口径 | from memory, apart · 另列 |
|---|---:|---:|---:|---:|---:|---:|
"""
CONCLUSIONS = """\
| conclusion · 结论 | drawn · 得出线索 | undetermined · 待核实 |
|---|---:|---:|
"""
FILES = """\
| file · 文件 | shape · 形式 | rows · 行数 |
|---|---|---|
"""
TABLE = re.compile(r"(?<=<!-- table: )(?P<name>[\w-]+) -->\n.*?(?=<!-- end -->)", re.DOTALL)


def numbers(summary: RuleSummary) -> tuple[int, ...]:
    """Violation, compliant, not applicable, undetermined, in the notice's scope, from memory only."""
    verdicts = (summary.violation, summary.compliant, summary.not_applicable, summary.undetermined)
    return (*verdicts, summary.in_notice_scope, summary.from_memory)


def drawn(summary: ConclusionSummary) -> tuple[int, int]:
    """How often a conclusion is drawn, and how often it may have to be."""
    return summary.concluded, summary.undetermined


def refreshed(page: str, tables: Mapping[str, str]) -> str:
    """The page with its tables as they are now."""
    return TABLE.sub(lambda match: f"{match['name']} -->\n\n{tables[match['name']]}\n", page)


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |\n"


def count_rows(run: Run, names: Iterable[str]) -> str:
    """A table of counts of some rules."""
    titles = {document.rule.name: document.rule.title.get("zh") for document in run.rules}
    found = {summary.rule: numbers(summary) for summary in run.summary.rules}
    return COUNTS + "".join(_row(f"{name} · {titles[name]}", *found[name]) for name in sorted(names))


def counts(run: Run) -> str:
    """A table of counts for every subject; the rules that begin in 2026 have their own."""
    names = [summary.rule for summary in run.summary.rules if summary.rule not in BEGIN_2026]
    parts = []
    for heading, subjects in SUBJECTS.items():
        parts.append(f"### {heading}\n\n{count_rows(run, [name for name in names if name.split('.')[0] in subjects])}")
    return "\n".join(parts)


def conclusions(run: Run) -> str:
    """The table of conclusions."""
    rows = (_row(f"{each.conclusion} · {each.title.get('zh')}", *drawn(each)) for each in run.drawing.summaries)
    return CONCLUSIONS + "".join(rows)


# --- files


def files(kinds: Mapping[str, Kind]) -> str:
    """The table of files: what each is, and the rows it holds."""
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in yaml.safe_load((FOLDER / "registry.yaml").read_text("utf-8"))["sources"]:
        found.setdefault(entry["file"], []).append(entry)
    rows = (_row(f"`{name}`", shape(entries), "<br>".join(_holds(entries, kinds))) for name, entries in found.items())
    return FILES + "".join(rows) + _row("`registry.yaml`", "manifest · 清单", f"{sum(map(len, found.values()))} tables")


def shape(entries: list[dict[str, Any]]) -> str:
    """What a file is."""
    path = FOLDER / entries[0]["file"]
    if path.suffix == ".xlsx":
        merged = ", one with merged header cells" if any(isinstance(each["header"], list) for each in entries) else ""
        return f"XLSX{merged}"
    if path.suffix == ".csv":
        marked = path.read_bytes().startswith(b"\xef\xbb\xbf")
        return "CSV, UTF-8 with byte-order mark" if marked else f"CSV, {entries[0]['encoding'].upper()}"
    return path.suffix[1:].upper()


def _holds(entries: list[dict[str, Any]], kinds: Mapping[str, Kind]) -> Iterator[str]:
    for entry in entries:
        label = kinds[entry["kind"]].label
        sheet = f"{entry['sheet']}: " if len(entries) > 1 else ""
        yield f"{sheet}{height(entry)} {label.get('zh')} · {label.get('en')}"


def height(entry: dict[str, Any]) -> int:
    """How many rows a table has as it stands in its file."""
    path = FOLDER / entry["file"]
    if path.suffix == ".xlsx":
        header = entry["header"][-1] if isinstance(entry["header"], list) else entry["header"]
        return int(openpyxl.load_workbook(path)[entry["sheet"]].max_row - header)
    if path.suffix == ".csv":
        encoding = "utf-8-sig" if entry["encoding"] == "utf-8" else entry["encoding"]
        return len(list(csv.reader(path.read_text(encoding).splitlines()))) - 1
    text = path.read_text("utf-8")
    return len(json.loads(text) if path.suffix == ".json" else yaml.safe_load(text))
