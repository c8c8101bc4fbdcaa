"""What a run says of how it came about cannot be left out, and what must not be told is told nowhere."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import traceback
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sample
from ledger_kit import run as monthly
from sqlalchemy import text as sql
from test_cli import hegui

from hegui import api as hegui_api
from hegui.facts.database_address import address
from hegui.ledger.recording import record
from hegui.ledger.store import Ledger
from hegui.report import WRITERS, Look, Run
from hegui.source import HeguiError

ROOT = Path(__file__).parent.parent
LIFTS = str(ROOT / "examples" / "quickstart" / "lifts.csv")
RULES = str(ROOT / "examples" / "quickstart" / "rules")


def whole(data: bytes) -> bytes:
    """What a file holds, unpacked."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


# --- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(set(WRITERS) - {"csv"}))
def test_every_report_says_of_which_days_it_is(name: str, lang: str) -> None:
    """A list in `csv` has a row for each problem and no place for what is said of all."""
    pieces = WRITERS[name](sample.run(), Look(lang))
    found = whole(b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces))
    assert str(sample.AS_OF).encode() in found
    assert str(sample.DECIDED_ON).encode() in found


WAIVER = """
schema: hegui/waivers/1
waivers:
  - waiver: works
    document: 限令3/2024
    approved_by: Works Office
    reason: being rebuilt
    from: 2024-01-01
    until: 2024-12-31
    scope: {rule: "*"}
"""


@pytest.fixture(scope="module")
def waived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """Two runs that were given a waiver, one of which had it set aside."""
    path = tmp_path_factory.mktemp("waivers") / "our.yaml"
    path.write_text(WAIVER, "utf-8")
    given, days = hegui_api.load_waivers([path]), {"as_of": sample.AS_OF, "decided_on": sample.DECIDED_ON}
    both = (replace(given, ignored=ignored) for ignored in (False, True))
    one, other = (
        hegui_api.check(sample.registry(), sample.ruleset(), waivers=each, chainer="reference", **days) for each in both
    )
    return one, other


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("name", sorted(set(WRITERS)))
def test_every_report_says_which_waivers_there_were(name: str, ignored: bool, waived: tuple[Run, Run]) -> None:
    """And that they were set aside."""
    run = waived[ignored]
    pieces = WRITERS[name](run, Look("en" if ignored else "zh"))
    found = whole(b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces))
    text = found.decode(errors="replace").replace("\\", "")
    assert "our.yaml" in text or name == "sarif"
    assert "限令3/2024" in text or name == "sarif"
    assert str(run.info.waivers.digest)[:19] in text
    assert bool(re.search('no-waivers|"ignored": true|"waivers_ignored": true', text)) == ignored


def test_a_run_of_a_former_day_says_when_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    path, days = tmp_path / "run.json", ("--as-of", "2019-05-06", "--decided-on", "2020-07-08")
    done = hegui(
        "check", LIFTS, "--rules", RULES, *days, "--fail-on", "never", "--format", "table", "--format", f"json={path}"
    )
    assert "facts as of 2019-05-06 · law of the decision as of 2020-07-08" in done.out
    info = json.loads(path.read_text("utf-8"))["run"]
    assert (info["as_of"], info["decided_on"]) == ("2019-05-06", "2020-07-08")
    assert abs(datetime.fromisoformat(info["started"]) - datetime.now(UTC)) < timedelta(hours=1)
    assert info["ruleset"]["digest"].startswith("sha256:")
    page = hegui("report", str(path), "--format", f"html={tmp_path / 'page.html'}")
    assert page.code == 0, page.err
    assert info["started"] in (tmp_path / "page.html").read_text("utf-8")


def test_the_ledger_keeps_days_digests_and_the_moment_of_entry(tmp_path: Path) -> None:
    run = monthly({"S1": 12.0})
    ledger = Ledger.open(str(tmp_path / "l.sqlite"), create=True)
    record(ledger, run)
    with ledger.reading() as connection:
        (row,) = connection.execute(sql("SELECT * FROM hegui_run")).mappings().all()
    assert (str(row["as_of"]), str(row["decided_on"])) == (str(run.info.as_of), str(run.info.decided_on))
    assert (row["ruleset_digest"], row["facts_digest"]) == (run.info.ruleset.digest, run.info.facts.digest)
    entered = datetime.fromisoformat(row["entered"])
    assert abs(entered.replace(tzinfo=entered.tzinfo or UTC) - datetime.now(UTC)) < timedelta(hours=1)


# --- secrets --------------------------------------------------------------------------------------------------------

CANARY = "Kanarien!vogel$93"
FORMS = (CANARY, "Kanarien%21vogel%2493", "Kanarien!vogel%2493", "kanarien!vogel$93")
URLS = (
    "postgresql://reader:Kanarien%21vogel%2493@127.0.0.1:1/db",
    "postgres://reader@127.0.0.1:1/db?password=Kanarien%21vogel%2493&connect_timeout=1",
    "postgresql://reader:Kanarien!vogel$93@127.0.0.1:1/db?sslpassword=Kanarien%21vogel%2493",
    "postgresql+psycopg://reader:Kanarien!vogel$93@[::1]:1/db?options=-cx%3DKanarien%21vogel%2493",
    "postgresql://reader:Kanarien!vogel$93@host:port/db",
    "mysql://reader:Kanarien!vogel$93@host/db",
    "sqlite://reader:Kanarien!vogel$93@host/db",
    "postgresql://reader:Kanarien!vogel$93",
    "https://reader:Kanarien!vogel$93@host/facts.csv",
    "reader:Kanarien!vogel$93@host/db",
    "reader:Kanarien!vogel$93@host:5432/db",
)
"""Addresses with a password, most of which are no use."""


def silent(told: str) -> None:
    assert not [form for form in FORMS if form in told], told


@pytest.mark.parametrize(
    "url", [*URLS[::4], *(pytest.param(url, marks=pytest.mark.slow) for url in URLS if url not in URLS[::4])]
)
def test_no_command_tells_a_password(url: str, tmp_path: Path) -> None:
    manifest = tmp_path / "registry.yaml"
    manifest.write_text(
        f'sources:\n  - kind: lift\n    database: "{url}"\n  - {{kind: no, database: "{url}"}}\n', "utf-8"
    )
    run = str(tmp_path / "run.json")
    env = {"REGISTER": url, "PGPASSWORD": CANARY}
    facts = ("check", url), ("check", "${REGISTER}"), ("check", str(manifest)), ("check", "${REGISTER}", "--timings")
    lines = [*((*each, "--rules", RULES, "--as-of", "2024-03-11", "--format", f"json={run}") for each in facts),
             ("explain", url, "A", "lift.overloaded", "--rules", RULES), ("explain", str(manifest), "A", "b", "--rules", RULES),
             ("ledger", "--db", url, "status"), ("ledger", "--db", "${REGISTER}", "status"), ("watch", url, "--rules", RULES),
             ("impact", RULES, RULES, "--facts", url), ("new", "registry", url, "--rules", RULES)]  # fmt: skip
    for line in lines:
        done = hegui(*line, "--lang", "zh", **env)
        assert done.code in (2, 3), (line, done.out)
        silent(done.out + done.err)
    assert not Path(run).exists()


PLACES = (
    f"reader:{CANARY}@host",
    f"reader:{CANARY}@host/x",
    f"//reader:{CANARY}@host/share",
    f"a/reader:{CANARY}@host",
    f"\\\\reader:{CANARY}@host\\share",
    f"reader：{CANARY}＠host",
    f"postgresql:///reader:a {CANARY}@host/db",
)
"""What is an address only because a place is asked for where it stands, or looks little like one."""


@pytest.mark.parametrize(
    "place", [*PLACES[:3:2], *(pytest.param(each, marks=pytest.mark.slow) for each in (*PLACES[1:2], *PLACES[3:]))]
)
def test_no_message_tells_the_password_of_a_place(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.json").write_text("{", "utf-8")
    source = f"sources:\n  - {{kind: lift, file: '{place}'}}\n  - kind: no\n    file: {place}\n"
    (tmp_path / "registry.yaml").write_text(source + f"  - kind: no\n    database: {place}\n", "utf-8")
    lines = [*(("check", *each) for each in (
                 (place, "--rules", RULES), ("registry.yaml", "--rules", RULES), (LIFTS, "--rules", place),
                 *((LIFTS, "--rules", RULES, *option, "--fail-on", "never") for option in (
                   ("--waivers", place), ("--allow", place), ("--since", place, "--changes", "x"), ("--format", place),
                   ("--as-of", place), ("--engine", place), ("--rule", place), ("--entity", place), ("--master", place),
                   ("--format", f"json={place}/none/y"), ("--findings", f"{place}/none/y"))))),
             ("explain", place, "A", "b", "--rules", RULES), ("watch", place, "--rules", RULES),
             ("ledger", "--db", f"{place}/none", "status"), ("report", place), ("diff", place, "broken.json"),
             ("verify", "broken.json", "--facts", LIFTS, "--rules", RULES, place), ("lint", place), ("test", place),
             ("report", "broken.json", "--format", "docx=x.docx", "--template", place), ("impact", place, RULES, "--facts", LIFTS),
             ("new", "registry", place, "--rules", RULES), ("models", RULES, "-o", f"{place}/none/y")]  # fmt: skip
    starred = 0
    for line in lines:
        done = hegui(*line)
        assert done.code in (2, 3) or "--findings" in line, (line, done.code, done.out, done.err)
        silent(done.out + done.err)
        starred += "***" in done.err
    assert starred > 15


def test_a_place_that_can_be_read_or_written_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = f"reader:{CANARY}@host"
    checked = "check", LIFTS, "--rules", RULES, "--as-of", "2024-03-11"
    written = hegui(*checked, "--format", f"json={place}", "--findings", f"{place}.findings")
    assert written.code == 1, written.err
    again = hegui("verify", place, "--facts", LIFTS, "--rules", RULES)
    assert again.code == 0, again.err
    for done in (written, again, hegui("lint", place), hegui("check", place, "--rules", RULES)):
        silent(done.out + done.err)
        assert "reader:***@host" in done.err + done.out


@pytest.mark.parametrize("honest", ["a@b.cn", "x:y", "12:30", "x:y@z", "M-1:渝@1"])
def test_ids_that_look_like_addresses_stay_what_they_are(honest: str, tmp_path: Path) -> None:
    facts = tmp_path / "lifts.csv"
    head, first, *_ = Path(LIFTS).read_text("utf-8").splitlines()
    facts.write_text(f"{head}\n{honest},{first.partition(',')[2]}\n{honest},{first.partition(',')[2]}\n", "utf-8")
    done = hegui("check", str(facts), "--rules", RULES, "--as-of", "2024-03-11", "--format", "jsonl")
    assert honest in done.out + done.err
    assert "***" not in done.out + done.err
    asked = hegui("explain", str(facts), honest, "lift.none", "--rules", RULES)
    assert "***" not in asked.out + asked.err


@pytest.mark.parametrize("url", URLS)
def test_no_traceback_or_repr_tells_a_password(url: str) -> None:
    from hegui import api

    try:
        found = address(url)
    except HeguiError:
        pass
    else:
        silent(repr(found) + str(found))
    ruleset = api.load_ruleset(RULES)
    with pytest.raises(HeguiError) as caught:
        api.load_registry([url], ruleset)
    silent("".join(traceback.format_exception(caught.value)))


def test_an_environment_with_secrets_leaves_no_trace(tmp_path: Path) -> None:
    """Whatever is in the environment: nothing of it is in any file of a run, in a process of its own with all that is said."""
    env = {**os.environ, "PGPASSWORD": CANARY, "API_TOKEN": CANARY, "DATABASE_URL": URLS[0], "HEGUI_TOKEN": CANARY}
    formats = [f"--format={name}={tmp_path / name}" for name in WRITERS]
    command = [
        sys.executable,
        "-X",
        "dev",
        "-m",
        "hegui",
        "check",
        LIFTS,
        "--rules",
        RULES,
        "--as-of",
        "2024-03-11",
        "--timings",
    ]
    done = subprocess.run(
        [*command, *formats, "--findings", str(tmp_path / "found")], env=env, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr.decode()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > len(WRITERS)
    silent((done.stdout + done.stderr + b"".join(whole(path.read_bytes()) for path in files)).decode(errors="replace"))
