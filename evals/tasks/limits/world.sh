#!/usr/bin/env bash
# Some have a limit, some a restart policy, one has neither and one has both.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 5)
if sourced; then return; fi

begin
memory=(--memory "$(number limit 16 64)m")
again=(--restart "$(one policy always unless-stopped on-failure:3)")
service "${services[0]}" "${memory[@]}" -- sleep 1000000
service "${services[1]}" "${again[@]}" -- sleep 1000000
service "${services[2]}" -- sleep 1000000
service "${services[3]}" "${memory[@]}" "${again[@]}" -- sleep 1000000
service "${services[4]}" "${again[@]}" --cpus 0.5 -- sleep 1000000
built
