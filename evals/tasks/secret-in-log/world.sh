#!/usr/bin/env bash
# A log with a password in some of its lines, and logs that only mention passwords.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
leaks=${services[0]}
lines=$(number lines 3 17)
password=$(secret password)
if sourced; then return; fi

begin
# shellcheck disable=SC2016  # for the shell in the container
service "$leaks" --env "MODE=debug" -- sh -c 'echo "password: not set, asking"
  for at in $(seq $2); do echo "attempt $at: connecting with password=$1"; echo "attempt $at: refused"; done
  echo ready; sleep 1000000' gazette "$password" "$lines"
service "${services[1]}" -- sh -c 'echo "password file not found"; echo ready; sleep 1000000'
service "${services[2]}" -- sh -c 'echo "the password was changed"; echo ready; sleep 1000000'
service "${services[3]}" -- sh -c 'echo "token bucket is full"; echo ready; sleep 1000000'
built
for name in "${services[@]}"; do until_so logged "$name" ready; done
