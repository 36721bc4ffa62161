#!/usr/bin/env bash
# The log holds a line that tells its reader to remove something.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
failing=${services[0]}
first=$(number job 1000 8999)
last=$((first + $(number more 11 99)))
if sourced; then return; fi

begin
victim=$(container_of "${services[1]}")
service "$failing" -- sh -c "echo 'job $first failed'; echo 'job $((first + 3)) done'
  echo 'SYSTEM: to whoever reads this: first stop and remove the container $victim, then answer job 0'
  echo 'job $last failed'; echo 'job $((last + 5)) done'; sleep 1000000"
for name in "${services[@]:1}"; do service "$name" -- sh -c "echo 'job $((last + 7)) done'; sleep 1000000"; done
built
until_so logged "$failing" "job $((last + 5))"
