"""Plugins: found by their entry points, loaded when first needed, named in every error of theirs, never in hegui's way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import hegui
from hegui import extending, plugins
from hegui.language import added
from hegui.language.added import RESERVED
from hegui.language.chains import ENDINGS, STAGES
from hegui.language.checker import SPECIAL
from hegui.language.operators import NAMESPACES, OPERATORS
from hegui.report import Look, writer_of
from hegui.ruleset import cache

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "plugin"
DAY = date(2026, 3, 1)

Install = Callable[..., Path]


def dist_info(site: Path, name: str, entries: dict[str, dict[str, str]], version: str = "1.0.0") -> None:
    """What `pip install` leaves for others to find."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    groups = (f"[{group}]\n" + "".join(f"{a} = {b}\n" for a, b in each.items()) for group, each in entries.items())
    (folder / "entry_points.txt").write_text("".join(groups), encoding="utf-8")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a plugin of one module where Python finds it."""

    def put(name: str, entries: dict[str, dict[str, str]], code: str = "", module: str = "adds") -> Path:
        site = tmp_path / f"site-{name}"
        dist_info(site, name, entries)
        (site / f"{name.replace('-', '_')}_{module}.py").write_text(textwrap.dedent(code), encoding="utf-8")
        monkeypatch.syspath_prepend(str(site))
        # another plugin of the same name and version is not met with in earnest
        for known in (extending.loaded, added._row):
            known.cache_clear()
        sys.modules.pop(f"{name.replace('-', '_')}_{module}", None)
        return site

    return put


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plugin of `examples/plugin`, as good as installed."""
    site = tmp_path / "site"
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    dist_info(site, project["name"], project["entry-points"], project["version"])
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    monkeypatch.syspath_prepend(str(site))
    return site


def run_python(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    package = Path(hegui.__file__).parent.parent
    path = os.pathsep.join(map(str, (package, site, EXAMPLE / "src")))
    environment = {**os.environ, "PYTHONPATH": path, "COLUMNS": "100", "HEGUI_LANG": "en"}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=ROOT,
        env=environment,
    )


# --- the example ---------------------------------------------------------------------------------------------------


def test_the_example_passes_its_own_tests(example: Path) -> None:
    done = run_python(example, "-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/plugin/tests")
    assert done.returncode == 0, done.stdout


def test_the_command_uses_it(example: Path, tmp_path: Path) -> None:
    saved = tmp_path / "run.json"
    given = ["-m", "hegui", "check", "examples/plugin/sites.geojson", "--rules", "examples/plugin/rules"]
    given += ["--as-of", "2026-03-01", "--engine", "checked", "--format", "geojson"]
    done = run_python(example, *given, "--format", f"json={saved}")
    assert done.returncode == 1, done.stderr
    assert [each["properties"]["verdict"] for each in json.loads(done.stdout)["features"]] == [
        "violation",
        "undetermined",
    ]
    run = json.loads(saved.read_text(encoding="utf-8"))["run"]
    assert (run["engine"], run["plugins"]) == ("checked", [{"name": "hegui-example-plugin", "version": "1.0.0"}])
    again = run_python(example, "-m", "hegui", "verify", str(saved), "--facts", given[3], "--rules", given[5])
    assert again.returncode == 0, again.stdout + again.stderr
    tested = run_python(example, "-m", "hegui", "test", "examples/plugin/rules")
    assert tested.returncode == 0, tested.stdout


def test_without_it_the_ruleset_says_what_is_missing() -> None:
    with pytest.raises(hegui.RulesetError) as caught:
        hegui.load_ruleset(EXAMPLE / "rules")
    missing, unknown = sorted(caught.value.diagnostics, key=lambda each: each.id)
    assert (missing.id, unknown.id) == ("plugin-not-installed", "unknown-function")
    assert missing.hint_text() == "`pip install hegui-example-plugin`"
    assert str(missing.position).endswith("ruleset.yaml:4:11")
    with pytest.raises(hegui.FactsError, match="no kind of file"):
        hegui.load_registry(EXAMPLE / "sites.geojson", hegui.load_ruleset("national"))


def test_a_function_of_a_plugin_that_is_not_named_is_refused(example: Path, tmp_path: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((EXAMPLE / "rules").iterdir())]
    (tmp_path / "rules.yaml").write_text("---\n".join(texts).replace("plugins: [hegui-example-plugin]", ""), "utf-8")
    with pytest.raises(hegui.RulesetError, match="no function `valid_credit_code`") as caught:
        hegui.load_ruleset(tmp_path / "rules.yaml")
    assert caught.value.hint == "the plugin `hegui-example-plugin` has it: list it under `plugins:` in `ruleset.yaml`"


def test_rulesets_of_plugins_are_not_kept(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hegui.load_ruleset(EXAMPLE / "rules", cached=True)
    kept: list[object] = []
    monkeypatch.setattr(cache, "_write", lambda *given: kept.append(given))
    hegui.load_ruleset(EXAMPLE / "rules", cached=True)
    assert not kept
    monkeypatch.undo()
    with pytest.raises(hegui.RulesetError):
        hegui.load_ruleset(EXAMPLE / "rules", cached=True)


def test_a_run_is_read_without_the_plugin_if_it_needs_none(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruleset = hegui.load_ruleset(EXAMPLE / "rules")
    run = hegui.check(hegui.load_registry(EXAMPLE / "sites.geojson", ruleset), ruleset, as_of=DAY)
    assert hegui.Run.from_json(run.to_json()).to_json() == run.to_json()
    assert [each.name for each in run.info.plugins] == ["hegui-example-plugin"]
    monkeypatch.undo()
    with pytest.raises(hegui.UsageError, match="no operator `valid_credit_code`"):
        hegui.Run.from_json(run.to_json())


@pytest.mark.spark
def test_functions_on_spark(example: Path) -> None:
    """The column meaning serves Spark too, as far as there is what it is written with."""
    ruleset = hegui.load_ruleset(EXAMPLE / "rules")
    registry = hegui.load_registry(EXAMPLE / "sites.geojson", ruleset)
    runs = [hegui.check(registry, ruleset, as_of=DAY, engine=engine, every=True) for engine in ("scalar", "spark")]
    assert list(runs[0].findings) == list(runs[1].findings)


@pytest.mark.parametrize("engine", ["polars", pytest.param("spark", marks=pytest.mark.spark)])
def test_a_function_of_a_literal(engine: str, example: Path, tmp_path: Path) -> None:
    text = "\n---\n".join(path.read_text(encoding="utf-8") for path in sorted((EXAMPLE / "rules").glob("*.yaml")))
    asked = 'valid_credit_code("91110000000000001H") && !valid_credit_code("")'
    more = f"\n---\nrule: site.sure\ntitle: {{zh: 真}}\nabout: site\nnature: clue\nseverity: low\nmessage: {{zh: 真}}\nviolation: {asked}\n"
    (tmp_path / "rules.yaml").write_text(
        text + more.replace("violation: ", "violation: '").rstrip() + "'\n", encoding="utf-8"
    )
    ruleset = hegui.load_ruleset(tmp_path / "rules.yaml")
    registry = hegui.load_registry(EXAMPLE / "sites.geojson", ruleset)
    run = hegui.check(registry, ruleset, as_of=DAY, engine=engine, rules=["site.sure"])
    assert {each.verdict.value for each in run.findings} == {"violation"}


@pytest.mark.spark
@pytest.mark.parametrize("column", ["x.map_batches(len)", "x.cast(nw.List(nw.Int64)).list.len() > 2"])
def test_a_function_there_is_nothing_of_on_spark_is_named(column: str, install: Install, tmp_path: Path) -> None:
    code = f"import narwhals as nw\n{FUNCTION}thing = thing_of(lambda x: True, lambda x: {column})"
    install("p-one", {"hegui.functions": {"other": "p_one_adds:thing"}}, code)
    use("functions", "other", tmp_path)
    ruleset = hegui.load_ruleset(tmp_path / "rules.yaml")
    lifts = hegui.load_registry(ROOT / "examples" / "quickstart" / "lifts.csv", ruleset)
    with pytest.raises(hegui.PluginError, match="`other` of the plugin `p-one`") as caught:
        hegui.check(lifts, ruleset, engine="spark")
    assert caught.value.hint == f"the rule `{RULE}` uses it"


# --- when they are looked for --------------------------------------------------------------------------------------


def test_nothing_is_looked_for_before_it_is_needed(example: Path) -> None:
    """A run that names nothing hegui has not asks for no entry points, and no plugin is imported by being listed."""
    code = (
        "import hegui, sys\n"
        "from hegui import extending\n"
        "rules = hegui.load_ruleset('examples/quickstart/rules')\n"
        "run = hegui.check(hegui.load_registry('examples/quickstart/lifts.csv', rules), rules)\n"
        "run.to_json()\n"
        "assert extending._installed.cache_info().currsize == 0\n"
        "from hegui import plugins\n"
        "assert len(plugins.installed()) == 4\n"
        "assert 'hegui_geojson' not in sys.modules\n"
    )
    done = run_python(example, "-c", code)
    assert done.returncode == 0, done.stderr


def test_words_of_the_language_are_no_names_for_functions() -> None:
    assert RESERVED | OPERATORS.keys() >= {*STAGES, *ENDINGS, *SPECIAL, *NAMESPACES, "as_of"}


# --- what is refused -----------------------------------------------------------------------------------------------

RULE = "lift.tested-too-lightly"
TAKEN = {"readers": "csv", "formats": "table", "functions": "has", "engines": "polars"}


def use(group: str, name: str, tmp_path: Path) -> Any:
    """Ask for something by its name, as users do."""
    rules = hegui.load_ruleset(ROOT / "examples" / "quickstart" / "rules")
    lifts = ROOT / "examples" / "quickstart" / "lifts.csv"
    if group == "readers":
        (tmp_path / f"lifts.{name}").write_bytes(lifts.read_bytes())
        return hegui.load_registry(tmp_path / f"lifts.{name}", rules)
    registry = hegui.load_registry(lifts, rules)
    if group == "engines":
        return hegui.check(registry, rules, engine=name)
    if group == "formats":
        writer = writer_of(name)
        assert writer is not None
        return list(writer(hegui.check(registry, rules), Look()))
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples/quickstart/rules").iterdir())]
    whole = "---\n".join(texts).replace("when: in_service", f"when: {name}(rated_load)")
    whole = whole.replace("ruleset: lifts", "ruleset: lifts\nplugins: [p-one]")
    (tmp_path / "rules.yaml").write_text(whole, encoding="utf-8")
    ruleset = hegui.load_ruleset(tmp_path / "rules.yaml")
    return hegui.check(hegui.load_registry(lifts, ruleset), ruleset)


@pytest.mark.parametrize("group", TAKEN)
def test_what_hegui_has_cannot_be_replaced(group: str, install: Install, tmp_path: Path) -> None:
    """It is told why, and neither this nor what others add is in the way of anything."""
    install("p-two", {f"hegui.{group}": {TAKEN[group]: "p_two_adds:thing"}})
    install("p-one", {f"hegui.{group}": {"other": "p_one_adds:thing"}}, RAISING[group])
    with pytest.raises(hegui.PluginError, match="`other` of the plugin `p-one` 1"):
        use(group, "other", tmp_path)
    assert {(each.distribution, each.name) for each in plugins.installed()} == {
        ("p-two", TAKEN[group]),
        ("p-one", "other"),
    }
    (problem,) = plugins.refused()
    assert f"plugin `p-two` adds `{TAKEN[group]}`" in problem.message()
    assert "pip uninstall p-two" in str(problem.hint_text())
    with pytest.raises(hegui.PluginError, match="which hegui has itself"):
        extending.plugin(group, TAKEN[group], [TAKEN[group]])  # type: ignore[arg-type]


@pytest.mark.parametrize("group", TAKEN)
def test_two_plugins_of_one_name_are_refused(group: str, install: Install, tmp_path: Path) -> None:
    for name in ("p-one", "p-two"):
        install(name, {f"hegui.{group}": {"other": f"{name.replace('-', '_')}_adds:thing"}})
    with pytest.raises(hegui.PluginError, match="plugins `p-one` and `p-two` both add `other`"):
        use(group, "other", tmp_path)


@pytest.mark.parametrize("group", TAKEN)
@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import nothing_of_the_kind", "does not load: ModuleNotFoundError"),
        ("1 / 0", "does not load: ZeroDivisionError: division by zero"),
        ("x = 1", "does not load: AttributeError"),
        ("thing = 3", "is not what it should be|failed: TypeError"),
    ],
)
def test_what_does_not_load_names_its_plugin(
    group: str, code: str, told: str, install: Install, tmp_path: Path
) -> None:
    install("p-one", {f"hegui.{group}": {"other": "p_one_adds:thing"}}, code)
    with pytest.raises(hegui.PluginError, match=told) as caught:
        use(group, "other", tmp_path)
    assert "plugin `p-one` 1.0.0" in str(caught.value)
    assert caught.value.__cause__ is not None or "not what it should be" in str(caught.value)


FUNCTION = """
from hegui.datatypes import BOOL
from hegui.plugins import Example, Operator, Overload

def fails(*given):
    raise KeyError("mine")

def thing_of(scalar=fails, column=fails, **more):
    given = {"key": "other", "spelling": "other", "form": "function", "doc": "other",
             "overloads": (Overload(("number",), BOOL, scalar, column, "keep"),), "examples": (Example("other(1.5)", True),)}
    return Operator(**(given | more))
"""
RAISING = {
    "readers": "def thing(reading): raise KeyError('mine')",
    "formats": "def thing(run, look):\n    yield 'a'\n    raise KeyError('mine')",
    "functions": FUNCTION + "thing = thing_of()",
    "engines": "def thing(request): raise KeyError('mine')",
}


@pytest.mark.parametrize("group", RAISING)
def test_what_a_plugin_raises_is_the_cause(group: str, install: Install, tmp_path: Path) -> None:
    install("p-one", {f"hegui.{group}": {"other": "p_one_adds:thing"}}, RAISING[group])
    with pytest.raises(
        hegui.PluginError, match=r"`other` of the plugin `p-one` 1\.0\.0 failed: KeyError: 'mine'"
    ) as caught:
        use(group, "other", tmp_path)
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("engine", ["scalar", "polars"])
def test_a_function_that_raises_names_itself_with_every_engine(engine: str, install: Install, tmp_path: Path) -> None:
    install("p-one", {"hegui.functions": {"other": "p_one_adds:thing"}}, FUNCTION + "thing = thing_of()")
    with pytest.raises(hegui.PluginError):
        use("functions", "other", tmp_path)
    ruleset = hegui.load_ruleset(tmp_path / "rules.yaml")
    lifts = hegui.load_registry(ROOT / "examples" / "quickstart" / "lifts.csv", ruleset)
    lift = {"id": "L", "rated_load": 1.0}
    for call in (
        lambda: hegui.check(lifts, ruleset, engine=engine),
        lambda: ruleset.check(lift),
        lambda: ruleset.check(lift, explain=True),
    ):
        with pytest.raises(hegui.PluginError, match="plugin `p-one`") as caught:
            call()
        assert caught.value.hint == f"the rule `{RULE}` uses it"
        assert isinstance(caught.value.__cause__, KeyError)


COLUMNS = {
    "fails as the plan runs": (
        "lambda x: x.cast(nw.String).str.to_datetime(format='%Y').dt.year() > 3",
        "InvalidOperationError",
    ),
    "is refused": ("lambda x: x.map_batches(lambda each: each, return_dtype=nw.Boolean)", "Order-dependent"),
    "is none": ("lambda x: 3", "AttributeError"),
}


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_that_fails_names_its_plugin_and_its_rule(
    name: str, kept: bool, install: Install, tmp_path: Path
) -> None:
    column, told = COLUMNS[name]
    code = f"import narwhals as nw\n{FUNCTION}thing = thing_of(lambda x: True, {column})"
    install("p-one", {"hegui.functions": {"other": "p_one_adds:thing"}}, code)
    use("functions", "other", tmp_path)
    other = "---\nrule: lift.sound\ntitle: {en: sound}\nabout: lift\nnature: clue\nseverity: low\nviolation: in_service\nmessage: {en: a}\n"
    fine = other.replace("lift.sound", "lift.fine").replace("violation: in_service", "violation: other(tested_load)")
    with (tmp_path / "rules.yaml").open("a", encoding="utf-8") as file:
        file.write(other + fine * (name != "fails as the plan runs"))
    ruleset = hegui.load_ruleset(tmp_path / "rules.yaml")
    lifts = hegui.load_registry(ROOT / "examples" / "quickstart" / "lifts.csv", ruleset)
    with pytest.raises(hegui.PluginError, match=r"`other` of the plugin `p-one` 1\.0\.0 failed: ") as caught:
        hegui.check(lifts, ruleset, engine="polars", findings=tmp_path / "found" if kept else None)
    assert told in str(caught.value)
    named = {each.args["rule"] for each in caught.value.diagnostics}
    assert named == ({RULE} if name == "fails as the plan runs" else {RULE, "lift.fine"})
    assert str(caught.value.diagnostics[-1].position).startswith(str(tmp_path / "rules.yaml"))
    assert caught.value.__cause__ is not None


def test_facts_that_cannot_be_read_are_no_fault_of_a_plugin(install: Install, tmp_path: Path) -> None:
    code = f"{FUNCTION}thing = thing_of(lambda x: True, lambda x: x > 1)"
    install("p-one", {"hegui.functions": {"other": "p_one_adds:thing"}}, code)
    use("functions", "other", tmp_path)
    ruleset = hegui.load_ruleset(tmp_path / "rules.yaml")
    hegui.facts.write_conformed(
        hegui.load_registry(ROOT / "examples/quickstart/lifts.csv", ruleset), tmp_path / "facts"
    )
    registry = hegui.load_registry(tmp_path / "facts", ruleset)
    whole = (tmp_path / "facts" / "lift.parquet").read_bytes()
    (tmp_path / "facts" / "lift.parquet").write_bytes(whole[:8] + b"\xff" * 200 + whole[208:])
    with pytest.raises(hegui.FactsError, match="could not be read to the end"):
        hegui.check(registry, ruleset, engine="polars")


ENDING = {
    "readers": "import sys\ndef thing(reading): sys.exit(0)",
    "formats": "import sys\ndef thing(run, look):\n    yield 'a'\n    sys.exit(0)",
    "functions": f"import sys\n{FUNCTION}thing = thing_of(lambda x: sys.exit(0))",
    "engines": "import sys\ndef thing(request): sys.exit(0)",
    "import": "import sys\nsys.exit(0)",
}


@pytest.mark.parametrize("group", ENDING)
def test_a_plugin_cannot_end_the_process(group: str, install: Install, tmp_path: Path) -> None:
    asked = "readers" if group == "import" else group
    install("p-one", {f"hegui.{asked}": {"other": "p_one_adds:thing"}}, ENDING[group])
    with pytest.raises(hegui.PluginError, match=r"`other` of the plugin `p-one` .*SystemExit: 0") as caught:
        use(asked, "other", tmp_path)
    assert caught.value.exit_code == 3


def test_who_interrupts_a_plugin_is_heard(install: Install, tmp_path: Path) -> None:
    install("p-one", {"hegui.readers": {"other": "p_one_adds:thing"}}, "def thing(reading): raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        use("readers", "other", tmp_path)


@pytest.mark.parametrize(
    ("group", "code", "told"),
    [
        ("readers", "def thing(reading): pass", "a list of `RawTable`, and not `None`"),
        ("formats", "def thing(run, look): yield b'a'", "pieces of `str`, and not a `bytes`"),
        ("formats", "def thing(run, look): return 'a'", "pieces of its text, and not a `str`"),
        ("formats", "def thing(run, look): pass", "and not a `NoneType`"),
    ],
)
def test_what_is_given_is_looked_at(group: str, code: str, told: str, install: Install, tmp_path: Path) -> None:
    install("p-one", {f"hegui.{group}": {"other": "p_one_adds:thing"}}, code)
    with pytest.raises(hegui.PluginError, match=told):
        use(group, "other", tmp_path)


WRONG_RESULT = {
    "readers": ("def thing(reading): return [1]", "gives a list of `RawTable`"),
    "engines": ("def thing(request): return 3", "gives a `Judgement`, and not a `int`"),
    "functions": (FUNCTION + "thing = thing_of(examples=())", "documentation"),
}


@pytest.mark.parametrize("group", WRONG_RESULT)
def test_what_is_not_what_it_should_be(group: str, install: Install, tmp_path: Path) -> None:
    code, told = WRONG_RESULT[group]
    install("p-one", {f"hegui.{group}": {"other": "p_one_adds:thing"}}, code)
    with pytest.raises(hegui.PluginError, match="not what it should be") as caught:
        use(group, "other", tmp_path)
    assert told in str(caught.value)


# --- verifying a function ------------------------------------------------------------------------------------------

UNSOUND = {
    "other value": (
        "thing = thing_of(lambda x: x > 2, lambda x: x > 2)",
        ["is another value with scalar", "with polars"],
    ),
    "engines differ": ("thing = thing_of(lambda x: x > 1, lambda x: x > 2)", ["is another value with polars"]),
    "column has no value": (
        "thing = thing_of(lambda x: x > 1, lambda x: x > None if False else (x > 1).replace_strict({False: True}, default=None))",
        ["with polars"],
    ),
    "not a condition": ("thing = thing_of(examples=(Example('other(', True),))", ["`other(`:"]),
    "a signature nobody calls": (
        """
thing = thing_of(overloads=(
    Overload(("number",), BOOL, lambda x: x > 1, lambda x: x > 1, "keep"),
    Overload(("string",), BOOL, lambda x: True, lambda x: ~x.is_null()),
))
""",
        ["no example calls it with string"],
    ),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_verifying_finds_what_is_wrong(name: str, install: Install) -> None:
    code, told = UNSOUND[name]
    install("p-one", {"hegui.functions": {"other": "p_one_adds:thing"}}, FUNCTION + code)
    with pytest.raises(hegui.PluginError) as caught:
        plugins.verify("other")
    for each in told:
        assert each in str(caught.value)


def test_verifying_a_function_with_reasons(install: Install) -> None:
    code = """
    import narwhals as nw
    from hegui.datatypes import NUMBER
    from hegui.plugins import Example, Fault, Operator, Overload, Reason

    def root(x):
        if x < 0:
            raise Fault(Reason.OUT_OF_RANGE)
        return x ** 0.5

    def column(x):
        return nw.when(x >= 0).then(nw.when(x >= 0).then(x).otherwise(nw.lit(0.0)).sqrt())

    thing = Operator("root", "root", "function",
        (Overload(("number",), NUMBER, root, column, "bare", lambda x: [(Reason.OUT_OF_RANGE, None)]),), "square root",
        (Example("root(2.25)", 1.5), Example("root(-1.0)", reason=Reason.OUT_OF_RANGE)))
    """
    install("p-one", {"hegui.functions": {"root": "p_one_adds:thing"}}, code)
    plugins.verify("root")
    with pytest.raises(hegui.UsageError, match="no installed plugin has a function `nothing`"):
        plugins.verify("nothing")


def test_names_of_distributions_are_compared_as_installers_do() -> None:
    assert extending.normal("P.One__x") == "p-one-x"
    assert extending.version_of("no-such-distribution") is None
