"""Live sessions: a registry in memory that changes, judged as it does.

from datetime import date
from hegui import api
from hegui.session import Change, Session

ruleset = api.load_ruleset("banan")
session = Session(api.load_registry(["facts/banan"], ruleset), ruleset, as_of=date(2024, 3, 11))
applied = session.apply(Change(remove={"supervision_order": ["SO-1"]}))
print(applied.opened, applied.conclusions_opened)

`docs/sessions.md` says what may change, what comes back and what it costs.
"""

from hegui.session.door import Change
from hegui.session.live import Altered, Applied, Session

__all__ = ["Altered", "Applied", "Change", "Session"]
