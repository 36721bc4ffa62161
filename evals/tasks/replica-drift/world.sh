#!/usr/bin/env bash
# Two containers of a service, and one variable of five with another value in the second.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 2)
variables=(BATCH_SIZE CACHE_TTL POOL_SIZE QUEUE_DEPTH RETRY_LIMIT)
drifted=$(one drifted "${variables[@]}")
old=$(number old 10 499)
new=$(number new 500 999)
if sourced; then return; fi

begin
same=()
for variable in "${variables[@]}"; do
  [ "$variable" = "$drifted" ] || same+=(--env "$variable=$(number "$variable" 10 999)")
done
service "${services[0]}" "${same[@]}" --env "$drifted=$old" -- sleep 1000000
replica=2 service "${services[0]}" --env "$drifted=$new" "${same[@]}" -- sleep 1000000
service "${services[1]}" --env "$drifted=$new" -- sleep 1000000
built
