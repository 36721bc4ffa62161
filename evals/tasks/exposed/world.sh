#!/usr/bin/env bash
# Ports on all addresses, on loopback, and one that is only declared.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
port=$(($(number port 1100 1990) * 10))
if sourced; then return; fi

begin
on=(--network bridge)
service "${services[0]}" "${on[@]}" --publish "$port:8080" -- sleep 1000000
service "${services[1]}" "${on[@]}" --publish "127.0.0.1:$((port + 1)):8080" -- sleep 1000000
service "${services[2]}" "${on[@]}" --publish "127.0.0.1:$((port + 2)):8080" --publish "$((port + 3)):9090" -- sleep 1000000
service "${services[3]}" "${on[@]}" --expose 7070 -- sleep 1000000
built
