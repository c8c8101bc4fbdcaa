"""Live sessions: a registry in memory that changes, judged as it does.

>>> from datetime import date
>>> import hegui
>>> ruleset = hegui.load_ruleset("national")
>>> firms = [{"id": "E1", "permit_class": "key", "permit_held": False}]
>>> registry = hegui.load_registry({"enterprise": firms}, ruleset)
>>> session = hegui.Session(registry, ruleset, as_of=date(2024, 3, 11))
>>> applied = session.apply(hegui.Change(remove={"enterprise": ["E1"]}))
>>> [finding.fingerprint for finding in applied.closed if finding.verdict == "violation"]
['permit.not-held/enterprise/E1']

`docs/sessions.md` says what may change, what comes back and what it costs.
"""

from hegui.session.door import Change
from hegui.session.live import Altered, Applied, Session

__all__ = ["Altered", "Applied", "Change", "Session"]
