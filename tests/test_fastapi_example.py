"""The form that checks one enterprise as it is typed in (`examples/fastapi`)."""

from __future__ import annotations

import importlib.util
import logging
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import shipped_kit
from fastapi.testclient import TestClient

HERE = Path(__file__).parent.parent / "examples" / "fastapi"
SOURCE = {"process": "spray", "location": "open_air", "voc_content": 45, "observed_on": "2024-01-10"}
DAY = "2024-03-11"


@pytest.fixture(scope="module")
def client() -> TestClient:
    spec = importlib.util.spec_from_file_location("enterprise_form", HERE / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where pydantic looks for the names of annotations
    spec.loader.exec_module(module)
    return TestClient(module.app)


def asked(client: TestClient, **given: Any) -> dict[tuple[str, int | None], dict[str, Any]]:
    """What each rule says, by its name and the number of the source."""
    answer = client.post("/check", json={"as_of": DAY, **given})
    assert answer.status_code == 200, answer.text
    assert answer.json()["as_of"] == DAY
    return {(each["rule"], each["number"]): each for each in answer.json()["results"]}


def test_nothing_typed_in_is_undetermined_and_says_what_it_waits_for(client: TestClient) -> None:
    found = asked(client)
    assert {each["verdict"] for each in found.values()} == {"undetermined"}
    permit = found["permit.not-held", None]
    assert {"path": "permit_class", "reason": "missing"} in permit["causes"]
    assert any("排污许可管理类别" in each for each in permit["missing"]["zh"])
    assert any("class of discharge permit" in each for each in permit["missing"]["en"])


def test_a_verdict_comes_with_message_and_article(client: TestClient) -> None:
    enterprise = {"name": "和美家具厂", "permit_class": "key", "permit_held": False}
    found = asked(client, enterprise=enterprise, sources=[{**SOURCE, "cannot_be_enclosed": False}, {"name": "面漆"}])
    permit = found["permit.not-held", None]
    assert permit["verdict"] == "violation"
    assert permit["message"] == {
        "zh": "和美家具厂 应实行排污许可重点管理，至 2024-03-11：未取得许可证",
        "en": "和美家具厂 needs a discharge permit (key); by 2024-03-11: none held",
    }
    assert any("《排污许可管理条例》（2021）第33条" in each for each in permit["law"]["zh"])
    assert any("art. 33" in each for each in permit["law"]["en"])
    assert found["permit.not-registered", None]["verdict"] == "not_applicable"
    assert found["coating.open-air", 0]["verdict"] == "violation"
    assert "和美家具厂" in found["coating.open-air", 0]["message"]["zh"]
    assert found["coating.open-air", 1]["causes"] == [{"path": "observed_on", "reason": "missing"}]


@pytest.mark.parametrize(
    ("given", "path", "message", "hint"),
    [
        ({"enterprise": {"permit_clas": "key"}}, "permit_clas", "`enterprise` has no", "did you mean `permit_class`?"),
        ({"enterprise": {"permit_class": "重点管理"}}, "permit_class", "is one of `key`", "give `'key'`"),
        ({"sources": [{"voc_content": "4,500"}]}, "sources[0].voc_content", "is a number (%)", "give `4500.0`"),
    ],
)
def test_what_no_field_can_have_is_refused_in_the_words_of_hegui(
    client: TestClient, given: dict[str, Any], path: str, message: str, hint: str
) -> None:
    answer = client.post("/check", json=given)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["path"] == path
    assert message in error["message"]["en"]
    assert error["hint"]["en"] == hint
    assert error["message"]["zh"] != error["message"]["en"]


@pytest.mark.parametrize("body", [{"firm": {}}, {"enterprise": 3}, {"as_of": "soon"}])
def test_another_body_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    assert client.post("/check", json=body).status_code == 422


def test_nothing_typed_in_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    enterprise = {"name": "某厂", "contact": "王某某", "phone": "13800000000"}
    answer = client.post("/check", json={"enterprise": enterprise})
    assert "王某某" not in answer.text
    client.post("/check", json={"enterprise": {**enterprise, "phone": 13800000000}})
    assert "undetermined" in caplog.text
    for text in enterprise.values():
        assert text not in caplog.text


def test_many_ask_at_once(client: TestClient) -> None:
    def ask(number: int) -> str:
        enterprise = {"name": f"厂{number}", "permit_class": "key", "permit_held": bool(number % 2)}
        found = asked(client, enterprise={**enterprise, "permit_valid_to": "2030-01-01"})["permit.not-held", None]
        return f"{found['verdict']} {found['message']['zh'].split()[0]}"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(ask, range(40)))
    assert [each.split()[0] for each in told] == ["violation", "compliant"] * 20
    assert [each.split()[1] for each in told[::2]] == [f"厂{number}" for number in range(0, 40, 2)]


def test_the_form_asks_for_every_field_in_the_words_of_the_vocabulary(client: TestClient) -> None:
    page = client.get("/").text
    kinds = shipped_kit.loaded().vocabulary.kinds
    wanted = [*kinds["enterprise"].fields.values(), *kinds["emission_source"].fields.values()]
    for each in wanted:
        if each.type.kind == "enterprise":
            continue
        assert f'data-field="{each.name}"' in page
        assert each.label.zh in page
        for code, label in each.codes.items():
            assert f'<option value="{code}">{label.zh}</option>' in page
    front = re.search(r'id="enterprise">(.*?)<details>', page, re.DOTALL)
    assert front is not None
    assert re.findall(r'data-field="(\w+)"', front[1]) == [
        "name",
        "industry_code",
        "permit_class",
        "permit_held",
        "permit_valid_to",
    ]


def test_the_page_takes_nothing_from_elsewhere(client: TestClient) -> None:
    assert not re.search(r"https?://|//\w+\.", client.get("/").text.replace("http://www.w3.org", ""))


@pytest.mark.parametrize("enterprise", ['{"name": "a\\ud800"}', '{"a\\ud800": 1}', '{"permit_class": "\\udfff"}'])
def test_half_a_character_is_refused_in_words(client: TestClient, enterprise: str) -> None:
    answer = client.post(
        "/check", content=f'{{"enterprise": {enterprise}}}', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.text
