"""Entity models written for editors: what they hold, what a type checker makes of them, and that checks take them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import shipped_kit
from click.testing import CliRunner
from pydantic import ValidationError

import hegui
from hegui.cli import main
from hegui.datatypes import Text, Type
from hegui.vocabulary import Field, Kind, Relation, Vocabulary, python_module

AS_OF = date(2024, 3, 11)
LABEL = Text("名", "name")


def module_of(text: str, name: str = "entities") -> ModuleType:
    made = ModuleType(name)
    sys.modules[name] = made
    exec(compile(text, f"{name}.py", "exec"), made.__dict__)
    return made


@pytest.fixture(scope="module")
def ruleset() -> hegui.Ruleset:
    return shipped_kit.loaded()


@pytest.fixture(scope="module")
def written(ruleset: hegui.Ruleset) -> str:
    return python_module(ruleset.vocabulary, ruleset.name, ruleset.version)


@pytest.fixture(scope="module")
def entities(written: str) -> Iterator[Any]:
    yield module_of(written)
    del sys.modules["entities"]


def test_the_command_writes_the_module(tmp_path: Path, written: str) -> None:
    path = tmp_path / "entities.py"
    done = CliRunner().invoke(main, ["models", "banan", "-o", str(path)])
    assert done.exit_code == 0, done.output
    assert path.read_text(encoding="utf-8") == written
    assert CliRunner().invoke(main, ["models", "banan"]).stdout == written
    assert CliRunner().invoke(main, ["models", "nowhere"]).exit_code == 3
    assert CliRunner().invoke(main, ["models", "banan", "-o", str(tmp_path)]).exit_code == 3


def test_every_kind_and_field_is_there(ruleset: hegui.Ruleset, entities: Any) -> None:
    models = {getattr(entities, name).model_config.get("title"): getattr(entities, name) for name in entities.__all__}
    for name, kind in ruleset.vocabulary.kinds.items():
        model = models[name]
        called = {each.serialization_alias or own for own, each in model.model_fields.items()}
        assert called == {*kind.fields, *kind.relations}
        assert (kind.label.en or kind.label.zh) in model.__doc__


def test_checks_take_them_and_say_the_same(ruleset: hegui.Ruleset, entities: Any) -> None:
    licence = entities.MineLicence(id="L1", from_=date(2020, 1, 1), to=date(2030, 1, 1), scale=100_000.0)
    mine = entities.Mine(id="M1", method="open_pit", resource_damage=False, licences=[licence])
    year = entities.MineYear(year=2023, mine=mine, extracted=120_000.0)
    plain = {
        "year": 2023,
        "extracted": 120_000.0,
        "mine": {
            "id": "M1",
            "method": "open_pit",
            "resource_damage": False,
            "licences": [{"id": "L1", "from": date(2020, 1, 1), "to": date(2030, 1, 1), "scale": 100_000.0}],
        },
    }
    ours, theirs = (ruleset.check(each, kind=kind, as_of=AS_OF) for each, kind in ((year, None), (plain, "mine_year")))
    assert ours == theirs
    assert {each.rule for each in ours} == {"mine.over-quota", "mine.over-scale"}
    assert ruleset.check(entities.TailWaterSample(id="S", tn=hegui.Below(0.05)), as_of=AS_OF)


def test_what_no_field_can_have_is_refused(entities: Any) -> None:
    for given in ({"id": 1}, {}, {"id": "M", "method": "open pit"}, {"id": "M", "density": "2.5"}, {"id": "M", "x": 1}):
        with pytest.raises(ValidationError):
            entities.Mine(**given)


USE = """
from datetime import date
from entities import Mine, MineLicence, MineYear
import hegui

mine = Mine(id="M1", method="open_pit", licences=[MineLicence(id="L1", from_=date(2020, 1, 1), scale=1.0)])
year = MineYear(year=2023, mine=mine, extracted=120_000.0)
for result in hegui.load_ruleset("banan").check(year, as_of=date(2024, 3, 11)):
    print(result.rule, result.verdict.value)
"""
WRONG = """
from entities import Mine, MineYear

Mine(id=1)
Mine(id="M", method="open pit")
Mine(id="M", licences=[MineYear(year=1)])
Mine(id="M", densty=2.5)
MineYear()
"""


def test_a_type_checker_knows_them(tmp_path: Path, written: str) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "entities.py").write_text(written, encoding="utf-8")
    (tmp_path / "use.py").write_text(USE, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nstrict = True\nmypy_path = {tmp_path}\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "entities.py", "use.py", "wrong.py"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, cwd=tmp_path)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert {line.partition(":")[0] for line in errors} == {"wrong.py"}, done.stdout + done.stderr
    assert {int(line.split(":")[1]) for line in errors} == {4, 5, 6, 7, 8}, done.stdout


def field(name: str, type_: Type, label: Text = LABEL, **more: Any) -> Field:
    return Field(name, type_, label, **more)


def test_names_that_python_needs_itself_and_texts_that_would_end_a_docstring() -> None:
    odd = ("class", "copy", "model_x", "datetime", "str", "Field", "list", "json")
    fields = {name: field(name, Type("string")) for name in ("id", *odd)}
    fields["on"] = field("on", Type("date"), Text('结束"""', 'the """end"""\\'))
    fields["code"] = field("code", Type("code", codes=('a"b', "c'd", "e\\")), codes={'a"b': LABEL})
    fields["codes"] = field("codes", Type("list", element=Type("code", codes=tuple(f"code_{n}" for n in range(40)))))
    fields["gone"] = field("gone", Type("ref", kind="nothing"))
    thing = Kind("thing", LABEL, ("id",), fields, {"parts": Relation("parts", "a_b", "thing", LABEL)})
    other = Kind("a_b", LABEL, (), {"thing": field("thing", Type("ref", kind="thing"))})
    same = Kind("a-b", LABEL, (), {"x": field("x", Type("int"))})
    made: Any = module_of(
        python_module(Vocabulary({"thing": thing, "a_b": other, "a-b": same}), "t", "1"), "odd_entities"
    )
    found = made.Thing(id="T", class_="c", copy_="d", code='a"b', codes=["code_3"], parts=[made.AB(thing="T")])
    assert {each.serialization_alias for each in made.Thing.model_fields.values()} >= set(odd)
    assert found.model_dump(by_alias=True, exclude_none=True)["class"] == "c"
    assert made.Thing.model_validate({"id": "T", "class": "c"}).class_ == "c"
    assert made.AB_.model_config["title"] == "a-b"


def test_the_module_is_the_same_for_the_same_vocabulary(ruleset: hegui.Ruleset, written: str) -> None:
    again = hegui.load_ruleset("banan")
    assert python_module(again.vocabulary, again.name, again.version) == written
    assert written.endswith("\n")
    assert not any(line.endswith(" ") for line in written.splitlines())


def test_a_model_made_at_run_time_takes_bounds(ruleset: hegui.Ruleset) -> None:
    kind = next(each for each in ruleset.vocabulary.kinds.values() if any(f.detection for f in each.fields.values()))
    field = next(each.name for each in kind.fields.values() if each.detection)
    model = hegui.model(kind)
    keys = {name: 2023 if kind.fields[name].type.name == "int" else "K" for name in kind.key}
    for value in (1.5, hegui.Below(0.05), None):
        assert dict(model(**keys, **{field: value}))[field] == value
    assert "Below" not in str(model.model_json_schema())
