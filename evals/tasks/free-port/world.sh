#!/usr/bin/env bash
# Some ports in a row that are taken, not in the order of the names of their services.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
taken=$(number taken 2 3)
port=$(($(number port 1000 1090) * 10))
if sourced; then return; fi

begin
of_image=$project/base:$(digits base 4)
task_image "$of_image" >/dev/null
for at in 0 1 2; do
  # The third may come after a gap.
  published=$((port + at))
  [ "$at" -lt "$taken" ] || published=$((port + 6))
  service "${services[at]}" --network bridge --publish "127.0.0.1:$published:8080" -- sleep 1000000
done
service "${services[3]}" --label "port.wanted=$port" -- sleep 1000000
built
