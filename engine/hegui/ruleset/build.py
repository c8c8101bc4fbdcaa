"""The documents of a chain of rulesets → one checked `Ruleset`, or everything that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass

from hegui.ruleset.accepted import build_accepted
from hegui.ruleset.cache import Kept
from hegui.ruleset.calendars import workdays
from hegui.ruleset.conclusions import build_conclusions
from hegui.ruleset.conditions import Conditions
from hegui.ruleset.definitions import Kinds, Lets
from hegui.ruleset.laws import Laws
from hegui.ruleset.layers import Chain, read_chain
from hegui.ruleset.model import Ruleset
from hegui.ruleset.notices import build_notices
from hegui.ruleset.parameters import Parameters, text
from hegui.ruleset.parts import Ground
from hegui.ruleset.places import Place
from hegui.ruleset.plugins import build_plugins
from hegui.ruleset.problems import Problems
from hegui.ruleset.rules import build_rules
from hegui.source import Span, digest
from hegui.vocabulary import load_vocabulary


@dataclass(frozen=True)
class Draft:
    """A ruleset with what is wrong with it. Where there are errors, the ruleset holds what could be built."""

    ruleset: Ruleset
    chain: Chain
    definitions: dict[tuple[str, str], Span]
    used_definitions: frozenset[tuple[str, str]]
    problems: Problems

    @property
    def layers(self) -> list[Kept]:
        """Its layers as the cache is told of them; there is a header to each where there are no errors."""
        named = [(layer, layer.header.extends if layer.header is not None else None) for layer in self.chain.layers]
        return [Kept(str(each.place.path), each.place.shown, each.name, extends) for each, extends in reversed(named)]


def draft(place: Place) -> Draft:
    """Read and build a ruleset, collecting every problem of every file of every layer."""
    problems = Problems()
    chain = read_chain(place, problems)
    documents = [document for _, document in chain.of("kind")]
    vocabulary, found = load_vocabulary(documents)
    problems.items += found
    parameters = Parameters(chain, problems)
    laws = Laws(chain, problems)
    kinds = Kinds(chain, vocabulary, problems)
    lets = Lets(chain, kinds, problems)
    plugins = build_plugins(chain, problems)
    conditions = Conditions(vocabulary, parameters.types, lets.texts, problems, plugins)
    ground = Ground(chain, problems, kinds, laws, conditions)
    rules = build_rules(ground)
    conclusions = build_conclusions(ground, rules)
    notices = build_notices(chain, kinds, conditions, problems)
    used = frozenset(conditions.definitions.used)
    definitions = conditions.check_definitions()
    top = chain.layers[-1]
    ruleset = Ruleset(
        name=top.name,
        version=top.header.version if top.header is not None else "",
        title=text(top.header.title if top.header is not None else None),
        layers=tuple(layer.name for layer in chain.layers),
        vocabulary=vocabulary,
        parameters=parameters.found,
        laws=laws.found,
        rules=rules,
        digest=digest(part for layer in chain.layers for part in layer.files),
        workdays=workdays(chain, problems),
        conclusions=conclusions,
        notices=notices,
        definitions=definitions,
        accepted=build_accepted(chain, problems),
        plugins=plugins,
    )
    return Draft(ruleset, chain, lets.spans, used, problems)
