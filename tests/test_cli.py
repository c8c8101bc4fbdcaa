"""The command line: exit codes, what goes to stdout and what to stderr, and clear words for every bad input."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import sample
from click.testing import CliRunner
from faults_kit import until

from hegui import api
from hegui.cli import main
from hegui.explaining.words import STANDING

ROOT = Path(__file__).parent.parent
LIFTS = str(ROOT / "examples/quickstart/lifts.csv")
RULES = str(ROOT / "examples/quickstart/rules")
DAY = ("--as-of", "2024-03-11")


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


def hegui(*args: str, **env: str) -> Done:
    """Run a command in this process."""
    result = CliRunner().invoke(main, list(args), env={"HEGUI_LANG": None, "COLUMNS": None, **env})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.stderr
    return Done(result.exit_code, result.stdout, result.stderr)


def check(*args: str, **env: str) -> Done:
    return hegui("check", LIFTS, "--rules", RULES, *DAY, *args, **env)


def process(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    environment = {**os.environ, **env}
    return subprocess.run(
        [sys.executable, "-m", "hegui", *args],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
        env=environment,
    )


# --- check ---------------------------------------------------------------------------------------------------------


def test_a_violation_makes_exit_1() -> None:
    done = check()
    assert done.code == 1
    assert done.err == ""
    assert STANDING.en in done.out.replace("\n", " ")
    assert "facts as of 2024-03-11 · law of the decision as of 2024-03-11" in done.out
    assert "violation 1    undetermined 1    compliant 1    not applicable 1" in done.out
    assert "Town Hall" in done.out
    assert "\x1b" not in done.out


@pytest.mark.parametrize(
    ("threshold", "code"), [("low", 1), ("minor", 1), ("critical", 0), ("undetermined", 1), ("never", 0)]
)
def test_fail_on(threshold: str, code: int) -> None:
    assert check("--fail-on", threshold).code == code


def test_undetermined_counts_only_where_asked_for() -> None:
    only = ("--entity", "L4")
    assert check(*only).code == 0
    assert check(*only, "--fail-on", "undetermined").code == 1


def test_json_goes_to_stdout_and_talk_to_stderr(tmp_path: Path) -> None:
    done = check("--format", "json")
    assert json.loads(done.out)["schema"] == "hegui/run/1"
    file = tmp_path / "run.json"
    both = check("--format", f"json={file}", "--format", "table")
    assert (both.code, both.err) == (1, f"wrote {file}\n")
    assert "── violation 1" in both.out
    assert json.loads(file.read_text("utf-8"))["summary"] == json.loads(done.out)["summary"]
    assert os.listdir(tmp_path) == ["run.json"]


def test_both_days_are_recorded() -> None:
    run = json.loads(check("--format", "json", "--decided-on", "2025-01-02").out)["run"]
    assert (run["as_of"], run["decided_on"]) == ("2024-03-11", "2025-01-02")


def test_the_default_day_is_today_in_shanghai() -> None:
    from hegui import api

    before = api.today()
    run = json.loads(hegui("check", LIFTS, "--rules", RULES, "--format", "json").out)["run"]
    assert before.isoformat() <= run["as_of"] <= api.today().isoformat()
    assert run["decided_on"] == run["as_of"]


def test_languages() -> None:
    assert "发现问题 1    待核实 1    未发现问题 1    不适用 1" in check("--lang", "zh").out
    assert "发现问题 1" in check(HEGUI_LANG="zh").out
    assert "violation 1" in check("--lang", "en", HEGUI_LANG="zh").out


def test_engines_agree() -> None:
    reports = []
    for engine in ("polars", "scalar"):
        document = json.loads(check("--engine", engine, "--format", "json", "--show-compliant").out)
        assert document["run"].pop("engine") == engine
        reports.append({name: part for name, part in document.items() if name != "run"})
    assert reports[0] == reports[1]


def test_compliant_rows_on_request() -> None:
    assert "Library" not in check().out
    assert "Library" in check("--show-compliant").out


def test_rules_are_chosen_by_pattern() -> None:
    assert check("--rule", "lift.*").code == 1
    done = check("--rule", "lift.tested-too-light")
    assert (done.code, done.out) == (3, "")
    assert "no rule matches `lift.tested-too-light`, did you mean `lift.tested-too-lightly`" in done.err


def test_one_entity() -> None:
    done = check("--entity", "L1")
    assert done.code == 1
    assert "violation 1    undetermined 0" in done.out
    nobody = check("--entity", "L9")
    assert nobody.code == 3
    assert "no row is filed under `L9`" in nobody.err


def test_an_entity_is_named_plainly_or_as_in_a_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "lift.csv").write_text(Path(LIFTS).read_text("utf-8").replace("L1", "L 1/a"), "utf-8")
    for entity in ("L 1/a", "L%201%2Fa"):
        assert hegui("check", str(tmp_path), "--rules", RULES, *DAY, "--entity", entity).code == 1


def test_nothing_evaluated_is_exit_3(tmp_path: Path) -> None:
    (tmp_path / "lift.csv").write_text("id,name,in service,rated load (kg),tested load (kg)\n", "utf-8")
    done = hegui("check", str(tmp_path), "--rules", RULES, *DAY)
    assert done.code == 3
    assert "nothing was evaluated: no row of `lift` (lift) was read" in done.err


def test_problems_in_the_data_are_exit_3_when_strict(tmp_path: Path) -> None:
    text = Path(LIFTS).read_text("utf-8")
    (tmp_path / "lifts.csv").write_text(text.replace("750", "about 750"), "utf-8")
    at = str(tmp_path / "lifts.csv")
    assert hegui("check", at, "--rules", RULES, *DAY).code == 0
    done = hegui("check", at, "--rules", RULES, *DAY, "--strict")
    assert done.code == 3
    assert "problems in the data 1" in done.out
    assert "about 750" in done.out
    assert "1 problems in the data (`--strict`)" in done.err
    assert check("--strict").code == 1


def test_output_is_the_same_every_time() -> None:
    first, second = (check("--format", "json", SOURCE_DATE_EPOCH="0").out for _ in range(2))
    assert first == second


# --- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--as-of", "tomorrow"), "`tomorrow` is not a date; write it as `2024-03-11`"),
        (("--as-of", "2024-02-30"), "`2024-02-30` is not a date"),
        (("--as-of", "20240311"), "`20240311` is not a date"),
        (("--decided-on", "11.3.2024"), "`11.3.2024` is not a date"),
        (("--format", "tabel"), "there is no format `tabel`, did you mean `table`; there are `table`, `json`"),
        (("--format", "table", "--format", "json"), "two formats cannot both go to the terminal"),
        (("--format", "json=/nowhere/at/all.json"), "cannot write `/nowhere/at/all.json`: no directory"),
        (("--format", "json=/tmp"), "cannot write `/tmp`: is a directory"),
        (("--engine", "spark9"), "spark9"),
        (("--fail-on", "everything"), "everything"),
        (("--lang", "fr"), "fr"),
        (("--no-such-option",), "--no-such-option"),
    ],
)
def test_bad_options_are_exit_3(args: tuple[str, ...], words: str) -> None:
    done = check(*args)
    assert done.code == 3
    assert words in done.err
    assert done.out == ""


def test_a_missing_argument_is_exit_3() -> None:
    assert hegui("check").code == 3
    assert hegui("check", LIFTS).code == 3
    assert hegui("nonsense").code == 3


def test_two_formats_in_one_file_are_refused(tmp_path: Path) -> None:
    done = check("--format", f"json={tmp_path / 'a'}", "--format", f"table={tmp_path / 'a'}")
    assert done.code == 3
    assert "two formats cannot both be written to" in done.err


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    done = check("--format", f"json={tmp_path / 'run.json'}")
    assert (done.code, done.out) == (3, "")
    assert "permission denied" in done.err


def test_a_broken_ruleset_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text("ruleset: [", "utf-8")
    done = hegui("check", LIFTS, "--rules", str(tmp_path))
    assert done.code == 2
    assert "ruleset.yaml:1:" in done.err
    assert "错误" in hegui("check", LIFTS, "--rules", str(tmp_path), "--lang", "zh").err


BAD_FACTS = {
    "empty": ("lift.csv", b""),
    "empty json": ("lift.json", b""),
    "empty yaml": ("lift.yaml", b""),
    "empty workbook": ("lift.xlsx", b""),
    "binary": ("lift.csv", bytes(range(256)) * 8),
    "binary json": ("lift.json", bytes(range(256))),
    "binary workbook": ("lift.xlsx", bytes(range(256)) * 40),
    "truncated json": ("lift.json", b'[{"id": "L1"'),
    "truncated workbook": ("lift.xlsx", b"PK\x03\x04" + b"\x00" * 100),
    "truncated parquet": ("lift.parquet", b"PAR1" + b"\x00" * 50),
    "deep json": ("lift.json", b"[" * 100_000),
    "deep yaml": ("lift.yaml", b"[" * 5_000),
    "bomb": ("lift.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
    "wrong encoding": ("lift.yaml", "lift: [\xe9".encode("latin-1")),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("what", sorted(BAD_FACTS))
def test_bad_files_are_exit_3(what: str, lang: str, tmp_path: Path) -> None:
    name, content = BAD_FACTS[what]
    path = tmp_path / name
    path.write_bytes(content)
    done = hegui("check", str(path), "--rules", RULES, *DAY, "--lang", lang)
    assert done.code == 3
    assert name in done.err + done.out
    assert ("error: " if lang == "en" else "错误: ") in done.err


@pytest.mark.parametrize("place", ["nowhere", "nowhere/lifts.csv", "nowhere/registry.yaml"])
def test_missing_facts_are_exit_3(place: str) -> None:
    done = hegui("check", place, "--rules", RULES, *DAY)
    assert (done.code, done.out) == (3, "")
    assert "nowhere" in done.err


def test_an_empty_folder_is_exit_3(tmp_path: Path) -> None:
    done = hegui("check", str(tmp_path), "--rules", RULES, *DAY)
    assert done.code == 3
    assert "error: " in done.err


# --- explain -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entity", "verdict", "verdict_zh"),
    [
        ("L1", "violation", "发现问题"),
        ("L2", "compliant", "未发现问题"),
        ("L3", "not applicable", "不适用"),
        ("L4", "undetermined", "待核实"),
    ],
)
def test_explain_answers_for_every_verdict(entity: str, verdict: str, verdict_zh: str) -> None:
    args = ("explain", LIFTS, "--rules", RULES, *DAY, entity, "lift.tested-too-lightly")
    done = hegui(*args)
    assert (done.code, done.err) == (0, "")
    assert f"→ {verdict}" in done.out
    assert done.out.index("── the facts") < done.out.index("── the rule") < done.out.index("── the law")
    assert "lifts.csv · row" in done.out
    chinese = hegui(*args, "--lang", "zh")
    assert chinese.code == 0
    assert f"→ {verdict_zh}" in chinese.out


def test_explain_for_nobody_and_for_no_rule() -> None:
    nobody = hegui("explain", LIFTS, "--rules", RULES, "L9", "lift.tested-too-lightly")
    assert nobody.code == 3
    assert "no row is filed under `L9`" in nobody.err
    norule = hegui("explain", LIFTS, "--rules", RULES, "L1", "lift.untested")
    assert norule.code == 3
    assert "no rule matches `lift.untested`" in norule.err


# --- report --------------------------------------------------------------------------------------------------------


def test_report_from_a_saved_run(tmp_path: Path) -> None:
    saved = tmp_path / "run.json"
    saved.write_text(sample.run().to_json(), "utf-8")
    again = tmp_path / "again.json"
    done = hegui("report", str(saved), "--format", "table", "--format", f"json={again}", "--lang", "zh")
    assert done.code == 0
    assert "── 发现问题 6" in done.out
    assert again.read_text("utf-8") == saved.read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not a saved run"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"{}", "its `schema` is"),
        (b'{"schema": "hegui/run/1"}', "at `run`: it is missing"),
        (b"[" * 100_000, "is not a saved run"),
    ],
)
def test_report_from_something_else(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(content)
    done = hegui("report", str(path))
    assert (done.code, done.out) == (3, "")
    assert words in done.err


def test_report_from_nothing(tmp_path: Path) -> None:
    assert "cannot read" in hegui("report", str(tmp_path / "run.json")).err
    assert hegui("report", str(tmp_path)).code == 3


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hegui import report as reports

    saved, target = tmp_path / "run.json", tmp_path / "out.txt"
    saved.write_text(sample.run().to_json(), "utf-8")
    target.write_text("before", "utf-8")

    def failing(run: object, look: object) -> object:
        yield "half"
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(reports.WRITERS, "table", failing)
    done = hegui("report", str(saved), "--format", f"table={target}")
    assert done.code == 3
    assert "No space left on device" in done.err
    assert target.read_text("utf-8") == "before"
    assert sorted(os.listdir(tmp_path)) == ["out.txt", "run.json"]


@pytest.mark.skipif(os.name == "nt", reason="devices are files elsewhere")
def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    saved = tmp_path / "run.json"
    saved.write_text(sample.run().to_json(), "utf-8")
    assert hegui("report", str(saved), "--format", "json=/dev/null").code == 0
    assert not Path("/dev/null").is_file()


# --- for authors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [(), ("--by", "notice"), ("--by", "law"), ("--by", "kind")])
def test_rules(by: tuple[str, ...]) -> None:
    done = hegui("rules", "--rules", "banan", *DAY, *by, "--lang", "zh")
    assert (done.code, done.err) == (0, "")
    assert "mine.over-scale" in done.out
    assert "规模化水产养殖面积：30 亩" in done.out


def test_schemas() -> None:
    names = hegui("schema", "--rules", "banan").out.split()
    assert {"rule", "law", "kind", "parameters", "mine"} <= set(names)
    assert "properties" in json.loads(hegui("schema", "rule").out)
    assert "properties" in json.loads(hegui("schema", "mine", "--rules", "banan").out)
    wrong = hegui("schema", "ruel")
    assert wrong.code == 3
    assert "there is no schema `ruel`, did you mean `rule`" in wrong.err


def test_a_ruleset_that_is_not_there_is_exit_3_in_every_command(tmp_path: Path) -> None:
    commands = (
        ("check", LIFTS, "--rules", "AT"),
        ("rules", "--rules", "AT"),
        ("lint", "AT"),
        ("lint", "--fix", "AT"),
        ("test", "AT"),
        ("prove", "AT"),
        ("impact", "AT", "AT", "--facts", LIFTS),
        ("new", "rule", "x", "--rules", "AT", "--about", "lift"),
    )
    for at, said in (("nowhere", "there is no ruleset `nowhere`"), (str(tmp_path), "has no `ruleset.yaml`")):
        for command in commands:
            done = hegui(*(at if word == "AT" else word for word in command))
            assert (done.code, done.out) == (3, ""), command
            assert said in done.err
    assert "hint: write the path with `/`" in hegui("lint", "rulesets\\wells").err


def test_lint(tmp_path: Path) -> None:
    assert hegui("lint", "banan").code == 0
    (tmp_path / "ruleset.yaml").write_text("ruleset: x\n", "utf-8")
    done = hegui("lint", str(tmp_path))
    assert done.code == 2
    assert "ruleset.yaml:1:1: error: " in done.out
    assert hegui("lint", "nowhere").code == 3


def test_new_rule_loads_as_it_is(tmp_path: Path) -> None:
    from hegui import api

    done = hegui("new", "rule")
    assert done.code == 0
    (tmp_path / "ruleset.yaml").write_text('ruleset: x\ntitle: {zh: 规, en: x}\nversion: "1"\n', "utf-8")
    (tmp_path / "rule.yaml").write_text(done.out.replace("KIND", "plant"), "utf-8")
    (tmp_path / "plant.yaml").write_text(
        "kind: plant\nlabel: {zh: 厂, en: plant}\nkey: id\nfields:\n"
        "  id: {type: string, label: {zh: 编号, en: id}}\n"
        "  amount: {type: number, unit: t/a, label: {zh: 数量, en: amount}}\n",
        "utf-8",
    )
    assert list(api.load_ruleset(tmp_path).rules) == ["example.above-limit"]
    assert hegui("lint", str(tmp_path)).code in (0, 1)


def test_template_and_manifest(tmp_path: Path) -> None:
    book = tmp_path / "台账.xlsx"
    done = hegui("template", "mine", "mine_year", "--rules", "banan", "-o", str(book))
    assert (done.code, done.out) == (0, "")
    assert done.err == f"wrote {book}\n"
    proposed = hegui("new", "registry", str(book), "--rules", "banan")
    assert proposed.code == 0
    assert "mine_year" in proposed.out
    wrong = hegui("template", "mien", "--rules", "banan", "-o", str(book))
    assert wrong.code == 3
    assert "there is no kind `mien`, did you mean `mine`" in wrong.err
    assert "cannot write" in hegui("template", "mine", "--rules", "banan", "-o", "/nowhere/at/all.xlsx").err
    assert hegui("new", "registry", str(tmp_path / "none.xlsx"), "--rules", "banan").code == 3


def test_every_command_has_help() -> None:
    commands = re.findall(r"^  (\w+)  ", hegui("--help").out.partition("Commands:")[2], re.MULTILINE)
    known = {
        "check",
        "diff",
        "explain",
        "impact",
        "ledger",
        "lint",
        "models",
        "new",
        "report",
        "rules",
        "schema",
        "template",
        "test",
    }
    assert known | {"baseline", "prove", "verify", "waivers", "watch"} == set(commands)
    for command in commands:
        done = hegui(command, "--help")
        assert done.code == 0
        assert "Usage: " in done.out


# --- as a process --------------------------------------------------------------------------------------------------


def test_a_process_writes_utf8_and_its_exit_code() -> None:
    done = process("check", LIFTS, "--rules", RULES, *DAY, "--lang", "zh", PYTHONIOENCODING="utf-8")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "本结果为依据台账数据形成的核查线索" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_terminal_that_lacks_characters_gets_question_marks() -> None:
    done = process("check", LIFTS, "--rules", RULES, *DAY, "--lang", "zh", PYTHONIOENCODING="iso-8859-1")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "??" in done.stdout


def test_a_closed_pipe_is_quiet() -> None:
    command = [sys.executable, "-m", "hegui", "rules", "--rules", "banan"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def _open_in(process: int, path: Path) -> bool:
    """Has a process opened a file?"""
    found = []
    for each in os.scandir(f"/proc/{process}/fd"):
        with suppress(FileNotFoundError):
            found.append(os.readlink(each.path))
    return str(path) in found


@pytest.mark.skipif(sys.platform != "linux", reason="signals and processes are other there")
def test_an_interrupt_is_no_result(tmp_path: Path) -> None:
    """A view that never ends is being read meanwhile."""
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        counted = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        connection.execute(f"CREATE VIEW mine AS {counted} SELECT count(*) AS id FROM n")
    command = [sys.executable, "-m", "hegui", "check", f"sqlite:///{tmp_path / 'x.db'}", "--rules", "banan"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        until(lambda: _open_in(running.pid, tmp_path / "x.db"))
        time.sleep(0.4)
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        said = running.stderr.read()
        assert b"Traceback" not in said
        assert b"interrupted" in said
    assert running.returncode == 3


def test_what_is_to_be_done_at_the_end_of_a_process_is_done() -> None:
    """The program leaves at once, without taking apart what it made."""
    code = "import atexit, sys; atexit.register(print, 'done', file=sys.stderr); from hegui.cli import main; main({})"
    for arguments, status, said in ((["--help"], 0, "Usage"), (["lint", "no-such"], 3, "")):
        command = [sys.executable, "-c", code.format(arguments)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == status
        assert ended.stdout.startswith(said)
        assert "done" in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("option", ["--help", "--version"])
def test_a_full_disk_is_told_whatever_is_written(option: str) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "hegui", option]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "no-such", "--rules", RULES], 3),
        (["check", LIFTS, "--rules", RULES, "--nonsense"], 3),
        (["check", LIFTS, "--rules", RULES, *DAY, "--fail-on", "never", "--format", "json=run.json"], 0),
    ],
)
def test_what_cannot_be_said_changes_no_exit_code(arguments: list[str], code: int, tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "hegui", *arguments]
        done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=full, timeout=60, check=False)
    assert done.returncode == code
    assert (tmp_path / "run.json").exists() == (code == 0)


def test_a_fault_of_its_own_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "check", lambda *_, **__: {}["the fault"])
    done = CliRunner().invoke(main, ["check", LIFTS, "--rules", RULES])
    assert done.exit_code == 3
    assert "KeyError: 'the fault'" in done.stderr
    assert "this is a fault of hegui" in done.stderr


def test_a_command_runs_in_any_thread() -> None:
    from threading import Thread

    codes: list[int] = []
    beside = Thread(target=lambda: codes.append(check("--fail-on", "never").code))
    beside.start()
    beside.join()
    assert codes == [0]


@pytest.mark.parametrize("option", [("prove", "--timeout"), ("test", "--min-coverage")])
@pytest.mark.parametrize("number", ["nan", "inf"])
def test_what_is_no_number_opens_no_gate(option: tuple[str, str], number: str) -> None:
    done = hegui(option[0], str(ROOT / "examples/quickstart/rules"), option[1], number)
    assert (done.code, done.out) == (3, "")
    assert option[1] in done.err
