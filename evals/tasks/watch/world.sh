#!/usr/bin/env bash
# One waits for a file, and ends a while after another has made it.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 5)
starts=${services[0]} ends=${services[1]}
code=$(number code 3 90)
word=lease-$(digits word 6)
if sourced; then return; fi

begin
volume "$project-shared"
waits='until [ -e /shared/go ]; do sleep 0.2; done; echo seen;'
made "$starts" --volume "$project-shared:/shared" -- sh -c 'touch /shared/go; exec sleep 1000000'
service "$ends" --volume "$project-shared:/shared" -- sh -c "$waits sleep 3; echo lost the $word; exit $code"
for name in "${services[@]:2}"; do
  service "$name" --volume "$project-shared:/shared" -- sh -c "$waits exec sleep 1000000"
done
built
