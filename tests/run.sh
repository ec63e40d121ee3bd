#!/usr/bin/env bash
# Installs what a build needs, builds, runs every test, prints a table; the last line is "N passed, M failed".
#   tests/run.sh           everything: release build and all of CTest, quickstart, interop, AddressSanitizer and
#                          UndefinedBehaviorSanitizer on unit and integration tests, ThreadSanitizer on those that
#                          are about threads, a minute of each fuzzer
#   tests/run.sh --quick   the inner loop: dev build, unit tests and the layering check
# With CI=true in the environment nothing may be skipped. Exit code 0: everything that had to run ran and passed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

quick=false
case "${1:-}" in
  "") ;;
  --quick) quick=true ;;
  -h | --help)
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *)
    echo "tests/run.sh: unknown argument '$1' (there is --quick)" >&2
    exit 64
    ;;
esac
(($# <= 1)) || { echo "tests/run.sh: one argument at most" >&2; exit 64; }

exec </dev/null
jobs=$(nproc)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rows=()
failures=() # what is told again above the table: the end of a long log is what is read first
total_passed=0 total_failed=0 total_skipped=0

# record NAME PASSED FAILED SKIPPED SECONDS NOTE: one line of the table.
record() {
  rows+=("$(printf '%-34s %7s %7s %8s %7ss  %s' "$1" "$2" "$3" "$4" "$5" "${6:-}")")
  total_passed=$((total_passed + $2))
  total_failed=$((total_failed + $3))
  total_skipped=$((total_skipped + $4))
}

finish() {
  if [[ ${CI:-} == true ]] && ((total_skipped > 0)); then
    record "nothing may be skipped (CI=true)" 0 1 0 0 "$total_skipped skipped"
  fi
  echo
  if ((${#failures[@]} > 0)); then printf '%s\n' "what failed:" "${failures[@]}" ""; fi
  printf '%-34s %7s %7s %8s %8s  %s\n' "what" "passed" "failed" "skipped" "time" "note"
  printf '%s\n' "${rows[@]}"
  echo
  local line="$total_passed passed, $total_failed failed"
  if ((total_skipped > 0)); then line+=", $total_skipped skipped"; fi
  echo "$line"
  ((total_failed == 0 && total_passed > 0))
  exit
}

# failed NAME FILE PATTERN [LINES]: keeps the last lines of a failed stage's output that match.
failed() {
  local line
  while IFS= read -r line; do failures+=("  $1: ${line:0:300}"); done < <(grep -E -- "$3" "$2" | tail -n "${4:-12}")
}

heading() { printf '\n==== %s\n' "$1"; }

# tests_of PRESET LABEL_REGEX: the names of the tests that carry such a label, one a line.
tests_of() {
  ctest --test-dir "build/$1" -N -L "$2" | sed -nE 's/^ *Test +#[0-9]+: (.*)$/\1/p'
}

# targets_for PRESET LABEL_REGEX: what to build for these tests: a test is named after its program (sluice_test), and
# tests that start the gateway need the gateway.
targets_for() {
  ninja -C "build/$1" -t targets all | sed -nE 's/^([^\/:]+): phony$/\1/p' | sort -u >"$work/targets"
  { tests_of "$1" "$2"; if [[ $2 == *integration* ]]; then printf '%s\n' sluice sluicectl sluice-agent; fi; } | sort -u | comm -12 - "$work/targets"
}

# build NAME PRESET [LABEL_REGEX]: configures, and builds what tests with such labels need, or everything.
build() {
  local started=$SECONDS targets=()
  heading "$1: build"
  if cmake --preset "$2" >"$work/configure.log" 2>&1; then
    if [[ -n ${3:-} ]]; then mapfile -t targets < <(targets_for "$2" "$3"); fi
    if [[ -n ${3:-} && ${#targets[@]} -eq 0 ]] ||
      cmake --build "build/$2" -j "$jobs" -- "${targets[@]}" 2>&1 | tee "$work/build.log"; then
      build_seconds=$((SECONDS - started))
      return 0
    fi
    failed "$1" "$work/build.log" '^FAILED: |error: |undefined reference'
  else
    cat "$work/configure.log"
    failed "$1" "$work/configure.log" .
  fi
  record "$1" 0 1 0 $((SECONDS - started)) "does not build"
  return 1
}

# Adds up one CTest run. GoogleTest programs are counted by their cases, from the report that each writes; any other
# test, and a program that failed without saying which case (it crashed, it hung, a sanitizer stopped it), is one.
# Prints: passed failed skipped.
count_results() {
  local junit=$1 reports=$2 name status passed=0 failed=0 skipped=0
  while IFS=$'\t' read -r name status; do
    local report="$reports/$name.xml" cases=0 bad=0 left_out=0
    if [[ -f $report ]]; then
      cases=$(grep -c '<testcase ' "$report")
      bad=$(sed -nE 's/.*<testsuites .*failures="([0-9]+)".*/\1/p' "$report" | head -n 1)
      left_out=$(grep -cE '<testcase .*(result="skipped"|status="notrun")' "$report")
    elif [[ $status == run ]]; then
      cases=1
    elif [[ $status != fail ]]; then
      cases=1 left_out=1
    fi
    if [[ $status == fail && $bad -eq 0 ]]; then
      bad=1
      if ((cases == 0)); then cases=1; fi
    fi
    passed=$((passed + cases - bad - left_out)) failed=$((failed + bad)) skipped=$((skipped + left_out))
  done < <(sed -nE 's/^[[:space:]]*<testcase name="([^"]*)".* status="([a-z]+)".*/\1\t\2/p' "$junit")
  echo "$passed $failed $skipped"
}

# run_ctest NAME PRESET [CTEST_ARG...]: runs tests and records them. RUNNER (may be empty) is put before ctest.
run_ctest() {
  local name=$1 preset=$2 started=$SECONDS note="built in ${build_seconds}s" passed failed skipped
  shift 2
  heading "$name: test"
  local reports="$work/$name.reports" junit="$work/$name.xml"
  mkdir -p "$reports"
  rm -f "build/$preset/Testing/Temporary/LastTest.log"
  GTEST_OUTPUT="xml:$reports/" "${runner[@]}" ctest --test-dir "build/$preset" -j "$jobs" --output-on-failure \
    --no-tests=error --output-junit "$junit" "$@"
  local code=$?
  if [[ ! -f $junit ]]; then
    record "$name" 0 1 0 $((SECONDS - started)) "no test ran"
    return
  fi
  read -r passed failed skipped < <(count_results "$junit" "$reports")
  if ((passed + failed == 0)); then failed=1 note="no test ran"; fi
  if ((code != 0 && failed == 0)); then failed=1 note="ctest: exit code $code"; fi
  # gRPC tells of misuse on stderr before it is fatal: a test that passed beside such a line has not passed.
  if grep -nE 'assertion failed: |API misuse of type|shutdown being shutdown before its server' \
    "build/$preset/Testing/Temporary/LastTest.log"; then
    failed=$((failed + 1)) note="gRPC complained: see the lines above"
  fi
  if ((failed > 0)); then
    failed "$name" "build/$preset/Testing/Temporary/LastTest.log" \
      ': Failure$|^\[  FAILED  \] .* ms\)$|^Test Failed|ERROR: |WARNING: ThreadSanitizer|runtime error: ' 30
  fi
  record "$name" "$passed" "$failed" "$skipped" $((SECONDS - started)) "$note"
}

# run_script NAME COMMAND...: a script that counts as one test, or as many as its last line says ("N passed, M failed").
run_script() {
  local name=$1 started=$SECONDS code passed=0 failed=0 skipped=0
  shift
  heading "$name"
  "$@" 2>&1 | tee "$work/script.log"
  code=${PIPESTATUS[0]}
  local last
  last=$(tail -n 1 "$work/script.log")
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
    passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]} skipped=${BASH_REMATCH[4]:-0}
    if ((code != 0 && failed == 0)); then failed=1; fi
  elif ((code == 0)); then
    passed=1
  else
    failed=1
  fi
  if ((failed > 0)); then failed "$name" "$work/script.log" 'FAIL|[Ff]ail|[Ee]rror|passed, '; fi
  record "$name" "$passed" "$failed" "$skipped" $((SECONDS - started)) "exit code $code"
}

heading "packages"
if ! deploy/install-packages.sh; then
  record "packages" 0 1 0 "$SECONDS" "could not be installed"
  finish
fi

runner=()
build_seconds=0
if $quick; then
  build "unit (dev)" dev '^unit$' && run_ctest "unit (dev)" dev -L '^unit$'
  finish
fi

if build "all (release)" release; then
  run_ctest "all (release)" release
  run_script "quickstart" deploy/quickstart.sh
fi
run_script "descriptors" bash tests/interop/descriptors.sh
run_script "interop" bash tests/interop/run.sh
run_script "interop: A2A versions" bash tests/interop/versions.sh
run_script "interop: MCP" bash tests/interop/mcp.sh
run_script "interop: reflection" bash tests/interop/reflection.sh
run_script "interop: streamlit" bash tests/interop/streamlit.sh

# Sanitizers want to place their shadow memory where address randomisation may have put something.
if setarch "$(uname -m)" -R true 2>/dev/null; then runner=(setarch "$(uname -m)" -R); fi
export ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
export UBSAN_OPTIONS="print_stacktrace=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}"
export TSAN_OPTIONS="second_deadlock_stack=1${TSAN_OPTIONS:+:$TSAN_OPTIONS}"
name="unit, integration (asan, ubsan)"
build "$name" asan '^(unit|integration)$' && run_ctest "$name" asan -L '^(unit|integration)$'
name="concurrency (tsan)"
build "$name" tsan '^tsan$' && run_ctest "$name" tsan -L '^tsan$'
run_script "fuzzers" bash tests/fuzz/run.sh 60
finish
