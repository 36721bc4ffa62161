#!/usr/bin/env bash
# Web servers with health checks, one of which asks at another port.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
sick=${services[0]}
port=$(number port 3000 3999)
asked=$((port + $(number away 1 9) * 111))
if sourced; then return; fi

begin
server() {
  service "$1" --health-interval 1s --health-retries 1 --health-timeout 10s \
    --health-cmd "wget -q -O /dev/null http://127.0.0.1:$3/" -- \
    sh -c "echo fine >/tmp/index.html; echo started; exec httpd -f -p $2 -h /tmp"
}
server "$sick" "$port" "$asked"
server "${services[1]}" "$asked" "$asked"
server "${services[2]}" "$port" "$port"
built
until_so is "$sick" '{{.State.Health.Status}}' unhealthy
