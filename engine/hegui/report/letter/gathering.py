"""Whom letters are for and what stands in them: problems by entity or by town, no more than a document can hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final, Literal

from hegui.explaining.words import STANDING
from hegui.outcome import Finding
from hegui.report.problem_list import COLUMNS, Problem, problems
from hegui.report.run import Run
from hegui.report.sorts import Sort, gravest_first, kind_of, town_of
from hegui.report.waiver_page import given

LETTERS: Final = 500
"""Letters in one document."""
ROWS: Final = 5_000
"""Problems in one document."""
OF_ONE: Final = 100
"""Problems in one letter."""

By = Literal["entity", "town"]

_SHORT: Final = {"evidence": "事实依据", "acceptance": "验收单位"}
OF_ROW: Final = {name: _SHORT.get(name, title) for name, title in COLUMNS.items()} | {"fingerprint": "线索编号"}
"""What a row of a letter may name, by entry of a `Problem`."""
OF_LETTER: Final = ("交办对象", "对象类别", "交办镇街", "对象代码", "问题数", "涉及单位", "未列说明")
OF_RUN: Final = ("数据日期", "研判日期", "规则集", "暂不计入", "声明")
"""What all of a document may name, its headers and footers too."""

LEFT: Final = "另有 {count} 条未列入本单，见问题清单。"
LEFT_LETTERS: Final = "本文件列出 {shown} 份，另有 {count} 个对象（发现问题 {rows} 条）未列入，见问题清单。"
NO_LETTERS: Final = "没有发现问题，无交办事项。"
NO_TOWN: Final = "（未指明镇街）"


@dataclass
class Letter:
    """What one letter says; `left` is how many of its problems it leaves out."""

    name: str
    kind: str
    town: str
    rows: list[dict[str, str]] = field(default_factory=list)
    left: int = 0

    def values(self) -> dict[str, str]:
        """What the template may name of it."""
        authorities = dict.fromkeys(row["责任单位"] for row in self.rows if row["责任单位"])
        codes = dict.fromkeys(row["统一社会信用代码"] for row in self.rows if row["统一社会信用代码"])
        own = (
            self.name,
            self.kind,
            self.town,
            "、".join(codes) if len(codes) == 1 else "",
            str(len(self.rows) + self.left),
            "；".join(authorities),
            LEFT.format(count=self.left) if self.left else "",
        )
        return dict(zip(OF_LETTER, own, strict=True))


@dataclass(frozen=True)
class Letters:
    """The letters of a document; `run` is what all of it may name, `note` what it leaves out."""

    run: dict[str, str]
    letters: list[Letter]
    note: str = ""


@dataclass
class _Chosen:
    """The findings of a letter that is being gathered."""

    findings: list[Finding] = field(default_factory=list)
    left: int = 0


def gathered(run: Run, by: By) -> Letters:
    """The letters of a run. Where there are too many, those with the gravest matters are chosen; they stand by town and id.

    Raises:
        UsageError: kept findings are damaged.
    """
    chosen, others, left = _chosen(run, by)
    order = sorted(chosen, key=lambda at: (at[2] or "~", *at[:2]))
    rows = problems(run, chain.from_iterable(chosen[at].findings for at in order))
    letters = [_letter(run, by, chosen[at], rows) for at in order]
    note = LEFT_LETTERS.format(shown=len(letters), count=others, rows=left) if others else ""
    info = run.info
    ruleset = f"{info.ruleset.title.zh}（{info.ruleset.name} {info.ruleset.version}）"
    waivers = given(info.waivers, info.decided_on, "zh")
    known = (info.as_of.isoformat(), info.decided_on.isoformat(), ruleset, waivers, STANDING.zh)
    return Letters(dict(zip(OF_RUN, known, strict=True)), letters, note if letters else NO_LETTERS)


_At = tuple[str, str, str | None]
"""Kind and key of an entity, and who answers for it; of a town only the last."""


def _chosen(run: Run, by: By) -> tuple[dict[_At, _Chosen], int, int]:
    """What stands in letters, by whom they are for, how many more there are, and how many problems these have."""
    chosen: dict[_At, _Chosen] = {}
    others, left, rows = set[_At](), 0, 0
    for finding in gravest_first(run, Sort.VIOLATION):
        at: _At = ("", "", finding.jurisdiction)
        if by == "entity":
            at = (finding.kind, finding.entity, finding.jurisdiction)
        if at not in chosen and (len(chosen) >= LETTERS or rows >= ROWS):
            others.add(at)
            left += 1
            continue
        own = chosen.setdefault(at, _Chosen())
        if len(own.findings) >= OF_ONE or rows >= ROWS:
            own.left += 1
            continue
        own.findings.append(finding)
        rows += 1
    return chosen, len(others), left


def _letter(run: Run, by: By, of: _Chosen, rows: Iterator[Problem]) -> Letter:
    first = of.findings[0]
    town = town_of(run, first.jurisdiction)
    if by == "town":
        letter = Letter(town or NO_TOWN, "镇街", town, left=of.left)
    else:
        letter = Letter(first.name or first.entity, kind_of(run, first.kind).zh, town, left=of.left)
    letter.rows += (_row(number, each) for number, each in enumerate(islice(rows, len(of.findings)), 1))
    return letter


def _row(number: int, problem: Problem) -> dict[str, str]:
    texts = dict(zip(OF_ROW.values(), (*problem.texts(), problem.fingerprint), strict=True))
    return {**texts, "序号": str(number)}
