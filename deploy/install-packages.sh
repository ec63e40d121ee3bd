#!/usr/bin/env bash
# Installs what a list of packages names and is not installed yet. Needs root or sudo only if something is missing.
#   deploy/install-packages.sh [LIST]    without LIST: deploy/packages.txt, what a build needs
set -euo pipefail

list=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/packages.txt}

fail() {
  echo "install-packages: $1" >&2
  echo "install-packages: what is needed is listed in $list; on another system, install its equivalents" \
    "(versions: Debian 12's or newer) and build by hand, for example with 'cmake --preset release'" >&2
  exit 1
}

[[ -r $list ]] || fail "the list cannot be read"
mapfile -t wanted < <(sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$list")
((${#wanted[@]} > 0)) || fail "the list is empty"
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  fail "this is not a Debian system (no dpkg-query or no apt-get)"
fi

is_installed() {
  dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

missing=()
for package in "${wanted[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "install-packages: all ${#wanted[@]} packages are installed"
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || fail "missing: ${missing[*]}; run this as root, or install sudo"
  as_root=(sudo)
  [[ -t 0 ]] || as_root+=(-n) # nobody is there to type a password: fail instead of waiting
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null
}
show_log_and_fail() {
  tail -n 20 "$log" >&2
  fail "$1"
}

echo "install-packages: installing ${#missing[@]} of ${#wanted[@]} packages: ${missing[*]}"
apt update || show_log_and_fail "'apt-get update' failed"
apt install -y --no-install-recommends "${missing[@]}" || show_log_and_fail "'apt-get install ${missing[*]}' failed"
for package in "${missing[@]}"; do
  is_installed "$package" || fail "$package is still not installed"
done
echo "install-packages: done"
