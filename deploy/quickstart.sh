#!/usr/bin/env bash
# From a fresh clone to a streamed call: installs what a build needs, builds, starts the demo agent and the gateway on
# free ports of this machine, streams one call through both, and stops them again.
#   deploy/quickstart.sh          leaves nothing running
#   deploy/quickstart.sh --keep   leaves both running and says how to stop them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

keep=false
case "${1:-}" in
  "") ;;
  --keep) keep=true ;;
  -h | --help)
    sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *)
    echo "quickstart: unknown argument '$1' (there is --keep)" >&2
    exit 64
    ;;
esac

bin=build/release/bin
start_seconds=20 # how long a program may take until it serves
call_seconds=60  # how long the call may take; it takes about two
stop_seconds=15  # how long a program may take to stop
logs=$(mktemp -d "${TMPDIR:-/tmp}/sluice-quickstart.XXXXXX")
names=() pids=()
done_well=false interrupted=false

# Ends one of our programs: politely, then not. Its exit code tells whether that was an orderly end.
stop() {
  local pid=$1 tenths
  kill -TERM "$pid" 2>/dev/null || true
  for ((tenths = 0; tenths < stop_seconds * 10; tenths++)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null
}

leave() {
  trap - EXIT INT TERM HUP
  if $done_well && $keep; then exit 0; fi
  local i code
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do # the gateway before the agent
    code=0
    stop "${pids[i]}" || code=$?
    if $done_well && ((code != 0)); then
      echo "quickstart: ${names[i]} did not end in order: exit code $code" >&2
      done_well=false
    fi
  done
  if $done_well || $interrupted; then
    rm -rf "$logs"
    $done_well && exit 0
    exit 130
  fi
  echo >&2
  echo "quickstart: failed. What the programs said (the files stay in $logs):" >&2
  local log
  for log in "$logs"/*; do
    [[ -s $log ]] || continue
    echo "---- ${log##*/}" >&2
    tail -n 40 "$log" >&2
  done
  exit 1
}
trap leave EXIT
trap 'interrupted=true; exit 130' INT TERM HUP

# start NAME COMMAND...: in the background, in a session of its own so that it may outlive this script.
start() {
  local name=$1
  shift
  : >"$logs/$name.out"
  setsid "$@" >"$logs/$name.out" 2>"$logs/$name.err" </dev/null &
  names+=("$name") pids+=($!)
}

# served_at NAME REGEX: waits for the line in which NAME says where it serves; prints what REGEX's group holds.
served_at() {
  local name=$1 regex=$2 pid=${pids[-1]} tenths where
  for ((tenths = 0; tenths < start_seconds * 10; tenths++)); do
    where=$(sed -nE "s|^$regex.*|\\1|p" "$logs/$name.out" | head -n 1)
    if [[ -n $where ]]; then
      echo "$where"
      return 0
    fi
    if ! kill -0 "$pid" 2>/dev/null; then
      echo "quickstart: $name ended before it served" >&2
      return 1
    fi
    sleep 0.1
  done
  echo "quickstart: $name does not serve after $start_seconds s" >&2
  return 1
}

build() {
  if [[ ! -f build/release/build.ninja ]]; then
    local minutes=$((16 / $(nproc) > 1 ? 16 / $(nproc) : 1))
    echo "quickstart: the first build takes about $minutes minutes on $(nproc) cores; later ones take seconds"
  fi
  if ! cmake --preset release >"$logs/configure" 2>&1; then
    echo "quickstart: cmake could not configure the build" >&2
    return 1
  fi
  cmake --build build/release --target sluice sluicectl sluice-agent
  rm -f "$logs/configure"
}

deploy/install-packages.sh
build

start sluice-agent "$bin/sluice-agent" --listen=127.0.0.1:0
agent=$(served_at sluice-agent 'sluice-agent: serving (http://[^ ]+)')
# No lame duck: no balancer has to notice when this one stops.
start sluice "$bin/sluice" --listen=127.0.0.1:0 --http-listen=127.0.0.1:0 --upstream="$agent" --lame-duck=0s
grpc=$(served_at sluice 'sluice: serving grpc=([^ ]+) http=[^ ]+')
http=$(served_at sluice 'sluice: serving grpc=[^ ]+ http=([^ ]+)')

echo
echo "quickstart: sluice-agent, the demo agent, serves JSON-RPC and SSE at $agent"
echo "quickstart: sluice serves gRPC at $grpc and livez and readyz at http://$http/"
echo
echo "\$ $bin/sluicectl --address=$grpc stream 'slow 5 300'"
call=0
timeout --foreground "$call_seconds" "$bin/sluicectl" --address="$grpc" stream "slow 5 300" || call=$?
if ((call != 0)); then
  echo "quickstart: the call failed: exit code $call (64 + gRPC code; 124: not over after $call_seconds s)" >&2
  exit 1
fi
cat <<TEXT

That was one gRPC call: each line left the agent as a server-sent event and arrived as a gRPC message at once.
Next:
TEXT
if $keep; then
  cat <<TEXT
  export SLUICE_ADDRESS=$grpc
  $bin/sluicectl send "hello"            one message, one answer
  $bin/sluicectl session                 JSON-RPC over one stream: type a request a line
  $bin/sluicectl health --watch          what a balancer sees
  curl http://$http/readyz
Both are still running, and log to $logs. To stop them:
  kill ${pids[1]} ${pids[0]}
TEXT
else
  cat <<TEXT
  deploy/quickstart.sh --keep            the same, but both stay running; with the address it prints:
  $bin/sluicectl send "hello"            one message, one answer
  $bin/sluicectl session                 JSON-RPC over one stream: type a request a line
  $bin/sluicectl health --watch          what a balancer sees
  $bin/sluice --upstream=http://127.0.0.1:41241/    the gateway before an agent of your own
TEXT
fi
done_well=true
