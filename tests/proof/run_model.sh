#!/usr/bin/env bash
# Explores tests/proof/gate.pml in every order: once as it is (no error may exist), and once for each rule left out (the
# named error must exist, or the model does not check that rule). Prints a table; exits 1 when any line is not as
# expected, 2 when it could not run.
set -euo pipefail

model=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/gate.pml
for tool in spin gcc; do
  if ! command -v "$tool" >/dev/null; then
    echo "run_model.sh: '$tool' is not installed (deploy/install-packages.sh installs it)" >&2
    exit 2
  fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# variant | what is left out | the error that must be found, as the model checker words it ("none": no error)
variants=(
  "AS_IT_IS           | nothing                                             | none"
  "SPLIT_PERMIT       | a permit is tested and counted in one step          | assertion violated (shutdowns==0)"
  "FLAG_CHECK         | permits are counted at all (a closed flag instead)  | assertion violated (pending>0)"
  "EARLY_RELEASE      | the permit comes back after the handler, not before | assertion violated (shutdowns==0)"
  "CLOSE_TWICE        | a second Close() shuts nothing down                 | assertion violated (shutdowns==1)"
  "DONE_PERMIT_KEPT   | a refused request gives back DONE's permit too      | invalid end state"
  "WAKE_EVERY_POST    | the Alarm is set on empty to non-empty only         | assertion violated !(alarm_pending)"
  "LATE_UNARM         | the wake-up is taken back under the mutex           | assertion violated ( !(orderly)||(taken==posted))"
  "CLOSE_BEFORE_TAKEN | the mailbox is at rest when the gate is closed      | assertion violated ( !(orderly)||(taken==posted))"
)

trim() { sed -e 's/^ *//' -e 's/ *$//' -e 's/  */ /g'; }

# Prints the error that the checker found, or "none", or what kept it from an answer.
explore() {
  local variant=$1 dir=$2 optimize=-O0 # compiling takes longer than finding an error does
  [[ $variant == AS_IT_IS ]] && optimize=-O2
  mkdir -p "$dir"
  cd "$dir"
  if ! spin -a "-DBROKEN_$variant" "$model" >log 2>&1 || ! gcc "$optimize" -DSAFETY -o pan pan.c >>log 2>&1; then
    echo "does not build: $(tail -n 1 log)"
    return
  fi
  # -m: the longest path allowed. A truncated search would not be a proof, so it is an answer of its own.
  timeout 300 ./pan -m100000 >out 2>&1 || true
  if grep -qE 'max search depth too small|out of memory|Search not completed' out && ! grep -q '^pan:1:' out; then
    echo "search not completed"
  elif grep -q '^pan:1:' out; then
    sed -nE 's/^pan:1: (.*) \(at depth [0-9]+\)$/\1/p' out | head -n 1
  elif grep -q 'errors: 0$' out; then
    echo none
  else
    echo "no answer: $(tail -n 1 out)"
  fi
}

row="%-18s  %-51s  %-48s  %9s  %s\n"
# shellcheck disable=SC2059
printf "$row" "variant" "rule that is left out" "error found" "states" "as expected"
wrong=0
for line in "${variants[@]}"; do
  IFS='|' read -r variant rule expected <<<"$line"
  variant=$(trim <<<"$variant") rule=$(trim <<<"$rule") expected=$(trim <<<"$expected")
  actual=$(explore "$variant" "$work/$variant" | trim)
  states=$(sed -nE 's/^ *([0-9.e+]+) states, stored.*/\1/p' "$work/$variant/out" 2>/dev/null || true)
  verdict=yes
  if [[ $actual != "$expected" ]]; then
    verdict="NO: expected $expected"
    wrong=$((wrong + 1))
  fi
  # shellcheck disable=SC2059
  printf "$row" "$variant" "$rule" "$actual" "${states:-?}" "$verdict"
done
echo
if ((wrong > 0)); then
  echo "$wrong of ${#variants[@]} variants are not as expected"
  exit 1
fi
echo "all ${#variants[@]} variants are as expected"
