"""What the tests of facts share: a small vocabulary with one of everything, and short ways to write and read files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from hegui.datatypes import REASONS
from hegui.facts import from_rows, read
from hegui.facts.registry import DataProblem, Registry, below, why
from hegui.source import Source, read_yaml
from hegui.vocabulary import Vocabulary, load_vocabulary

VOCABULARY = """\
kind: town
label: {zh: 镇街, en: town}
key: id
fields: {id: {type: string, label: {zh: 镇街编号}}, name: {type: string, label: {zh: 镇街名称}}}
---
kind: mine
label: {zh: 矿山, en: mine}
aliases: [矿山名录]
key: id
name: name
jurisdiction: town
fields:
  id: {type: string, label: {zh: 矿山编号, en: mine id}, aliases: [编号]}
  name: {type: string, label: {zh: 矿山名称, en: mine name}}
  town: {type: ref, to: town, label: {zh: 所在镇街}}
  method: {type: code, label: {zh: 开采方式, en: method}, codes: {open_pit: {zh: 露天, en: open-pit, aliases: [露天开采]}, none: {zh: 无}}}
  scale: {type: number, unit: t/a, label: {zh: 证载生产规模, en: licensed scale}}
  depth: {type: number, unit: m, label: {zh: 开采深度}}
  ratio: {type: number, label: {zh: 回采率}}
  shifts: {type: int, label: {zh: 班次}}
  active: {type: bool, label: {zh: 是否在产, en: active}}
  opened: {type: date, label: {zh: 投产日期, en: opened}}
  tags: {type: list, of: string, label: {zh: 标签}}
  ways: {type: list, of: code, label: {zh: 工艺}, codes: {dry: {zh: 干法}, wet: {zh: 湿法}}}
  depths: {type: list, of: number, unit: m, label: {zh: 各层深度}}
  tn: {type: number, unit: mg/L, detection: true, label: {zh: 总氮, en: TN}}
  phone: {type: string, private: true, label: {zh: 联系电话}}
  paper: {type: string, label: {zh: 依据材料}}
  seen_on: {type: date, label: {zh: 取得日期}}
  output: {type: number, unit: t/a, label: {zh: 产量}, evidence: {source_doc: paper, obtained_on: seen_on}}
has_many:
  licences: {kind: licence, by: mine, label: {zh: 许可证}}
  years: {kind: mine_year, by: mine, label: {zh: 年度}}
---
kind: licence
label: {zh: 许可证, en: licence}
key: id
fields:
  id: {type: string, label: {zh: 许可证号}}
  mine: {type: ref, to: mine, label: {zh: 矿山编号}}
  town: {type: ref, to: town, label: {zh: 镇街}}
---
kind: mine_year
label: {zh: 年度产量, en: year}
key: [mine, year]
fields:
  mine: {type: ref, to: mine, label: {zh: 矿山编号}}
  year: {type: int, label: {zh: 年度}}
  extracted: {type: number, unit: t, label: {zh: 实际开采量}}
---
kind: remark
label: {zh: 备注, en: remark}
key: none
fields: {text: {type: string, label: {zh: 内容}}, about: {type: list, of: ref, to: mine}}
"""


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary above."""
    found, problems = load_vocabulary(read_yaml(Source("kit.yaml", VOCABULARY)))
    assert problems == []
    return found


def rows_of(**rows: Sequence[Mapping[str, object]]) -> Registry:
    """Rows through the door."""
    return from_rows(vocabulary(), rows)


def read_here(*paths: Path, **options: Any) -> Registry:
    """A registry read with the vocabulary above."""
    return read(list(paths), vocabulary(), **options)


def frame(registry: Registry, kind: str) -> pl.DataFrame:
    """A table of the registry, collected."""
    return registry.tables[kind].lazy().collect()


def values(registry: Registry, kind: str, *fields: str) -> list[dict[str, Any]]:
    """The rows of a table as plain dicts of the given fields; with none, of every field that has a value."""
    rows = frame(registry, kind).to_dicts()
    if fields:
        return [{name: row[name] for name in fields} for row in rows]
    known = registry.vocabulary.kinds[kind].fields
    return [{name: row[name] for name in known if row[name] is not None} for row in rows]


def reason(registry: Registry, kind: str, field: str, row: int = 0) -> str | None:
    """Why a cell has no value, in words; None where it has one or is simply missing."""
    table = frame(registry, kind)
    index = table[why(field)][row] if why(field) in table.columns else None
    return None if index is None else REASONS[index].value


def bound(registry: Registry, kind: str, field: str, row: int = 0) -> float | None:
    """The detection limit of a cell."""
    table = frame(registry, kind)
    return table[below(field)][row] if below(field) in table.columns else None


def problems(registry: Registry, *words: str) -> list[DataProblem]:
    """The problems of the given words, or all."""
    return [each for each in registry.problems if not words or each.problem in words]


def told(registry: Registry) -> list[tuple[str, str | None, str | None, str | None]]:
    """Each problem as (word, entity, field, raw)."""
    return [(each.problem, each.entity, each.field, each.raw) for each in registry.problems]


def workbook(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    """Write a workbook of plain rows, a sheet each."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    book.close()
    return path
