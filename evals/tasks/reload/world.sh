#!/usr/bin/env bash
# Each logs its revision when it gets its own signal; any other ends it.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
# shellcheck disable=SC2034  # for verify.sh
stale=${services[0]}
revision=$(digits revision 8)
mapfile -t signals < <(shuffled signals HUP USR1 USR2)
if sourced; then return; fi

begin
for at in 0 1 2; do
  late=
  [ "$at" != 0 ] || late="echo 'configuration is out of date' >&2;"
  others=${signals[*]//${signals[at]}/}
  # Nobody sees the revision but in the log, where it comes in two parts.
  service "${services[at]}" --label "reload.signal=SIG${signals[at]}" -- sh -c "trap 'exit 1' $others
    half=${revision:0:4}; trap 'echo \"configuration read again: revision '\$half'$(digits "$at" 4)\"' ${signals[at]}
    echo started; $late while :; do sleep 0.2; done"
done
built
for name in "${services[@]}"; do until_so logged "$name" started; done
