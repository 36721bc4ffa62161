#!/usr/bin/env bash
# A request goes through four of five services, in an order that is drawn, beside others.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 5)
mapfile -t way < <(some way 4 "${services[@]}")
request=$(digits request 10)
mapfile -t others < <(for at in 1 2 3 4 5; do digits "other $at" 10; done)
if sourced; then return; fi

begin
for name in "${services[@]}"; do
  service "$name" -- sh -c "echo listening; sleep 1000000"
done
built
# Each line at its time, and so stamped by the Engine in this order.
log() { docker exec "$(container_of "$1")" sh -c "printf '%b' '$2' >/proc/1/fd/1"; }
for at in 0 1 2 3; do
  status=202
  [ "$at" != 3 ] || status=500
  log "${way[at]}" "request=${others[at]} status=200\nrequest=$request status=$status\nrequest=${others[at + 1]} status=200\n"
done
for name in "${services[@]}"; do
  [[ " ${way[*]} " = *" $name "* ]] || log "$name" "request=${others[0]} status=200\nrequest=${others[2]} status=204\n"
done
