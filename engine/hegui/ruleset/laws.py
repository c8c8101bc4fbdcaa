"""Laws with their versions, and citations of them."""

from __future__ import annotations

from collections.abc import Callable

from hegui.ruleset.documents import CitationPart, LawDocument
from hegui.ruleset.layers import Chain, place_of
from hegui.ruleset.model import Certainty, Citation, Expr, Law, LawVersion, Period
from hegui.ruleset.parameters import DEFINED_TWICE, text
from hegui.ruleset.periods import begins, check_overlaps, period
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import validate
from hegui.source import Document, Path_, Wording

_SAME_VERSION = Wording(
    "same-version", "version `{name}` is already given at {place}", "版本 `{name}` 已在 {place} 给出"
)
_UNKNOWN_LAW = Wording("unknown-law", "there is no law `{name}`", "没有法律 `{name}`")
_UNKNOWN_VERSION = Wording("unknown-version", "`{law}` has no version `{name}`", "`{law}` 没有版本 `{name}`")
_NOT_IN_FORCE = Wording(
    "citation-not-in-force",
    "version `{version}` of `{law}` is in force on no day of the rule ({law_days}; the rule: {rule_days})",
    "`{law}` 的 `{version}` 版在规则有效期内始终未施行（{law_days}；规则：{rule_days}）",
)
_REPLACED_BY_ITSELF = Wording(
    "replaced-in-circle", "laws replace each other in a circle: {cycle}", "法律相互替代成环：{cycle}"
)


class Laws:
    """The laws of a chain. `declared` also has those that could not be read, so that one mistake gives one message."""

    def __init__(self, chain: Chain, problems: Problems) -> None:
        self.chain = chain
        self.problems = problems
        self.found: dict[str, Law] = {}
        self.declared: set[str] = set()
        self._written: dict[str, tuple[LawDocument, Document]] = {}
        for _, document in chain.of("law"):
            self._read(document)
        for name in self._written:
            self._check_replacement(name)

    def _read(self, document: Document) -> None:
        part = validate(LawDocument, document, self.problems)
        if part is None:
            self.declared.add(str(document.data["law"]))
            return
        if part.law in self.found:
            place = place_of(self.found[part.law].span)
            self.problems.add(DEFINED_TWICE, document.span(("law",)), name=part.law, place=place)
            return
        self.declared.add(part.law)
        self._written[part.law] = (part, document)
        versions = self._versions(part, document)
        span = document.span(("law",))
        kept = text(part.kept) if part.kept is not None else None
        self.found[part.law] = Law(part.law, text(part.title), versions, span, part.replaced_by, part.level, kept)

    def _versions(self, part: LawDocument, document: Document) -> tuple[LawVersion, ...]:
        periods: list[tuple[Period, Path_]] = []
        found: dict[str, LawVersion] = {}
        for index, version in enumerate(part.versions):
            path: Path_ = ("versions", index)
            days = period(version, document, path, self.problems)
            periods.append((days, path))
            if version.version in found:
                first = next(i for i, other in enumerate(part.versions) if other.version == version.version)
                place = place_of(document.span(("versions", first)))
                self.problems.add(_SAME_VERSION, document.span((*path, "version")), name=version.version, place=place)
            note = text(version.note) if version.note is not None else None
            found.setdefault(version.version, LawVersion(version.version, days, Certainty(version.certainty), note))
        check_overlaps(periods, document, self.problems)
        return tuple(sorted(found.values(), key=lambda version: begins(version.period)))

    def _check_replacement(self, name: str) -> None:
        part, document = self._written[name]
        following = part.replaced_by
        if following is None:
            return
        span = document.span(("replaced_by",))
        if following not in self.declared:
            if self.chain.whole:
                self.problems.add_unknown(_UNKNOWN_LAW, span, following, self.declared - {name})
            return
        cycle = self._cycle(name)
        if cycle is not None and min(cycle) == name:
            shown = " → ".join(f"`{law}`" for law in [*cycle, name])
            self.problems.add(_REPLACED_BY_ITSELF, span, cycle=shown)

    def _cycle(self, name: str) -> list[str] | None:
        """The laws passed on the way from a law back to itself, or None where there is no way back."""
        path = [name]
        following = self.found[name].replaced_by
        while following in self.found and following not in path:
            path.append(following)
            following = self.found[following].replaced_by
        return path if following == name else None

    # --- citations

    def citation(
        self, part: CitationPart, document: Document, path: Path_, rule: Period, compile_if: Callable[[], Expr | None]
    ) -> Citation | None:
        """The citation at `path` of a rule in force in the period `rule`, or None where it cites nothing there is."""
        condition = compile_if() if part.if_ is not None else None
        law = self.found.get(part.law)
        if law is None:
            if part.law not in self.declared and self.chain.whole:
                self.problems.add_unknown(_UNKNOWN_LAW, document.span((*path, "law")), part.law, self.declared)
            return None
        version = law.version(part.version)
        if version is None:
            known = [each.label for each in law.versions]
            span = document.span((*path, "version"))
            self.problems.add_unknown(_UNKNOWN_VERSION, span, part.version, known, law=part.law)
            return None
        if not version.period.meets(rule):
            args = {
                "law": part.law,
                "version": part.version,
                "law_days": _days(version.period),
                "rule_days": _days(rule),
            }
            self.problems.add(_NOT_IN_FORCE, document.span((*path, "version")), None, **args)
        certainty = Certainty(part.certainty) if part.certainty is not None else version.certainty
        gist = text(part.gist) if part.gist is not None else None
        span = document.span((*path, "article"))
        return Citation(part.law, part.version, part.article, part.role, certainty, span, gist, condition)


def _days(period: Period) -> str:
    """A period in figures: `2020-01-01 … 2025-06-30`."""
    start = str(period.start) if period.start is not None else ""
    end = str(period.end) if period.end is not None else ""
    return "pending" if period.pending else f"{start} … {end}".strip()
