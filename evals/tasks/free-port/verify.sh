#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
free=$((port + taken))
next=$(docker inspect --format '{{.State.Status}} {{json .HostConfig.PortBindings}}' quay-next 2>/dev/null || true)
[ "$next" = "running {\"8080/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"$free\"}]}" ] || fail "quay-next is not there as it should be"
all_are running "${services[@]}"
answers "${services[0]}" "$free"
