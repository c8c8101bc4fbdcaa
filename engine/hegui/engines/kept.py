"""Findings kept as Parquet: a file per rule in order of key, a typed column per leaf (see `engines.polars.RuleFrame`).

However many there are, they are read as they are asked for, some rows at a time. Where a run was made out of a former one,
the files of some rules are that run's, with what is gone of them and what came since beside them (`engines.layers`).
"""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload

from hegui.datatypes import Text
from hegui.engines.former import MARK, Former, former_of, mark_in, number_of
from hegui.engines.layers import AT, GONE, fresh_file, united
from hegui.files import clear, folder_beside, led_to, temporary_place
from hegui.intake import NotAFile, look
from hegui.outcome import Finding, Verdict
from hegui.ruleset.model import Rule
from hegui.source import Diagnostic, FactsError, HeguiError, UsageError, Wording

if TYPE_CHECKING:
    import polars as pl

LIMIT: Final = 100_000
"""Up to so many findings are held in memory and stand in the run document; more are kept as Parquet beside it."""
STEP: Final = 50_000
"""Rows read at a time."""
FIRST: Final = 500
"""Rows looked at for examples before all are."""

ENTITIES: Final = "#entities.parquet"
PAPERS: Final = "#papers.parquet"
KEYS: Final = "#keys.parquet"
BESIDE: Final = (ENTITIES, PAPERS, KEYS, MARK)
"""What a run keeps beside the findings, of their entities, of their values and of itself; no rule is called so."""

_FULL = Wording(
    "cannot-keep", "cannot write findings to `{folder}`: {problem}", "无法将核查线索写入 `{folder}`：{problem}"
)
_UNREADABLE = Wording(
    "facts-broke-off",
    "the facts could not be read to the end: {problem}",
    "台账数据未能读完：{problem}",
)
_LOST = Wording(
    "findings-lost",
    "the findings of `{rule}` cannot be read from `{file}`: {problem}",
    "无法从 `{file}` 读取 `{rule}` 的核查线索：{problem}",
)
_OTHER_COUNT = Wording("findings-other", "it holds {found} rows, not {count}", "其中有 {found} 行，应为 {count} 行")
_OTHER_RUN = Wording(
    "findings-of-another-run",
    "`{folder}` holds the findings of another run than the document beside it is about",
    "`{folder}` 中是另一次核查的线索，与旁边的结果文件不是同一次",
)
_CHECK_AGAIN = Wording(
    "check-again",
    "a check was ended between writing the two, or two wrote here at once; check again to have both of one run",
    "核查在写完其中之一后中断，或有两个程序同时写入；请重新核查，使二者一致",
)
_REPLACED = Wording(
    "findings-replaced",
    "another process has put other findings into `{folder}` meanwhile; its run stands, and what was still to be written of this"
    " one is not",
    "另一程序已将其核查线索写入 `{folder}`；以该次为准，本次尚未写出的不再写入",
)
_TAKEN = Wording(
    "folder-taken",
    "`{folder}` holds something else than findings; name another folder",
    "`{folder}` 中有核查线索以外的内容，请另指定文件夹",
)
_FULL_DISK: Final = ("No space left", "os error 28", "Disk quota", "File too large", "os error 27")


@dataclass(frozen=True)
class Kept(Sequence[Finding]):
    """The findings of a run in `folder`. `counts` has every rule, in the order of the run; `keeper` is whatever removes a
    folder that is only temporary; `called` is how a run document names the folder, None where it has no part in one;
    `layered` are the rules whose findings stand in two layers; `mark` tells the run they are of; `replaced` is what they took the
    place of, and `home` the folder they were in before others took theirs."""

    folder: Path
    rules: Mapping[str, Rule]
    counts: Mapping[str, int]
    called: str | None = None
    keeper: object = field(default=None, compare=False)
    layered: frozenset[str] = frozenset()
    mark: str | None = None
    replaced: Former | None = field(default=None, compare=False)
    home: Path | None = field(default=None, compare=False)

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __iter__(self) -> Iterator[Finding]:
        for name in self.counts:
            yield from self.of(name)

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, at: int | slice) -> Finding | tuple[Finding, ...]:
        """The finding at a place, or those of a slice, which are held; no others are read.

        Raises:
            IndexError: there is none.
            UsageError: a file is missing or damaged.
        """
        places = range(len(self))[at]
        if isinstance(places, int):
            return next(self._between(range(places, places + 1)))
        return tuple(self._between(places)) if places.step > 0 else tuple(self._between(places[::-1]))[::-1]

    def _between(self, places: range) -> Iterator[Finding]:
        """The findings at some places, in order."""
        before = 0
        for name, count in self.counts.items():
            first = places.start + max(0, -(-(before - places.start) // places.step)) * places.step
            last = min(before + count, places.stop)
            if first < last:
                lazy = self.scan(name).slice(first - before, last - first)
                yield from self._read(name, lazy if places.step == 1 else lazy.gather_every(places.step))
            before += count

    def __repr__(self) -> str:
        return f"<{len(self)} findings in {self.folder}>"

    def __contains__(self, finding: object) -> bool:
        return isinstance(finding, Finding) and self.get(finding.fingerprint) == finding

    def file(self, rule: str) -> Path:
        """Where the findings of a rule stand; of a layered one, those of the former run."""
        return self.folder / f"{rule}.parquet"

    def files(self) -> Iterator[Path]:
        """Every file of the folder."""
        yield from map(self.file, self.counts)
        yield from (fresh_file(self.folder, name) for name in sorted(self.layered))
        if self.layered:
            yield self.folder / GONE

    def scan(self, rule: str) -> pl.LazyFrame:
        """The findings of a rule as a lazy frame, in order of key."""
        import polars as pl

        if rule not in self.layered:
            return pl.scan_parquet(self.file(rule), glob=False)
        return united(self.former(rule), self.gone(rule), self.came(rule))

    def former(self, rule: str) -> pl.LazyFrame:
        """The lower layer of a rule: all rows of its file, numbered under `layers.AT`."""
        import polars as pl

        return pl.scan_parquet(self.file(rule), glob=False, row_index_name=AT)

    def gone(self, rule: str) -> pl.Series:
        """The rows of that file that count no more."""
        import polars as pl

        none = pl.Series("row", [], dtype=pl.UInt32)
        return self._gone.get(rule, none) if rule in self.layered else none

    def came(self, rule: str) -> pl.LazyFrame:
        """The upper layer: findings with the number of the row they stand before."""
        import polars as pl

        return pl.scan_parquet(fresh_file(self.folder, rule), glob=False)

    @cached_property
    def _gone(self) -> dict[str, pl.Series]:
        import polars as pl

        file = self.folder / GONE
        found = self.collected(min(self.layered), pl.scan_parquet(file, glob=False), file)
        return {str(rule): each["row"] for (rule,), each in found.group_by("rule", maintain_order=True)}

    def _pages(self, rule: str) -> Iterator[pl.LazyFrame]:
        """The findings of a rule in order, some at a time."""
        if rule not in self.layered:
            yield from (self.scan(rule).slice(start, STEP) for start in range(0, self.counts[rule], STEP))
            return
        import polars as pl

        came = self.collected(rule, self.came(rule), fresh_file(self.folder, rule))
        gone, former = self.gone(rule), self.former(rule)
        size = int(self.collected(rule, former.select(pl.len())).item())
        for start in range(0, size + 1, STEP):
            last = start + STEP > size
            there = (
                came.filter(pl.col(AT) >= start)
                if last
                else came.filter(pl.col(AT).is_between(start, start + STEP - 1))
            )
            within = gone.filter(gone.is_between(start, start + STEP - 1))
            yield united(former.slice(start, STEP), within, there.lazy())

    def of(self, rule: str, verdict: Verdict | None = None, among: pl.Expr | None = None) -> Iterator[Finding]:
        """The findings of a rule, in order; of one verdict only, and only where `among` is true.

        Raises:
            UsageError: the file is missing or damaged.
        """
        import polars as pl

        for lazy in self._pages(rule):
            if verdict is not None:
                lazy = lazy.filter(pl.col("verdict") == verdict.value)
            yield from self._read(rule, lazy if among is None else lazy.filter(among))

    def by_verdict(self, verdict: Verdict) -> Iterator[Finding]:
        """The findings of one verdict, by rule and key."""
        for name in self.counts:
            yield from self.of(name, verdict)

    def firsts(self, verdicts: Mapping[str, Collection[Verdict]]) -> Iterator[Finding]:
        """One finding of each rule and verdict that `verdicts` says there are, and maybe of others."""
        import polars as pl

        for name in self.counts:
            lazy = self.scan(name)
            for part in (lazy.head(FIRST), lazy):  # nearly always they are among the first
                found = self.collected(name, part.unique("verdict", keep="any").sort(pl.col("verdict")))
                if set(found["verdict"]) >= {each.value for each in verdicts.get(name, ())}:
                    break
            yield from map(self._reader(name), found.iter_rows(named=True))

    def by_day(self, rule: str, verdict: Verdict) -> Iterator[tuple[Finding, int]]:
        """One finding of a rule for each day of the act and `scope`, with how many there are."""
        import polars as pl

        same = self.scan(rule).filter(pl.col("verdict") == verdict.value)
        days = (
            same.group_by("occurred", "scope").agg(pl.len().alias("#count"), pl.all().first()).sort("occurred", "scope")
        )
        found = self.collected(rule, days)
        yield from zip(map(self._reader(rule), found.iter_rows(named=True)), found["#count"].to_list(), strict=True)

    def alike(self, rule: str, *columns: str, among: pl.Expr | None = None) -> Iterator[tuple[Finding, int]]:
        """One finding of a rule for each combination of what stands in some columns, with how many there are; only of those
        for which `among` is true."""
        import polars as pl

        every = self.scan(rule) if among is None else self.scan(rule).filter(among)
        groups = every.group_by(columns).agg(pl.len().alias("#count"), pl.all().exclude(columns).first())
        found = self.collected(rule, groups.sort(columns))
        yield from zip(map(self._reader(rule), found.iter_rows(named=True)), found["#count"].to_list(), strict=True)

    def causes(self, rule: str) -> dict[str, int]:
        """What undetermined findings of a rule wait for, in column form, with how many do."""
        import polars as pl

        open_ = self.scan(rule).filter(pl.col("verdict") == Verdict.UNDETERMINED.value)
        found = self.collected(rule, open_.group_by("causes").agg(pl.len()).sort("causes"))
        return {text: count for text, count in found.iter_rows() if text}

    def entities(self, causes: Mapping[str, Collection[str]]) -> int:
        """How many entities have a finding that waits for one of these, by rule."""
        import polars as pl

        filed = [
            self.scan(rule).filter(pl.col("causes").is_in(list(texts))).select("kind", "entity")
            for rule, texts in causes.items()
        ]
        return int(self.collected(next(iter(causes)), pl.concat(filed).unique().select(pl.len())).item())

    def among(self, column: str, texts: Collection[str]) -> set[str]:
        """Those of `texts` that stand in a column of any rule."""
        wanted, found = set(texts), set[str]()
        for name in self.counts:
            if found == wanted:
                break
            found |= wanted & set(self.collected(name, self.scan(name).select(column).unique())[column].to_list())
        return found

    def _reader(self, rule: str) -> Callable[[Mapping[str, Any]], Finding]:
        from hegui.engines.frames import finding_reader

        return finding_reader(self.rules[rule])

    def _read(self, rule: str, lazy: pl.LazyFrame) -> Iterator[Finding]:
        return map(self._reader(rule), self.collected(rule, lazy).iter_rows(named=True))

    def get(self, fingerprint: str) -> Finding | None:
        """The finding with a fingerprint."""
        import polars as pl

        rule, _, rest = fingerprint.partition("/")
        if not self.counts.get(rule):
            return None
        return next(self._read(rule, self.scan(rule).filter(pl.col("key") == rest.partition("/")[2])), None)

    def several(self, fingerprints: Iterable[str]) -> Iterator[Finding]:
        """The findings with these fingerprints, by rule and key."""
        import polars as pl

        keys: dict[str, list[str]] = {}
        for fingerprint in fingerprints:
            rule, _, rest = fingerprint.partition("/")
            keys.setdefault(rule, []).append(rest.partition("/")[2])
        for rule in self.counts:
            if rule in keys:
                yield from self._read(rule, self.scan(rule).filter(pl.col("key").is_in(keys[rule])))

    def collected(self, rule: str, lazy: pl.LazyFrame, file: Path | None = None) -> pl.DataFrame:
        """A frame made of the findings of a rule, or of another `file` beside them.

        Raises:
            UsageError: the file is missing or damaged, or another process has put others in place.
        """
        import polars as pl

        try:
            return lazy.collect(engine="streaming")
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            self.refuse_replaced()
            raise self._lost(rule, file or self.file(rule), _first_line(error)) from error

    def whole(self) -> Kept:
        """Itself, once every file is seen to be there with as many rows as there should be, and to be of this run; where another
        run has taken its place, with what was put aside.

        Raises:
            UsageError: a file is missing, damaged or another one.
        """
        self._refuse_no_files()
        if self.mark is not None and self.home is None and mark_in(self.folder) != self.mark:
            aside = former_of(self.folder, self.mark)
            if aside is not None:
                return replace(self, folder=aside, home=self.folder).whole()
        if (self.folder / MARK).exists():
            self._refuse_other_run()
        for name, count in self.counts.items():
            found = self._lines(name, self.file(name)) - len(self.gone(name))
            if name in self.layered:
                found += self._lines(name, fresh_file(self.folder, name))
            if found != count:
                raise self._lost(name, self.file(name), _OTHER_COUNT.en.format(found=found, count=count))
        self._refuse_other_run()
        return self

    def _refuse_no_files(self) -> None:
        """Raise where a file that will be opened is none: nothing of it would ever come."""
        for file in (*self.files(), *(self.folder / name for name in BESIDE)):
            try:
                look(file)
            except NotAFile as error:
                raise self._lost(file.stem, file, error.problem) from error
            except OSError:  # one that is missing is told as it is read
                continue

    def _refuse_other_run(self) -> None:
        if self.mark is not None and mark_in(self.folder) != self.mark:
            raise UsageError(Diagnostic(_OTHER_RUN, {"folder": str(self.folder)}, None, _CHECK_AGAIN))

    def marked(self, mark: str) -> Kept:
        """The same, with what tells their run beside them.

        Raises:
            UsageError: it cannot be written.
        """
        import polars as pl

        with telling_what_broke(self.folder):
            pl.DataFrame({"run": [mark]}).write_parquet(self.folder / MARK)
        return replace(self, mark=mark)

    def refuse_replaced(self) -> None:
        """Raise where another process has put other findings in place since these were.

        Raises:
            UsageError: it has.
        """
        if self.replaced is not None and number_of(self.folder) != self.replaced.number:
            raise UsageError(Diagnostic(_REPLACED, {"folder": str(self.folder)}))

    def _lines(self, rule: str, file: Path) -> int:
        import polars as pl

        return int(self.collected(rule, pl.scan_parquet(file, glob=False).select(pl.len()), file).item())

    @staticmethod
    def _lost(rule: str, file: Path, problem: str | Text) -> UsageError:
        return UsageError(Diagnostic(_LOST, {"rule": rule, "file": str(file), "problem": problem}))

    def of_rules(self, names: Iterable[str]) -> Iterator[Finding]:
        """The findings of some rules."""
        wanted = set(names)
        for name in self.counts:
            if name in wanted:
                yield from self.of(name)

    def placed(self, folder: Path, called: str | None) -> Kept:
        """The same findings in a folder that stays: moved there from a temporary one, else copied. What was there before is
        replaced in one go.

        Raises:
            UsageError: the folder cannot be written, or holds something else.
        """
        try:
            target = led_to(folder)
            if target == self.folder.resolve():
                return replace(self, called=called)
            refuse_other(target)
            with _beside(target) as part:
                others = (self.folder / name for name in BESIDE)
                for file in (*self.files(), *(path for path in others if path.exists())):
                    _moved(file, part / file.name, self.keeper is not None)
                replaced = Former(part, target)
        except OSError as error:
            raise UsageError(_cannot_write(folder, error)) from error
        return replace(self, folder=target, called=called, keeper=None, replaced=replaced, home=None)


class Temporary:
    """A folder for findings that is gone when nobody needs it any more: beside `target`, so that it can take its place.
    Without one `beside` a folder whose files may stay the same, where that can be, so that they need no copies.

    Raises:
        UsageError: it cannot be made there, or `target` holds something else.
    """

    def __init__(self, target: Path | None, beside: Path | None = None) -> None:
        if target is not None:
            refuse_other(target)
        try:
            self.path = folder_beside(self._place(target, beside), 0o700)
        except OSError as error:
            raise UsageError(_cannot_write(target or Path(), error)) from error
        self.drop = weakref.finalize(self, clear, self.path)

    @staticmethod
    def _place(target: Path | None, beside: Path | None) -> Path:
        if target is not None:
            return led_to(target)
        at = None if beside is None else beside.resolve()
        return at if at is not None and os.access(at.parent, os.W_OK) else temporary_place()


def refuse_other(folder: Path) -> None:
    """Raise where a folder of findings would replace something else.

    Raises:
        UsageError: it holds other files, or is no folder.
    """
    if folder.exists() and (
        not folder.is_dir() or any(path.suffix != ".parquet" or path.is_dir() for path in folder.iterdir())
    ):
        raise UsageError(Diagnostic(_TAKEN, {"folder": str(folder)}))


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A temporary folder beside `target`, gone at the end."""
    part = folder_beside(target)
    try:
        yield part
    finally:
        clear(part)


def _moved(source: Path, target: Path, away: bool) -> None:
    if away:
        shutil.move(source, target)
    else:
        shutil.copyfile(source, target)


def _cannot_write(folder: Path, error: Exception) -> Diagnostic:
    return Diagnostic(_FULL, {"folder": str(folder), "problem": _first_line(error)})


def _first_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


@contextmanager
def telling_what_broke(folder: Path | None) -> Iterator[None]:
    """Errors of reading and writing files, which come up only while plans run, as ours.

    Raises:
        UsageError: the disk is full, or findings cannot be written.
        FactsError: a file of facts is damaged, or has changed meanwhile.
    """
    import polars as pl

    try:
        yield
    except HeguiError:
        raise
    except (pl.exceptions.ComputeError, pl.exceptions.PanicException, OSError) as error:
        if folder is not None and any(words in str(error) for words in _FULL_DISK):
            raise UsageError(_cannot_write(folder, error)) from error
        raise FactsError(Diagnostic(_UNREADABLE, {"problem": _first_line(error)})) from error


# --- findings that are held in memory ---------------------------------------------------------------------------------


def keep(
    findings: Iterable[Finding], rules: Iterable[Rule], folder: Path, hidden: Mapping[str, Collection[int]]
) -> Kept:
    """Write findings that are held in memory, as an engine writes its own; without the values of leaves that are `hidden`.

    Raises:
        UsageError: the folder cannot be written.
    """
    by_rule: dict[str, list[Finding]] = {rule.name: [] for rule in rules}
    named = {rule.name: rule for rule in rules}
    for finding in findings:
        by_rule[finding.rule].append(finding)
    kept = Kept(folder, named, {name: len(found) for name, found in by_rule.items()})
    with telling_what_broke(folder):
        for name, found in by_rule.items():
            _frame(named[name], found, hidden.get(name, ())).write_parquet(kept.file(name))
    return kept


def _frame(rule: Rule, findings: list[Finding], hidden: Collection[int]) -> pl.DataFrame:
    import polars as pl

    from hegui.engines.frames import finding_columns

    schema = finding_columns(rule)
    rows = [_record(finding) for finding in findings]
    for row in rows:
        row |= {f"v{number}{part}": None for number in hidden for part in ("", ".below")}
    return pl.DataFrame(
        {name: pl.Series([row.get(name) for row in rows], dtype=dtype) for name, dtype in schema.items()}
    )


def _record(finding: Finding) -> dict[str, object]:
    from hegui.language.causes import written

    record: dict[str, object] = {
        "key": finding.key,
        "kind": finding.kind,
        "entity": finding.entity,
        "name": finding.name,
        "jurisdiction": finding.jurisdiction,
        "verdict": finding.verdict.value,
        "occurred": finding.occurred,
        "source": finding.source,
        "line": finding.row,
        "scope": finding.scope,
        "causes": written(finding.causes) or None,
    }
    for number, leaf in enumerate(finding.values):
        value = list(leaf.value) if isinstance(leaf.value, tuple) else leaf.value
        parts = {"": value, ".below": leaf.below, ".source": leaf.source, ".line": leaf.row, ".rows": leaf.rows}
        record |= {f"v{number}{part}": each for part, each in parts.items()} | {f"v{number}.first": leaf.first}
    return record
