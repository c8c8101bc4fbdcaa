"""Every limit on what hegui reads, in one place. `docs/limits.md` lists them and is held to this module by a test.

A limit is set well above what an honest file needs and well below what would take minutes, gigabytes or more calls within
calls than Python allows. What is beyond one is refused with a diagnostic, never cut off silently.

Not here, but where it is used: what a report shows at most, which refuses nobody's input; the widest text between two tags of a
workbook, which is seen only now and then (`facts.archive.CHUNK`); what durable-rules is trusted with (`conclusions.checking` and
`conclusions.durable`: beyond it the reference chainer takes over, or parts are made); how long a question of `prove` may take; the
longest period a ledger takes; and how long a server or a locked database is waited for (`facts.database`).
"""

from __future__ import annotations

from typing import Final


class Limit(int):
    """The most there may be of something: a whole number that knows what it counts.

    `unit` is what is counted, `of` where, and `refused` the id of the diagnostic that says it is too much; where that is
    empty, it is `outcome` that says what becomes of it.
    """

    unit: str
    of: str
    refused: str
    outcome: str

    def __new__(cls, most: int, unit: str, of: str, refused: str = "", outcome: str = "") -> Limit:
        limit = super().__new__(cls, most)
        limit.unit, limit.of, limit.refused, limit.outcome = unit, of, refused, outcome
        return limit

    def __reduce__(self) -> tuple[type[Limit], tuple[int, str, str, str, str]]:
        return Limit, (int(self), self.unit, self.of, self.refused, self.outcome)


# YAML: rulesets, manifests, waivers, tests, registries in YAML

YAML_BYTES: Final = Limit(20_000_000, "bytes", "a YAML file", "yaml-size")
YAML_NODES: Final = Limit(2_000_000, "keys and values", "a YAML file, all its documents together", "yaml-size")
YAML_DEPTH: Final = Limit(40, "levels", "nesting in YAML", "yaml-depth")

# rulesets

RULESET_FILES: Final = Limit(5_000, "files", "the folder of a ruleset, each layer by itself", "ruleset-size")
RULESET_BYTES: Final = Limit(
    50_000_000, "bytes", "all YAML files of a ruleset together, each layer by itself", "ruleset-size"
)
RULESET_DOCUMENTS: Final = Limit(
    20_000, "documents", "a ruleset, in all its files, each layer by itself", "ruleset-size"
)
NAME_LENGTH: Final = Limit(120, "characters", "a name in a ruleset", "too-long")
KIND_FIELDS: Final = Limit(2_000, "fields", "a kind, in all its layers", "too-many-fields")
CONCLUSION_NAMES: Final = Limit(12, "names", "`given` and `unless` of a conclusion", "too-many-names")
CONCLUSION_WAYS: Final = Limit(
    20_000,
    "ways",
    "in which the equalities of a conclusion may hold: equal, or a side not known that is not in some row",
    "conclusion-ways",
)
UNIT_LENGTH: Final = Limit(100, "characters", "a unit", "unknown-unit")

# conditions and patterns

CONDITION_LENGTH: Final = Limit(20_000, "characters", "a condition", "condition-size")
CONDITION_NESTING: Final = Limit(60, "levels", "brackets, choices and signs in a condition", "condition-depth")
CONDITION_TERMS: Final = Limit(500, "terms", "one chain of `&&` or `||`", "condition-terms")
CONDITION_HEIGHT: Final = Limit(100, "parts", "a condition, one upon another: `a + b + c` has three", "condition-depth")
DEFINITION_HEIGHT: Final = Limit(
    100, "parts", "a condition, one upon another, the definitions it uses written out", "definition-size"
)
DEFINITION_NODES: Final = Limit(5_000, "parts", "a condition, the definitions it uses written out", "definition-size")
PATTERN_LENGTH: Final = Limit(500, "characters", "a pattern of `matches`", "pattern-long")
PATTERN_REPEAT: Final = Limit(100, "times", "a repetition `{m,n}` in a pattern", "pattern-count")
PATTERN_SIZE: Final = Limit(
    2_000, "characters and classes", "a pattern once its repetitions are written out", "pattern-size"
)
PATTERN_DEPTH: Final = Limit(20, "levels", "groups within groups in a pattern", "pattern-depth")

# saved runs

RUN_BYTES: Final = Limit(1_000_000_000, "bytes", "the document of a saved run", "file-too-large")

# facts

MANIFEST_SOURCES: Final = Limit(10_000, "sources", "a `registry.yaml`", "too-many-sources")
FACTS_FILES: Final = Limit(10_000, "files", "a folder of facts, those that are read", "too-many-files")
JSON_BYTES: Final = Limit(500_000_000, "bytes", "a JSON file", "file-too-large")
JSON_VALUES: Final = Limit(
    40_000_000,
    "values",
    "a JSON file, a saved run included: one, and as many as it has `[`, `{` and commas",
    "json-values",
)
JSON_DEPTH: Final = Limit(40, "levels", "nesting in the JSON of a registry, its list and rows counted", "json-depth")
WORKBOOK_BYTES: Final = Limit(4_000_000_000, "bytes", "a workbook, unpacked", "workbook-too-large")
WORKBOOK_RATIO: Final = Limit(
    200, "times", "its own size, what a workbook of more than 100,000,000 bytes unpacks to", "workbook-too-large"
)
WORKBOOK_PART: Final = Limit(100_000_000, "bytes", "a part of a workbook that names its sheets", "workbook-too-large")
WORKBOOK_NAMES: Final = Limit(
    100_000, "elements", "sheets, or relations, that a part of a workbook names", "workbook-too-large"
)
WORKBOOK_SHEETS: Final = Limit(1_000, "sheets", "a workbook", "too-many-sheets")
WORKBOOK_CELLS: Final = Limit(
    60_000_000,
    "cells",
    "all sheets of a workbook: rows × columns (26 at least) up to the farthest cell",
    "sheet-too-large",
)
WORKBOOK_TEXTS: Final = Limit(
    1_000_000_000,
    "bytes",
    "the texts that cells of a workbook share: together, and wherever one is used",
    "workbook-texts",
)
XLS_BYTES: Final = Limit(100_000_000, "bytes", "an `.xls`", "file-too-large")
CSV_COLUMNS: Final = Limit(32_768, "cells", "a row of CSV, or columns of JSON, YAML or Parquet", "too-many-columns")
CSV_CELL: Final = Limit(16_000_000, "characters", "a cell of CSV: an open quote takes in no whole file", "broken-csv")
CSV_LINE: Final = Limit(
    100_000_000, "bytes", "a line of a CSV file of more than 16,000,000 bytes, ended by a line feed", "csv-line"
)
SQLITE_VALUE: Final = Limit(16_000_000, "bytes", "a value of a SQLite file", "database-failed")
SQLITE_BYTES: Final = Limit(
    1_000_000_000,
    "bytes",
    "what a table, view or query of a SQLite file gives: 16 for each value, and those of texts; or the next line",
    "database-too-large",
)
SQLITE_RATIO: Final = Limit(
    20, "times", "the size of its SQLite file, where the file has more than 50,000,000 bytes", "database-too-large"
)
SQLITE_STEPS: Final = Limit(
    5_000_000_000,
    "steps",
    "what SQLite does for one table, view or query, counted by its own machine",
    "database-endless",
)
PARQUET_TEXTS: Final = Limit(
    1_000_000_000, "bytes", "the texts of a column of Parquet in a million rows, wherever one is used", "parquet-texts"
)
TABLE_CELLS: Final = Limit(
    100_000_000,
    "cells",
    "a table in JSON or YAML or out of a program, or 16 MB of CSV: rows × cells of the widest, or keys",
    "table-too-large",
)
TABLE_ROWS: Final = Limit(
    100_000_000, "rows", "a table in Parquet; a table, view or query of a database", "too-many-rows"
)
TEXT_LENGTH: Final = Limit(1_000_000, "characters", "a text in a cell", outcome="the cell is unreadable")
WORD_LENGTH: Final = Limit(
    1_000, "characters", "any other value in a cell, an `int` among them", outcome="the cell is unreadable"
)
NUMBER_LENGTH: Final = Limit(400, "characters", "a `number` in a cell", outcome="the cell is unreadable")
ENTITY_DEPTH: Final = Limit(20, "levels", "rows within rows of an entity given in a program", "nested-too-deep")


def declared() -> dict[str, Limit]:
    """Every limit by its name, in order of this module."""
    return {name: value for name, value in globals().items() if isinstance(value, Limit)}
