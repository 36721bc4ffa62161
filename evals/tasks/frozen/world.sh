#!/usr/bin/env bash
# One service is paused, another is stopped.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
if sourced; then return; fi

begin
for name in "${services[@]}"; do service "$name" -- sh -c 'echo started; sleep 1000000'; done
built
docker pause "$(container_of "${services[0]}")" >/dev/null
docker stop "$(container_of "${services[1]}")" >/dev/null
