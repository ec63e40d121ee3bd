# For the scripts of this folder; nothing is done when it is read. Needs: time_limit (seconds) and the function fail.

# run_shown LOG COMMAND...: runs the tests, shows what they say as they say it, and exits as they do. Their last line
# must be "N passed, M failed".
run_shown() {
  local log=$1 tests shown code
  shift
  : >"$log"
  # "timeout" has a process group of its own, with all that the tests start in it, and passes signals on to it.
  timeout --kill-after=10 "$time_limit" "$@" </dev/null >"$log" 2>&1 &
  tests=$!
  # shellcheck disable=SC2064
  trap "kill $tests 2>/dev/null; wait $tests" EXIT
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
}
