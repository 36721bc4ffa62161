#!/usr/bin/env bash
# Runs Podman's Docker API on a socket for the tests, until it is ended.
#
#   tests/podman.sh SOCKET DIRECTORY
#
# Keeps everything in the directory. Installs Debian's `podman` where it is missing.

set -euo pipefail

say() { echo "podman: $*" >&2; }
die() { say "$@"; exit 1; }

[ $# = 2 ] || die "usage: tests/podman.sh SOCKET DIRECTORY"
socket=$1 directory=$2
# shellcheck source=need.sh
. "$(dirname "$0")/need.sh"

need podman podman
exec podman --root "$directory/data" --runroot "$directory/run" --tmpdir "$directory/tmp" --storage-driver vfs \
  system service --time 0 "unix://$socket"
