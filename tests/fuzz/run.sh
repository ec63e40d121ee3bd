#!/usr/bin/env bash
# Builds the fuzzers with clang and runs each for a while, as many at a time as there are cores; prints a table. The
# last line is "N passed, M failed"; a fuzzer passes when nothing crashed, leaked, hung or took too much memory.
#   tests/fuzz/run.sh [SECONDS [FUZZER...]]    60 seconds for each of all fuzzers
# What is found lands in build/fuzz/findings/FUZZER/. Try it again with: build/fuzz/bin/FUZZER FILE
# What was learned stays in build/fuzz/corpus/FUZZER/ and helps the next run; tests/fuzz/corpus/ holds what is shared.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

case "${1:-60}" in
  -h | --help)
    sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *[!0-9]* | 0)
    echo "tests/fuzz/run.sh: '$1': a number of seconds is expected" >&2
    exit 64
    ;;
esac
seconds=${1:-60}
wanted=("${@:2}")
if ((${#wanted[@]} == 0)); then
  for source in tests/fuzz/*_fuzzer.cc; do wanted+=("$(basename "$source" .cc)"); done
fi

give_up() {
  echo "tests/fuzz/run.sh: $1" >&2
  echo "0 passed, ${#wanted[@]} failed"
  exit 1
}

out=build/fuzz
findings=$out/findings
log() { echo "$findings/$1/log"; }

# Sanitizers want to place their shadow memory where address randomisation may have put something.
runner=()
if setarch "$(uname -m)" -R true 2>/dev/null; then runner=(setarch "$(uname -m)" -R); fi
# Debian's protobuf and Abseil are not instrumented, so what they do to containers is not seen.
export ASAN_OPTIONS="detect_container_overflow=0:detect_stack_use_after_return=0:symbolize=1"
export UBSAN_OPTIONS="print_stacktrace=1"

run_one() {
  local name=$1 options=()
  if [[ -f tests/fuzz/$name.dict ]]; then options+=("-dict=tests/fuzz/$name.dict"); fi
  options+=("$out/corpus/$name" "tests/fuzz/corpus/$name") # what is new goes to the first
  if [[ -d tests/fuzz/regressions/$name ]]; then options+=("tests/fuzz/regressions/$name"); fi
  timeout --foreground --kill-after=10 $((seconds + 180)) "${runner[@]}" "$out/bin/$name" -max_total_time="$seconds" -timeout=20 \
    -max_len=8192 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$findings/$name/" "${options[@]}" \
    >"$(log "$name")" 2>&1
  echo "exit code $?" >>"$(log "$name")"
}

# count NAME KIND...: the findings of these kinds.
count() {
  local name=$1 kind files=()
  shift
  for kind in "$@"; do
    mapfile -t -O "${#files[@]}" files < <(compgen -G "$findings/$name/$kind-*")
  done
  echo "${#files[@]}"
}

# last NAME PATTERN: what the pattern's group matched in the last line of the log that it matches; 0 for none.
last() {
  local found
  found=$(sed -nE "s/.*$2.*/\1/p" "$(log "$1")" | tail -n 1)
  echo "${found:-0}"
}

show_finding() {
  local file
  echo
  echo "---- $1"
  tail -n 60 "$(log "$1")"
  for file in "$findings/$1"/*-*; do
    [[ -f $file && $(stat -c %s "$file") -le 4096 ]] && echo "$file: $(base64 -w 0 "$file")"
  done
}

deploy/install-packages.sh tests/fuzz/packages.txt || give_up "clang could not be installed"
mkdir -p "$out"
cmake --preset fuzz >"$out/configure.log" 2>&1 || { cat "$out/configure.log"; give_up "cannot be configured"; }
cmake --build --preset fuzz -j "$(nproc)" || give_up "does not build"

# Each fuzzer in a process group of its own, so that none outlives this script.
set -m
trap 'for group in $(jobs -pr); do kill -- "-$group"; done' EXIT
trap 'exit 130' INT TERM HUP

rm -rf "$findings"
echo "fuzz: ${#wanted[@]} fuzzers, ${seconds}s each, $(nproc) at a time"
for name in "${wanted[@]}"; do
  [[ -x $out/bin/$name ]] || give_up "there is no fuzzer '$name'"
  mkdir -p "$findings/$name" "$out/corpus/$name"
done
for name in "${wanted[@]}"; do
  while (($(jobs -pr | wc -l) >= $(nproc))); do wait -n; done
  run_one "$name" &
done
wait
set +m # bash would tell of each that ended, in the middle of the table

passed=0 failed=() row='%-20s %12s %8s %7s %9s %8s %6s %6s %8s\n'
echo
# shellcheck disable=SC2059
printf "$row" fuzzer executions exec/s edges features crashes leaks hangs corpus
for name in "${wanted[@]}"; do
  # shellcheck disable=SC2059
  printf "$row" "$name" "$(last "$name" 'number_of_executed_units: +([0-9]+)')" \
    "$(last "$name" 'average_exec_per_sec: +([0-9]+)')" "$(last "$name" ' cov: ([0-9]+)')" \
    "$(last "$name" ' ft: ([0-9]+)')" "$(count "$name" crash)" "$(count "$name" leak)" \
    "$(count "$name" timeout oom)" "$(last "$name" ' corp: ([0-9]+)')"
  if grep -q '^exit code 0$' "$(log "$name")" && (($(last "$name" 'number_of_executed_units: +([0-9]+)') > 0)); then
    passed=$((passed + 1))
  else
    failed+=("$name")
  fi
done
for name in "${failed[@]}"; do show_finding "$name"; done
echo
for name in "${failed[@]}"; do echo "failed: $name: $(grep -m 1 -E '^SUMMARY|ERROR: |exit code' "$(log "$name")")"; done
echo "$passed passed, ${#failed[@]} failed"
((${#failed[@]} == 0))
