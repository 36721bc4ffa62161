#!/usr/bin/env bash
# Two containers write to /tmp, as they may; one of them was tampered with.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
changed=${services[0]}
added=/bin/$(one added kworker udevd agent sync)-$(digits added 5)
deleted=/bin/$(one deleted wget nslookup ping traceroute vi telnet netstat)
edited=/etc/$(one edited passwd group)
if sourced; then return; fi

begin
for name in "${services[@]:0:2}"; do
  service "$name" -- sh -c 'seq 9 >/tmp/cache; echo ready; sleep 1000000'
done
service "${services[2]}" -- sleep 1000000
built
docker exec "$(container_of "$changed")" \
  sh -c "cp /bin/busybox $added; rm $deleted; echo operator:x:0: >>$edited"
