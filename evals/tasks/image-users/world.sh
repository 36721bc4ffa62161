#!/usr/bin/env bash
# Containers of an old and of a new image, which were made by the same name at different times.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 5)
users=$(number users 2 3)
name=gallery/web:$(number minor 1 9).$(number patch 0 9)
if sourced; then return; fi

begin
task_image gallery/web:retired "$name" >/dev/null
of_image=$name
service "${services[0]}" -- sleep 1000000
for one in "${services[@]:1:users-1}"; do made "$one" -- sleep 1000000; done
built
task_image "$name" gallery/web:current >/dev/null
for one in "${services[@]:users}"; do service "$one" -- sleep 1000000; done
built
