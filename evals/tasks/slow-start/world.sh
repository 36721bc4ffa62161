#!/usr/bin/env bash
# A service that looks for what another one writes when it is ready, and ends if it is not there.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
early=${services[0]} late=${services[1]}
code=$(number code 2 60)
if sourced; then return; fi

begin
volume "$project-run"
on=(--volume "$project-run:/run/shared")
service "$early" "${on[@]}" -- sh -c "if [ -e /run/shared/ready ]; then echo connected; sleep 1000000; fi
  for at in 1 2 3; do echo 'waiting for $late' >&2; done; echo 'fatal: $late is not ready, giving up' >&2; exit $code"
service "${services[2]}" -- sh -c 'echo done; exit 0'
service "${services[3]}" -- sh -c 'echo "fatal: licence has run out" >&2; exit 1'
built
until_so is "$early" '{{.State.Status}}' exited
service "$late" "${on[@]}" -- sh -c 'echo recovering; touch /run/shared/ready; echo ready; sleep 1000000'
built
until_so logged "$late" ready
