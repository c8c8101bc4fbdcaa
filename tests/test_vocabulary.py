"""The vocabulary: what `kind:` documents may say, and where and how mistakes in them are reported."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from pydantic import ValidationError

from hegui.datatypes import Text, Type
from hegui.source import Diagnostic, Source, read_yaml
from hegui.vocabulary import Evidence, Relation, Vocabulary, fold, load_vocabulary, model, schema

SHOP = """\
kind: shop
label: {zh: 商店, en: shop}
aliases: [门店]
key: id
name: name
jurisdiction: town
coordinates: [lon, lat]
fields:
  id: {type: string, label: {zh: 编号, en: shop id}}
  name: {type: string}
  town: {type: ref, to: town, label: {zh: 镇街}}
  lon: {type: number}
  lat: {type: number}
  floor: {type: number, unit: 平方米, label: {zh: 面积, en: floor}, aliases: [建筑面积], evidence: {source_doc: paper}}
  size: {type: code, codes: {big: {zh: 大, en: big, aliases: [大型]}, small: {zh: 小}}}
  tags: {type: list, of: string}
  tn: {type: number, unit: mg/L, detection: true}
  staff: {type: int}
  open: {type: bool}
  since: {type: date}
  phone: {type: string, private: true}
  paper: {type: string}
has_many:
  sales: {kind: sale, by: shop, label: {zh: 销售, en: sales}}
---
kind: sale
key: [shop, day]
jurisdiction: shop.town
fields:
  shop: {type: ref, to: shop}
  day: {type: date}
---
kind: town
key: id
fields:
  id: {type: string}
"""


def load(text: str, *more: str) -> tuple[Vocabulary, list[Diagnostic]]:
    documents = [document for each in (text, *more) for document in read_yaml(Source("v.yaml", each))]
    return load_vocabulary(documents)


def test_a_whole_vocabulary_is_understood() -> None:
    vocabulary, problems = load(SHOP)
    assert problems == []
    shop = vocabulary.kinds["shop"]
    assert list(vocabulary.kinds) == ["shop", "sale", "town"]
    assert (shop.label, shop.key, shop.name_field, shop.jurisdiction) == (Text("商店", "shop"), ("id",), "name", "town")
    assert shop.coordinates == ("lon", "lat")
    assert shop.fields["town"].type == Type("ref", kind="town")
    assert shop.fields["floor"].type == Type("number", unit="m2")
    assert shop.fields["floor"].evidence == Evidence(source_doc="paper")
    assert shop.fields["size"].type == Type("code", codes=("big", "small"))
    assert shop.fields["size"].codes == {"big": Text("大", "big"), "small": Text("小", "")}
    assert shop.fields["size"].code_words == {"big": "big", "大": "big", "大型": "big", "small": "small", "小": "small"}
    assert shop.fields["tags"].type == Type("list", element=Type("string"))
    assert (shop.fields["tn"].detection, shop.fields["phone"].private) == (True, True)
    assert shop.relations == {"sales": Relation("sales", "sale", "shop", Text("销售", "sales"))}
    assert vocabulary.kinds["sale"].key == ("shop", "day")


def test_words_of_tables_and_headers() -> None:
    vocabulary, _ = load(SHOP)
    assert vocabulary.words == {"shop": "shop", "商店": "shop", "门店": "shop", "sale": "sale", "town": "town"}
    headers = vocabulary.kinds["shop"].headers
    assert (headers["面积"], headers["建筑面积"], headers[fold("Floor")], headers["shopid"]) == ("floor",) * 3 + ("id",)
    assert "设计面积" not in headers


@pytest.mark.parametrize(
    "word", ["生产规模(万吨/年)", "生产规模（万吨／年）", " 生 产规模\n(万吨/年)", "\ufeff生产规模(万吨/年)"]
)
def test_width_and_white_space_of_words_do_not_matter(word: str) -> None:
    assert fold(word) == "生产规模(万吨/年)"


def test_a_field_without_label_is_called_by_its_name() -> None:
    vocabulary, _ = load(SHOP)
    assert vocabulary.kinds["shop"].fields["staff"].label == Text("staff", "staff")


def test_a_kind_without_key() -> None:
    vocabulary, problems = load("kind: note\nkey: none\nfields: {text: {type: string}}")
    assert (problems, vocabulary.kinds["note"].key) == ([], ())


def test_a_later_layer_adds_to_a_kind() -> None:
    local = """\
kind: shop
extends: true
aliases: [巴南门店]
fields:
  licence: {type: ref, to: paper}
has_many:
  papers: {kind: paper, by: shop}
---
kind: paper
key: id
fields: {id: {type: string}, shop: {type: ref, to: shop}}
"""
    vocabulary, problems = load(SHOP, local)
    assert problems == []
    shop = vocabulary.kinds["shop"]
    assert {"licence", "floor"} < set(shop.fields)
    assert set(shop.relations) == {"sales", "papers"}
    assert vocabulary.words["巴南门店"] == "shop"


BROKEN = {
    "unknown key": ("kind: a\nkey: id\nfeilds: {}", "unknown-key", "feilds", "did you mean `fields`?"),
    "unknown key of a field": (
        "kind: a\nkey: id\nfields: {id: {type: string, lable: {zh: 号}}}",
        "unknown-key",
        "lable",
        "did you mean `label`?",
    ),
    "unknown type": (
        "kind: a\nkey: id\nfields: {id: {type: text}}",
        "not-among",
        "text",
        "there are `bool`, `code`, `date`, `int`, `list`, `number`, `ref`, `string`",
    ),
    "misspelt type": (
        "kind: a\nkey: id\nfields: {id: {type: strng}}",
        "not-among",
        "strng",
        "did you mean `string`?",
    ),
    "no type": ("kind: a\nkey: id\nfields: {id: {label: {zh: 号}}}", "missing-key", "id", None),
    "number for a text": (
        "kind: a\nkey: id\nfields: {id: {type: string, aliases: [12]}}",
        "not-a-text",
        "12",
        'put it in quotes: "12"',
    ),
    "empty value": ("kind: a\nkey: id\nname:\nfields: {id: {type: string}}", "empty-value", "name", None),
    "not a mapping": ("kind: a\nkey: id\nfields: [id]", "not-a-mapping", "fields", None),
    "not true or false": (
        "kind: a\nkey: id\nfields: {id: {type: string, private: yes}}",
        "not-a-bool",
        "yes",
        None,
    ),
    "bad kind name": ("kind: 矿山\nkey: id\nfields: {id: {type: string}}", "bad-name", "矿山", "a name starts"),
    "bad field name": (
        "kind: a\nkey: id\nfields: {id: {type: string}, a#why: {type: int}}",
        "bad-name",
        "a#why",
        "a n",
    ),
    "reserved word": (
        "kind: a\nkey: id\nfields: {id: {type: string}, as_of: {type: date}}",
        "bad-name",
        "as_of",
        "a n",
    ),
    "no key": ("kind: a\nfields: {id: {type: string}}", "no-key", "a", "name its key field, or write `key: none`"),
    "no fields": ("kind: a\nkey: none", "no-fields", "a", None),
    "unknown key field": (
        "kind: a\nkey: di\nfields: {id: {type: string}}",
        "unknown-field",
        "di",
        "there are `id`",
    ),
    "second key field unknown": (
        "kind: a\nkey: [id, yaer]\nfields: {id: {type: string}, year: {type: int}}",
        "unknown-field",
        "yaer",
        "did you mean `year`?",
    ),
    "key of a wrong type": ("kind: a\nkey: n\nfields: {n: {type: number}}", "key-type", "n", None),
    "private key": ("kind: a\nkey: n\nfields: {n: {type: string, private: true}}", "private-shown", "n", None),
    "private name": (
        "kind: a\nkey: id\nname: who\nfields: {id: {type: string}, who: {type: string, private: true}}",
        "private-shown",
        "who",
        None,
    ),
    "unknown name field": (
        "kind: a\nkey: id\nname: nmae\nfields: {id: {type: string}, name: {type: string}}",
        "unknown-field",
        "nmae",
        "did you mean `name`?",
    ),
    "ref without target": (
        "kind: a\nkey: id\nfields: {id: {type: string}, b: {type: ref}}",
        "field-needs",
        "ref",
        None,
    ),
    "code without codes": ("kind: a\nkey: id\nfields: {id: {type: code}}", "field-needs", "code", None),
    "list without of": ("kind: a\nkey: none\nfields: {b: {type: list}}", "field-needs", "list", None),
    "unit on a text": ("kind: a\nkey: id\nfields: {id: {type: string, unit: t}}", "not-for-type", "unit", None),
    "detection on an int": (
        "kind: a\nkey: none\nfields: {id: {type: int, detection: true}}",
        "not-for-type",
        "detection",
        None,
    ),
    "unknown unit": (
        "kind: a\nkey: none\nfields: {x: {type: number, unit: MG/L}}",
        "unknown-unit",
        "MG/L",
        "did you mean `mg/L`?",
    ),
    "unknown target": (
        "kind: mine\nkey: id\nfields: {id: {type: string}, b: {type: ref, to: mien}}",
        "unknown-kind",
        "mien",
        "did you mean `mine`?",
    ),
    "target with two key fields": (
        "kind: a\nkey: [x, y]\nfields: {x: {type: string}, y: {type: int}, b: {type: ref, to: a}}",
        "no-single-key",
        "a",
        None,
    ),
    "target with an int key": (
        "kind: a\nkey: x\nfields: {x: {type: int}, b: {type: ref, to: a}}",
        "no-single-key",
        "a",
        None,
    ),
    "relation to nothing": (
        "kind: a\nkey: x\nfields: {x: {type: string}}\nhas_many: {bs: {kind: b, by: a}}",
        "unknown-kind",
        "b",
        "there are `a`",
    ),
    "relation by an unknown field": (
        "kind: a\nkey: x\nfields: {x: {type: string}, upper: {type: ref, to: a}}\nhas_many: {downs: {kind: a, by: uper}}",
        "unknown-field",
        "uper",
        "did you mean `upper`?",
    ),
    "relation by a field that is no reference here": (
        "kind: a\nkey: x\nfields: {x: {type: string}}\nhas_many: {downs: {kind: a, by: x}}",
        "not-a-ref",
        "x",
        None,
    ),
    "relation named like a field": (
        "kind: a\nkey: x\nfields: {x: {type: string}, up: {type: ref, to: a}}\nhas_many: {x: {kind: a, by: up}}",
        "field-twice",
        "x",
        None,
    ),
    "jurisdiction through a text": (
        "kind: a\nkey: x\njurisdiction: x.y\nfields: {x: {type: string}}",
        "not-followed",
        "x.y",
        None,
    ),
    "jurisdiction that ends nowhere": (
        "kind: a\nkey: x\njurisdiction: up.z\nfields: {x: {type: string}, up: {type: ref, to: a}}",
        "unknown-field",
        "up.z",
        "there are `up`, `x`",
    ),
    "jurisdiction that is a number": (
        "kind: a\nkey: x\njurisdiction: n\nfields: {x: {type: string}, n: {type: int}}",
        "jurisdiction-type",
        "n",
        None,
    ),
    "one coordinate": (
        "kind: a\nkey: x\ncoordinates: [n]\nfields: {x: {type: string}, n: {type: number}}",
        "two-coordinates",
        "coordinates",
        None,
    ),
    "coordinates of a wrong type": (
        "kind: a\nkey: x\ncoordinates: [n, x]\nfields: {x: {type: string}, n: {type: number}}",
        "wanted-type",
        "x",
        None,
    ),
    "evidence that is no field": (
        "kind: a\nkey: x\nfields: {x: {type: string, evidence: {source_doc: papr}}, paper: {type: string}}",
        "unknown-field",
        "papr",
        "did you mean `paper`?",
    ),
    "evidence of a wrong type": (
        "kind: a\nkey: x\nfields: {x: {type: string, evidence: {obtained_on: x}}}",
        "wanted-type",
        "x",
        None,
    ),
    "a header for two fields": (
        "kind: a\nkey: x\nfields: {x: {type: string, label: {zh: 编号}}, y: {type: int, aliases: [编 号]}}",
        "header-twice",
        "编 号",
        None,
    ),
    "a table name for two kinds": (
        "kind: a\nkey: none\nfields: {x: {type: int}}\n---\nkind: b\nlabel: {zh: 乙, en: A}\nkey: none\nfields: {x: {type: int}}",
        "table-word-twice",
        "A",
        None,
    ),
    "a word for two codes": (
        "kind: a\nkey: none\nfields: {x: {type: code, codes: {p: {zh: 无}, q: {zh: 未, aliases: [无]}}}}",
        "code-word-twice",
        "q",
        None,
    ),
    "a kind defined twice": (
        "kind: a\nkey: none\nfields: {x: {type: int}}\n---\nkind: a\nkey: none\nfields: {y: {type: int}}",
        "kind-twice",
        "a",
        "to add fields to it, write `extends: true`",
    ),
    "an extension of nothing": (
        "kind: mine\nkey: none\nfields: {x: {type: int}}\n---\nkind: mien\nextends: true\nfields: {y: {type: int}}",
        "nothing-to-extend",
        "mien",
        "did you mean `mine`?",
    ),
    "an extension that changes the key": (
        "kind: a\nkey: none\nfields: {x: {type: int}}\n---\nkind: a\nextends: true\nkey: x",
        "extension-only-adds",
        "key",
        None,
    ),
    "an extension that changes a field": (
        "kind: a\nkey: none\nfields: {x: {type: int}}\n---\nkind: a\nextends: true\nfields: {x: {type: date}}",
        "field-twice",
        "x",
        None,
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_mistake_is_one_diagnostic_at_its_place(case: str) -> None:
    text, wanted, marked, hint = BROKEN[case]
    _, problems = load(text)
    assert [problem.id for problem in problems] == [wanted]
    span = problems[0].span
    assert span is not None
    assert text[span.start : span.end] == marked
    assert (problems[0].hint_text() or "").startswith(hint or "")
    assert (problems[0].hint is None) == (hint is None)
    assert "{" not in problems[0].render("zh") + problems[0].message("en") or "{" in text


def test_the_second_definition_is_marked_not_the_first() -> None:
    text = BROKEN["a kind defined twice"][0]
    _, problems = load(text)
    assert [problem.span.start for problem in problems if problem.span] == [text.rindex("kind: a") + len("kind: ")]


def test_all_mistakes_of_all_documents_are_reported_at_once() -> None:
    _, problems = load(
        "kind: a\nkey: id\nfields: {id: {type: txt, too: a}}\n---\nkind: b\nkey: di\nfields: {id: {type: int}}"
    )
    assert sorted(problem.id for problem in problems) == ["not-among", "unknown-field", "unknown-key"]


def test_a_kind_that_could_not_be_understood_is_not_unknown_as_well() -> None:
    _, problems = load(
        "kind: a\nkey: id\nwrong: 1\n---\nkind: b\nkey: id\nfields: {id: {type: string}, a: {type: ref, to: a}}"
    )
    assert [problem.id for problem in problems] == ["unknown-key"]


def test_a_field_that_could_not_be_understood_has_the_type_error() -> None:
    vocabulary, _ = load("kind: a\nkey: none\nfields: {x: {type: number, unit: MG/L}}")
    assert vocabulary.kinds["a"].fields["x"].type == Type("error")


def test_schema_gives_the_type_of_each_column() -> None:
    vocabulary, _ = load(SHOP)
    types = schema(vocabulary.kinds["shop"])
    assert types["id"] == types["town"] == types["size"] == pl.String
    wanted: dict[str, pl.DataType] = {
        "floor": pl.Float64(),
        "staff": pl.Int64(),
        "open": pl.Boolean(),
        "since": pl.Date(),
    }
    assert {name: types[name] for name in wanted} == wanted
    assert types["tags"] == pl.List(pl.String)


def test_model_accepts_one_entity_and_nothing_else() -> None:
    vocabulary, _ = load(SHOP)
    shop = model(vocabulary.kinds["shop"])
    made = shop.model_validate({"id": "S1", "size": "big", "since": date(2024, 3, 11), "tags": ["a"], "floor": 12})
    assert made.model_dump(exclude_none=True) == {
        "id": "S1", "size": "big", "since": date(2024, 3, 11), "tags": ["a"], "floor": 12.0
    }  # fmt: skip
    for wrong in ({}, {"id": 1}, {"id": "S1", "size": "huge"}, {"id": "S1", "x": 1}, {"id": "S1", "staff": 2**53 + 1}):
        with pytest.raises(ValidationError):
            shop.model_validate(wrong)


def test_model_of_fields_called_as_its_methods_are() -> None:
    fields = "".join(f", {name}: {{type: string}}" for name in ("schema", "copy", "json", "model_dump", "model_config"))
    vocabulary, _ = load(f"kind: a\nkey: id\nfields: {{id: {{type: string}}{fields}}}")
    made = model(vocabulary.kinds["a"]).model_validate({"id": "1", "schema": "x", "copy": "y", "json": "z"})
    assert (made.schema, made.copy, made.json) == ("x", "y", "z")


def test_model_describes_itself_with_labels_and_units() -> None:
    vocabulary, _ = load(SHOP)
    described = model(vocabulary.kinds["shop"]).model_json_schema()
    assert (described["required"], described["additionalProperties"]) == (["id"], False)
    assert described["properties"]["floor"]["unit"] == "m2"
    assert described["properties"]["floor"]["label"] == {"zh": "面积", "en": "floor"}
    assert described["properties"]["town"]["ref"] == "town"
