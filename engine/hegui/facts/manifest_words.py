"""What is said of a manifest's table both where its form is looked at and where its words are."""

from __future__ import annotations

from hegui.source import Wording

ONE_PLACE = Wording(
    "file-or-database", "a table has either a `file` or a `database`", "每张表须且只须写明 `file` 或 `database` 之一"
)
