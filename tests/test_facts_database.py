"""Registries in databases: what is read, how it is addressed, what is refused, and that nothing is changed or given away."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import facts_kit as kit
import pytest
from database_kit import SECRET, WHERE, Store, store
from test_cli import hegui

from hegui import api
from hegui.facts import database, read
from hegui.facts.database import Databases
from hegui.facts.database_address import address
from hegui.facts.registry import Place, Registry
from hegui.masking import masked
from hegui.report.run import Run
from hegui.source import FactsError

ROOT = Path(__file__).parent.parent
SITES = str(Path(__file__).parent / "sites")
DAY = date(2024, 3, 11)
FORMATS = ("table", "json", "jsonl", "csv", "html", "markdown", "sarif", "junit", "github")
TOWN = {"id": "text", "name": "text"}
MINE = {
    "编号": "text", "name": "text", "town": "text", "证载生产规模(万t/a)": "numeric", "active": "boolean", "opened": "date",
    "班次": "bigint", "tn": "text", "remark": "text",
}  # fmt: skip
MINES = (
    ("M2", "二矿", "T1", 0.07, True, "2024-03-11", 3, "<0.05", "x"),
    ("M1", "一矿", "T9", 12.5, False, None, 9007199254740993, "-", None),
    ("M3", None, "T2", None, None, "2023-12-31", None, None, None),
)


@pytest.fixture(params=WHERE)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with store(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def filled(where: Store) -> Store:
    where.table("town", TOWN, [("T1", "青石镇"), ("T2", "东岸镇")])
    where.table("矿山", MINE, MINES)
    return where


def of(where: Store) -> Registry:
    return read([where.url], kit.vocabulary())


@pytest.mark.parametrize("asked", ["SELECT ticked(id) AS id FROM town", "SELECT id, ticked(id) AS name FROM town;"])
def test_a_value_is_worked_out_once(asked: str, tmp_path: Path) -> None:
    """What a view or query works out may take long, or be another thing each time."""
    with store("sqlite", tmp_path) as filled, Databases() as databases:
        filled.table("town", TOWN, [(f"T{at}", "x") for at in range(50)])
        opened = databases.open(address(filled.url))
        calls: list[object] = []
        driver: Any = opened.connection.connection.driver_connection
        driver.create_function("ticked", 1, lambda value: calls.append(value) or value)
        found = opened.query(asked, "q")
        rows = found.reading([each.name for each in found.columns])
        assert sum(len(each.lines) for each in (rows.more() if rows.more else ())) == 50
        assert len(calls) == 50


def test_a_file_that_is_a_database_is_told_how_to_be_named(tmp_path: Path) -> None:
    with store("sqlite", tmp_path) as filled:
        filled.table("town", TOWN, [("T1", "x")])
        path = filled.path.rename(tmp_path / "registry.db")
        with pytest.raises(FactsError) as caught:
            read([path], kit.vocabulary())
    assert f"write `sqlite:///{path}`" in caught.value.diagnostics[0].render("en")


def manifest(folder: Path, where: Store, *lines: str, url: str | None = None) -> Path:
    path = folder / "registry.yaml"
    body = "\n".join(f"    {line}" for line in lines)
    path.write_text(f"sources:\n  - kind: mine\n    database: {url or where.url}\n{body}\n", encoding="utf-8")
    return path


def refused(*facts: str | Path) -> str:
    with pytest.raises(FactsError) as raised:
        read(list(facts), kit.vocabulary())
    said = str(raised.value) + raised.value.diagnostics[0].render("zh") + repr(raised.value)
    assert SECRET not in said
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return str(raised.value)


# --- what is read


def test_tables_are_kinds_by_their_names(filled: Store) -> None:
    filled.table("diary", {"a": "text"}, [])
    found = of(filled)
    assert kit.values(found, "mine", "id", "name", "scale", "active", "opened", "shifts") == [
        {"id": "M1", "name": "一矿", "scale": 125000.0, "active": False, "opened": None, "shifts": None},
        {"id": "M2", "name": "二矿", "scale": 700.0, "active": True, "opened": date(2024, 3, 11), "shifts": 3},
        {"id": "M3", "name": None, "scale": None, "active": None, "opened": date(2023, 12, 31), "shifts": None},
    ]
    assert kit.bound(found, "mine", "tn", 1) == 0.05
    assert kit.told(found) == [
        ("unknown table", None, None, "diary"),
        ("unknown column", None, None, "remark"),
        ("unreadable", "M1", "shifts", "9007199254740993"),
        ("broken reference", "M1", "town", "T9"),
    ]


def test_rows_are_addressed_by_their_key(filled: Store) -> None:
    found = of(filled)
    source = next(each for each in found.sources if each.kind == "mine")
    assert source.keyed
    assert source.sheet == "矿山"
    assert source.file.startswith(f"{'sqlite' if filled.sort == 'sqlite' else 'postgresql'}://")
    assert SECRET not in source.file
    (broken,) = kit.problems(found, "broken reference")
    assert broken.place == Place(source.file, "矿山", None, "town", "M1")
    assert source.place(2, "id", "M2") == Place(source.file, "矿山", None, "编号", "M2", 2)


def test_the_order_of_rows_says_nothing(where: Store) -> None:
    rows = [*MINES, ("M2", "二矿", "T1", 0.08, True, "2024-03-11", 3, "<0.05", "y"), (None, "无", "T1", *[None] * 6)]
    where.table("town", TOWN, [("T2", "东岸镇"), ("T1", "青石镇")])
    where.table("mine", MINE, rows)
    first = of(where)
    where.say("DELETE FROM town", "DELETE FROM mine", "DROP TABLE mine")
    where.say("INSERT INTO town VALUES ('T1', '青石镇'), ('T2', '东岸镇')")
    where.table("mine", MINE, rows[::-1])
    second = of(where)
    assert first.problems == second.problems
    assert (first.digest, first.sources) == (second.digest, second.sources)
    assert all(kit.frame(first, kind).equals(kit.frame(second, kind)) for kind in first.tables)
    where.say("UPDATE mine SET active = NULL WHERE name = '三矿' OR town = 'T9'")
    assert of(where).digest != first.digest


def test_rows_of_one_key_are_told_without_numbers(where: Store) -> None:
    where.table("mine", MINE, [MINES[0], MINES[0], (*MINES[0][:6], 4, *MINES[0][7:])])
    from hegui.facts.problems import describe

    said = [
        describe(each, lang)
        for lang in ("zh", "en")
        for each in kit.problems(of(where), "duplicate row", "duplicate key")
    ]
    assert said == [
        "另有一行主键相同而内容不同，不同之处按缺失处理",
        "与主键相同的另一行内容相同，只计一次",
        "another row has this key and other values; what differs counts as missing",
        "same as another row of this key; counted once",
    ]


def test_it_is_read_in_blocks(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = of(filled)
    monkeypatch.setattr(database, "BLOCK", 2)
    assert kit.frame(of(filled), "mine").equals(kit.frame(whole, "mine"))


def test_a_database_and_a_file_say_the_same(filled: Store, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    cells = [["" if cell is None else str(cell) for cell in row] for row in MINES]
    text = "\n".join(",".join(row) for row in [list(MINE), *cells])
    (folder / "mine.csv").write_text(text, encoding="utf-8")
    (folder / "town.csv").write_text("id,name\nT1,青石镇\nT2,东岸镇\n", encoding="utf-8")
    hidden = ("#source", "#line")
    assert kit.frame(of(filled), "mine").drop(hidden).equals(kit.frame(kit.read_here(folder), "mine").drop(hidden))


# --- manifests


def test_a_table_with_columns_of_other_names(where: Store, tmp_path: Path) -> None:
    where.table("registers", {"nr": "text", "证载(万t/a)": "numeric"}, [("M1", 0.5)])
    path = manifest(tmp_path, where, "table: registers", "columns: {id: nr, scale: 证载(万t/a)}")
    assert kit.values(read([path], kit.vocabulary()), "mine") == [{"id": "M1", "scale": 5000.0}]


def test_a_query(filled: Store, tmp_path: Path) -> None:
    asked = """query: select "编号" as id, name from "矿山" where "编号" like '%2' -- the second"""
    found = read([manifest(tmp_path, filled, asked)], kit.vocabulary())
    assert kit.values(found, "mine") == [{"id": "M2", "name": "二矿"}]
    assert found.sources[0].sheet == "query 1"


def test_a_query_without_the_key_is_an_error_at_its_place(filled: Store, tmp_path: Path) -> None:
    said = refused(manifest(tmp_path, filled, """query: select name from "矿山\""""))
    assert "registry.yaml:" in said
    assert "`query 1` has no column for `id`, which is of the key of `mine`; it has `name`" in said


def test_where_rows_were_read_is_told_whole(tmp_path: Path) -> None:
    with store("sqlite", tmp_path) as where:
        where.table("lift", {"id": "text", "rated_load": "int"}, [("L1", 1000)])
        done = hegui("check", where.url, "--rules", str(ROOT / "examples" / "quickstart" / "rules"))
        assert f"1 rows read from {where.url}:" in " ".join(done.out.split())


def test_the_table_called_by_the_kind(filled: Store, tmp_path: Path) -> None:
    assert len(kit.frame(read([manifest(tmp_path, filled)], kit.vocabulary()), "mine")) == 3


def test_an_address_from_the_environment(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_REGISTER", filled.url)
    path = manifest(tmp_path, filled, url="${OUR_REGISTER}")
    assert len(kit.frame(read([path], kit.vocabulary()), "mine")) == 3
    assert read(["${OUR_REGISTER}"], kit.vocabulary()).digest == of(filled).digest
    assert "no variable `NOT_SET`" in refused(manifest(tmp_path, filled, url="${NOT_SET}"))


def test_the_digest_says_nothing_of_where_it_is(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_REGISTER", filled.url)
    first = read([manifest(tmp_path, filled, url="${OUR_REGISTER}")], kit.vocabulary())
    assert read([manifest(tmp_path, filled)], kit.vocabulary()).digest == first.digest


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["file: a.csv"], "either a `file` or a `database`"),
        (["sheet: a"], "`sheet` says nothing of a table in a `database`"),
        (["table: a", "query: select 1"], "either a `table` or a `query`"),
        (["tabel: a"], "did you mean `table`"),
        (["table: [a]"], "table"),
    ],
)
def test_a_manifest_that_says_it_wrong(lines: list[str], said: str, tmp_path: Path) -> None:
    path = tmp_path / "registry.yaml"
    entry = ", ".join(["kind: mine", f'database: "postgresql://u:{SECRET}@h/d"', *lines])
    path.write_text(f"sources:\n  - {{{entry}}}\n", encoding="utf-8")
    assert said in refused(path)


# --- what is refused


def test_unknown_tables_and_columns(filled: Store, tmp_path: Path) -> None:
    assert "did you mean `矿山`?" in refused(manifest(tmp_path, filled, "table: 矿山表"))
    assert "did you mean `编号`?" in refused(manifest(tmp_path, filled, "table: 矿山", "columns: {id: 编号1}"))
    assert "there are `town`, `矿山`" in refused(manifest(tmp_path, filled, "table: xxxxxx"))
    assert "has no schema `nowhere`" in refused(manifest(tmp_path, filled, "table: nowhere.mine"))


def test_all_that_is_wrong_is_told_at_once(filled: Store, tmp_path: Path) -> None:
    """A name that is wrong, or in SQLite a query, does not keep the rest from being looked at."""
    wrong = ["table: 矿山表", "table: towns"]
    wrong += ["query: select nme from town"] if filled.sort == "sqlite" else []
    entries = [f"  - {{kind: mine, database: {json.dumps(filled.url)}, {each}}}\n" for each in wrong]
    path = tmp_path / "registry.yaml"
    path.write_text("sources:\n" + "".join(entries), encoding="utf-8")
    said = refused(path)
    for name in ("`矿山表`", "`towns`", "nme")[: len(wrong)]:
        assert said.count(f"no table {name}") + said.count(f"column: {name}") == 1


def test_nothing_of_any_kind(where: Store) -> None:
    where.table("diary", {"a": "text"}, [])
    assert "found `diary`" in refused(where.url)


def test_two_tables_of_a_kind(filled: Store) -> None:
    filled.table("mine", MINE, [])
    assert "hold `mine`" in refused(filled.url)


@pytest.mark.parametrize(
    "query",
    [
        'delete from "矿山" returning "编号" as id',
        'select "编号" as id from "矿山"; delete from "矿山"',
        'select 1 as id) as x; commit; delete from "矿山"; select * from (select 1 as id',
        'with gone as (delete from "矿山" returning "编号") select "编号" as id from gone',
        'drop table "矿山"',
        "pragma query_only = off",
        "",
    ],
)
def test_a_query_that_is_none(query: str, filled: Store, tmp_path: Path) -> None:
    if query:
        said = refused(manifest(tmp_path, filled, f"query: {json.dumps(query, ensure_ascii=False)}"))
        assert "a query is a single `select`" in said
    assert filled.say('SELECT count(*) FROM "矿山"') == [(3,)]


def test_a_check_cannot_write(filled: Store, tmp_path: Path) -> None:
    """Whatever a query says: the transaction is what protects."""
    with database.Databases() as databases:
        opened = databases.open(address(filled.url))
        for said in ("DELETE FROM town", "CREATE TABLE x (a text)"):
            with pytest.raises(FactsError, match="only reads"):
                opened.asked(lambda said=said: opened.connection.exec_driver_sql(said))  # type: ignore[misc]
            opened.lost = None
            if filled.sort == "postgres":
                break  # the transaction is over
    assert filled.say("SELECT count(*) FROM town") == [(2,)]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"mysql://u:{SECRET}@h/d", "`mysql` are not read"),
        (f"postgresql://u:a@{SECRET}@h/d", "percent-encoded"),
        (f"postgresql://u/{SECRET}@h/d", "percent-encoded"),
        (f"postgresql://u:{SECRET}@h:port/d", "no address of a database"),
        (f"sqlite://u:{SECRET}@h/d", "no address of a database"),
        ("sqlite://", "no address of a database"),
        ("sqlite:///:memory:", "no address of a database"),
        (f"://{SECRET}", "no address of a database"),
    ],
)
def test_addresses_that_are_none(url: str, said: str) -> None:
    assert said in refused(url)


def test_what_is_shown_of_an_address() -> None:
    for url in (
        f"postgresql://check:{SECRET}@host/db",
        f"postgres://check@host/db?password={SECRET}",
        f"postgresql+psycopg://check@host/db?sslpassword={SECRET}&options=x",
    ):
        found = address(url)
        assert found.shown == "postgresql://check@host/db"
        assert SECRET not in repr(found)
        assert found.without_secrets(f"say {SECRET}") == "say ***"
    shown = masked(f"a: postgresql://u:{SECRET}@h/d?password={SECRET}&x=1")
    assert shown == "a: postgresql://u:***@h/d?password=***&x=***"


def test_the_number_of_stars_tells_nothing(tmp_path: Path) -> None:
    """Nor do they move what is pointed at."""
    path, said = tmp_path / "registry.yaml", []
    for secret in ("x", "geheim", "g" * 40):
        entry = f'{{kind: mine, database: "postgresql://u:{secret}@h/d", tabel: a}}'
        path.write_text(f"sources:\n  - {entry}\n", encoding="utf-8")
        lines = refused(path).splitlines()
        assert f":2:{5 + entry.index('tabel')}: " in lines[0]
        assert lines[1].index("tabel") == lines[2].index("^")
        said.append(lines[1])
    assert len(set(said)) == 1
    assert address("postgresql://u:e@h/d").without_secrets("user u: no entry") == "***"


def test_what_variables_hold_is_not_shown(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_REGISTER", filled.url)
    found = read(["${OUR_REGISTER}"], kit.vocabulary())
    assert {source.file for source in found.sources} == {"${OUR_REGISTER}"}
    for name, value in {"WHO": "reader", "AT": "127.0.0.1", "PORT": "1", "DB": "salaries"}.items():
        monkeypatch.setenv(name, value)
    url = "postgresql://${WHO}:zz99@${AT}:${PORT}/${DB}?service=${WHO}&x=${DB}"
    found = address(url)
    assert found.shown == "postgresql://${WHO}@${AT}:1/${DB}?service=${WHO}"
    assert (
        found.url.render_as_string() == "postgresql+psycopg://reader:***@127.0.0.1:1/salaries?service=reader&x=salaries"
    )
    said = 'at "127.0.0.1": no "salaries" for reader, readers'
    assert found.without_secrets(said) == 'at "${AT}": no "${DB}" for ${WHO}, readers'
    told = refused("postgresql://${WHO}:ab12@${AT}:${PORT}/${DB}")
    assert not [value for value in ("reader", "127.0.0.1", "salaries", "ab12") if value in told], told
    (tmp_path / "salaries.txt").touch()
    monkeypatch.setenv("OUR_REGISTER", f"sqlite:///{tmp_path}/salaries.tx")
    told = refused("${OUR_REGISTER}")
    assert "salaries" not in told
    assert "`${OUR_REGISTER}`" in told
    monkeypatch.setenv("OUR_REGISTER", "salaries://x")
    assert "salaries" not in refused("${OUR_REGISTER}")


def test_files_that_are_no_database(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_text("id,name\n" * 1000, encoding="utf-8")
    assert "is no SQLite database" in refused(f"sqlite:///{tmp_path}/registry.db")
    assert "did you mean `registry.db`?" in refused(f"sqlite:///{tmp_path}/registri.db")
    assert "is no SQLite database" in refused(f"sqlite:///{tmp_path}")


def test_without_a_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install '.[postgres]'" in refused(f"postgresql://u:{SECRET}@h/d")


def test_sqlite_holds_anything_anywhere(tmp_path: Path) -> None:
    with store("sqlite", tmp_path) as made:
        made.say("CREATE TABLE mine (id, name, scale, shifts, tags, depths)")
        made.say(
            "INSERT INTO mine VALUES ('M1', 5, '0.07万吨/年', 2.0, 'a;b', '1;2.5'), ('M2', x'ff', 1e3, 'two', NULL, 7)"
        )
        made.say("INSERT INTO mine VALUES ('M3', CAST(x'ff' AS TEXT), 9e999, 1, '', '')")
        found = of(made)
    assert kit.values(found, "mine") == [
        {"id": "M1", "name": "5", "scale": 700.0, "shifts": 2, "tags": ["a", "b"], "depths": [1.0, 2.5]},
        {"id": "M2", "scale": 1000.0, "depths": [7.0]},
        {"id": "M3", "shifts": 1},
    ]
    assert {(entity, field) for word, entity, field, _ in kit.told(found) if word == "unreadable"} == {
        ("M2", "name"), ("M2", "shifts"), ("M3", "name"), ("M3", "scale"),
    }  # fmt: skip


# --- what is made of it


def sites(where: Store, levels: dict[str, float | None]) -> None:
    columns = {"id": "text", "name": "text", "town": "text", "level": "numeric", "phone": "text"}
    where.table("town", TOWN, [("T1", "青石镇"), ("T2", "East Bank")])
    where.table("site", columns, [(id, f"{id} 号", "T1", level, "138") for id, level in levels.items()])


def run_of(where: Store, folder: Path, *more: str, code: int = 1) -> Run:
    saved = folder / "run.json"
    done = hegui("check", where.url, "--rules", SITES, "--as-of", "2024-03-11", "--format", f"json={saved}", *more)
    assert done.code == code, done.err
    return Run.from_json(saved.read_text(encoding="utf-8"), str(saved))


def test_no_report_says_none(where: Store, tmp_path: Path) -> None:
    sites(where, {"S1": 12, "S2": None, "S3": 3})
    run = run_of(where, tmp_path)
    saved = (tmp_path / "run.json").read_text(encoding="utf-8")
    assert SECRET not in saved
    finding = json.loads(saved)["findings"][0]
    assert (finding["source"]["row"], finding["source"]["key"], finding["source"]["nth"]) == (None, "S1", 1)
    fresh = api.check(api.load_registry([where.url], api.load_ruleset(SITES)), api.load_ruleset(SITES), as_of=DAY)
    assert (run.findings, run.data_quality, run.keys) == (fresh.findings, fresh.data_quality, fresh.keys)
    for name in FORMATS:
        done = hegui("report", str(tmp_path / "run.json"), "--format", name)
        assert done.code == 0, done.err
        assert "row None" not in done.out
        assert "第 None" not in done.out
        assert SECRET not in done.out
        if name in ("table", "html", "markdown", "sarif"):
            assert "S1" in done.out
    book = hegui("report", str(tmp_path / "run.json"), "--format", f"xlsx={tmp_path / 'run.xlsx'}")
    assert book.code == 0, book.err
    said = hegui("explain", where.url, "S2", "site.too-high", "--rules", SITES, "--as-of", "2024-03-11", "--lang", "zh")
    assert "主键 S2" in said.out
    assert "None" not in said.out


def test_findings_kept_as_files(where: Store, tmp_path: Path) -> None:
    sites(where, {"S1": 12, "S2": None, "S3": 3})
    run_of(where, tmp_path, "--findings", str(tmp_path / "kept"))
    done = hegui("report", str(tmp_path / "run.json"), "--format", "markdown")
    assert "key S1" in done.out


def test_a_run_is_gone_on_from(where: Store, tmp_path: Path) -> None:
    sites(where, {"S1": 12, "S3": 3})
    ruleset = api.load_ruleset(SITES)
    before = api.load_registry([where.url], ruleset)
    former = api.check(before, ruleset, as_of=DAY)
    where.say("INSERT INTO site VALUES ('S0', '零', 'T1', 15, NULL)", "UPDATE site SET level = 1 WHERE id = 'S1'")
    after = api.load_registry([where.url], ruleset)
    found = api.check(after, ruleset, as_of=DAY, since=former, changes=before)
    whole = api.check(after, ruleset, as_of=DAY)
    assert (found.findings, found.summary, found.data_quality) == (whole.findings, whole.summary, whole.data_quality)
    assert found.info.facts == whole.info.facts
    for name, rows in (("before", "S1,S1 号,T1,12,138\n"), ("after", "S1,S1 号,T1,1,138\nS0,零,T1,15,\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "site.csv").write_text(f"id,name,town,level,phone\n{rows}", encoding="utf-8")
    told = api.check(after, ruleset, as_of=DAY, since=former, changes=tmp_path)
    assert (told.findings, told.summary) == (whole.findings, whole.summary)


def test_a_run_is_verified(where: Store, tmp_path: Path) -> None:
    sites(where, {"S1": 12, "S3": 3})
    run_of(where, tmp_path)
    again = ("verify", str(tmp_path / "run.json"), "--facts", where.url, "--rules", SITES)
    assert hegui(*again).code == 0, hegui(*again).err
    where.say("UPDATE site SET level = 1 WHERE id = 'S1'")
    assert hegui(*again).code == 1


def test_followed_rows_have_their_key(filled: Store) -> None:
    found = of(filled)
    assert kit.frame(found, "town")["#line"].to_list() == [1, 2]


# --- PostgreSQL alone


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Store]:
    with store("postgres", tmp_path) as made:
        yield made


@pytest.mark.postgres
def test_types_of_postgres(server: Store) -> None:
    columns = {
        "id": "text", "name": "char(8)", "scale": "numeric", "ratio": "double precision", "opened": "timestamptz",
        "seen_on": "date", "tags": "text[]", "depths": "numeric[]", "ways": "text", "active": "boolean", "tn": "bytea",
        "paper": "json", "output": "real",
    }  # fmt: skip
    row = (
        "M1", "一矿", "0.1234567890123456789", "0.1", "2024-03-10 23:30:00+00", "infinity", "{a,NULL,b}", "{1.5,2}", "dry", True,
        "x", "[1]", "NaN",
    )  # fmt: skip
    server.table("mine", columns, [row])
    found = of(server)
    (values,) = kit.values(found, "mine")
    assert values == {
        "id": "M1", "name": "一矿", "scale": 0.123456789012346, "ratio": 0.1, "opened": date(2024, 3, 11), "tags": ["a", "b"],
        "depths": [1.5, 2.0], "ways": ["dry"], "active": True, "paper": "[1]",
    }  # fmt: skip
    assert {(field, raw) for word, _, field, raw in kit.told(found) if word == "unreadable"} == {
        ("seen_on", "infinity"), ("output", "NaN"), ("tn", "\\x78"),
    }  # fmt: skip


@pytest.mark.postgres
def test_two_columns_of_one_name(server: Store, tmp_path: Path) -> None:
    """SQLite names them apart itself."""
    server.table("raw", MINE, MINES)
    said = refused(manifest(tmp_path, server, """query: select "编号" as id, name as id from raw"""))
    assert "two columns `id`" in said


@pytest.mark.postgres
def test_views_and_schemas(server: Store, tmp_path: Path) -> None:
    server.table("raw", MINE, MINES)
    server.say(
        'CREATE VIEW mine AS SELECT "编号" AS id, name FROM raw', "CREATE MATERIALIZED VIEW town AS SELECT 'T1' AS id"
    )
    assert set(of(server).tables) == {"mine", "town"}
    found = read([manifest(tmp_path, server, f"table: {server.schema}.mine")], kit.vocabulary())
    assert len(kit.frame(found, "mine")) == 3
    assert "did you mean" in refused(manifest(tmp_path, server, f"table: {server.schema}.mien"))


@pytest.mark.postgres
def test_all_tables_are_of_one_moment(server: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    server.table("mine", {"id": "text", "town": "text"}, [("M1", "T1")])
    server.table("town", TOWN, [("T1", "a")])
    real = database.Database.names

    def names(own: database.Database) -> list[str]:
        found = real(own)
        server.say("INSERT INTO mine VALUES ('M2', 'T2')", "INSERT INTO town VALUES ('T2', 'b')")
        return found

    monkeypatch.setattr(database.Database, "names", names)
    found = of(server)
    assert [len(kit.frame(found, kind)) for kind in ("mine", "town")] == [1, 1]
    assert found.problems == ()


@pytest.mark.postgres
def test_a_database_that_goes_away(server: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sites(server, {f"S{number}": number for number in range(20)})
    monkeypatch.setattr(database, "BLOCK", 4)
    real, blocks = database._raw, []

    def raw(*given: object) -> object:
        blocks.append(1)
        if len(blocks) == 2:
            others = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE"
            )
            server.say(f"{others} '%{server.schema}%' OR query LIKE 'FETCH%'")
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "_raw", raw)
    saved = tmp_path / "run.json"
    done = hegui("check", server.url, "--rules", SITES, "--format", f"json={saved}")
    assert done.code == 3
    assert len(blocks) == 2
    assert len(done.err.splitlines()) == 1, done.err
    assert "went away while it was read" in done.err
    assert SECRET not in done.err
    assert not saved.exists()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("options=", "options=-cstatement_timeout%3D1%20"), "took too long"),
        (("/ledger?", "/nowhere?"), "there is no database"),
        (("/ledger?", "/ledgr?"), "did you mean `ledger`?"),
        (("hegui:", "nobody:"), "does not let this user in"),
        (("hegui:", "refused:"), "does not let this user in"),
        (("host=", "host=/nowhere"), "does not answer"),
        (("@/ledger?", "@no.such.host.invalid/ledger?"), "there is no host"),
        (("host=", "sslmode=nonsense&host="), "sslmode"),
    ],
)
def test_what_a_server_refuses(change: tuple[str, str], said: str, server: Store) -> None:
    server.table("mine", {"id": "text"}, [])
    server.say("CREATE VIEW town AS SELECT 'T1' AS id, pg_sleep(1)::text AS name")
    url = server.url.replace(*change, 1)
    if "no.such" in url:
        url = url.replace("host=", "application_name=")
    for given in (url, url.replace(f":{SECRET}@", "@") + f"&password={SECRET}"):
        done = hegui("check", given, "--rules", SITES, "--lang", "en")
        assert done.code == 3
        assert said in done.err
        assert SECRET not in done.err + done.out
        assert len([line for line in done.err.splitlines() if line.startswith("error")]) == 1


@pytest.mark.postgres
def test_what_a_user_may_not_read(server: Store) -> None:
    server.table("mine", {"id": "text"}, [("M1",)])
    server.say(
        "DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN", f"GRANT USAGE ON SCHEMA {server.schema} TO reader"
    )
    try:
        assert "may not read that" in refused(server.url.replace("hegui:", "reader:", 1))
        server.say("GRANT SELECT ON mine TO reader")
        assert len(read([server.url.replace("hegui:", "reader:", 1)], kit.vocabulary()).tables["mine"]) == 1
    finally:
        server.say("DROP OWNED BY reader", "DROP ROLE reader")
