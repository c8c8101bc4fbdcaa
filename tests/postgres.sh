#!/usr/bin/env bash
# Runs the tests marked `postgres` against a PostgreSQL of their own, which is gone afterwards.
# Usage: tests/postgres.sh [pytest arguments]. PYTHON names the interpreter; it needs the extras `test` and `postgres`.
# Where no server program is installed, and it can be, Debian's package is. The server listens on a socket only.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-python}
scratch=$(mktemp -d)
files=()

programs() {
  local found
  for found in /usr/lib/postgresql/*/bin; do [ -x "$found/initdb" ] && echo "$found"; done | sort -V | tail -n 1
}

if [ -z "$(programs)" ]; then
  command -v apt-get >/dev/null || { echo "postgres.sh: install PostgreSQL's server first" >&2; exit 3; }
  apt-get update -qq
  # no cluster of the system's own is wanted
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >"$scratch/apt" 2>&1 ||
    { tail -n 20 "$scratch/apt" >&2; exit 3; }
fi
bin=$(programs)

as_server() { # the server does not run as root
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$scratch" "$@"; else "$@"; fi
}

stop() {
  as_server "$bin/pg_ctl" -D "$scratch/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap stop EXIT

[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$scratch"
cd "$scratch"
as_server "$bin/initdb" -D "$scratch/data" -U hegui -A trust -E UTF8 --no-locale >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 3; }
# one user has to give a password, and none is ever right
as_server sed -i '1i local all refused scram-sha-256' "$scratch/data/pg_hba.conf"
as_server "$bin/pg_ctl" -D "$scratch/data" -w -l "$scratch/server.log" \
  -o "-c listen_addresses='' -c unix_socket_directories='$scratch'" start >/dev/null ||
  { cat "$scratch/server.log" >&2; exit 3; }
as_server "$bin/createdb" -h "$scratch" -U hegui ledger
as_server "$bin/createuser" -h "$scratch" -U hegui refused

cd "$here"
# reading the files that have no such test takes longer than all of these
[ $# -gt 0 ] || mapfile -t files < <(grep -lE 'postgres|database_kit|ledger_kit' tests/test_*.py)
HEGUI_TEST_POSTGRES="postgresql://hegui@/ledger?host=$scratch" \
  "$python" -m pytest -q -m "postgres and not slow" "${files[@]}" "$@"
