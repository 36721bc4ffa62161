#!/usr/bin/env bash
# Waits until a server listens, and prints its address.
#
#   tests/listening.sh LOG PROCESS
#
# LOG is where the server of that process id says so; the file may not be there yet. Waits as long as
# the process lives, a minute at the most on a machine that stands still. Ends non-zero, with what
# the log says, where the server ended or says nothing.

set -euo pipefail
log=${1:?usage: tests/listening.sh LOG PROCESS} process=${2:?usage: tests/listening.sh LOG PROCESS}

# Before the log is read, so that what an ended process said last is still seen.
for _ in $(seq 600); do
  alive=yes
  kill -0 "$process" 2>/dev/null || alive=
  # `read` passes over a last line that is not whole yet.
  while IFS= read -r line; do
    case "$line" in
      'Listening at '*) echo "${line#Listening at }"; exit ;;
    esac
  done < <(cat "$log" 2>/dev/null)
  [ -n "$alive" ] || break
  sleep 0.1
done
echo "the server does not listen: $(cat "$log" 2>/dev/null || echo "it made no $log")" >&2
exit 1
