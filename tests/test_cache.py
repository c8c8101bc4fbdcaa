"""Rulesets kept as they were loaded: the same as loaded anew, whatever happens to the folder they are kept in."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hegui import ruleset as rulesets
from hegui.assure.lint import lint
from hegui.cli import main
from hegui.ruleset import cache
from hegui.ruleset.model import Ruleset
from hegui.ruleset.places import locate
from hegui.source import Diagnostic, RulesetError, Source

ROOT = Path(__file__).parent.parent
BANAN = ROOT / "rulesets" / "banan"

BASE = """
ruleset: base
title: {zh: 基础, en: base}
version: "1"
---
kind: plant
label: {zh: 厂, en: plant}
key: id
fields:
  id: {type: string}
  flow: {type: number, unit: t/a}
---
parameters:
  limit:
    label: {zh: 限值, en: limit}
    unit: t/a
    values: [{value: 5, certainty: seen, source: {zh: 文件, en: paper}}]
"""
LOCAL = """
ruleset: local
title: {zh: 地方, en: local}
version: "1"
extends: base
---
rule: plant.flow
title: {zh: 超量, en: too much}
about: plant
nature: breach
severity: major
violation: flow > param("limit")
message: {zh: "{flow}", en: "{flow}"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where rulesets are kept in a test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(cache.SWITCH, raising=False)
    return tmp_path / "cache" / "hegui"


@pytest.fixture
def local(tmp_path: Path) -> Path:
    """A ruleset of two layers."""
    for name, text in {"base": BASE, "local": LOCAL}.items():
        (tmp_path / "rulesets" / name).mkdir(parents=True)
        (tmp_path / "rulesets" / name / "ruleset.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "rulesets" / "local"


def kept(path: Path) -> Ruleset | None:
    return cache.recall(locate(path))


def load(path: Path) -> Ruleset:
    return rulesets.load(path, cached=True)


def only(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def everything(value: object) -> object:
    """All that is in a value, what does not count in comparisons included."""
    if is_dataclass(value):
        named = {field.name: everything(getattr(value, field.name)) for field in fields(value)}
        return type(value), named
    if isinstance(value, dict):
        return [(key, everything(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value), [everything(item) for item in value]
    return type(value), repr(value)


def test_what_is_kept_is_what_was_loaded(folder: Path) -> None:
    anew = rulesets.load(BANAN)
    assert kept(BANAN) is None
    load(BANAN)
    found = kept(BANAN)
    assert found is not None
    assert everything(found) == everything(anew)
    assert found == anew
    assert hash(found.rules["mine.over-scale"].violation) == hash(anew.rules["mine.over-scale"].violation)


def test_a_run_prints_the_same(folder: Path) -> None:
    call = ["check", str(ROOT / "facts/banan"), "--rules", str(BANAN), "--as-of", "2024-03-11", "--format", "json"]
    env = {"SOURCE_DATE_EPOCH": "1700000000"}
    first, second, anew = (CliRunner().invoke(main, [*call, *more], env=env) for more in ([], [], ["--no-cache"]))
    assert len(list(folder.iterdir())) == 1
    assert first.exit_code == second.exit_code == anew.exit_code == 1
    assert first.output == second.output == anew.output


def test_lint_says_the_same(folder: Path, local: Path) -> None:
    before = lint(local)
    load(local)
    assert kept(local) is not None
    assert [str(each.render()) for each in lint(local)] == [each.render() for each in before]


def test_a_changed_file_is_read(folder: Path, local: Path) -> None:
    load(local)
    base = local.parent / "base" / "ruleset.yaml"
    base.write_text(BASE.replace("value: 5", "value: 6"), encoding="utf-8")
    assert kept(local) is None
    assert load(local).parameters["limit"].values[0].value == 6
    assert kept(local) is not None


def test_line_ends_and_byte_order_marks_change_nothing(folder: Path, local: Path) -> None:
    before = load(local)
    file = local / "ruleset.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert kept(local) == before == rulesets.load(local)


def test_files_that_come_and_go_are_noticed(folder: Path, local: Path) -> None:
    load(local)
    more = local / "more.yaml"
    more.write_text(LOCAL.split("---\n")[1].replace("plant.flow", "plant.more"), encoding="utf-8")
    assert kept(local) is None
    assert set(load(local).rules) == {"plant.flow", "plant.more"}
    more.unlink()
    assert kept(local) is None
    load(local)
    (local / "more.yml").write_text("{}", encoding="utf-8")
    with pytest.raises(RulesetError):
        load(local)


def test_what_a_layer_builds_on_is_looked_for_again(folder: Path, local: Path) -> None:
    local.joinpath("ruleset.yaml").write_text(LOCAL.replace("extends: base", "extends: ../base"), encoding="utf-8")
    load(local)
    shutil.rmtree(local.parent / "base")
    assert kept(local) is None
    with pytest.raises(RulesetError):
        load(local)


def test_a_ruleset_with_errors_is_not_kept(folder: Path, local: Path) -> None:
    local.joinpath("ruleset.yaml").write_text(LOCAL.replace("flow >", "flaw >"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(RulesetError):
            load(local)
    assert not folder.exists() or not list(folder.iterdir())


def test_another_program_finds_nothing(folder: Path, local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(local)
    assert kept(local) is not None
    monkeypatch.setattr(cache, "_program", lambda: "another")
    assert kept(local) is None


# --- what may be wrong with the folder and its files ---------------------------------------------------------------


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    at = len(content) * 3 // 4
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def signed(content: bytes) -> bytes:
    """With the digest that belongs to it."""
    head = content[: len(cache._MARK)]
    body = content[len(cache._MARK) + 32 :]
    return head + hashlib.sha256(body).digest() + body


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut": cut,
    "flipped": flipped,
    "longer": lambda content: content + b"\n",
    "another mark": lambda content: content.replace(b"ruleset 1", b"ruleset 0", 1),
    "cut and signed": lambda content: signed(cut(content)),
    "no head": lambda content: signed(content[: len(cache._MARK) + 32] + b"[]\n"),
    "no ruleset": lambda content: signed(content[: content.index(b"\n", len(cache._MARK) + 32) + 1] + b"N."),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_written_anew(damage: str, folder: Path, local: Path) -> None:
    before = load(local)
    file = only(folder)
    whole = file.read_bytes()
    file.write_bytes(DAMAGES[damage](whole))
    assert kept(local) is None
    assert everything(load(local)) == everything(before)
    assert file.read_bytes() == whole


class Evil:
    """What runs code when it is unpickled."""

    def __init__(self, call: Any, *args: object) -> None:
        self.call, self.args = call, args

    def __reduce__(self) -> Any:
        return self.call, self.args


CALLS: list[Any] = [os.mkdir, eval, exec, getattr, pickle.loads, Path, rulesets.load]


@pytest.mark.parametrize("call", CALLS, ids=[f"{each.__module__}.{each.__name__}" for each in CALLS])
def test_no_code_comes_from_a_file(call: Any, folder: Path, local: Path, tmp_path: Path) -> None:
    load(local)
    file = only(folder)
    content = file.read_bytes()
    head = content[: content.index(b"\n", len(cache._MARK) + 32) + 1]
    trace = tmp_path / "trace"
    argument = f"__import__('os').mkdir({str(trace)!r})" if call in (eval, exec) else str(trace)
    file.write_bytes(signed(head + pickle.dumps(Evil(call, argument))))
    assert kept(local) is None
    assert not trace.exists()
    assert load(local).rules


def test_only_plain_classes_are_made_of_a_file() -> None:
    for (module, name), found in cache._admitted().items():
        assert module.startswith("hegui.") or (module, name) in {("datetime", "date"), ("fractions", "Fraction")}
        # what these two do is mask passwords in their own words, which harms nobody
        assert not hasattr(found, "__post_init__") or found in {Diagnostic, Source}
        assert "__del__" not in vars(found)
    for name in ("posix.system", "hegui.source.read_source", "hegui.ruleset.model.resolve_name", "hegui.cli.main"):
        with pytest.raises(pickle.UnpicklingError):
            cache._Reader(io.BytesIO()).find_class(*name.rsplit(".", 1))


def test_a_folder_or_file_open_to_others_is_not_used(folder: Path, local: Path, tmp_path: Path) -> None:
    load(local)
    file = only(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o666)
    assert kept(local) is None
    file.chmod(0o600)
    folder.chmod(0o777)
    assert kept(local) is None
    assert load(local).rules
    folder.chmod(0o700)
    assert kept(local) is not None
    moved = file.rename(tmp_path / "elsewhere")
    file.symlink_to(moved)
    assert kept(local) is None


def test_a_folder_that_cannot_be_made_is_done_without(folder: Path, local: Path, tmp_path: Path) -> None:
    folder.parent.write_text("no folder", encoding="utf-8")
    assert load(local).rules
    assert kept(local) is None


def test_a_path_that_is_not_absolute_is_done_without(
    folder: Path, local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "beside")
    assert load(local).rules
    assert not (tmp_path / "beside").exists()


@pytest.mark.parametrize("word", ["off", "OFF"])
def test_it_can_be_switched_off(word: str, folder: Path, local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(local)
    monkeypatch.setenv(cache.SWITCH, word)
    assert kept(local) is None
    only(folder).unlink()
    assert load(local).rules
    assert not list(folder.iterdir())


def test_few_rulesets_are_kept(folder: Path, local: Path) -> None:
    for number in range(cache.MOST_FILES + 3):
        copy = local.with_name(f"local{number}")
        shutil.copytree(local, copy)
        load(copy)
    assert len(list(folder.iterdir())) == cache.MOST_FILES
    assert kept(copy) is not None


def test_what_was_begun_long_ago_is_dropped(folder: Path, local: Path) -> None:
    load(local)
    old, new = (only(folder).with_name(f".{name}.ruleset.1") for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"begun")
    os.utime(old, (0, 0))
    copy = local.with_name("other")
    shutil.copytree(local, copy)
    load(copy)
    assert (old.exists(), new.exists()) == (False, True)


def test_what_is_too_large_is_not_kept(folder: Path, local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 100)
    assert load(local).rules
    assert not list(folder.iterdir())


def test_nothing_is_left_where_writing_fails(folder: Path, local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fails)
    assert load(local).rules
    assert not list(folder.iterdir())
