#!/usr/bin/env bash
# Runs sluice and `sluicectl mcp-stdio` between MCP clients and servers that this project did not write, on loopback, and
# prints the table; the last line is "N passed, M failed[, K skipped]". mcp/README.md has the table as last seen.
#   tests/interop/mcp.sh           fails when a case fails, or when the table is not the one in mcp/README.md
#   tests/interop/mcp.sh --write   writes the table into mcp/README.md
#   tests/interop/mcp.sh --only X  runs the cases whose line contains X ("ts1 → legacy", "cancel")
# Tests sluice and sluicectl of build/release/bin; SLUICE_BIN=DIR those in DIR. Needs Python 3.11 or newer with venv; Node
# 22 or newer is installed if the system has none. What it installs goes to build/interop/mcp. A registry that cannot be
# reached skips the tests with a loud line; with CI=true it fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly time_limit=900
node_minimum=22  # @modelcontextprotocol/conformance uses fs.globSync
readonly source=tests/interop/mcp requirements=tests/interop/mcp/requirements.txt work=$PWD/build/interop/mcp
bin=${SLUICE_BIN:-build/release/bin}
# shellcheck source=tests/interop/install.sh
source tests/interop/install.sh
# shellcheck source=tests/interop/shown.sh
source tests/interop/shown.sh

install_programs() {
  programs=$work/packages
  rm -rf "$programs"/{*.mjs,clients,servers,mcp_session.py,sluice,google}
  cp -r tests/interop/{child,table}.mjs "$source"/{*.mjs,clients,servers} client/examples/python/mcp_session.py "$programs/"
  "$python" -m grpc_tools.protoc -I protos --python_out="$programs" --grpc_python_out="$programs" \
    sluice/v1/gateway.proto google/rpc/status.proto || fail "the stubs for Python cannot be generated"
}

case "${1:-}" in
  "" | --write) (($# <= 1)) || fail "$1 takes no argument" ;;
  --only) (($# == 2)) || fail "--only takes one argument" ;;
  *) fail "unknown argument '$1'" ;;
esac
for program in sluice sluicectl; do
  [[ -x $bin/$program ]] || fail "$bin/$program is not there: build it, or name its directory in SLUICE_BIN"
done
bin=$(cd "$bin" && pwd)
mkdir -p "$work"
find_node
install_npm_packages
install_python_packages
install_programs
echo "interop: MCP clients and servers, with Node $("${node[0]}" --version) and $("$python" --version)"
INTEROP_PYTHON=$python run_shown "$work/matrix.log" \
  "${node[@]}" "$programs/matrix.mjs" "$bin" "$PWD/$source/README.md" "$@"
