"""A saved run held against the same run made again: what differs, and where."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hegui.datatypes import Text
from hegui.engines.kept import Kept
from hegui.facts.registry import SourceTable
from hegui.outcome import RuleSummary
from hegui.report.held import findings_data
from hegui.report.kept_compared import compared
from hegui.report.run import Run
from hegui.waivers.account import Account

CLOCK: Final = ("started", "seconds")
"""What two runs of the same differ in."""
HOW: Final = "since"
"""Whether a run was made out of another one: whoever verifies it makes it whole, and must find the same."""
MADE_WITH: Final = ("hegui", "versions")

_ALWAYS_LISTED: Final = ("violation", "undetermined")
SHOWN: Final = 20
"""Differences of one sort that are listed."""

RULESET: Final = Text("规则集不同：{was} → {now}", "the ruleset is another: {was} → {now}")
RULE: Final = Text("规则不同：{name}", "rule differs: {name}")
FACTS: Final = Text("台账数据不同：{was} → {now}", "the facts are others: {was} → {now}")
FILE: Final = Text("数据文件不同：{name}", "file of facts differs: {name}")
FILE_GONE: Final = Text("缺少数据文件：{name}", "file of facts is gone: {name}")
FILE_NEW: Final = Text("多出数据文件：{name}", "file of facts is new: {name}")
WAIVERS: Final = Text("暂不计入文件不同：{was} → {now}", "the waivers are others: {was} → {now}")
WAIVER_FILES: Final = Text(
    "暂不计入文件的名称不同：{was} → {now}", "files of waivers are called otherwise: {was} → {now}"
)
WAIVER: Final = Text("暂不计入事项不同：{name}", "waiver differs: {name}")
VERSIONS: Final = Text("{name} 版本不同：{was} → {now}", "{name} is another: {was} → {now}")
COUNTS: Final = Text("{name} 的计数不同：{told}", "counts of {name}: {told}")
GONE: Final = Text("{name}：重新核查后没有", "{name}: not found again")
NEW: Final = Text("{name}：重新核查后新出现", "{name}: found only now")
VERDICT: Final = Text("{name}：{was} → {now}", "{name}: {was} → {now}")
CHANGED: Final = Text("{name}：{keys} 不同", "{name}: differs in {keys}")
TWICE: Final = Text("{part} 中有重复或次序不同", "{part}: some twice, or in another order")
PART: Final = Text("{name} 不同", "{name} differs")
DOUBLE: Final = Text("{name} 出现多次", "{name} stands there more than once")
MORE: Final = Text("另有 {count} 处", "{count} more")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, in words. One that `counts` not is only told."""

    text: Text
    counts: bool = True


def _difference(template: Text, counts: bool = True, **values: object) -> Difference:
    return Difference(Text(template.zh.format(**values), template.en.format(**values)), counts)


def differences(
    data: Mapping[str, Any], recorded: Run, again: Run, *, engine: bool = True, versions: bool = True
) -> Iterator[Difference]:
    """What differs between a saved run and the run made again, gravest first.

    Args:
        data: the document of the saved run.
        recorded: the saved run.
        again: the run made again.
        engine: does it count if another engine or chainer made it?
        versions: does it count if other versions of hegui, Python or packages made it?
    """
    again = _renamed(recorded, again)
    made = {name: _plain(part) for name, part in again.parts() if not isinstance(part, Iterator)}
    lists = {name: map(_plain, part) for name, part in again.parts() if isinstance(part, Iterator)}
    yield from _ruleset(data, made, lists["rules"])
    yield from _facts(recorded, again, data["run"]["facts"] == made["run"]["facts"])
    yield from _waivers(data["run"], made["run"])
    yield from _versions(data["run"], made["run"], versions)
    yield from _rest_of_run(data["run"], made["run"], engine)
    yield from _asked(data, recorded, again)
    counted = list(_counts(recorded.counts, again.counts))
    yield from counted
    if isinstance(recorded.findings, Kept) and isinstance(again.findings, Kept):
        yield from _beside(data["findings"], recorded)
        yield from _cut(_kept(recorded.findings, again.findings))
    else:
        yield from _cut(_listed("findings", data["findings"], lists["findings"]))
    yield from _cut(_listed("conclusions", data["conclusions"], lists["conclusions"]))
    was, now = (data, made) if versions else (_unhashed(data), _unhashed(made))
    yield from _parts(was, now, lists, ("rules",) if counted else ())


def doubled(text: str) -> Iterator[Difference]:
    """Keys that stand more than once in an object of a run document: readers take the last, and people may see the first.

    Raises:
        ValueError: it is not JSON.
    """
    found: dict[str, None] = {}

    def pairs(given: list[tuple[str, Any]]) -> dict[str, Any]:
        whole = dict(given)
        if len(whole) < len(given):
            times = Counter(key for key, _ in given)
            found.update(dict.fromkeys(key for key in whole if times[key] > 1))
        return whole

    json.loads(text, object_pairs_hook=pairs)
    yield from _cut(_difference(DOUBLE, name=name) for name in found)


def _plain(data: Any) -> Any:
    """As it comes back from JSON."""
    return json.loads(json.dumps(data))


def _unhashed(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parts of a document, where rows stand without the sums of hashes, which are those of one version of Polars."""
    stands, hashed = data.get("stands"), ("polars", "keys", "places")
    if not isinstance(stands, dict):
        return data
    plain = {name: each and {key: each[key] for key in each if key not in hashed} for name, each in stands.items()}
    return {**data, "stands": plain}


def _cut(found: Iterable[Difference]) -> Iterator[Difference]:
    """The first of them, and how many more there are."""
    more = 0
    for number, each in enumerate(found):
        if number < SHOWN:
            yield each
        else:
            more += 1
    if more:
        yield _difference(MORE, count=more)


# --- what it was made from -----------------------------------------------------------------------------------------


def _renamed(recorded: Run, again: Run) -> Run:
    """The run made again with its files called as in the saved run: where they lie says nothing of what they hold."""
    names = _same_files(recorded.info.facts.sources, again.info.facts.sources)

    def called(file: str) -> str:
        return names.get(file, file)

    facts = again.info.facts
    sources = tuple(replace(each, file=called(each.file)) for each in facts.sources)
    problems = tuple(
        each if each.place is None else replace(each, place=replace(each.place, file=called(each.place.file)))
        for each in again.data_quality
    )
    info = replace(again.info, facts=replace(facts, sources=sources))
    return replace(again, info=info, data_quality=problems)


def _same_files(recorded: Collection[SourceTable], again: Collection[SourceTable]) -> dict[str, str]:
    """Files of the second by the names they have in the first: those that lie alike below the folder common to all."""
    was, now = _below(each.file for each in recorded), _below(each.file for each in again)
    by_place = {place: file for file, place in was.items()}
    return {file: by_place[place] for file, place in now.items() if place in by_place}


def _below(files: Iterable[str]) -> dict[str, str]:
    parts = {file: file.replace("\\", "/").split("/") for file in files}
    common = 0
    while parts and len({tuple(each[: common + 1]) for each in parts.values()}) == 1:
        if any(len(each) <= common + 1 for each in parts.values()):
            break
        common += 1
    return {file: "/".join(each[common:]) for file, each in parts.items()}


def _ruleset(data: Mapping[str, Any], made: Mapping[str, Any], rules: Iterable[Any]) -> Iterator[Difference]:
    was, now = data["run"]["ruleset"], made["run"]["ruleset"]
    if was["digest"] != now["digest"]:
        yield _difference(RULESET, was=_ruleset_called(was), now=_ruleset_called(now))
    elif was != now:
        yield _difference(PART, name="run.ruleset")
    by_name, order = {each["name"]: each for each in data["rules"]}, [each["name"] for each in data["rules"]]
    fresh = {each["name"]: each for each in rules}
    different = [name for name in sorted({*by_name, *fresh}) if by_name.get(name) != fresh.get(name)]
    yield from _cut(_difference(RULE, name=name) for name in different)
    if not different and order != list(fresh):
        yield _difference(TWICE, part="rules")


def _ruleset_called(info: Mapping[str, Any]) -> str:
    return f"{info['name']} {info['version']} {_short(info['digest'])}"


def _short(digest: str | None) -> str:
    return "-" if digest is None else digest[:19]


def _facts(recorded: Run, again: Run, same: bool) -> Iterator[Difference]:
    was, now = recorded.info.facts, again.info.facts
    if was.digest != now.digest:
        yield _difference(FACTS, was=_short(was.digest), now=_short(now.digest))
    before, after = ({each.file: each.digest for each in facts.sources} for facts in (was, now))
    found = []
    for file in sorted({*before, *after}):
        if before.get(file) != after.get(file):
            words = FILE_NEW if file not in before else FILE_GONE if file not in after else FILE
            found.append(_difference(words, name=file))
    yield from _cut(found)
    if was.digest == now.digest and not found and not same:
        yield _difference(PART, name="run.facts.sources" if was.sources != now.sources else "run.facts")


def _waivers(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    before, after = was["waivers"], now["waivers"]
    if before.get("digest") != after.get("digest"):
        yield _difference(WAIVERS, was=_short(before.get("digest")), now=_short(after.get("digest")))
    files, files_now = before.get("files", []), after.get("files", [])
    if files != files_now:
        yield _difference(WAIVER_FILES, was=", ".join(files) or "-", now=", ".join(files_now) or "-")
        before, after = (_by_number(each, named) for each, named in ((before, files), (after, files_now)))
    given, given_now = ({each["name"]: each for each in part.get("given", ())} for part in (before, after))
    names = [name for name in {**given, **given_now} if given.get(name) != given_now.get(name)]
    yield from _cut(_difference(WAIVER, name=name) for name in names)
    told = ("digest", "files", "given")
    rest = [key for key in {**before, **after} if key not in told and before.get(key) != after.get(key)]
    if not names and before.get("given") != after.get("given"):
        rest.append("given")
    yield from (_difference(PART, name=f"run.waivers.{key}") for key in rest)


def _by_number(waivers: Mapping[str, Any], files: Sequence[str]) -> dict[str, Any]:
    """The waivers of a run with the number of the file each stands in, or that of none where two files have one name."""
    numbers = {file: at for at, file in enumerate(files)} if len({*files}) == len(files) else {}
    given = [{**each, "file": numbers.get(each.get("file"))} for each in waivers.get("given", ())]
    return {**waivers, "given": given}


def _versions(was: Mapping[str, Any], now: Mapping[str, Any], count: bool) -> Iterator[Difference]:
    before, after = ({"hegui": info["hegui"], **info.get("versions", {})} for info in (was, now))
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            values = {"was": _version(before.get(name)), "now": _version(after.get(name))}
            yield _difference(VERSIONS, count, name=name, **values)


def _version(text: str | None) -> str:
    return _short(text) if text is None or text.startswith("sha256:") else text


def _rest_of_run(was: Mapping[str, Any], now: Mapping[str, Any], engine: bool) -> Iterator[Difference]:
    told = (*CLOCK, *MADE_WITH, HOW, "ruleset", "facts", "waivers")
    for key in {**was, **now}:
        if key not in told and was.get(key) != now.get(key):
            values = {"was": json.dumps(was.get(key)), "now": json.dumps(now.get(key))}
            yield _difference(VERSIONS, engine or key not in ("engine", "chainer"), name=key, **values)


def _asked(data: Mapping[str, Any], recorded: Run, again: Run) -> Iterator[Difference]:
    """Whether rows of every verdict were asked for is made again as it is on record, so it is held against the findings listed;
    of findings that are kept the mark tells it."""
    if not isinstance(data["findings"], list):
        return
    listed = any(each["verdict"] not in _ALWAYS_LISTED for each in data["findings"])
    some = any(each.compliant or each.not_applicable for each in again.counts)
    every = recorded.info.asked.every
    if every != listed and (some or listed):
        yield _difference(VERSIONS, name="asked.every", was=json.dumps(every), now=json.dumps(listed))


# --- what was found ------------------------------------------------------------------------------------------------


def _counts(was: Iterable[RuleSummary], now: Iterable[RuleSummary]) -> Iterator[Difference]:
    before, after = ({item.rule: item for item in part} for part in (was, now))
    names = ("violation", "compliant", "not_applicable", "undetermined", "waived", "in_notice_scope", "from_memory")
    for rule in sorted({*before, *after}):
        pairs = [(name, *(int(getattr(part.get(rule), name, 0)) for part in (before, after))) for name in names]
        if told := ", ".join(f"{name} {old} → {new}" for name, old, new in pairs if old != new):
            yield _difference(COUNTS, name=rule, told=told)


def _listed(part: str, was: Any, now: Iterable[Any]) -> Iterator[Difference]:
    """Findings or conclusions, by fingerprint."""
    items = was if isinstance(was, list) else []
    before = {each["fingerprint"]: each for each in items}
    order = list(before)
    same = len(items) == len(before)
    for number, each in enumerate(now):
        name = each["fingerprint"]
        same = same and number < len(order) and order[number] == name
        old = before.pop(name, None)
        if old != each:
            yield _changed(name, old, each)
    yield from (_difference(GONE, name=name) for name in before)
    if not same and not before:
        yield _difference(TWICE, part=part)


def _changed(name: str, was: Mapping[str, Any] | None, now: Mapping[str, Any]) -> Difference:
    if was is None:
        return _difference(NEW, name=name)
    if was["verdict"] != now["verdict"]:
        return _difference(VERDICT, name=name, was=was["verdict"], now=now["verdict"])
    keys = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    return _difference(CHANGED, name=name, keys=", ".join(keys))


def _beside(data: Mapping[str, Any], recorded: Run) -> Iterator[Difference]:
    """What a document says of findings beside it; the rest of that is compared where they are."""
    known = findings_data(recorded.findings) if isinstance(recorded.findings, Kept) else {}
    before = replace(recorded.info, chainer=None, waivers=Account())  # the mark is older than these
    known |= {"mark": before.mark(data.get("layered", ()))}
    for key in {**data, **known}:
        if key not in ("parquet", "count", "counts") and data.get(key) != known.get(key):
            yield _difference(PART, name=f"findings.{key}")


def _kept(was: Kept, now: Kept) -> Iterator[Difference]:
    for rule in sorted({*was.counts, *now.counts}):
        for each in compared(was, now, rule):
            if each.was is None or each.now is None:
                yield _difference(NEW if each.was is None else GONE, name=each.fingerprint)
            elif each.was != each.now:
                yield _difference(VERDICT, name=each.fingerprint, was=each.was, now=each.now)
            else:
                yield _difference(CHANGED, name=each.fingerprint, keys=", ".join(each.columns))


def _parts(
    data: Mapping[str, Any], made: Mapping[str, Any], lists: Mapping[str, Iterable[Any]], told: Collection[str]
) -> Iterator[Difference]:
    """The parts that are compared as a whole; of the summary, what was not `told`."""
    for name, now in made.items():
        was = data.get(name)
        if name == "findings" and isinstance(was, dict):
            was, now = ({key: part[key] for key in ("count", "counts")} for part in (was, now))
        if name == "summary":
            was, now = ({key: part[key] for key in part if key not in told} for part in (was or {}, now))
        if name != "run" and was != now:
            yield _difference(PART, name=name)
    for name, fresh in lists.items():
        if name not in ("rules", "findings", "conclusions") and data.get(name) != list(fresh):
            yield _difference(PART, name=name)
    unknown = set(data) - set(made) - set(lists) - {"schema"}
    yield from (_difference(PART, name=name) for name in sorted(unknown))
