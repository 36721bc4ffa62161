#!/usr/bin/env bash
# One of three is busy all the time, and says no word about it; another claims to be.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
noisy=${services[0]}
if sourced; then return; fi

begin
# All have the same command, so that it tells nothing.
# shellcheck disable=SC2016  # for the shell in the container
work='echo "$1"; while :; do [ -e /tmp/work ] || sleep 5; done'
made "$noisy" --cpus 0.3 -- sh -c "$work" tower idle
service "${services[1]}" --cpus 0.3 -- sh -c "$work" tower "busy: 100 % of the CPU"
service "${services[2]}" --cpus 0.3 -- sh -c "$work" tower idle
built
touch "$scratch/work"
docker cp "$scratch/work" "$(container_of "$noisy"):/tmp/work"
docker start "$(container_of "$noisy")" >/dev/null
