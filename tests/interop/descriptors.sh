#!/usr/bin/env bash
# Compares the protos of both A2A versions with those that the SDKs bring: what protoc makes of protos/lf/a2a/v1/a2a.proto
# and protos/a2a/v1/a2a.proto with the descriptors in a2a-sdk 1.3.0 and 0.3.26 from PyPI. The last line is
# "N passed, M failed[, K skipped]"; any difference is a failure.
#   tests/interop/descriptors.sh
# Needs protoc and Python 3.11 or newer with venv. What it installs goes to build/interop. A registry that cannot be
# reached skips the tests with a loud line; with CI=true it fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

readonly time_limit=600  # seconds, of one step
readonly source=tests/interop work=$PWD/build/interop
# shellcheck source=tests/interop/install.sh
source "$source/install.sh"

passed=0 failed=0

# compare SDK FILE MODULE: the protos/FILE of ours with the MODULE of the SDK that was installed last.
compare() {
  local sdk=$1 file=$2 module=$3 set=$work/descriptors.pb
  if protoc -I protos --include_imports --descriptor_set_out="$set" "$file" &&
    "$python" -B "$source/descriptors.py" "$set" "$file" "$module" "$sdk"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
}

(($# == 0)) || fail "unknown argument '$1'"
mkdir -p "$work"
install_python_packages python "$source/a2a_python/requirements.txt"
compare "a2a-sdk 1.3.0" lf/a2a/v1/a2a.proto a2a.types.a2a_pb2
compare "a2a-sdk 1.3.0" a2a/v1/a2a.proto a2a.compat.v0_3.a2a_v0_3_pb2
install_python_packages python_v03 "$source/a2a_python_v03/requirements.txt"
compare "a2a-sdk 0.3.26" a2a/v1/a2a.proto a2a.grpc.a2a_pb2
echo "$passed passed, $failed failed"
((failed == 0))
