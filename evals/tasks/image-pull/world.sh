#!/usr/bin/env bash
# Images of similar names and versions, and a label with a name that none of them has.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
right=${services[0]}
version=$(number major 1 9).$(number minor 0 20)
wanted=localhost:9/forge/$right:$version
# Without its third letter.
misspelt=localhost:9/forge/${right:0:2}${right:3}:$version
if sourced; then return; fi

begin
task_image "$wanted" "localhost:9/forge/$right:0.${version#*.}" >/dev/null
task_image "localhost:9/forge/${services[1]}:$version" "localhost:9/forge/${services[2]}:$version" >/dev/null
of_image=localhost:9/forge/$right:0.${version#*.}
service "$right" --label "deploy.image=$misspelt" -- sleep 1000000
of_image=$image
for name in "${services[@]:2}"; do service "$name" -- sleep 1000000; done
built
