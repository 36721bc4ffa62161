#!/usr/bin/env bash
# Each service logs errors of two codes, and the one with the most lines does not log the most errors.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
most=${services[0]}
often=$(number often 14 22)
seldom=$(number seldom 2 9)
code=E$(number code 100 499) other=E$(number other 500 999)
if sourced; then return; fi

begin
# By name, code and count twice, and a count of warnings.
speaks() {
  # shellcheck disable=SC2016  # for the shell in the container
  service "$1" -- sh -c 'for at in $(seq $2); do echo "ERROR code=$1 job $at failed"; done
    for at in $(seq $4); do echo "ERROR code=$3 job $at failed" >&2; done
    for at in $(seq $5); do echo "WARNING code=$1 job $at is late"; done; sleep 1000000' arena "${@:2}"
}
speaks "$most" "$code" "$often" "$other" "$seldom" 3
speaks "${services[1]}" "$other" "$((often - 5))" "$code" "$seldom" 30
speaks "${services[2]}" "$code" "$((often - 9))" "$other" "$((seldom + 1))" 9
speaks "${services[3]}" "$other" "$seldom" "$code" 1 12
built
for name in "${services[@]}"; do until_so logged "$name" WARNING; done
