"""Writes the benchmarks' two rulesets: 24 plain conditions over one entity, and 24 that follow references and look into a
relation of three rows per entity."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent

SITE = {
    "id": "type: string",
    "town": "type: ref, to: town",
    "category": "type: code, codes: {a: {zh: 甲, en: a}, b: {zh: 乙, en: b}, c: {zh: 丙, en: c}}",
    "output": "type: number, unit: t/a",
    "scale": "type: number, unit: t/a",
    "area": "type: number, unit: m2",
    "ph": "type: number",
    "nitrogen": "type: number, unit: mg/L",
    "staff": "type: int",
    "open_air": "type: bool",
    "treated": "type: bool",
    "permit_to": "type: date",
    "checked_on": "type: date",
}
CHINESE = {
    "id": "编号", "town": "镇街", "category": "类别", "output": "产量", "scale": "规模", "area": "面积", "ph": "pH值", "nitrogen": "总氮",
    "staff": "人数", "open_air": "露天", "treated": "治理", "permit_to": "许可到期", "checked_on": "检查日期",
}  # fmt: skip
"""Labels of a site's fields, as the headers of a table somebody keeps by hand; the others are called as in English."""
OPERATOR = {
    "id": "type: string",
    "town": "type: ref, to: town",
    "rating": "type: code, codes: {a: {zh: 甲, en: a}, b: {zh: 乙, en: b}, c: {zh: 丙, en: c}}",
    "capital": "type: number",
    "licensed": "type: bool",
}
VISIT = {
    "site": "type: ref, to: site",
    "number": "type: int",
    "held_on": "type: date",
    "score": "type: number",
    "passed": "type: bool",
    "fixed": "type: bool",
}
PARAMETERS = {
    "area": ("m2", 5000), "ph.low": (None, 6.0), "ph.high": (None, 9.0), "nitrogen": ("mg/L", 5.0), "ratio": (None, 0.9),
    "staff": (None, 300, "int"), "days": ("d", 365, "int"), "capital": (None, 100.0), "score": (None, 40.0),
    "visits": (None, 1, "int"),
}  # fmt: skip

PLAIN = {
    "over-scale": "output > scale",
    "over-ratio": 'output > scale * param("ratio") && category == "a"',
    "area": 'area > param("area")',
    "ph": 'ph < param("ph.low") || ph > param("ph.high")',
    "nitrogen": 'nitrogen > param("nitrogen")',
    "untreated": "open_air && !treated",
    "expired": "permit_to < as_of",
    "unchecked": 'days_between(checked_on, as_of) > param("days")',
    "large": 'staff > param("staff") && category in ["b", "c"]',
    "outdoor": 'open_air && category == "c" && output > scale',
    "late": "permit_to < checked_on",
    "mixed": '(nitrogen > param("nitrogen") || ph > param("ph.high")) && !treated',
    "acid": 'ph < param("ph.low") && !treated',
    "alkaline": 'ph > param("ph.high") && !treated',
    "crowded": 'staff > param("staff") && area < param("area")',
    "idle": 'output < scale * param("ratio") && staff > param("staff")',
    "large-outdoor": 'area > param("area") && open_air',
    "nitrogen-outdoor": 'nitrogen > param("nitrogen") && open_air',
    "expired-busy": "permit_to < as_of && output > scale",
    "unchecked-large": 'days_between(checked_on, as_of) > param("days") && area > param("area")',
    "treated-acid": 'treated && (ph < param("ph.low") || nitrogen > param("nitrogen"))',
    "staffed-c": 'category == "c" && staff > param("staff")',
    "outdoor-expired": "open_air && permit_to < as_of",
    "never-checked": "checked_on > as_of || permit_to < checked_on",
}
SINGLE = (
    "over-scale", "area", "ph", "nitrogen", "untreated", "expired", "unchecked", "large", "late", "mixed",
)  # fmt: skip
RELATED = {name: PLAIN[name] for name in SINGLE} | {
    "unlicensed": "!operator.licensed",
    "small-capital": 'operator.capital < param("capital")',
    "rated-c": 'operator.rating == "c" && open_air',
    "strict-nitrogen": 'operator.town.strict && nitrogen > param("nitrogen")',
    "strict-untreated": "town.strict && !treated",
    "rated-over-scale": 'output > scale && operator.rating == "c"',
    "strict-expired": "permit_to < as_of && town.strict",
    "unlicensed-outdoor": "open_air && !operator.licensed",
    "failed": "visits.exists(v, !v.passed)",
    "not-fixed": "visits.exists(v, !v.passed && !v.fixed)",
    "not-visited": 'visits.filter(v, v.held_on >= date(2023, 3, 11)).size() < param("visits")',
    "low-score": 'visits.map(v, v.score).min() < param("score")',
    "failed-nitrogen": 'nitrogen > param("nitrogen") && !visits.all(v, v.passed)',
    "low-not-fixed": 'visits.exists(v, v.score < param("score") && !v.fixed)',
}


def kind(name: str, key: str, fields: Mapping[str, str], *more: str) -> list[str]:
    lines = [f"kind: {name}", f"label: {{zh: {name}, en: {name}}}", f"key: {key}", *more, "fields:"]
    labels = CHINESE if name == "site" else {}
    return [
        *lines,
        *(
            f"  {field}: {{{text}, label: {{zh: {labels.get(field, field)}, en: {field}}}}}"
            for field, text in fields.items()
        ),
    ]


def parameters() -> list[str]:
    lines = ["parameters:"]
    for name, (unit, value, *type_) in PARAMETERS.items():
        dated = f"values: [{{value: {value}, certainty: seen, source: {{zh: 假设, en: assumed}}}}]"
        of_unit = f", unit: {unit}" if unit else ""
        of_type = f", type: {type_[0]}" if type_ else ""
        lines.append(f"  {name}: {{label: {{zh: {name}, en: {name}}}{of_type}{of_unit}, {dated}}}")
    return lines


def rule(name: str, condition: str) -> list[str]:
    return [
        f"rule: {name}", f"title: {{zh: {name}, en: {name}}}", "about: site", "nature: clue", "severity: minor",
        "authority: {zh: 甲, en: a}", f"violation: '{condition}'", f"message: {{zh: {name}, en: {name}}}", "basis: []",
    ]  # fmt: skip


def write(folder: Path, kinds: list[list[str]], rules: Mapping[str, str]) -> None:
    """A whole ruleset in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [*kinds, parameters(), *(rule(name, condition) for name, condition in rules.items())]
    text = "\n---\n".join("\n".join(lines) for lines in parts)
    (folder / "rules.yaml").write_text(text + "\n", encoding="utf-8")
    head = "ruleset: bench\ntitle: {zh: 性能, en: benchmarks}\nversion: '1'\n"
    (folder / "ruleset.yaml").write_text(head, encoding="utf-8")


def plain(folder: Path, count: int = len(PLAIN)) -> None:
    """The plain ruleset; with more than its rules, these again under other names and with other limits."""
    town = kind("town", "id", {"id": "type: string"})
    names = list(PLAIN)
    rules = {}
    for number in range(count):
        name = names[number % len(names)]
        rules[name if number < len(names) else f"{name}-{number // len(names)}"] = varied(name, number // len(names))
    write(folder, [town, kind("site", "id", SITE, "jurisdiction: town")], rules)


def varied(name: str, turn: int) -> str:
    """The condition of a plain rule, in later turns one that shares no step with it but its cells."""
    return PLAIN[name] if not turn else f"({PLAIN[name]}) && staff > {turn}"


def related(folder: Path) -> None:
    """The ruleset with references and a relation."""
    towns = kind("town", "id", {"id": "type: string", "strict": "type: bool"})
    sites = SITE | {"operator": "type: ref, to: operator"}
    visits = "has_many: {visits: {kind: visit, by: site}}"
    kinds = [
        towns,
        kind("operator", "id", OPERATOR),
        kind("site", "id", sites, "jurisdiction: town", visits),
        kind("visit", "[site, number]", VISIT),
    ]
    write(folder, kinds, RELATED)


def deep(folder: Path, depth: int) -> None:
    """One rule that follows so many references, each kind to the next."""
    kinds = []
    for level in range(depth + 1):
        fields = {"id": "type: string", "bad": "type: bool"}
        if level < depth:
            fields["next"] = f"type: ref, to: k{level + 1}"
        kinds.append(kind("site" if level == 0 else f"k{level}", "id", fields))
    write(folder, kinds, {"deep": ".".join(["next"] * depth + ["bad"])})


if __name__ == "__main__":
    plain(HERE / "rules")
    related(HERE / "rules_related")
