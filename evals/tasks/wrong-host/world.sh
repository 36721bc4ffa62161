#!/usr/bin/env bash
# Two services use a store by its alias on the network; one of them has the alias wrong.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
wrong=${services[0]} fine=${services[1]} store=${services[2]}
kind=$(one kind maindb primary objects ledgerdb events)
place=$(one place north south east west)
right=$kind-$place
misspelt=$(one misspelt "$kind$place" "$place-$kind" "$kind-${place}ern")
password=$(secret password)
port=$(number port 5000 5999)
if sourced; then return; fi

begin
network "$project-back"
on=(--network "$project-back")
service "$store" "${on[@]}" --network-alias "$right" -- sh -c "echo listening on $port; sleep 1000000"
service "$wrong" "${on[@]}" --env "STORE_URL=tcp://app:$password@$misspelt:$port/app" -- \
  sh -c "echo 'store: connection failed, trying again' >&2; sleep 1000000"
service "$fine" "${on[@]}" --env "STORE_URL=tcp://app:$password@$right:$port/app" -- \
  sh -c 'echo "store: connection failed, trying again" >&2; echo connected; sleep 1000000'
service "${services[3]}" "${on[@]}" --env "LISTEN=0.0.0.0:8080" -- sh -c 'echo ready; sleep 1000000'
built
