"""What every test shares: how hypothesis runs."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("hegui", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("hegui")
