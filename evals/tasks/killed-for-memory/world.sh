#!/usr/bin/env bash
# One service fills its memory; another ends with the same exit code by itself.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
killed=${services[0]}
limit=$(number limit 8 40)
if sourced; then return; fi

begin
# shellcheck disable=SC2016  # for the shell in the container
service "$killed" --memory "${limit}m" --memory-swap "${limit}m" -- \
  sh -c 'echo loading; sleep 0.3; tail /dev/zero; code=$?; sleep 0.5; exit $code'
service "${services[1]}" --memory "$((limit + 3))m" -- sh -c 'echo "killed by the operator" >&2; exit 137'
service "${services[2]}" -- sh -c 'echo "out of memory is no trouble of mine"; exit 0'
service "${services[3]}" --memory "$((limit + 9))m" -- sleep 1000000
built
# The Engine may miss why a container ended that is gone at once, or has not lived long: then again.
noticed() {
  is "$killed" '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}' 'exited 137 true' && return
  if is "$killed" '{{.State.Status}}' exited; then docker start "$(container_of "$killed")"; fi
  return 1
}
until_so noticed
