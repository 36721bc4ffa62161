#!/usr/bin/env bash
# Only the Engine's events still know of it.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
victim=${services[0]}
signal=$(one signal 1 2 10 12)
code=$(number code 20 99)
if sourced; then return; fi

begin
for name in "${services[@]}"; do
  service "$name" -- sh -c "trap 'exit $code' $signal; echo ready; while :; do sleep 0.2; done"
done
built
until_so logged "$victim" ready
docker kill --signal "$signal" "$(container_of "$victim")" >/dev/null
docker restart --time 0 "$(container_of "${services[1]}")" >/dev/null
until_so is "$victim" '{{.State.Status}}' exited
docker start "$(container_of "$victim")" >/dev/null
