"""Writes the benchmark's vocabulary and its twelve rules: plain conditions over one entity, as in a real ruleset."""

from __future__ import annotations

from pathlib import Path

FIELDS = {
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
PARAMETERS = {
    "area": ("m2", 5000), "ph.low": (None, 6.0), "ph.high": (None, 9.0), "nitrogen": ("mg/L", 5.0), "ratio": (None, 0.9),
    "staff": (None, 300, "int"), "days": ("d", 365, "int"),
}  # fmt: skip
RULES = {
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
}


def main(folder: Path) -> None:
    lines = [
        "kind: town",
        "label: {zh: 镇街, en: town}",
        "key: id",
        "fields: {id: {type: string, label: {zh: 编号, en: id}}}",
        "---",
    ]
    lines += ["kind: site", "label: {zh: 场所, en: site}", "key: id", "jurisdiction: town", "fields:"]
    lines += [f"  {name}: {{{text}, label: {{zh: {name}, en: {name}}}}}" for name, text in FIELDS.items()]
    lines += ["---", "parameters:"]
    for name, (unit, value, *type_) in PARAMETERS.items():
        dated = f"values: [{{value: {value}, certainty: seen, source: {{zh: 假设, en: assumed}}}}]"
        of_unit = f", unit: {unit}" if unit else ""
        of_type = f", type: {type_[0]}" if type_ else ""
        lines.append(f"  {name}: {{label: {{zh: {name}, en: {name}}}{of_type}{of_unit}, {dated}}}")
    for name, condition in RULES.items():
        lines += [
            "---", f"rule: {name}", f"title: {{zh: {name}, en: {name}}}", "about: site", "nature: clue", "severity: minor",
            "authority: {zh: 甲, en: a}", f"violation: '{condition}'", f"message: {{zh: {name}, en: {name}}}", "basis: []",
        ]  # fmt: skip
    (folder / "rules.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(__file__).parent / "rules")
