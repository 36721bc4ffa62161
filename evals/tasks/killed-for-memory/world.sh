#!/usr/bin/env bash
# One service fills its memory; another ends with the same exit code by itself.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
killed=${services[0]}
limit=$(number limit 8 40)
if sourced; then return; fi

begin
service "$killed" --memory "${limit}m" --memory-swap "${limit}m" -- sh -c 'echo loading; tail /dev/zero'
service "${services[1]}" --memory "$((limit + 3))m" -- sh -c 'echo "killed by the operator" >&2; exit 137'
service "${services[2]}" -- sh -c 'echo "out of memory is no trouble of mine"; exit 0'
service "${services[3]}" --memory "$((limit + 9))m" -- sleep 1000000
built
until_so is "$killed" '{{.State.Status}}' exited
