"""The door against hand-written Polars that makes the same checks: types, keys, duplicate keys, references, codes.

Run `python benchmarks/conforming.py [ROWS] [PAIRS]`. Both ways read the same files, with a little dirt in them: a
thousandth of the codes unknown, of the keys repeated, of the references broken, and numbers that double arithmetic left
untidy. As CSV the table is one somebody keeps by hand: Chinese headers with units, labels instead of codes, 是 and 否, some
empty cells marked by a dash, and a thousandth of the numbers and days illegible. What cannot be read is kept with its line.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from hegui.vocabulary import Vocabulary

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
TOWNS = 1_000
CODES = {"甲": "a", "乙": "b", "丙": "c"}
NUMBERS = ("output", "scale", "area", "ph", "nitrogen")
BOOLS = ("open_air", "treated")
DAYS = ("permit_to", "checked_on")
NO_VALUE = ("", "-", "—", "/", "无", "无数据", "暂无", "不详", "N/A")
HEADERS = {
    "编号": "id", "镇街": "town", "类别": "category", "产量(万吨/年)": "output", "规模(吨/年)": "scale", "面积(平方米)": "area",
    "pH值": "ph", "总氮(毫克/升)": "nitrogen", "人数": "staff", "露天": "open_air", "治理": "treated", "许可到期": "permit_to",
    "检查日期": "checked_on",
}  # fmt: skip


def write(folder: Path, rows: int, form: str) -> None:
    """The tables `site` and `town`, in no order."""
    from registry import sites

    random = np.random.default_rng(2)
    one_in_a_thousand = lambda: pl.Series(random.random(rows) < 0.001)  # noqa: E731
    towns = pl.DataFrame({"id": [f"T{number:04}" for number in range(TOWNS)]})
    frame = sites(rows, 0.02, 0.03, 1).with_columns(
        town=pl.Series(random.integers(0, TOWNS, rows)).cast(pl.String).str.zfill(4).str.pad_start(5, "T"),
    )
    frame = frame.with_columns(
        town=pl.when(one_in_a_thousand()).then(pl.lit("T9999x")).otherwise("town"),
        category=pl.when(one_in_a_thousand()).then(pl.lit("z")).otherwise("category"),
        id=pl.when(one_in_a_thousand()).then(pl.lit("00000007")).otherwise("id"),
    )
    frame = frame.sample(fraction=1.0, shuffle=True, seed=3)
    if form == "parquet":
        frame.write_parquet(folder / "site.parquet")
        towns.write_parquet(folder / "town.parquet")
        return
    texts = frame.select(as_typed(pl.col(name), name).alias(name) for name in HEADERS.values())
    illegible = {name: one_in_a_thousand() for name in (*NUMBERS, "staff", *DAYS)}
    dashes = pl.Series(random.random(rows) < 0.3)
    texts = texts.with_columns(
        pl.when(rows).then(pl.lit("不清")).otherwise(name).alias(name) for name, rows in illegible.items()
    )
    texts = texts.with_columns(
        pl.when(pl.col(name).is_null() & dashes).then(pl.lit("-")).otherwise(name).alias(name) for name in NUMBERS
    )
    texts.rename({name: header for header, name in HEADERS.items()}).write_csv(folder / "site.csv")
    towns.write_csv(folder / "town.csv")


def as_typed(column: pl.Expr, name: str) -> pl.Expr:
    """A column as somebody would have typed it."""
    if name == "output":
        return (column / 10_000).round(5).cast(pl.String)
    if name == "category":
        return column.replace({code: label for label, code in CODES.items()})
    if name in BOOLS:
        return pl.when(column).then(pl.lit("是")).when(~column).then(pl.lit("否"))
    return column.cast(pl.String)


def hegui(folder: Path) -> dict[str, int]:
    from hegui import facts

    registry = facts.read([folder], vocabulary())
    unusable = [each for each in registry.problems if each.problem in ("unreadable", "broken reference")]
    assert all(each.place is not None and each.place.row for each in unusable)
    return counted(registry.tables["site"].lazy().collect(), len(unusable))


@cache
def vocabulary() -> Vocabulary:
    from hegui import ruleset

    return ruleset.load(HERE / "rules").vocabulary


def counted(site: pl.DataFrame, unusable: int) -> dict[str, int]:
    """What both ways have to agree on."""
    empty = {f"no {name}": site[name].null_count() for name in HEADERS.values()}
    return {"rows": site.height, "unusable": unusable} | empty


def by_hand(folder: Path) -> dict[str, int]:
    if (folder / "site.csv").exists():
        raw = pl.read_csv(folder / "site.csv", infer_schema=False, null_values=list(NO_VALUE)).rename(HEADERS)
        towns = pl.read_csv(folder / "town.csv", infer_schema=False)
        site, first = typed(raw), 2
    else:
        raw, towns = pl.read_parquet(folder / "site.parquet"), pl.read_parquet(folder / "town.parquet")
        site, first = tidied(raw), 1
    site = site.with_row_index("line", first)
    unusable = [
        pl.DataFrame({"line": site["line"], "raw": raw[name]}).filter(raw[name].is_not_null() & site[name].is_null())
        for name in HEADERS.values()
        if name != "id"
    ]
    return joined(site.filter(pl.col("id").is_not_null()), towns, sum(map(len, unusable)))


def tidied(raw: pl.DataFrame) -> pl.DataFrame:
    tidy = [pl.when(pl.col(name).is_finite()).then(pl.col(name).round_sig_figs(15)).alias(name) for name in NUMBERS]
    codes = pl.when(pl.col("category").is_in(["a", "b", "c"])).then("category").alias("category")
    whole = pl.when(pl.col("staff").abs() < 2**53).then("staff").alias("staff")
    return raw.with_columns(*tidy, codes, whole)


def typed(raw: pl.DataFrame) -> pl.DataFrame:
    numbers = {name: pl.col(name).cast(pl.Float64, strict=False) for name in NUMBERS}
    numbers["output"] = (numbers["output"] * 10_000).round_sig_figs(15)
    return raw.select(
        pl.col("id").str.strip_chars(),
        pl.col("town").str.strip_chars(),
        pl.col("category").replace_strict(CODES, default=None, return_dtype=pl.String),
        *(pl.when(each.is_finite()).then(each).alias(name) for name, each in numbers.items()),
        pl.col("staff").cast(pl.Int64, strict=False),
        *(pl.col(name).replace_strict({"是": True, "否": False}, default=None) for name in BOOLS),
        *(pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in DAYS),
    )


def joined(site: pl.DataFrame, towns: pl.DataFrame, unusable: int) -> dict[str, int]:
    """Rows of one key made one, references held against their table."""
    same = site["id"].is_duplicated()
    twice = site.filter(same)
    fields = [name for name in site.columns if name not in ("id", "line")]
    merged = twice.group_by("id").agg(
        pl.col("line").first(),
        *(pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).alias(name) for name in fields),
    )
    site = pl.concat([site.filter(~same), merged.select(site.columns)])
    known = site.join(towns.with_columns(known=pl.lit(True)), left_on="town", right_on="id", how="left")
    broken = known.filter(pl.col("town").is_not_null() & pl.col("known").is_null()).select("line", "town")
    site = known.with_columns(pl.when(pl.col("known")).then("town").alias("town")).drop("known")
    site = site.lazy().sort("id").collect(engine="streaming")
    return counted(site, unusable + len(broken))


WAYS: dict[str, Callable[[Path], dict[str, int]]] = {"by hand": by_hand, "hegui": hegui}


def measured(way: str, folder: Path) -> dict[str, object]:
    """Seconds, processor time and peak memory of one way in this process; neither imports nor loading the ruleset count."""
    from judging import peak

    if way == "hegui":
        import hegui.facts.sources  # noqa: F401

        vocabulary()
    start, used = time.perf_counter(), time.process_time()
    counts = WAYS[way](folder)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    return {"seconds": seconds, "processor": used, "memory": peak(), "counts": counts}


def in_process(way: str, folder: Path) -> dict[str, object]:
    command = [sys.executable, __file__, "--one", way, str(folder)]
    found: dict[str, object] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def compared(rows: int, pairs: int, form: str) -> str:
    """A row of the table: the medians of both ways, taken in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, rows, form)
        pairs_ = [{way: in_process(way, folder) for way in WAYS} for _ in range(pairs)]
    for pair in pairs_:
        assert pair["hegui"]["counts"] == pair["by hand"]["counts"], pair
    hand, ours = (
        {figure: statistics.median(float(str(pair[way][figure])) for pair in pairs_) for figure in FIGURES}
        for way in WAYS
    )
    times = f"{ours['seconds'] / hand['seconds']:.2f}× ({ours['processor'] / hand['processor']:.2f}×)"
    shown = [f"{each['seconds']:.2f} s ({each['processor']:.2f} s), {each['memory']:,.0f} MB" for each in (hand, ours)]
    return f"| {form} | {rows:,} | {shown[0]} | {shown[1]} | {times} |"


FIGURES = ("seconds", "processor", "memory")
FORMS = ("parquet", "csv")


def main(rows: int, pairs: int, forms: tuple[str, ...] = FORMS) -> None:
    print("| | rows | by hand | hegui | time |\n|---|---|---|---|---|")
    for form in forms:
        print(compared(rows, pairs, form), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], Path(sys.argv[3]))))
    elif sys.argv[1:2] == ["--write"]:
        Path(sys.argv[4]).mkdir(parents=True, exist_ok=True)
        write(Path(sys.argv[4]), int(sys.argv[3]), sys.argv[2])
    else:
        rows, pairs, *forms = [*sys.argv[1:], *("1000000", "5")[len(sys.argv) - 1 :]]
        main(int(rows), int(pairs), tuple(forms) or FORMS)
