#!/usr/bin/env bash
# Workers that sleep unless there is a file by their name, and one for which there is.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 2)
mapfile -t workers < <(some workers 6 amber basalt chalk flint garnet granite jade marble onyx opal quartz slate)
busy=${services[0]}
worker=$(one worker "${workers[@]:0:3}")
if sourced; then return; fi

begin
# $0 is the name, and the last argument.
# shellcheck disable=SC2016  # for the shell in the container
work='for name in "$@"; do sh -c "while :; do [ -e /tmp/\$0 ] || sleep 5; done" $name & done; wait'
made "$busy" --cpus 0.2 -- sh -c "$work" mill "${workers[@]:0:3}"
service "${services[1]}" --cpus 0.2 -- sh -c "$work" mill "${workers[@]:3}"
built
touch "$scratch/$worker"
docker cp "$scratch/$worker" "$(container_of "$busy"):/tmp/$worker"
docker start "$(container_of "$busy")" >/dev/null
