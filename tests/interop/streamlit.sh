#!/usr/bin/env bash
# Uses client/examples/streamlit as its users would, in a headless Chromium, with sluice behind it and two agents behind
# that; shows side by side how an SDK's client without sluice meets a closed event loop, and how the same turns pass;
# and client/examples/python/converse.py.
# The last line is "N passed, M failed[, K skipped]".
#   tests/interop/streamlit.sh             tests sluice, sluice-agent of build/release/bin; SLUICE_BIN=DIR those in DIR
#   tests/interop/streamlit.sh --picture   and makes client/examples/streamlit/screenshot.png anew
# Needs Python 3.11 with venv; Chromium is installed from Debian if the system has none (root or sudo). What else it
# installs goes to build/interop/streamlit. A registry that cannot be reached skips the tests with a loud line; with
# CI=true it fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly time_limit=600
readonly source=$PWD/tests/interop/streamlit work=$PWD/build/interop/streamlit example=$PWD/client/examples/streamlit
readonly requirements=$source/requirements.txt
bin=${SLUICE_BIN:-build/release/bin}
# shellcheck source=tests/interop/install.sh
source tests/interop/install.sh
# shellcheck source=tests/interop/shown.sh
source tests/interop/shown.sh

find_chromium() {
  if ! command -v chromium >/dev/null; then
    deploy/install-packages.sh "$source/packages.txt" >"$work/apt.log" 2>&1 ||
      cannot_install "Chromium" "$work/apt.log"
  fi
  chromium=$(command -v chromium) || fail "the installed Chromium cannot be found"
}

# The page with its stubs, made as its README says.
install_page() {
  page=$work/page
  rm -rf "$page"
  cp -r "$example" "$page"
  (cd "$page" && "$python" -m grpc_tools.protoc -I "$OLDPWD/protos" --python_out=. --grpc_python_out=. \
    lf/a2a/v1/a2a.proto sluice/v1/{conversation,gateway}.proto google/rpc/status.proto) ||
    fail "the stubs for Python cannot be generated"
}

picture=$work/screenshot.png
case "${1:-}" in
  "") ;;
  --picture) picture=$example/screenshot.png ;;
  *) fail "unknown argument '$1'" ;;
esac
for program in sluice sluice-agent; do
  [[ -x $bin/$program ]] || fail "$bin/$program is not there: build it, or name its directory in SLUICE_BIN"
done
bin=$(cd "$bin" && pwd)
mkdir -p "$work"
find_chromium
install_python_packages
install_page
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/tests/interop:$page
PICTURE=$picture CONVERSE=$PWD/client/examples/python/converse.py \
  run_shown "$work/streamlit_test.log" "$python" "$source/streamlit_test.py" "$bin" "$page" "$chromium"
