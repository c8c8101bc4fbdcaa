"""A run as flat tables: one row for each finding, conclusion, rule or data problem, every column of one plain type.

Findings that are kept as Parquet stay there: their table is a plan over the files, and memory grows only with what is asked
of it. `docs/library.md` says what each column means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from hegui.datatypes import REASONS, Text
from hegui.explaining import RuleDocument
from hegui.explaining.compiled import Teller
from hegui.facts.problems import NOTES, describe
from hegui.facts.registry import DataProblem, SourceTable
from hegui.outcome import ConclusionSummary, Drawn, Finding, RuleSummary
from hegui.ruleset.model import Certainty, Nature, Period, Rule
from hegui.source import Diagnostic, UsageError, Wording, did_you_mean

Tellers = tuple[Teller, Teller]
"""What tells the findings of a rule in Chinese and in English."""

_TITLES: Final = {"title_zh": pl.String, "title_en": pl.String}
_PLACE: Final = {"file": pl.String, "sheet": pl.String, "row": pl.Int64}
_ENTITY: Final = {"kind": pl.String, "entity": pl.String, "name": pl.String, "jurisdiction": pl.String}
_WEIGHT: Final = {"verdict": pl.String, "counts": pl.Boolean, "waived": pl.Boolean}
MESSAGES: Final = {"message_zh": pl.String, "message_en": pl.String}
"""Columns that findings have where they are asked for."""
_KINDS: Final = {"nature": pl.String, "severity": pl.String}

SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "findings": {
        "fingerprint": pl.String,
        "rule": pl.String,
        **_TITLES,
        "about": pl.String,
        "key": pl.String,
        **_ENTITY,
        **_WEIGHT,
        **_KINDS,
        "occurred": pl.Date,
        "in_notice_scope": pl.Boolean,
        "causes": pl.String,
        **_PLACE,
    },
    "conclusions": {
        "fingerprint": pl.String,
        "conclusion": pl.String,
        **_TITLES,
        **_ENTITY,
        **_WEIGHT,
        **_KINDS,
        "count": pl.Int64,
        **MESSAGES,
        "because": pl.String,
        "causes": pl.String,
        "due": pl.Date,
    },
    "summary": {
        "rule": pl.String,
        **_TITLES,
        "about": pl.String,
        "severity": pl.String,
        "violation": pl.Int64,
        "compliant": pl.Int64,
        "not_applicable": pl.Int64,
        "undetermined": pl.Int64,
        "waived": pl.Int64,
        "from_memory": pl.Int64,
        "in_notice_scope": pl.Int64,
    },
    "data_quality": {
        "kind": pl.String,
        "entity": pl.String,
        "field": pl.String,
        "problem": pl.String,
        "note": pl.Boolean,
        "raw": pl.String,
        **MESSAGES,
        **_PLACE,
        "column": pl.String,
    },
}
"""The columns of each table with their Polars types."""

BACKENDS: Final = ("polars", "pandas", "pyarrow", "duckdb", "pyspark")
"""What a table can be had as."""

_NO_TABLE = Wording(
    "unknown-table", "a run has no table `{name}`; there are {known}", "结果没有表 `{name}`；可用的有 {known}"
)
_NO_BACKEND = Wording(
    "unknown-backend", "there are no frames of `{name}`; there are {known}", "没有 `{name}` 数据框；可用的有 {known}"
)
_NOT_HERE = Wording(
    "backend-missing",
    "`{package}` is not installed, which frames of {name} need",
    "未安装 {name} 数据框所需的 `{package}`",
)
_INSTALL = Wording("install-it", "`pip install {packages}`", "请执行 `pip install {packages}`")
_NEAR = Wording("did-you-mean", "did you mean `{near}`?", "是否应为 `{near}`？")
_NEEDS: Final = {
    "polars": (),
    "pandas": ("pandas", "pyarrow"),
    "pyarrow": ("pyarrow",),
    "duckdb": ("duckdb", "pyarrow"),
    "pyspark": ("pyspark", "pyarrow"),
}


def expect_table(name: str) -> None:
    """See that there is such a table.

    Raises:
        UsageError: there is none.
    """
    _expect(_NO_TABLE, name, SCHEMAS)


def as_backend(frame: pl.DataFrame, backend: str) -> Any:
    """A frame as one of another library.

    Raises:
        UsageError: the library is unknown or not installed.
    """
    _expect(_NO_BACKEND, backend, BACKENDS)
    try:
        return _MAKING[backend](frame)
    except ModuleNotFoundError as error:
        needed = " ".join(_NEEDS[backend])
        args: dict[str, object] = {"package": error.name or needed, "name": backend, "packages": needed}
        raise UsageError(Diagnostic(_NOT_HERE, args, None, _INSTALL)) from error


def _duckdb(frame: pl.DataFrame) -> Any:
    import duckdb

    return duckdb.from_arrow(frame.to_arrow())


def _pyspark(frame: pl.DataFrame) -> Any:
    from hegui.engines.spark_session import connect

    return connect().createDataFrame(frame.to_arrow())


_MAKING: Final[dict[str, Callable[[pl.DataFrame], Any]]] = {
    "polars": lambda frame: frame,
    "pandas": lambda frame: frame.to_pandas(),
    "pyarrow": lambda frame: frame.to_arrow(),
    "duckdb": _duckdb,
    "pyspark": _pyspark,
}


def _expect(wording: Wording, name: str, known: Iterable[str]) -> None:
    known = list(known)
    if name in known:
        return
    near = did_you_mean(str(name), known, 1)
    args: dict[str, object] = {"name": name, "known": ", ".join(f"`{each}`" for each in known)}
    raise UsageError(Diagnostic(wording, {**args, "near": near[0]} if near else args, None, _NEAR if near else None))


# --- findings ------------------------------------------------------------------------------------------------------


def of_findings(
    rules: Iterable[RuleDocument],
    found: Mapping[str, tuple[pl.LazyFrame, pl.Expr, pl.Expr]],
    sources: Sequence[SourceTable],
    as_of: date,
    messages: bool = False,
) -> pl.LazyFrame:
    """The table of findings. `found` has for each rule its findings as they are kept (`engines.polars.RuleFrame`), with their
    `messages` or without, what is true of those that count, and of those that are waived."""
    places, schema = _places(sources), SCHEMAS["findings"] | (MESSAGES if messages else {})
    parts = [_findings(each, *found[each.rule.name], places, as_of) for each in rules if each.rule.name in found]
    return pl.concat([pl.LazyFrame(schema=schema), *(part.select(*schema) for part in parts)])


def told(rule: Rule, kept: pl.LazyFrame, tellers: Tellers) -> pl.LazyFrame:
    """Kept findings of a rule with their messages, which are put together some at a time as the plan is run, if it uses them."""
    from hegui.engines.frames import finding_reader

    read = finding_reader(rule)

    def messages(rows: pl.Series) -> pl.Series:
        findings = [read(record) for record in rows.struct.unnest().iter_rows(named=True)]
        return pl.DataFrame(_messages(findings, tellers)).to_struct()

    said = pl.struct(pl.all()).map_batches(messages, pl.Struct(MESSAGES), is_elementwise=True)
    return kept.with_columns(said.alias("#said")).with_columns(pl.col("#said").struct.field(*MESSAGES))


def _messages(findings: Iterable[Finding], tellers: Tellers) -> dict[str, pl.Series]:
    found = list(findings)
    pairs = zip(MESSAGES, tellers, strict=True)
    return {
        name: pl.Series(name, [each.message(finding) for finding in found], dtype=pl.String) for name, each in pairs
    }


def _findings(
    document: RuleDocument, kept: pl.LazyFrame, counts: pl.Expr, waived: pl.Expr, places: pl.LazyFrame, as_of: date
) -> pl.LazyFrame:
    rule = document.rule
    constants = {"rule": rule.name, "title_zh": rule.title.zh, "title_en": rule.title.en, "about": rule.about}
    made = kept.with_columns(
        *(pl.lit(value).alias(name) for name, value in constants.items()),
        pl.lit(rule.severity.value).alias("severity"),
        pl.concat_str(pl.lit(f"{rule.name}/{rule.about}/"), "key").alias("fingerprint"),
        _nature(rule.natures, as_of).alias("nature"),
        counts.alias("counts"),
        waived.alias("waived"),
        pl.col("scope").alias("in_notice_scope"),
        _told("causes").alias("causes"),
        pl.col("line").alias("row"),
    )
    return made.join(places, on="source", how="left", maintain_order="left")


def _places(sources: Sequence[SourceTable]) -> pl.LazyFrame:
    columns = {
        "source": pl.Series(range(len(sources)), dtype=pl.Int32),
        "file": pl.Series([each.file for each in sources], dtype=pl.String),
        "sheet": pl.Series([each.sheet for each in sources], dtype=pl.String),
    }
    return pl.LazyFrame(columns)


def _nature(natures: Sequence[tuple[Nature, Period]], as_of: date) -> pl.Expr:
    """The nature of the matter on the day of the act, as `Rule.nature` has it."""
    day = pl.col("occurred").fill_null(pl.lit(as_of))
    found: pl.Expr = pl.lit(natures[-1][0].value)
    for nature, period in reversed(natures):
        if not period.pending:
            first, last = period.start or date.min, period.end or date.max
            found = pl.when(day.is_between(first, last)).then(pl.lit(nature.value)).otherwise(found)
    return found


def _told(column: str) -> pl.Expr:
    """Causes out of their column form, as `str` has them; null where there are none."""
    part = pl.element().str.splitn("|", 3).struct
    reason = part.field("field_0").replace_strict(
        [str(number) for number in range(len(REASONS))], [each.value for each in REASONS], return_dtype=pl.String
    )
    count = part.field("field_1")
    rows = pl.when(count == "1").then(pl.lit("")).otherwise(pl.concat_str(pl.lit(" ("), count, pl.lit(" rows)")))
    told = pl.concat_str(reason, pl.lit(" "), part.field("field_2"), rows)
    return pl.col(column).str.split("\n").list.eval(told).list.join("; ")


def in_memory(findings: Iterable[tuple[Finding, bool, bool]], tellers: Tellers | None) -> pl.LazyFrame:
    """Findings that are held in memory, of one rule, as they would be kept; each with whether it counts and is waived, and
    with its messages where there is something to tell them."""
    findings = list(findings)
    from hegui.language.causes import written

    names = ("key", "kind", "entity", "name", "jurisdiction", "occurred", "source")
    columns: dict[str, Any] = {
        name: [] for name in (*names, "verdict", "line", "scope", "causes", "#counts", "#waived")
    }
    for finding, counts, waived in findings:
        for name in names:
            columns[name].append(getattr(finding, name))
        columns["verdict"].append(finding.verdict.value)
        columns["line"].append(finding.row)
        columns["scope"].append(finding.scope)
        columns["causes"].append(written(finding.causes) or None)
        columns["#counts"].append(counts)
        columns["#waived"].append(waived)
    types: dict[str, Any] = dict.fromkeys(columns, pl.String)
    types |= {"occurred": pl.Date, "source": pl.Int32, "line": pl.Int64}
    types |= dict.fromkeys(("scope", "#counts", "#waived"), pl.Boolean)
    told = {} if tellers is None else _messages((each for each, _, _ in findings), tellers)
    return pl.LazyFrame({name: pl.Series(values, dtype=types[name]) for name, values in columns.items()} | told)


# --- the other tables ----------------------------------------------------------------------------------------------


def of_conclusions(drawn: Iterable[Drawn], rules: Mapping[str, ConclusionSummary]) -> pl.LazyFrame:
    """The table of conclusions."""
    return _table("conclusions", [_conclusion(each, rules[each.conclusion]) for each in drawn])


def _conclusion(drawn: Drawn, rule: ConclusionSummary) -> dict[str, Any]:
    row: dict[str, Any] = {
        name: getattr(drawn, name) for name in (*_ENTITY, "fingerprint", "conclusion", "count", "due")
    }
    return row | {
        **_titles(rule.title),
        "verdict": drawn.verdict,
        "counts": drawn.counts and rule.certainty != Certainty.MEMORY,
        "waived": bool(drawn.waived_by),
        "nature": rule.nature,
        "severity": rule.severity,
        "message_zh": drawn.message.get("zh"),
        "message_en": drawn.message.get("en"),
        "because": " ".join(drawn.because),
        "causes": "; ".join(map(str, drawn.causes)) or None,
    }


def of_rules(rules: Iterable[RuleDocument], counts: Iterable[RuleSummary]) -> pl.LazyFrame:
    """The table of rules with their counts."""
    documents = {each.rule.name: each.rule for each in rules}
    numbers = ("rule", "about", *(name for name, type_ in SCHEMAS["summary"].items() if type_ == pl.Int64))
    rows = [
        {name: getattr(each, name) for name in numbers}
        | _titles(documents[each.rule].title)
        | {"severity": documents[each.rule].severity.value}
        for each in counts
    ]
    return _table("summary", rows)


def of_problems(problems: Iterable[DataProblem]) -> pl.LazyFrame:
    """The table of what is wrong with the data, and of notes."""
    return _table("data_quality", [_problem(each) for each in problems])


def _problem(problem: DataProblem) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(problem, name) for name in ("kind", "entity", "field", "problem", "raw")}
    row |= {name: getattr(problem.place, name, None) for name in (*_PLACE, "column")}
    told = {f"message_{lang}": describe(problem, lang) for lang in ("zh", "en")}
    return row | told | {"note": problem.problem in NOTES}


def _titles(title: Text) -> dict[str, str]:
    return {"title_zh": title.zh, "title_en": title.en}


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> pl.LazyFrame:
    schema = SCHEMAS[name]
    return pl.LazyFrame({column: pl.Series([row[column] for row in rows], dtype=schema[column]) for column in schema})
