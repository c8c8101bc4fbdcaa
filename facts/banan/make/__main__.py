"""Write the invented Ba'nan registry: the same bytes on every run.

`python facts/banan/make [FOLDER]` writes into FOLDER, or into the folder this one is in. Nothing here describes a real
company or person. The blemishes (gaps, odd numbers, wrong codes, duplicates, broken references) are meant: see
README.md. A module here holds the tables of one subject: `MANIFEST`, their lines of the manifest, and `files()`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import burning
import drinking_water
import enterprises
import exhaust
import farms
import forest_chiefs
import livestock
import mine_dust
import mine_plans
import mine_restoration
import mines
import petitions
import places
import power
import protected_areas
import rectification
import reservoirs
import responsibility
import river_chiefs
import rural_sewage
import scattered
import sewers
import waste

SUBJECTS: list[ModuleType] = [
    *(places, enterprises, exhaust, scattered, waste, power),
    *(mines, mine_plans, mine_restoration, mine_dust),
    *(farms, livestock, burning, forest_chiefs, protected_areas),
    *(sewers, river_chiefs, drinking_water, reservoirs, rural_sewage),
    *(petitions, rectification, responsibility),
]


def files() -> dict[str, bytes]:
    """Every file of the registry that is made here, the manifest among them."""
    lines = [f"  - {line}\n" for subject in SUBJECTS for line in subject.MANIFEST]
    made = {name: body for subject in SUBJECTS for name, body in subject.files().items()}
    return {**made, "registry.yaml": "".join(["sources:\n", *lines]).encode()}


def main(folder: Path) -> None:
    for name, body in files().items():
        (folder / name).write_bytes(body)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
