#!/usr/bin/env bash
# Three versions of a program, whose newest is not the last by the order of letters.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 1)
newest=$(number major 1 9).$(number minor 10 30)
code=$(number code 3 60)
if sourced; then return; fi

begin
# The image of a program that prints a code of its own and ends with the exit code $2.
version() {
  local container
  container=$(docker create "$image")
  # shellcheck disable=SC2016  # for the shell in the container
  printf '#!/bin/sh\n[ "$DEPTH" = 3 ] || exit 99\necho started\necho code %s\nexit %s\n' "$(digits "printed $1" 6)" "$2" >"$scratch/audit"
  chmod +x "$scratch/audit"
  docker cp "$scratch/audit" "$container:/bin/audit"
  docker commit --change "LABEL $label=$project" "$container" "workshop/check:$1" >/dev/null
  docker rm "$container" >/dev/null
}
version "$newest" "$code"
version "${newest%.*}.9" 1
version "${newest%.*}.2" 2
service "${services[0]}" -- sleep 1000000
built
