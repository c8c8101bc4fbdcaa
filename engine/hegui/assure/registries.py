"""Tests beside a ruleset: a registry and all that must be found in it, nothing else.

They stand in the folder `tests` of a ruleset, in files that end in `.test.yaml`; the loader leaves that folder alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Discriminator, Field, Tag

from hegui.assure.examples import AS_OF
from hegui.assure.flat import flat_rows
from hegui.assure.trial import Trial
from hegui.datatypes import Text
from hegui.explaining import Case, RuleDocument, Setting, message
from hegui.explaining.document import kinds_called
from hegui.masking import place_without_password
from hegui.outcome import Finding, Judgement, Verdict, as_key
from hegui.ruleset.documents import Day, Identifier, Name, Part, Words
from hegui.ruleset.given import NO_RULE, Given
from hegui.ruleset.layers import read_file
from hegui.ruleset.model import Ruleset
from hegui.ruleset.places import TESTS, Place
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import validate
from hegui.source import Diagnostic, Document, HeguiError, Path_, Span, UsageError, Wording, read_yaml

if TYPE_CHECKING:
    from hegui.facts.registry import Registry

ENDING: Final = ".test.yaml"
"""How the file of a test is called."""

_EXTENSION = Wording(
    "test-file-name", "`{name}` would not be run; call it `{instead}`", "`{name}` 不会运行，请改名为 `{instead}`"
)
_OUTSIDE = Wording("facts-outside", "`{name}` is not inside the ruleset's folder", "`{name}` 不在规则集文件夹内")
_SAME_TEST = Wording("same-test", "two tests are called `{name}`", "有两项测试都叫 `{name}`")
_NO_FACTS = Wording("no-such-facts", "there is no file or folder `{name}`", "没有文件或文件夹 `{name}`")
_FACTS_OR_GIVEN = Wording(
    "facts-or-given", "a test has either `facts` or `given`", "一项测试须给出 `facts` 或 `given` 之一"
)
_NO_KIND = Wording("unknown-kind", "there is no kind `{name}`", "没有类别 `{name}`")
_NO_MATCH = Wording("no-such-rule", "no rule matches `{name}`", "没有规则匹配 `{name}`")
_NOTHING = Wording(
    "nothing-judged", "no row of {kinds} was read, so nothing was judged", "未读到 {kinds} 的任何一行，没有判定任何内容"
)
UNFOUND: Final = Wording(
    "finding-missing",
    "expected `{expected}` of `{fingerprint}`, got {found}",
    "预期 `{fingerprint}` 为 `{expected}`，实际为 {found}",
)
UNSTATED: Final = Wording(
    "finding-unstated",
    "`{fingerprint}` is `{verdict}`, which the test does not state: {said}",
    "`{fingerprint}` 为 `{verdict}`，测试未列明：{said}",
)

Stated = Annotated[
    Annotated[list[Words], Tag("list")] | Annotated[dict[Name, list[Words]], Tag("mapping")],
    Discriminator(lambda value: "list" if isinstance(value, list) else "mapping"),
]


class ExpectedPart(Part):
    """All that is found: fingerprints, or the keys of the rows by rule."""

    violation: Stated = Field(default_factory=list, description="what is a violation")
    undetermined: Stated = Field(default_factory=list, description="what is undetermined")


class RegistryDocument(Part):
    """A registry and all that must be found in it."""

    test: Words = Field(description="what the test is called, once in a ruleset")
    facts: Words | None = Field(None, description="a registry inside the ruleset's folder, relative to this file")
    given: dict[Identifier, list[dict[str, Any]]] | None = Field(None, description="rows by kind instead of `facts`")
    lacking: list[Identifier] = Field(
        default_factory=list, description="kinds whose table is not supplied, with `given`"
    )
    as_of: Day | None = Field(None, description="2024-03-11 where left out")
    decided_on: Day | None = Field(None, description="the day of the decision; that of the facts where left out")
    rules: list[Words] | None = Field(
        None, min_length=1, description="patterns for the rules asked; all where left out"
    )
    expected: ExpectedPart = Field(description="all that is found; anything else fails")


@dataclass(frozen=True)
class RegistryTest:
    """A test as read: its name, where it stands, its rules by name, and what is expected by fingerprint."""

    name: str
    span: Span
    part: RegistryDocument
    path: Path
    rules: tuple[str, ...]
    expected: dict[str, tuple[str, Span]] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date, date]:
        """The day the facts are looked at, and that of the decision."""
        as_of = self.part.as_of or AS_OF
        return as_of, self.part.decided_on or as_of


# --- reading -------------------------------------------------------------------------------------------------------


def read_tests(place: Place, ruleset: Ruleset) -> list[RegistryTest]:
    """The tests in the folder of a ruleset, in order of file; none for a ruleset that is a single file.

    Raises:
        UsageError: with everything that is wrong with any of them.
    """
    problems = Problems()
    found: list[RegistryTest] = []
    for path, shown in _files(place, problems):
        try:
            documents = read_yaml(read_file(path, shown))
        except HeguiError as error:
            problems.items += error.diagnostics
            continue
        for document in documents:
            test = _Reading(place, ruleset, path, document, problems).test()
            if test is not None and any(each.name == test.name for each in found):
                problems.add(_SAME_TEST, test.span, name=test.name)
            found += [test] if test is not None else []
    if problems.items:
        raise UsageError(problems.items)
    return found


def _files(place: Place, problems: Problems) -> Iterator[tuple[Path, str]]:
    if place.single:
        return
    root = place.path / TESTS
    for path in sorted(root.rglob("*.test.y*ml"), key=lambda each: each.relative_to(root).parts):
        relative = path.relative_to(place.path).as_posix()
        shown = relative if place.shown == "." else f"{place.shown}/{relative}"
        if path.name.endswith(ENDING):
            yield path, shown
        else:
            problems.add(_EXTENSION, None, name=shown, instead=shown.rpartition(".test.")[0] + ENDING)


@dataclass(frozen=True)
class _Reading:
    """One document of a test, held against the ruleset."""

    place: Place
    ruleset: Ruleset
    path: Path
    document: Document
    problems: Problems

    def test(self) -> RegistryTest | None:
        part = validate(RegistryDocument, self.document, self.problems)
        if part is None:
            return None
        span = self.document.span(("test",))
        if (part.facts is None) == (part.given is None):
            self.problems.add(_FACTS_OR_GIVEN, span)
        path = self.facts(part)
        self.rows(part)
        return RegistryTest(part.test, span, part, path, self.rules(part), dict(self.expected(part)))

    def facts(self, part: RegistryDocument) -> Path:
        """Where the registry is: nowhere but inside the ruleset's folder, links followed."""
        try:
            path = (self.path.parent / (part.facts or ".")).resolve()
        except (ValueError, OSError):  # no path at all: a zero character, too long, links that go round
            self.problems.add(_NO_FACTS, self.document.span(("facts",)), name=place_without_password(str(part.facts)))
            return self.path.parent
        if part.facts is not None and not path.is_relative_to(self.place.path.resolve()):
            self.problems.add(_OUTSIDE, self.document.span(("facts",)), name=place_without_password(str(part.facts)))
        elif not path.exists():
            self.problems.add(_NO_FACTS, self.document.span(("facts",)), name=place_without_password(str(part.facts)))
        return path

    def rows(self, part: RegistryDocument) -> None:
        """Are the rows given in the shape of their kinds?"""
        kinds = self.ruleset.vocabulary.kinds
        checker = Given(self.ruleset.vocabulary, self.document, self.problems)
        for kind, rows in (part.given or {}).items():
            if kind not in kinds:
                self.problems.add_unknown(_NO_KIND, self.document.key_span(("given", kind)), kind, kinds)
                continue
            for number, row in enumerate(rows):
                checker.row(row, kinds[kind], ("given", kind, number))
        for number, kind in enumerate(part.lacking):
            if kind not in kinds:
                self.problems.add_unknown(_NO_KIND, self.document.span(("lacking", number)), kind, kinds)

    def rules(self, part: RegistryDocument) -> tuple[str, ...]:
        names = sorted(self.ruleset.rules)
        for number, glob in enumerate(part.rules or ()):
            if not any(fnmatchcase(name, glob) for name in names):
                self.problems.add_unknown(_NO_MATCH, self.document.span(("rules", number)), glob, names)
        return tuple(name for name in names if any(fnmatchcase(name, glob) for glob in part.rules or ("*",)))

    def expected(self, part: RegistryDocument) -> Iterator[tuple[str, tuple[str, Span]]]:
        """What is stated, by fingerprint: its verdict and place."""
        for verdict, stated in (("violation", part.expected.violation), ("undetermined", part.expected.undetermined)):
            path: Path_ = ("expected", verdict)
            if isinstance(stated, list):
                for number, fingerprint in enumerate(stated):
                    at = (*path, number)
                    if self.known(fingerprint.split("/")[0], self.document.span(at)):
                        yield fingerprint, (verdict, self.document.span(at))
                continue
            for rule, keys in stated.items():
                if self.known(rule, self.document.key_span((*path, rule))):
                    about = self.ruleset.rules[rule].about
                    for number, key in enumerate(keys):
                        yield f"{rule}/{about}/{as_key(key)}", (verdict, self.document.span((*path, rule, number)))

    def known(self, rule: str, span: Span) -> bool:
        """Is there such a rule?"""
        if rule in self.ruleset.rules:
            return True
        self.problems.add_unknown(NO_RULE, span, rule, self.ruleset.rules)
        return False


# --- running -------------------------------------------------------------------------------------------------------


def run_tests(ruleset: Ruleset, tests: Iterable[RegistryTest], engines: Sequence[str]) -> Iterator[Trial]:
    """Run tests on engines.

    Raises:
        UsageError: an unknown engine, or no row that any of a test's rules is about.
        FactsError: a registry cannot be used.
    """
    from hegui.engines import judge

    for test in tests:
        registry = registry_of(ruleset, test)
        as_of, decided_on = test.days
        for engine in engines:
            judged = judge(ruleset, registry, engine=engine, as_of=as_of, decided_on=decided_on, rules=test.rules)
            _refuse_empty(ruleset, test, judged)
            failures = tuple(_failures(ruleset, test, judged.findings, registry))
            yield Trial("test", test.name, "", engine, test.span, failures)


def registry_of(ruleset: Ruleset, test: RegistryTest) -> Registry:
    """The rows a test is about.

    Raises:
        FactsError: they cannot be used.
    """
    from hegui.facts import from_rows, read

    if test.part.given is None:
        return read([test.path], ruleset.vocabulary, as_of=test.days[0])
    rows = flat_rows(ruleset.vocabulary, test.part.given)
    return from_rows(ruleset.vocabulary, {kind: each for kind, each in rows.items() if kind not in test.part.lacking})


def _refuse_empty(ruleset: Ruleset, test: RegistryTest, judged: Judgement) -> None:
    if not any(each.violation + each.compliant + each.not_applicable + each.undetermined for each in judged.summaries):
        kinds = sorted({ruleset.rules[name].about for name in test.rules})
        args: dict[str, object] = {"kinds": ", ".join(f"`{kind}`" for kind in kinds)}
        raise UsageError(Diagnostic(_NOTHING, args, test.span))


def _failures(
    ruleset: Ruleset, test: RegistryTest, findings: Collection[Finding], registry: Registry
) -> Iterator[Diagnostic]:
    found = {each.fingerprint: each for each in findings}
    for fingerprint, (verdict, span) in test.expected.items():
        each = found.get(fingerprint)
        if each is None or each.verdict != verdict:
            args: dict[str, object] = {"fingerprint": fingerprint, "expected": verdict, "found": _got(each)}
            yield Diagnostic(UNFOUND, args, span)
    as_of, decided_on = test.days
    setting = Setting(as_of, decided_on, registry.sources, ruleset.workdays, kinds=kinds_called(ruleset.vocabulary))
    for fingerprint, each in found.items():
        if fingerprint not in test.expected:
            case = Case(RuleDocument.of(ruleset.rules[each.rule], ruleset), each, setting)
            said = Text(message(case, "zh"), message(case, "en"))
            yield Diagnostic(
                UNSTATED, {"fingerprint": fingerprint, "verdict": each.verdict.value, "said": said}, test.span
            )


def _got(finding: Finding | None) -> Text:
    if finding is None:
        return Text("无", "nothing")
    causes = ", ".join(map(str, finding.causes))
    said = f"`{finding.verdict.value}`" + (f" ({causes})" if finding.verdict is Verdict.UNDETERMINED else "")
    return Text(said, said)
