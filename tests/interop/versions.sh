#!/usr/bin/env bash
# Runs sluice between SDKs of both A2A versions, clients and agents that this project did not write, on loopback, and
# prints the table across versions; the last line is "N passed, M failed[, K skipped]". README.md beside this file has the
# table as last seen.
#   tests/interop/versions.sh           fails when a case fails, or when the table is not the one in README.md
#   tests/interop/versions.sh --write   writes the table into README.md
#   tests/interop/versions.sh --only X  runs the cases whose line contains X ("py 0.3 → js", "resubscribe")
# Tests build/release/bin/sluice; SLUICE_BIN=DIR tests the one in DIR. Needs Python 3.11 or newer with venv; Node 20 and Go
# 1.25 or newer are installed if the system has none. What it installs goes to build/interop. A registry that cannot be
# reached skips the tests with a loud line; with CI=true it fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly time_limit=600
readonly source=tests/interop work=$PWD/build/interop
bin=${SLUICE_BIN:-build/release/bin}
# shellcheck source=tests/interop/install.sh
source "$source/install.sh"
# shellcheck source=tests/interop/shown.sh
source "$source/shown.sh"

case "${1:-}" in
  "" | --write) (($# <= 1)) || fail "$1 takes no argument" ;;
  --only) (($# == 2)) || fail "--only takes one argument" ;;
  *) fail "unknown argument '$1'" ;;
esac
[[ -x $bin/sluice ]] || fail "$bin/sluice is not there: build it, or name its directory in SLUICE_BIN"
bin=$(cd "$bin" && pwd)
mkdir -p "$work"
find_node
install_npm_packages
install_python_packages python "$source/a2a_python/requirements.txt"
python_v10=$python
install_python_packages python_v03 "$source/a2a_python_v03/requirements.txt"
install_go_clients
install_programs
echo "interop: SDKs of both A2A versions, with Node $("${node[0]}" --version) and $("$python" --version)"
INTEROP_PYTHON=$python_v10 INTEROP_PYTHON_V03=$python INTEROP_GO=$go_programs run_shown "$work/versions.log" \
  "${node[@]}" "$programs/versions.mjs" "$bin/sluice" "$PWD/$source/README.md" "$@"
