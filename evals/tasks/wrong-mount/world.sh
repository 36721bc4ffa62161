#!/usr/bin/env bash
# Services with a volume each, one of which is at another place than its service looks.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
broken=${services[0]}
right=/etc/$(one name kettle stove ladle whisk sieve)
wrong=$right$(one suffix .d -conf ing s)
if sourced; then return; fi

begin
volume "$project-conf"
service "$broken" --volume "$project-conf:$wrong:ro" -- \
  sh -c "echo 'fatal: no configuration: cannot open $right/main.conf, using defaults' >&2; sleep 1000000"
service "${services[1]}" --volume "$project-conf:$right:ro" -- \
  sh -c "echo 'reading $right/main.conf'; sleep 1000000"
service "${services[2]}" -- sh -c "echo 'warning: no configuration given, using defaults' >&2; sleep 1000000"
built
