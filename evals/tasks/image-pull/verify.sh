#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
next=$(docker inspect --format '{{.Config.Image}} {{.State.Status}} {{.Config.Cmd}}' forge-next 2>/dev/null || true)
[ "$next" = "$wanted running [sleep 1000000]" ] || fail "forge-next is not there as it should be"
all_are running "$right" "${services[@]:2}"
answers "$wanted"
