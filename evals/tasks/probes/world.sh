#!/usr/bin/env bash
# Two services are probed; the file that one probe wants is not there.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
sick=${services[0]}
missing=/run/$(one file ready live warm started)-$(digits file 4)
if sourced; then return; fi

begin
probed=(--health-interval 1s --health-retries 1 --health-timeout 10s)
service "$sick" "${probed[@]}" --health-cmd "cat $missing" -- sh -c 'echo ready; sleep 1000000'
service "${services[1]}" "${probed[@]}" --health-cmd "cat /etc/passwd" -- \
  sh -c 'echo "warning: a neighbour is unhealthy" >&2; sleep 1000000'
for name in "${services[@]:2}"; do service "$name" -- sleep 1000000; done
built
until_so is "$sick" '{{.State.Health.Status}}' unhealthy
