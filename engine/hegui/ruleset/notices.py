"""Inspection notices: what they name and publish, and whether the codes of rules are among their items."""

from __future__ import annotations

from hegui.datatypes import BOOL
from hegui.ruleset.conditions import Conditions
from hegui.ruleset.definitions import Kinds
from hegui.ruleset.documents import FigurePart, ItemPart, NoticeDocument
from hegui.ruleset.layers import Chain, place_of
from hegui.ruleset.model import Expr, Figure, Notice, NoticeItem, NoticeRole
from hegui.ruleset.parameters import DEFINED_TWICE, text
from hegui.ruleset.problems import Problems
from hegui.ruleset.validation import container, validate
from hegui.source import Document, Path_, Wording
from hegui.vocabulary import Kind

_UNKNOWN_ITEM = Wording("unknown-notice-item", "no notice has an item `{name}`", "反馈意见中没有条目 `{name}`")
_NOT_WANTED = Wording(
    "reason-not-wanted",
    "a {role} is for rules to answer; give it another `role`, or leave out `reason`",
    "{role} 应由规则核查；请改写 `role`，或删去 `reason`",
)
_NO_REASON = Wording(
    "no-reason", "item `{name}` is out of scope without a `reason`", "条目 `{name}` 不在核查范围内，但没有写 `reason`"
)
_UNKNOWN_RULE = Wording("unknown-rule", "there is no rule `{name}`", "没有规则 `{name}`")
_ONE_SOURCE = Wording(
    "figure-source",
    "a figure is held against rows of a `kind` or the findings of a `rule`, one of the two",
    "公布数应与 `kind` 的行数或 `rule` 的结果对照，二者择一",
)
_WHERE_ALONE = Wording(
    "where-without-kind", "`where` chooses among the rows of a `kind`", "`where` 用于筛选 `kind` 的行"
)
_NO_KEY = Wording(
    "kind-without-key", "rows of `{name}` have no key, so none can be counted", "`{name}` 没有主键，无法计数"
)


def build_notices(chain: Chain, kinds: Kinds, conditions: Conditions, problems: Problems) -> dict[str, Notice]:
    """Every notice of the chain that could be built, by name; and the notice codes of rules held against them."""
    builder = _Builder(chain, kinds, conditions, problems)
    for _, document in chain.of("notice"):
        builder.take(document)
    if builder.places and chain.whole and not builder.doubtful:
        _check_codes(chain, list(builder.codes), problems)
    return builder.found


def _check_codes(chain: Chain, codes: list[str], problems: Problems) -> None:
    for kind in ("rule", "conclusion"):
        for _, document in chain.of(kind):
            given = document.data.get("notice")
            for index, code in enumerate(given if isinstance(given, list) else ()):
                if isinstance(code, str) and code not in codes:
                    problems.add_unknown(_UNKNOWN_ITEM, document.span(("notice", index)), code, codes)


class _Builder:
    """Reads notices. `doubtful` says that one could not be read, so that a code that is not found may stand there."""

    def __init__(self, chain: Chain, kinds: Kinds, conditions: Conditions, problems: Problems) -> None:
        self.chain, self.kinds, self.conditions, self.problems = chain, kinds, conditions, problems
        self.rules = {str(document.data["rule"]) for _, document in chain.of("rule")}
        self.found: dict[str, Notice] = {}
        self.places: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.doubtful = False

    def take(self, document: Document) -> None:
        part, span = validate(NoticeDocument, document, self.problems), document.span(("notice",))
        name = str(document.data["notice"])
        if name in self.places:
            self.problems.add(DEFINED_TWICE, span, name=name, place=self.places[name])
            return
        self.places[name] = place_of(span)
        if part is None:
            self.doubtful = True
            return
        items = tuple(self.item(item, document, ("items", index)) for index, item in enumerate(part.items))
        self.found[name] = Notice(name, text(part.title), part.issued, items, span)

    def item(self, part: ItemPart, document: Document, path: Path_) -> NoticeItem:
        span, role = document.span((*path, "code")), NoticeRole(part.role)
        if part.code in self.codes:
            self.problems.add(DEFINED_TWICE, span, name=part.code, place=self.codes[part.code])
        self.codes.setdefault(part.code, place_of(span))
        if part.reason is not None and role.wants_answer:
            self.problems.add(_NOT_WANTED, document.key_span((*path, "reason")), role=f"`{part.role}`")
        if part.reason is None and role is NoticeRole.OUT_OF_SCOPE:
            self.problems.add(_NO_REASON, span, name=part.code)
        figures = [self.figure(each, document, (*path, "figures", i)) for i, each in enumerate(part.figures)]
        reason = text(part.reason) if part.reason is not None else None
        return NoticeItem(part.code, text(part.text), role, span, reason, tuple(figures))

    def figure(self, part: FigurePart, document: Document, path: Path_) -> Figure:
        if (part.kind is None) == (part.rule is None):
            self.problems.add(_ONE_SOURCE, container(document, path))
        if part.rule is not None and part.rule not in self.rules and self.chain.whole:
            self.problems.add_unknown(_UNKNOWN_RULE, document.span((*path, "rule")), part.rule, sorted(self.rules))
        if part.where is not None and part.kind is None:
            self.problems.add(_WHERE_ALONE, document.key_span((*path, "where")))
        kind = self.kind(part.kind, document, path) if part.kind is not None else None
        return Figure(text(part.label), part.published, part.kind, self.where(part, kind, document, path), part.rule)

    def kind(self, name: str, document: Document, path: Path_) -> Kind | None:
        span = document.span((*path, "kind"))
        found = self.kinds.find(name, span)
        if found is not None and not found.key:
            self.problems.add(_NO_KEY, span, name=name)
        return found

    def where(self, part: FigurePart, kind: Kind | None, document: Document, path: Path_) -> Expr | None:
        if part.where is None or kind is None:
            return None
        return self.conditions.expression(part.where, kind.name, document, (*path, "where"), BOOL)
