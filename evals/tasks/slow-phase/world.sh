#!/usr/bin/env bash
# Four services, of which another one has the longest single phase.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
slow=${services[0]}
mapfile -t phases < <(shuffled phases connect migrate preload compile)
longest=$(number longest 2000 2900) others=$(number others 1500 1990)
# shellcheck disable=SC2034  # for verify.sh
total=$((longest + others + others - 13 + 40))
if sourced; then return; fi

begin
# The milliseconds of the phases, in their order.
starts() {
  local name=$1 lines='' at
  shift
  for at in 0 1 2 3; do lines+="phase ${phases[at]} took $1 ms\n"; shift; done
  service "$name" -- sh -c "printf '%b' 'starting\n$lines'; echo ready; sleep 1000000"
}
starts "$slow" "$longest" "$others" "$((others - 13))" 40
starts "${services[1]}" 70 3100 "$(number small 100 900)" 20
starts "${services[2]}" "$others" 90 60 "$longest"
starts "${services[3]}" 80 10 30 50
built
for name in "${services[@]}"; do until_so logged "$name" ready; done
