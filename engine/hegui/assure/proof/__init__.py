"""What can be said of rules for all facts there may be: proven by a solver, shown by facts the engine confirms.

`prove` asks of each rule, in each period of law, whether it can find anything and whether it can be met; of each pair about
one kind, whether one finds all the other finds and whether both can be met; of rules that divide a range, whether there are
gaps and overlaps. The solver is z3 (`hegui[prove]`), imported only when `prove` is called.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from hegui.source import Diagnostic, UsageError, Wording

if TYPE_CHECKING:
    from hegui.assure.proof.finding import Proof
    from hegui.ruleset.model import Ruleset

SECONDS: Final = 5.0
"""How long a question may take where nobody says otherwise, in seconds of an ordinary machine."""

_NO_SOLVER: Final = Wording("no-solver", "proving takes z3, which is not installed", "证明需要 z3，目前没有安装")
_INSTALL: Final = Wording(
    "install-solver",
    "in hegui's folder: `python -m pip install '.[prove]'`",
    "在 hegui 所在文件夹执行：`python -m pip install '.[prove]'`",
)


def prove(ruleset: Ruleset, rules: Collection[str] | None = None, seconds: float = SECONDS) -> Proof:
    """Everything that is found of the rules of a ruleset (or of `rules`, and pairs and ranges of these among themselves).

    Args:
        ruleset: a ruleset without errors.
        rules: names of the rules looked at; None for all.
        seconds: the limit of each question. It is counted in steps of the solver, so that it does not depend on the
            machine; see `solver.STEPS`.

    Raises:
        UsageError: z3 is not installed.
    """
    if find_spec("z3") is None:
        raise UsageError(Diagnostic(_NO_SOLVER, {}, None, _INSTALL))
    from hegui.assure.proof.proving import proven

    return proven(ruleset, rules, seconds)
