#!/usr/bin/env bash
# Runs the tests against the built wheel, not the checkout, in a fresh virtual environment of one interpreter.
# Usage: tests/portability.sh PYTHON [argument of pytest]…, from anywhere; what is tested is what is committed.
# It needs pip's package index, and below Python 3.13 on Linux a C compiler.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=$(command -v "${1:?which interpreter? tests/portability.sh python3.12}")
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE=1
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV

mkdir "$scratch/tree"
git -c safe.directory="$here" -C "$here" archive HEAD | tar -x -C "$scratch/tree"
cd "$scratch/tree"
"$python" -m venv "$scratch/venv"
# shellcheck disable=SC1091
. "$scratch/venv/bin/activate"
python -V
python -m pip wheel -q --no-deps -w "$scratch/dist" .
wheel=$(echo "$scratch"/dist/hegui-*-none-any.whl)
python -m pip install -q "$wheel[test]"

python - "$wheel" <<'PYTHON'
"""The package that is found is the installed one, and it is what the wheel holds."""
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import hegui

site = Path(sysconfig.get_path("purelib"))
assert Path(hegui.__file__).is_relative_to(site), f"{hegui.__file__} is not below {site}"
with zipfile.ZipFile(sys.argv[1]) as wheel:
    names = [name for name in wheel.namelist() if name.startswith("hegui/") and not name.endswith("/")]
    assert all(wheel.read(name) == (site / name).read_bytes() for name in names)
print(f"{Path(sys.argv[1]).name}: {len(names)} files, durable-rules {'there' if find_spec('durable') else 'not there'}")
PYTHON
python -m pytest -q "$@"
