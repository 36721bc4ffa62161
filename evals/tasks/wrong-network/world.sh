#!/usr/bin/env bash
# Two networks; the service that needs a store is on one, the store on the other.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
lost=${services[0]} store=${services[1]}
front=$project-$(digits front 4) back=$project-$(digits back 4)
alias=$(one alias store depot silo vat)-$(digits alias 3)
if sourced; then return; fi

begin
network "$front"
network "$back"
service "$store" --network "$back" --network-alias "$alias" -- sleep 1000000
service "$lost" --network "$front" --env "STORE_HOST=$alias" -- sh -c "echo 'cannot look up $alias' >&2; sleep 1000000"
service "${services[2]}" --network "$back" --env "STORE_HOST=$alias" -- sleep 1000000
service "${services[3]}" --network "$front" -- sleep 1000000
built
