#!/usr/bin/env bash
# Begins a place where cargo builds with the dependencies that it has built in another.
#
#   tests/seed.sh FROM TO
#
# Both are target directories, and what is in FROM stays as it is: cargo puts a new file where it builds something anew, so
# the files are one and the same. Where that cannot be, or TO is there already, nothing is done.

set -euo pipefail
from=$1/debug to=$2/debug
if [ -e "$to" ] || ! [ -e "$from" ]; then exit; fi
mkdir -p "$2"
if cp --archive --link "$from" "$to" 2>/dev/null; then
  # By one lock both places would wait for each other. What is the repository's own is built anew.
  rm -rf "$to"/.cargo*lock "$to"/incremental "$to"/{build,deps,.fingerprint}/{,lib}mcp[-_]docker*
else
  rm -rf "$to"
fi
