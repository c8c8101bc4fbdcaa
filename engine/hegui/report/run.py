"""A run: the one thing every report is made from, and its saved form.

It has two parts: what is kept of each rule, once, and flat findings. Messages, citations and condition trees are
rendered from the two; saved runs show them rendered, and are read back into the two.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hegui.arguments import expect, expect_one_of
from hegui.datatypes import Text
from hegui.engines.kept import Kept
from hegui.explaining import Case, Explanation, RuleDocument, Setting, render
from hegui.explaining.document import Leaf, Paper
from hegui.explaining.law import may_rest_on_memory
from hegui.facts.problems import NOTES
from hegui.facts.registry import DataProblem, Registry, SourceTable
from hegui.language.tree import Cell, Chain, Param, Related, Row, walk
from hegui.outcome import ConclusionSummary, Drawing, Drawn, Finding, Judgement, RuleSummary, Verdict
from hegui.report import beside, rendered
from hegui.report import labels as label_reading
from hegui.report.drawn import drawn_data, drawn_from, summary_from
from hegui.report.held import LOOSE, findings_data, read_findings, read_stands
from hegui.report.info import RunInfo
from hegui.report.labels import Labels
from hegui.report.notice import NoticeFound, held_against
from hegui.report.roll import Roll
from hegui.report.stored import DamagedError, decode, encode
from hegui.report.summary import Summary
from hegui.report.tables import Tables
from hegui.report.wanted import EntityWants, Wanted, data_wanted, wanted_of_entities
from hegui.ruleset.model import Certainty, Law, Parameter, Rule, Ruleset, Severity
from hegui.source import Diagnostic, UsageError, Wording
from hegui.waivers.matching import Covering
from hegui.waivers.model import Waiver

if TYPE_CHECKING:
    from hegui.conclusions.children import Children
    from hegui.facts.stands import Stand

SCHEMA: Final = "hegui/run/1"
PARTS: Final = (
    "run",
    "rules",
    "labels",
    "summary",
    "roll",
    "findings",
    "conclusion_rules",
    "chaining",
    "conclusions",
    "data_wanted",
    "notice",
    "data_quality",
)
"""The parts of the document, in order."""

_NOT_JSON: Final = Wording(
    "run-not-json",
    "`{document}` is not a saved run: it is not JSON ({problem})",
    "`{document}` 不是已保存的核查结果：不是 JSON（{problem}）",
)
_FOREIGN: Final = Wording(
    "run-foreign",
    "`{document}` is not a saved run: its `schema` is `{found}`, not `{expected}`",
    "`{document}` 不是已保存的核查结果：`schema` 为 `{found}`，应为 `{expected}`",
)
_DEEP: Final = Wording("run-damaged", "`{document}` is nested too deep", "`{document}` 嵌套过深")
_PART: Final = Wording("run-damaged", "it is missing", "缺少该部分")
_NO_WAIVER: Final = Wording("run-damaged", "the run has no waiver `{name}`", "结果中没有暂不计入事项 `{name}`")
_MISFIT: Final = Wording("run-damaged", "they do not fit the conditions", "与条件不符")


@dataclass(frozen=True, repr=False)
class Run(Tables):
    """A run, whole. `findings` are sorted by rule and key; beyond `engines.kept.LIMIT` they are read from Parquet as they are
    asked for."""

    info: RunInfo
    """How it came about: days, ruleset, facts, engine, waivers."""
    rules: tuple[RuleDocument, ...]
    labels: Labels
    summary: Summary
    """Rows of each kind, and verdicts of each rule."""
    findings: Sequence[Finding]
    """Violations and what is undetermined, and all else that was asked for."""
    data_quality: tuple[DataProblem, ...]
    """What was wrong with the data, or to be noted of it, by address; `problems` and `notes` are its two parts."""
    drawing: Drawing = field(default_factory=Drawing)
    """What was concluded, with which chainer, and a summary of each conclusion."""
    notice: tuple[NoticeFound, ...] = ()
    papers: dict[tuple[int, int, str], Paper] = field(default_factory=dict)
    keys: dict[tuple[int, int], str] = field(default_factory=dict)
    roll: Roll = field(default_factory=Roll)
    stands: Mapping[str, Stand | None] = field(default_factory=dict)
    """Where the rows of the facts stand, with findings that are kept as Parquet: to go on from the run."""

    @staticmethod
    def build(
        ruleset: Ruleset,
        registry: Registry,
        judgement: Judgement,
        info: RunInfo,
        rules: Collection[str] | None = None,
        whole: bool = True,
    ) -> Run:
        """Bring together what an engine returned with what its findings need to be shown without ruleset and facts.

        Args:
            ruleset: the rules.
            registry: the facts.
            judgement: what an engine made of the two.
            info: how the run came about.
            rules: the names of the rules asked for; None for all.
            whole: were all entities judged? The figures of a notice are held against no part of a registry.
        """
        documents = tuple(RuleDocument.of(ruleset.rules[item.rule], ruleset) for item in judgement.summaries)
        by_rule = {document.rule.name: document for document in documents}
        kept = isinstance(judgement.findings, Kept)  # whose private values the engine has left out
        findings = (
            judgement.findings
            if kept
            else tuple(by_rule[finding.rule].without_private(finding) for finding in judgement.findings)
        )
        run = Run(
            info=info,
            rules=documents,
            labels=label_reading.of(ruleset.vocabulary, registry, findings),
            summary=_summary(ruleset, registry, judgement, rules),
            findings=findings,
            data_quality=registry.problems,
            papers={} if kept else label_reading.papers(registry, findings, by_rule),
            keys={} if kept else label_reading.followed_keys(registry, findings, by_rule),
            roll=Roll.of(ruleset, registry, every_rule=rules is None, every_entity=whole),
            stands=registry.stands if kept else {},
        )
        if isinstance(findings, Kept):
            beside.write(registry, findings, by_rule)
            run = run.finding(findings.marked(info.mark(findings.layered)))
        run = run.memory_apart()
        counted = replace(judgement, summaries=run.summary.rules)
        return replace(run, notice=held_against(ruleset, registry, counted, info.as_of, whole and rules is None))

    @staticmethod
    def hidden(ruleset: Ruleset) -> dict[str, tuple[int, ...]]:
        """The leaves of each rule whose values are private, by their numbers."""
        documents = (RuleDocument.of(rule, ruleset) for rule in ruleset.rules.values())
        private = {
            document.rule.name: tuple(number for number, leaf in enumerate(document.leaves) if leaf.private)
            for document in documents
        }
        return {name: numbers for name, numbers in private.items() if numbers}

    # --- looking at findings

    def finding(self, findings: Sequence[Finding]) -> Run:
        return replace(self, findings=findings)

    @property
    def _known(self) -> Collection[str]:
        return self.documents.keys() | self.summary.not_supplied.keys()

    @property
    def counts(self) -> tuple[RuleSummary, ...]:
        return self.summary.rules

    @cached_property
    def documents(self) -> dict[str, RuleDocument]:
        """What is kept of each rule, by name."""
        return {document.rule.name: document for document in self.rules}

    @cached_property
    def setting(self) -> Setting:
        """What all findings have in common."""
        info = self.info
        kinds = {name: kind.label for name, kind in self.labels.kinds.items()}
        return Setting(
            info.as_of, info.decided_on, info.facts.sources, info.ruleset.workdays, self.papers, self.keys, kinds
        )

    @cached_property
    def folder(self) -> str:
        """The folder all sources are in, with the separator behind it; empty where they are in none or several."""
        files = [source.file for source in self.info.facts.sources]
        folders = {file[: max(file.rfind("/"), file.rfind("\\")) + 1] for file in files}
        return folders.pop() if len(folders) == 1 else ""

    @cached_property
    def covering(self) -> Covering:
        formerly = {document.rule.name: document.rule.formerly for document in self.rules}
        return Covering(self.info.waivers.standing, self.info.decided_on, formerly)

    def case(self, finding: Finding) -> Case:
        """A finding with all that is needed to show it."""
        return Case(self.documents[finding.rule], finding, self.setting)

    def rule(self, finding: Finding) -> Rule:
        """The rule of a finding."""
        return self.documents[finding.rule].rule

    def explain(self, finding: Finding, lang: str = "en") -> Explanation:
        """A finding explained, in "zh" or "en".

        Raises:
            UsageError: there are no words of that language, or the run has no such rule.
        """
        expect("finding", finding, Finding)
        self.expect_rules([finding.rule], self.documents)
        return render(self.documents[finding.rule], finding, self.setting, lang)

    def with_conclusions(
        self, ruleset: Ruleset, registry: Registry, chainer: str, children: Children | None = None
    ) -> Run:
        """The run with the conclusions that follow from its findings; `children` are processes started for it.

        Raises:
            HeguiError: the action of a conclusion failed, which it names.
        """
        from hegui.conclusions.drawing import draw
        from hegui.conclusions.ground import supports

        named = {name for each in ruleset.conclusions.values() for one in each.variables for name in one.of}
        found = supports(self.found_of(named), self.from_memory, self.waivers_of)
        days = {"as_of": self.info.as_of, "decided_on": self.info.decided_on}
        drawing = draw(ruleset, registry, found, chainer=chainer, covering=self.covering, children=children, **days)
        info = replace(self.info, chainer=drawing.chainer)
        labels = label_reading.with_jurisdictions(self.labels, ruleset.vocabulary, registry, drawing.drawn)
        return replace(self, drawing=drawing, info=info, labels=labels)

    def listing(self, ruleset: Ruleset, registry: Registry) -> Run:
        """The run with the keys of all rows of its registry, however many there are."""
        asked = {"every_rule": self.roll.every_rule, "every_entity": self.roll.every_entity}
        return replace(self, roll=Roll.of(ruleset, registry, **asked, most=None))

    def memory_apart(self) -> Run:
        """The run with violations that rest on memory only counted apart."""
        apart, scoped = Counter[str](), Counter[str]()
        doubtful = [document.rule.name for document in self.rules if may_rest_on_memory(document)]
        for finding, count in self.violations(doubtful):
            if self.from_memory(finding):
                apart[finding.rule] += count
                scoped[finding.rule] += count if finding.scope is True else 0
        rules = (
            replace(
                item,
                violation=item.violation - apart[item.rule],
                in_notice_scope=item.in_notice_scope - scoped[item.rule],
                from_memory=apart[item.rule],
            )
            for item in self.summary.rules
        )
        return replace(self, summary=replace(self.summary, rules=tuple(rules))) if apart else self

    @property
    def conclusions(self) -> tuple[Drawn, ...]:
        """The conclusions drawn, those that are only possible included, by name and whom they are about."""
        return self.drawing.drawn

    @property
    def problems(self) -> tuple[DataProblem, ...]:
        """What is wrong with the data."""
        return tuple(problem for problem in self.data_quality if problem.problem not in NOTES)

    @property
    def notes(self) -> tuple[DataProblem, ...]:
        """What the data was found to hold besides what is used: unknown columns, records of a later day."""
        return tuple(problem for problem in self.data_quality if problem.problem in NOTES)

    @cached_property
    def wanted(self) -> tuple[Wanted, ...]:
        """The data the run waits for, by table and field."""
        lacking, drawn = self.summary.not_supplied, self.drawing.drawn
        return data_wanted(self.findings, self.documents, lacking, drawn, self.labels.kinds)

    @cached_property
    def wanted_of_entities(self) -> tuple[EntityWants, ...]:
        """The data the run waits for, by entity."""
        return wanted_of_entities(self.findings, self.documents)

    def counting(self, threshold: str) -> int:
        """How many findings and conclusions count for `threshold`: those at or above a severity, what is waived or rests on
        memory only left out; for "undetermined" also what is undetermined, and rules whose table was not supplied; for "never"
        none.

        Raises:
            UsageError: `threshold` is none of these.
        """
        expect_one_of("threshold", threshold, (*Severity, "undetermined", "never"))
        if threshold == "never":
            return 0
        open_ = self.summary.total(Verdict.UNDETERMINED) + len(self.summary.not_supplied)
        open_ += sum(not each.certain for each in self.drawing.drawn)
        undetermined = open_ if threshold == "undetermined" else 0
        least = Severity.MINOR if threshold == "undetermined" else Severity(threshold)
        grave = {document.rule.name for document in self.rules if document.rule.severity.rank >= least.rank}
        if self.kept:
            found = sum(item.violation for item in self.summary.rules if item.rule in grave)
        else:
            violations = (each for each, _ in self.violations(grave))
            found = sum(not self.from_memory(each) and not self.waivers_of(each) for each in violations)
        return undetermined + found + sum(self._weighs(each, least) for each in self.drawing.drawn)

    def _weighs(self, drawn: Drawn, least: Severity) -> bool:
        rule = self.conclusion_rules[drawn.conclusion]
        return drawn.counts and Severity(rule.severity).rank >= least.rank and rule.certainty != Certainty.MEMORY

    def placed(self, drawn: Drawn) -> tuple[Drawn, ConclusionSummary, tuple[SourceTable, ...], list[Waiver]]:
        """A conclusion with what is kept of its rule, the sources its rows stand in, and the waivers that cover it."""
        rule = self.conclusion_rules[drawn.conclusion]
        return drawn, rule, self.info.facts.sources, [self.waivers[name] for name in drawn.waived_by]

    @cached_property
    def waivers(self) -> dict[str, Waiver]:
        """The waivers the run was given, by name."""
        return {each.name: each for each in self.info.waivers.given}

    @cached_property
    def conclusion_rules(self) -> dict[str, ConclusionSummary]:
        """What is kept of each conclusion, by name."""
        return {summary.conclusion: summary for summary in self.drawing.summaries}

    # --- saving and reading

    def to_json(self) -> str:
        """The run as a JSON document, one finding to a line."""
        return "".join(self.pieces())

    def pieces(self) -> Iterator[str]:
        """The JSON document in pieces, so that a large one need not be held whole."""
        yield f'{{"schema": {_json(SCHEMA)},\n'
        *_, last = PARTS
        for name, data in self.parts():
            if isinstance(data, Iterator):
                yield from _array(name, data, last=name == last)
            else:
                yield f' "{name}": {_json(data)},\n'

    def parts(self) -> Iterator[tuple[str, Any]]:
        """The parts of the JSON document by name, in order; lists as iterators."""
        yield "run", _info_data(self.info)
        yield "rules", map(_rule_data, self.rules)
        yield "labels", encode(self.labels, full=True)
        yield "summary", _summary_data(self.summary)
        yield "roll", encode(self.roll, full=True)
        if isinstance(self.findings, Kept) and self.findings.called is not None:
            kept = self.findings
            yield "findings", findings_data(kept)
            from hegui.facts.stands import stands_data

            yield "stands", stands_data(self.stands)
        else:
            yield "findings", map(self.data, self.findings)
        yield "conclusion_rules", map(encode, self.drawing.summaries)
        yield "chaining", {"chainer": self.drawing.chainer, "notes": encode(self.drawing.notes)}
        yield "conclusions", (drawn_data(*self.placed(each)) for each in self.drawing.drawn)
        yield "data_wanted", map(_wanted_data, self.wanted)
        yield "notice", (encode(notice, full=True) for notice in self.notice)
        yield "data_quality", map(_problem_data, self.data_quality)

    @staticmethod
    def from_json(text: str, name: str = "run.json", shown: bool = True) -> Run:
        """Read a saved run.

        Args:
            text: the JSON document.
            name: its path: what it is called in messages, and beside which its findings are where they are kept as Parquet.
            shown: are its findings to be shown? Then it is seen whether they can be.

        Raises:
            UsageError: it is not a saved run, or is damaged, or its findings are.
        """
        return Run.from_data(run_data(text, name), name, shown)

    @staticmethod
    def from_data(data: dict[str, Any], name: str = "run.json", shown: bool = True) -> Run:
        """Read a saved run out of the data of its document; see `from_json`.

        Raises:
            UsageError: it is damaged, or its findings are.
        """
        try:
            run = _read(data, Path(name).parent)
            if shown:
                _try_out(run)
            return run
        except DamagedError as error:
            raise UsageError(Diagnostic(error.wording, {"document": name, **error.args_})) from error
        except RecursionError as error:
            raise UsageError(Diagnostic(_DEEP, {"document": name})) from error


def run_data(text: str, name: str) -> dict[str, Any]:
    """The data of a run document.

    Raises:
        UsageError: it is no such document.
    """
    expect("text", text, str, bytes, bytearray)
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UsageError(Diagnostic(_NOT_JSON, {"document": name, "problem": error})) from error
    found = data.get("schema") if isinstance(data, dict) else None
    if found != SCHEMA:
        raise UsageError(Diagnostic(_FOREIGN, {"document": name, "found": found, "expected": SCHEMA}))
    known: dict[str, Any] = data
    return known


def _summary(ruleset: Ruleset, registry: Registry, judgement: Judgement, rules: Collection[str] | None) -> Summary:
    asked = sorted(ruleset.rules if rules is None else rules)
    lacking = {name: ruleset.rules[name].about for name in asked if ruleset.rules[name].about not in registry.tables}
    orphans = dict(sorted(registry.orphans.items()))
    return Summary(label_reading.sizes(registry), judgement.summaries, orphans, lacking)


# --- JSON ----------------------------------------------------------------------------------------------------------


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _array(name: str, items: Any, last: bool = False) -> Iterator[str]:
    """A list with one item to a line."""
    yield f' "{name}": ['
    separator = "\n  "
    for item in items:
        yield separator + _json(item)
        separator = ",\n  "
    yield ("]" if separator == "\n  " else "\n ]") + ("}\n" if last else ",\n")


def _info_data(info: RunInfo) -> dict[str, Any]:
    """How the run came about; `since` only where it was made out of another."""
    data = rendered.info_data(info)
    return data if info.since is not None else {name: value for name, value in data.items() if name != "since"}


def _rule_data(document: RuleDocument) -> dict[str, Any]:
    """A rule's own entries, with what is kept beside it."""
    data = encode(document)
    return {**data.pop("rule"), **data}


def _summary_data(summary: Summary) -> dict[str, Any]:
    data: dict[str, Any] = encode(summary, full=True)
    return data


def _wanted_data(wanted: Wanted) -> dict[str, Any]:
    """An entry of `data_wanted`: worked out from the findings, and so never read back."""
    data: dict[str, Any] = encode(wanted, full=True)
    counts = {"findings": data.pop("findings"), "entities": data.pop("entities")}
    return {**data.pop("lack"), **counts, "rules": data.pop("rules"), **data}


def _problem_data(problem: DataProblem) -> dict[str, Any]:
    data = {name: getattr(problem, name) for name in ("kind", "entity", "field", "problem", "raw", "hint")}
    return {**data, "source": rendered.place_data(problem.place)}


def _read(data: Mapping[str, Any], beside: Path) -> Run:
    for part in PARTS:
        if part == "data_wanted":  # worked out from the findings
            continue
        if part not in data:
            raise DamagedError(part, _PART)
    info = decode(RunInfo, data["run"], "run")
    rules = tuple(_read_rule(item, f"rules[{i}]") for i, item in enumerate(decode(list[Any], data["rules"], "rules")))
    by_rule = {document.rule.name: document for document in rules}
    summary = decode(Summary, data["summary"], "summary")
    findings = read_findings(data["findings"], by_rule, info.facts.sources, summary.rules, beside)
    problems = decode(list[Any], data["data_quality"], "data_quality")
    drawing = _read_drawing(data, info)
    return Run(
        info=info,
        rules=rules,
        labels=decode(Labels, data["labels"], "labels"),
        summary=summary,
        findings=findings,
        data_quality=tuple(_read_problem(item, f"data_quality[{i}]") for i, item in enumerate(problems)),
        drawing=drawing,
        roll=decode(Roll, data["roll"], "roll"),
        notice=decode(tuple[NoticeFound, ...], data["notice"], "notice"),
        papers={} if isinstance(findings, Kept) else rendered.papers_from(data["findings"], tuple(findings), by_rule),
        keys={} if isinstance(findings, Kept) else rendered.keys_from(data["findings"], tuple(findings)),
        stands=read_stands(data["stands"]) if "stands" in data else {},
    )


def _firsts(run: Run) -> Iterator[Finding]:
    """One finding of each rule and verdict."""
    if isinstance(run.findings, Kept):
        yield from run.findings.firsts(
            {
                each.rule: [Verdict.VIOLATION] * bool(run.violations_of(each.rule))
                + [Verdict.UNDETERMINED] * bool(each.undetermined)
                for each in run.summary.rules
            }
        )
    else:
        yield from {(finding.rule, finding.verdict): finding for finding in run.findings}.values()


def _try_out(run: Run) -> None:
    """A rule whose parts are each what they should be may still not fit together: its trees are not checked again."""
    for finding in _firsts(run):
        try:
            run.data(finding)
            for lang in ("zh", "en"):
                run.explain(finding, lang)
        except Exception as error:  # of trees that do not fit together anything may come
            number = next(i for i, document in enumerate(run.rules) if document.rule.name == finding.rule)
            raise DamagedError(f"rules[{number}]", LOOSE) from error


_BESIDE_RULE: Final[dict[str, Any]] = {
    "laws": dict[str, Law],
    "parameters": dict[str, Parameter],
    "leaves": tuple[Leaf, ...],
    "paths": dict[str, Text],
}
"""What stands beside a rule's own entries."""


def _read_rule(data: Any, path: str) -> RuleDocument:
    item: dict[str, Any] = decode(dict[str, Any], data, path)
    rule = decode(Rule, {name: value for name, value in item.items() if name not in _BESIDE_RULE}, path)
    beside = {name: decode(hint, item.get(name), f"{path}.{name}") for name, hint in _BESIDE_RULE.items()}
    document = RuleDocument(rule, **beside)
    if len(document.leaves) != len(document.rule.leaves):
        raise DamagedError(f"{path}.leaves", _MISFIT)
    if not _holds_together(document):
        raise DamagedError(path, LOOSE)
    return document


def _holds_together(document: RuleDocument) -> bool:
    """Are the laws and numbers a rule speaks of there, and the numbers of their type?"""
    laws, values = document.laws, document.parameters.items()
    cited = (laws.get(item.law) for item in document.rule.basis)
    versions = (
        law is not None and law.version(item.version) for law, item in zip(cited, document.rule.basis, strict=True)
    )
    typed = (rendered.fits(value.value, parameter.type) for _, parameter in values for value in parameter.values)
    named = {leaf.name for leaf in document.rule.leaves if isinstance(leaf, Param)}
    ways = all(len(row.kinds) == len(row.refs) + 1 for row in _rows(document))
    return all(versions) and all(typed) and named <= set(document.parameters) and ways


def _rows(document: RuleDocument) -> Iterator[Row]:
    """The rows that conditions read."""
    for expression in document.rule.expressions():
        for node in walk(expression.node):
            match node:
                case Cell(row=row) | Chain(source=Related(row=row)):
                    yield row


def _read_drawing(data: Mapping[str, Any], info: RunInfo) -> Drawing:
    chaining: dict[str, Any] = decode(dict[str, Any], data["chaining"], "chaining")
    rules = decode(list[Any], data["conclusion_rules"], "conclusion_rules")
    summaries = tuple(summary_from(item, f"conclusion_rules[{i}]") for i, item in enumerate(rules))
    known = {summary.conclusion for summary in summaries}
    items = decode(list[Any], data["conclusions"], "conclusions")
    drawn = tuple(drawn_from(item, known, info.facts.sources, f"conclusions[{i}]") for i, item in enumerate(items))
    waivers = {each.name for each in info.waivers.given}
    for number, each in enumerate(drawn):
        for name in each.waived_by:
            if name not in waivers:
                raise DamagedError(f"conclusions[{number}].waived_by", _NO_WAIVER, name=name)
    notes = decode(tuple[Text, ...], chaining.get("notes", []), "chaining.notes")
    return Drawing(decode(str | None, chaining.get("chainer"), "chaining.chainer"), summaries, drawn, notes)


def _read_problem(data: Any, path: str) -> DataProblem:
    item: dict[str, Any] = decode(dict[str, Any], data, path)
    problem: DataProblem = decode(DataProblem, {**item, "place": item.get("source")}, path)
    return problem
