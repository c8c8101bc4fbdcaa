"""What every test shares: how hypothesis runs, and that nobody's own cache is used."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from hegui.cli.frame import OBJECTS
from hegui.ruleset.parsed import parsing_once

if TYPE_CHECKING:
    from faults_kit import Place

settings.register_profile("hegui", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("hegui")
gc.set_threshold(
    OBJECTS
)  # as commands do: rulesets and tests stay, and looking through them for circles took a fifth of the time


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Commands keep rulesets in a folder that goes with the session."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True, scope="session")
def parsed_once() -> Iterator[None]:
    """The shipped rulesets are loaded some hundred times, from the same files."""
    with parsing_once():
        yield


@pytest.fixture(scope="session")
def place(own_cache: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Where commands are killed, starved and kept from files; see `faults_kit`."""
    import faults_kit

    with faults_kit.made(tmp_path_factory.mktemp("faults")) as found:
        yield found


QUICK_SPARK = {
    "spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1", "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.ui.enabled": "false",
    "spark.driver.memory": "2g", "spark.driver.host": "127.0.0.1", "spark.driver.extraJavaOptions": "-Xss32m",
}  # fmt: skip
"""Small tables are over as soon as they are planned: nothing is compiled for them, shared out or planned again."""


@pytest.fixture(scope="session")
def quick_spark() -> Iterator[None]:
    """Spark as it is quickest over small tables, where it has not been started yet; with HEGUI_SPARK=default, as it is by default."""
    if os.environ.get("HEGUI_SPARK") == "default":
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        told = " ".join(f"--conf {name}={value}" for name, value in QUICK_SPARK.items())
        patch.setenv("PYSPARK_SUBMIT_ARGS", f"{told} pyspark-shell")
        yield
