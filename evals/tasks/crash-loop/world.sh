#!/usr/bin/env bash
# A service lacks a variable and is restarted for ever; another ended as it should, a third complains
# and lives.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
broken=${services[0]}
code=$(number code 3 99)
variable=$(one variable "${broken^^}"_{DSN,HOME,REGION,BUCKET,QUEUE,TENANT})
if sourced; then return; fi

begin
service "$broken" --restart always -- \
  sh -c "echo reading the configuration; echo 'fatal: $variable is not set' >&2; exit $code"
service "${services[1]}" -- sh -c 'echo migrating; echo done'
service "${services[2]}" --env "${services[2]^^}_HOME=/srv" -- \
  sh -c 'echo "error: upstream is slow, trying again" >&2; echo ready; sleep 1000000'
service "${services[3]}" -- sh -c 'echo ready; sleep 1000000'
built
again() { [ "$(look "$broken" '{{.RestartCount}}')" -ge 2 ]; }
until_so again
