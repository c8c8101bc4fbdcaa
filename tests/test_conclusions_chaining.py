"""The two chainers mean the same, and no end of a child is the end of a run."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import product

import pytest
from chaining_kit import TEXTS, TooLargeError, case, naive

from hegui.conclusions import chaining, known
from hegui.conclusions.chaining import Done, Job, available, run
from hegui.conclusions.children import ChildError, Children, Limits
from hegui.conclusions.program import Chained, Count, Fact, FlatRule, Head, Pattern, Program, Scalar, Taken, fact
from hegui.source import ChainingError, UsageError

DURABLE = "durable" if available() else "reference"
"""What `durable` comes to here."""
WHERE_IT_IMPORTS = pytest.mark.parametrize("chainer", ["durable"] if available() else [])
BOTH = pytest.mark.parametrize("chainer", ["durable", "reference"])


def findings(chained: Chained) -> tuple[set[Fact], set[tuple[str, tuple[Fact, ...]]]]:
    """As the naive chainer gives it: firings with the facts themselves."""
    fired = {(rule, tuple(chained.facts[place] for place in matched)) for rule, matched in chained.firings}
    return set(chained.facts), fired


def compare(seeds: range) -> None:
    """Both chainers with nested loops and with each other, on every case but the few that are too large."""
    jobs, expected = [], []
    for seed in seeds:
        program, facts = case(seed)
        try:
            expected.append(naive(program, facts))
        except TooLargeError:
            continue
        jobs.append(Job(str(seed), program, facts))
    assert len(jobs) > 0.98 * len(seeds)
    by_reference = run(jobs, "reference")
    by_durable = run(jobs, "durable")
    for job, right, one, other in zip(jobs, expected, by_reference, by_durable, strict=True):
        assert findings(one.chained) == right, f"reference, case {job.label}"
        assert one.chained == other.chained, f"durable, case {job.label}"
        assert other.chainer == DURABLE
        assert one.chained.facts[: one.chained.given] == tuple(dict.fromkeys(job.facts))
    assert sum(len(firings) for _, firings in expected) > 10 * len(seeds)


def test_both_chainers_find_what_nested_loops_find() -> None:
    compare(range(300))


@pytest.mark.slow
def test_both_chainers_find_what_nested_loops_find_in_many_programs() -> None:
    compare(range(1_000, 5_000))


def test_the_cases_have_everything_that_could_differ() -> None:
    programs = [case(seed)[0] for seed in range(300)]
    rules = [rule for program in programs for rule in program.rules]
    negated = [pattern.kind for rule in rules for pattern in rule.patterns if pattern.negated]
    assert sum(kind.startswith("base") for kind in negated) > 100
    assert sum(kind.startswith("made") for kind in negated) > 30
    recursive = [rule for rule in rules if {head.kind for head in rule.heads} & {one.kind for one in rule.patterns}]
    assert len(recursive) > 100
    assert sum(len(rule.patterns) == 4 for rule in rules) > 100
    assert sum(len(program.counts) for program in programs) > 100


# --- what is meant -------------------------------------------------------------------------------------------------


def rule(name: str, patterns: list[Pattern], *heads: Head, stratum: int = 0) -> FlatRule:
    return FlatRule(name, stratum, tuple(patterns), heads)


PRESSED = Program(
    (
        rule(
            "督促",
            [
                Pattern("finding", (("rule", "over-scale"),)),
                Pattern("mine", (), (("key", 0, "entity"),)),
                Pattern("order", (), (("mine", 1, "key"),), negated=True),
            ],
            Head("unpressed", (("mine", Taken(1, "key")), ("town", Taken(1, "town")))),
        ),
    ),
    (Count("many", 0, "unpressed", ("town",), ("mine",), 2, "town_unpressed"),),
)
FACTS = (
    *(fact("finding", {"entity": f"M{number}", "rule": "over-scale"}) for number in range(5)),
    *(fact("mine", {"key": f"M{number}", "town": f"镇{number % 2}"}) for number in range(5)),
    fact("order", {"mine": "M1"}),
)


@BOTH
def test_a_rule_joins_negates_and_is_counted(chainer: str) -> None:
    (done,) = run([Job("巴南", PRESSED, FACTS)], chainer)
    derived = done.chained.facts[done.chained.given :]
    mines = [fact("unpressed", {"mine": f"M{n}", "town": f"镇{n % 2}"}) for n in (0, 2, 3, 4)]
    assert derived == (fact("town_unpressed", {"town": "镇0"}), *mines)
    assert done.chained.firings == tuple(("督促", (n, 5 + n)) for n in (0, 2, 3, 4))
    assert (done.label, done.note) == ("巴南", None if chainer == done.chainer else done.note)


@BOTH
def test_an_unplaced_fact_counts_in_every_group_and_makes_none(chainer: str) -> None:
    def one(town: str, mine: str, placed: bool) -> Fact:
        return fact("case", {"mine": mine, "placed": placed, "town": town})

    count = Count("three", 0, "case", ("town",), ("mine",), 3, "pattern", placed="placed")
    facts = (one("甲", "M1", True), one("甲", "M2", True), one("甲", "M2", True), one("乙", "M1", True))
    unplaced = (one("", "M3", False), one("", "M1", False))
    for given, towns in ((facts, []), (facts + unplaced, ["甲"]), (unplaced, [])):
        (done,) = run([Job("x", Program((), (count,)), given)], chainer)
        assert [one for one in done.chained.facts if one.kind == "pattern"] == [
            fact("pattern", {"town": town}) for town in towns
        ]


@BOTH
def test_recursion_ends_and_is_deep(chainer: str) -> None:
    """Who answers for whom, over a chain of 2,000; and round a circle."""
    step = rule(
        "over",
        [Pattern("over", (("above", "N0"),)), Pattern("reports", (), (("from", 0, "below"),))],
        Head("over", (("above", "N0"), ("below", Taken(1, "to")))),
    )
    start = rule("first", [Pattern("reports", (("from", "N0"),))], Head("over", (("above", "N0"), ("below", "N0"))))
    facts = [fact("reports", {"from": f"N{n}", "to": f"N{(n + 1) % 2_000}"}) for n in range(2_000)]
    (done,) = run([Job("x", Program((start, step)), tuple(facts))], chainer)
    assert len(done.chained.facts) - done.chained.given == 2_000
    assert len(done.chained.firings) == 2_001


@BOTH
def test_every_pair_of_values_is_compared_rightly(chainer: str) -> None:
    domains: dict[str, tuple[Scalar, ...]] = {
        "text": (*TEXTS, "x" * 59_000, "ab", "ab!", "true", "5", "null"),
        "number": (0, 1, -1, 5, 2**63 - 1, -(2**63) + 1),
        "flag": (True, False),
    }
    rules, facts = [], []
    for name, values in domains.items():
        for place, value in enumerate(values):
            head = Head(f"has_{name}", ((f"of_{name}", Taken(0, name)), ("place", place)))
            rules.append(rule(f"{name} {place}", [Pattern(name, ((name, value),))], head))
            facts += [fact(name, {name: value}), fact(f"other_{name}", {f"other_{name}": value})]
        joined = [Pattern(name), Pattern(f"other_{name}", (), ((f"other_{name}", 0, name),))]
        head = Head(f"same_{name}", ((f"one_{name}", Taken(0, name)), (f"two_{name}", Taken(1, f"other_{name}"))))
        rules.append(rule(f"same {name}", joined, head))
    (done,) = run([Job("x", Program(tuple(rules)), tuple(facts))], chainer)
    assert done.chainer == (chainer if available() else "reference")
    derived = set(done.chained.facts[done.chained.given :])
    expected = set()
    for name, values in domains.items():
        expected |= {fact(f"has_{name}", {f"of_{name}": one, "place": n}) for n, one in enumerate(values)}
        equal = [(a, b) for a, b in product(values, repeat=2) if a == b]
        expected |= {fact(f"same_{name}", {f"one_{name}": a, f"two_{name}": b}) for a, b in equal}
    assert derived == expected


@BOTH
def test_facts_without_rules_and_rules_without_facts(chainer: str) -> None:
    done = run([Job("a", Program(()), FACTS), Job("b", PRESSED, ()), Job("c", PRESSED, FACTS[:1] * 2)], chainer)
    assert [one.chained.facts for one in done] == [FACTS, (), FACTS[:1]]
    assert run([], chainer) == ()


# --- partitions, children and limits -------------------------------------------------------------------------------


def test_the_result_does_not_depend_on_the_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "WORTH_A_CHILD", 1)
    jobs = [Job(f"part {seed}", *case(seed)) for seed in range(20)]
    results = [run(jobs, "durable", Limits(children=children)) for children in (1, 2, 7)]
    assert results[0] == results[1] == results[2]
    assert [one.label for one in results[0]] == [job.label for job in jobs]


def test_the_result_does_not_depend_on_the_order_of_facts() -> None:
    for seed in range(20):
        program, facts = case(seed)
        one, other = run([Job("x", program, facts), Job("x", program, facts[::-1])])
        assert findings(one.chained) == findings(other.chained)
        assert one.chained.facts[one.chained.given :] == other.chained.facts[other.chained.given :]


def test_neighbours_share_a_child_up_to_the_limit() -> None:
    jobs = [(n, Job(str(n), PRESSED, FACTS * 100)) for n in range(12)]  # 1,100 facts each
    assert [len(batch) for batch in chaining._batches(jobs, Limits(children=1))] == [12]
    assert [len(batch) for batch in chaining._batches(jobs, Limits(children=2))] == [6, 6]
    assert [len(batch) for batch in chaining._batches(jobs, Limits(facts=2_200, children=1))] == [2] * 6
    assert [number for batch in chaining._batches(jobs, Limits(children=2)) for number, _ in batch] == list(range(12))


def note(done: Done, lang: str = "en") -> str:
    assert done.note is not None
    return done.note.message(lang)


@WHERE_IT_IMPORTS
def test_a_partition_that_is_too_large_goes_to_the_reference_chainer(chainer: str) -> None:
    small, large = run([Job("small", PRESSED, FACTS[:3]), Job("large", PRESSED, FACTS)], chainer, Limits(facts=10))
    assert (small.chainer, small.note) == ("durable", None)
    assert large.chainer == "reference"
    assert note(large) == (
        "11 facts are more than the 10 that durable-rules is given at a time; "
        "`large` was chained by the reference chainer"
    )
    assert note(large, "zh") == "11 条事实超过 durable-rules 一次处理的上限 10；`large` 已改用参考推理器"
    assert large.chained == run([Job("large", PRESSED, FACTS)], "reference")[0].chained


def circle(size: int, closed: bool) -> Program:
    """Rules that pass a fact on, each from one kind to the next."""
    last = size if closed else size + 1
    passed = Head("", (("key", Taken(0, "key")),))
    return Program(
        tuple(rule(f"r{n}", [Pattern(f"k{n}")], Head(f"k{(n + 1) % last}", passed.properties)) for n in range(size))
    )


@WHERE_IT_IMPORTS
def test_many_rules_are_spread_over_hosts_unless_they_feed_each_other(chainer: str) -> None:
    start = (fact("k0", {"key": "x"}),)
    jobs = [Job("line", circle(150, closed=False), start), Job("circle", circle(150, closed=True), start)]
    line, round_ = run(jobs, chainer)
    assert (line.chainer, line.note, len(line.chained.facts)) == ("durable", None, 151)
    assert (round_.chainer, len(round_.chained.facts)) == ("reference", 150)
    assert "150 rules that feed each other" in note(round_)


def test_without_durable_rules_there_is_the_reference_chainer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "available", lambda: False)
    (done,) = run([Job("x", PRESSED, FACTS)])
    assert done.chainer == "reference"
    assert note(done) == "durable-rules does not import here; `x` was chained by the reference chainer"


def test_an_unknown_chainer_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no chainer `prolog`"):
        run([], "prolog")


# --- ends of children ----------------------------------------------------------------------------------------------


def child(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


ANSWER = "import json, sys; sys.stdin.read(); print(json.dumps("
EMPTY = "'derived': {'shapes': [], 'rows': []}, 'firings': []"
ENDS = {
    "killed": (child("import os; os.kill(os.getpid(), 9)"), "ended with SIGKILL"),
    "crashed": (child("import os, sys; sys.stdin.read(); os.kill(os.getpid(), 11)"), "ended with SIGSEGV"),
    "raised": (child("raise SystemError('no such thing')"), "exit code 1 (SystemError: no such thing)"),
    "silent": (child("pass"), "cannot be read: no JSON"),
    "garbage": (child("print('Segmentation fau')"), "cannot be read: no JSON"),
    "list": (child(f"{ANSWER}[]))"), "neither answers nor a failure"),
    "too few": (child(f"{ANSWER}{{'answers': []}}))"), "neither answers nor a failure"),
    "not one": (child(f"{ANSWER}{{'answers': [7]}}))"), "an answer to another question"),
    "other facts": (child(f"{ANSWER}{{'answers': [{{'given': 3, {EMPTY}}}]}}))"), "an answer to another question"),
    "engine": (child(f"{ANSWER}{{'engine': 'exception 312'}}))"), "durable-rules failed: exception 312"),
    "absent": (("hegui-no-such-command",), "No such file"),
}


def answer(derived: str, firings: str) -> tuple[str, ...]:
    return child(f"{ANSWER}{{'answers': [{{'given': 11, 'derived': {derived}, 'firings': {firings}}}]}}))")


TWICE = "{'shapes': [['order', 'mine']], 'rows': [[0, 'M1']]}"
ENDS |= {
    "known fact": (answer(TWICE, "[]"), "not sorted, each once"),
    "bad shape": (answer("{'shapes': [], 'rows': [[0, 'M1']]}", "[]"), "cannot be read: facts"),
    "bad value": (answer("{'shapes': [['z', 'a']], 'rows': [[0, None]]}", "[]"), "a value that is none"),
    "bad place": (answer("{'shapes': [], 'rows': []}", "[['督促', [[0, 99]]]]"), "cannot be read: firings"),
    "below": (answer("{'shapes': [], 'rows': []}", "[['督促', [[0, -5]]]]"), "other kinds of facts"),
    "bad kind": (answer("{'shapes': [], 'rows': []}", "[['督促', [[0, 10]]]]"), "other kinds of facts"),
    "bad rule": (answer("{'shapes': [], 'rows': []}", "[['else', [[0, 5]]]]"), "cannot be read: firings"),
}


@pytest.mark.parametrize("end", sorted(ENDS))
def test_the_end_of_a_child_costs_a_retry(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "available", lambda: True)
    command, said = ENDS[end]
    (done,) = run([Job("巴南", PRESSED, FACTS)], "durable", Limits(command=command))
    assert done.chainer == "reference"
    assert said in note(done)
    assert done.chained == run([Job("巴南", PRESSED, FACTS)], "reference")[0].chained


def test_a_child_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "available", lambda: True)
    start = time.monotonic()
    hanging = Limits(seconds=0.3, command=child("while True: pass"))
    done = run([Job("a", PRESSED, FACTS), Job("b", PRESSED, FACTS)], "durable", hanging)
    assert [note(one).partition(";")[0] for one in done] == [
        "the process of durable-rules took longer than 0.3 s and was stopped"
    ] * 2
    assert time.monotonic() - start < 20


def test_only_the_partitions_of_the_child_that_ended_are_chained_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of two children kills itself."""
    monkeypatch.setattr(chaining, "WORTH_A_CHILD", 1)
    monkeypatch.setattr(chaining, "available", lambda: True)
    code = f"import json, os, sys; said = sys.stdin.read(); 'M9' in said and os.kill(os.getpid(), 9); {ANSWER}"
    code += f"{{'answers': [{{'given': 2, {EMPTY}}}]}}))"
    jobs = [Job(key, PRESSED, (fact("order", {"mine": key}), fact("order", {"mine": "M"}))) for key in ("M1", "M9")]
    one, other = run(
        jobs, "durable", Limits(children=2, command=child(code.replace("sys.stdin.read(); print", "print")))
    )
    assert (one.chainer, one.note) == ("durable", None)
    assert "SIGKILL" in note(other)


PATCH = "import os, sys; from hegui.conclusions import child, durable, known; {patch}; child.main()"
BAD_RULES = "{'r0': {'all': [{'m': {'$and': [{'a': {'b': {'c': 1}}}]}}]}, 'end': {'all': [{'m': {'kind': 'end'}}]}}"
REAL = {
    "memory": ("held = bytearray(1); durable.complete = lambda *_: held * (1 << 40)", "failed: out of memory"),
    "unwell": ("durable._Host._end = lambda self, match: None", "failed: stopped early: the sentinel did not fire"),
    "wrong match": ("durable.holds = lambda *_: False", "failed: a match of `督促` that is none"),
    "strange id": ("durable.Identities.identity = lambda self, n: f'G{n}999'", "facts that were never loaded"),
    "refused": (f"durable.ruleset = lambda rules: {BAD_RULES}", "durable-rules failed: "),
}


@WHERE_IT_IMPORTS
@pytest.mark.parametrize("case_", sorted(REAL))
def test_an_engine_that_fails_costs_a_retry(case_: str, chainer: str) -> None:
    patch, said = REAL[case_]
    (done,) = run([Job("x", PRESSED, FACTS)], chainer, Limits(command=child(PATCH.format(patch=patch))))
    assert done.chainer == "reference"
    assert said in note(done)


@WHERE_IT_IMPORTS
def test_the_memory_of_a_child_is_bounded(chainer: str) -> None:
    facts = tuple(fact("finding", {"entity": f"M{n}" * 200, "rule": "over-scale"}) for n in range(20_000))
    (done,) = run([Job("x", PRESSED, facts)], chainer, Limits(memory=60 << 20))
    assert done.chainer == "reference"
    assert note(done)


@WHERE_IT_IMPORTS
def test_what_a_child_prints_is_not_read(chainer: str) -> None:
    noise = "os.write(2, b'x'); durable.MAX_RULES = 59; main = durable.complete; "
    noise += "durable.complete = lambda *given: (os.write(1, b'noise {'), print('noise'), main(*given))[2]"
    (done,) = run([Job("x", PRESSED, FACTS)], chainer, Limits(command=child(PATCH.format(patch=noise))))
    assert (done.chainer, done.note) == ("durable", None)


NO_HEAD = """
def broken(rule, matched): raise KeyError('town')
known.derived = broken
"""
NO_NOTE = """
run = durable._Host.run
def broken(self):
    self.found = type('Full', (list,), {'append': lambda self, one: 1 / 0})()
    return run(self)
durable._Host.run = broken
"""
ACTIONS = {"heads": (NO_HEAD, "KeyError: 'town'"), "noting": (NO_NOTE, "ZeroDivisionError: division by zero")}


@WHERE_IT_IMPORTS
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_an_action_that_fails_is_an_error_that_names_the_rule(action: str, chainer: str) -> None:
    patch, problem = ACTIONS[action]
    command = child(PATCH.format(patch=patch).replace("\n; ", "\n"))
    with pytest.raises(ChainingError) as caught:
        run([Job("甲", Program(()), ()), Job("乙", PRESSED, FACTS)], chainer, Limits(command=command))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.message() == f"rule `督促` failed on `乙`: {problem}"
    assert diagnostic.message("zh") == f"规则 `督促` 在 `乙` 上执行失败：{problem}"


def test_an_action_that_fails_in_the_reference_chainer_is_the_same_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(rule: FlatRule, matched: object) -> None:
        raise KeyError("town")

    monkeypatch.setattr(known, "derived", broken)
    with pytest.raises(ChainingError, match="rule `督促` failed on `乙`: KeyError: 'town'"):
        run([Job("乙", PRESSED, FACTS)], "reference")


def test_an_error_does_not_wait_for_the_other_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "WORTH_A_CHILD", 1)
    monkeypatch.setattr(chaining, "available", lambda: True)
    code = 'import json, sys, time; \'M9\' in sys.stdin.read() and time.sleep(60); print(\'{"failed": [0, "r", "p"]}\')'
    jobs = [Job(key, PRESSED, (fact("order", {"mine": key}),)) for key in ("M1", "M9", "M9")]
    start = time.monotonic()
    with pytest.raises(ChainingError, match="rule `r` failed on `M1`: p"):
        run(jobs, "durable", Limits(children=3, command=child(code)))
    assert time.monotonic() - start < 20


# --- children that are expected ------------------------------------------------------------------------------------


def test_children_that_wait_are_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where durable-rules cannot be imported the child says so, and its work is done by reference."""
    ended = 0 if chaining.available() else 1
    monkeypatch.setattr(chaining, "available", lambda: True)
    job = Job("巴南", PRESSED, FACTS)
    with Children(Limits(children=1)) as children:
        children.expect(2)
        (waiting,) = children._waiting  # no more than may run at a time
        monkeypatch.setattr(children, "_start", lambda: pytest.fail("another was started"))
        found = run([job], "durable", children=children)
        assert (waiting.returncode, children._waiting) == (ended, [])
    assert found[0].chained == run([job], "reference")[0].chained


def test_children_that_were_never_asked_end_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "available", lambda: True)
    with chaining.expecting("durable") as children:
        assert children is not None
        waiting = list(children._waiting)
    assert waiting
    assert all(process.returncode is not None for process in waiting)
    with pytest.raises(ChildError, match="crash: the run"):
        children.ask(b"{}")


def test_a_child_that_died_while_it_waited_costs_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "available", lambda: True)
    with Children(Limits()) as children:
        children.expect(1)
        children._waiting[0].kill()
        (done,) = run([Job("巴南", PRESSED, FACTS)], "durable", children=children)
    assert done.chainer == "reference"
    assert "SIGKILL" in note(done)


def test_a_child_that_does_not_start_is_found_out_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "available", lambda: True)
    with Children(Limits(command=("no-such-command",))) as children:
        children.expect(2)
        (done,) = run([Job("巴南", PRESSED, FACTS)], "durable", children=children)
    assert done.chainer == "reference"


@pytest.mark.parametrize("chainer", ["reference", "spark"])
def test_no_children_are_expected_of_another_chainer(chainer: str) -> None:
    with chaining.expecting(chainer) as children:
        assert children is None


# --- what a child costs --------------------------------------------------------------------------------------------


def test_a_child_imports_little() -> None:
    code = "import hegui.conclusions.child, sys; print(*(m for m in sys.modules if not m.startswith('hegui.concl')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    heavy = {"yaml", "pydantic", "polars", "narwhals", "click", "rich", "pint", "subprocess", "hegui.source"}
    assert not heavy & set(done.stdout.split())


@WHERE_IT_IMPORTS
def test_durable_rules_is_not_imported_outside_a_child(chainer: str) -> None:
    run([Job("x", PRESSED, FACTS)], chainer)
    assert "durable" not in sys.modules
