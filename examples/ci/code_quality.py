"""What `hegui lint --format json=…` found, as a Code Quality report of GitLab: python code_quality.py lint.json > report.json"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

SEVERITY = {"error": "critical", "warning": "minor"}


def report(documents: list[dict]) -> list[dict]:
    """One entry for each finding. Its fingerprint holds no line, so that a finding that only moves is the same one."""
    seen: Counter[tuple[str, ...]] = Counter()
    entries = []
    for found in (found for document in documents for found in document["findings"]):
        message, hint, file = found["message"]["en"], found.get("hint"), found.get("file") or "."
        what = (found["id"], file, message)
        seen[what] += 1
        entries.append(
            {
                "description": f"{message}: {hint['en']}" if hint else message,
                "check_name": found["id"],
                "fingerprint": hashlib.sha256("\0".join((*what, str(seen[what]))).encode()).hexdigest(),
                "severity": SEVERITY[found["level"]],
                "location": {"path": file, "lines": {"begin": found.get("line") or 1}},
            }
        )
    return entries


if __name__ == "__main__":
    documents = [json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:]]
    print(json.dumps(report(documents), ensure_ascii=False, indent=1))
