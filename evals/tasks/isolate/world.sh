#!/usr/bin/env bash
# Four services on a network, two of which are to leave it.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
shared=$project-$(digits shared 4)
if sourced; then return; fi

begin
network "$shared"
for name in "${services[@]:0:2}"; do service "$name" --network "$shared" --label tier=data -- sleep 1000000; done
service "${services[2]}" --network "$shared" --label tier=web -- sleep 1000000
service "${services[3]}" --network "$shared" -- sleep 1000000
built
