"""The lock files are what pyproject.toml asks for, hold hashes and name no place; the bill of materials is what is locked."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = {"hegui.txt": (), "all.txt": ("postgres", "prove", "spark", "test", "docs", "dev")}
"""Which extras each lock file has beside the dependencies."""


def entries(name: str) -> Iterator[tuple[Requirement, list[str]]]:
    """What is locked, each with its hashes."""
    text = (ROOT / "requirements" / name).read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        wanted, *hashes = re.split(r"\s+--hash=", line.strip())
        yield Requirement(wanted), hashes


def asked(extras: tuple[str, ...]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    texts = [*project["dependencies"], *(text for extra in extras for text in project["optional-dependencies"][extra])]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_is_one_version_with_hashes(name: str) -> None:
    found = list(entries(name))
    assert len(found) > 20
    for requirement, hashes in found:
        assert re.fullmatch(r"==[\w.!+]+", str(requirement.specifier)), requirement
        assert requirement.url is None
        assert hashes, requirement
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes)


@pytest.mark.parametrize("name", LOCKS)
def test_they_say_nothing_of_where_they_were_made(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    assert not re.search(r"://|^\s*-(?!-hash)|--(?:index|extra|find|trusted)|file:|@", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_asked_for_is_locked_as_asked(name: str) -> None:
    locked: dict[str, list[str]] = {}
    for requirement, _ in entries(name):
        locked.setdefault(canonicalize_name(requirement.name), []).append(str(requirement.specifier).removeprefix("=="))
    for wanted in asked(LOCKS[name]):
        versions = locked.get(canonicalize_name(wanted.name), [])
        assert versions, f"{wanted.name} is not locked: run requirements/make"
        assert all(wanted.specifier.contains(version, prereleases=True) for version in versions), (wanted, versions)


def test_the_two_agree() -> None:
    small, large = ({str(each).partition(";")[0].strip() for each, _ in entries(name)} for name in LOCKS)
    assert small <= large


def test_the_bill_of_materials_is_what_is_locked() -> None:
    bill = json.loads((ROOT / "requirements" / "sbom.json").read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "hegui"
    found = sorted((each["name"], each["version"]) for each in bill["components"])
    locked = sorted((each.name, str(each.specifier).removeprefix("==")) for each, _ in entries("hegui.txt"))
    assert found == locked
    hashes = {
        each["purl"]: {h["content"] for r in each["externalReferences"] for h in r["hashes"]}
        for each in bill["components"]
    }
    assert all(hashes.values())
    assert not re.search(r"file:|localhost|127\.0\.0\.1", json.dumps(bill))
