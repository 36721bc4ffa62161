#!/usr/bin/env bash
# One of three containers has a file that its image has not.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
kept=${services[0]}
note="$(one colour red green blue amber) $(one thing lamp ladder basket wheel)-$(digits note 4)"
if sourced; then return; fi

begin
of_image=$project/base:$(digits base 4)
task_image "$of_image" >/dev/null
for name in "${services[@]}"; do service "$name" -- sh -c 'echo started; sleep 1000000'; done
built
docker exec "$(container_of "$kept")" sh -c "printf '%s\n' '$note' more >/root/notes.txt"
