#!/usr/bin/env bash
# Runs sluice between SDKs that this project did not write, on loopback, and prints the interop table; the last line is
# "N passed, M failed[, K skipped]". README.md beside this file has the table as last seen and says what it means.
#   tests/interop/run.sh           fails when a case fails, or when the table is not the one in README.md
#   tests/interop/run.sh --write   writes the table into README.md
#   tests/interop/run.sh --only X  runs the cases whose line contains X ("py → js", "CancelTask")
# Tests build/release/bin/sluice; SLUICE_BIN=DIR tests the one in DIR. Needs Python 3.11 or newer with venv; Node 20 or
# newer is installed if the system has none. What it installs goes to build/interop. A registry that cannot be reached
# skips the tests with a loud line; with CI=true it fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly time_limit=600
readonly source=tests/interop requirements=tests/interop/a2a_python/requirements.txt work=$PWD/build/interop
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
install_python_packages
install_programs
echo "interop: two SDKs as clients and as agents, with Node $("${node[0]}" --version) and $("$python" --version)"
INTEROP_PYTHON=$python run_shown "$work/matrix.log" \
  "${node[@]}" "$programs/matrix.mjs" "$bin/sluice" "$PWD/$source/README.md" "$@"
