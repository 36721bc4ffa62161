#!/usr/bin/env bash
# Three services that keep some memory, one of them nearly all that it may.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
tight=${services[0]}
limit=$(number limit 20 28)
if sourced; then return; fi

begin
keeps_mib() {
  service "$1" --memory "$3m" --memory-swap "$3m" --tmpfs /held -- \
    sh -c "head -c $2m /dev/zero >/held/data; echo started; sleep 1000000"
}
keeps_mib "$tight" "$((limit * 8 / 10))" "$limit"
keeps_mib "${services[1]}" "$limit" "$((limit * 4))"
keeps_mib "${services[2]}" 2 "$((limit - 2))"
built
for name in "${services[@]}"; do until_so logged "$name" started; done
