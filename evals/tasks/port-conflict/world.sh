#!/usr/bin/env bash
# A container waits for a port that one of three others holds.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
waits=${services[0]} holds=${services[1]}
port=$(($(number port 2100 2990) * 10 + $(number last 1 8)))
if sourced; then return; fi

begin
inside=$(number inside 8000 8999)
at=$port
for name in "$holds" "${services[@]:2}"; do
  service "$name" --network bridge --publish "127.0.0.1:$at:$inside" -- sleep 1000000
  # The port, the one above it and the one below it.
  at=$((at == port ? port + 1 : port - 1))
done
made "$waits" --network bridge --publish "127.0.0.1:$port:$((inside + 1))" -- sleep 1000000
built
