#!/usr/bin/env bash
# A container with all that one may have, and a port that it is to give up.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
moved=$project-${services[0]}-$(digits moved 4)
before=$(number before 30000 30390)
wanted=$(number wanted 30400 30790)
inside=$(number inside 8000 8999)/tcp
store=$project-store-$(digits store 4)
if sourced; then return; fi

begin
network "$project-net"
volume "$store"
of=(--label "$label=$project" --label "port.wanted=$wanted" --label "team=$(digits team 6)")
has=(--env "TOKEN_FILE=/run/$(digits env 6)" --memory "$(number memory 32 64)m" --restart unless-stopped --read-only)
where=(--network "$project-net" --network-alias "$(digits alias 6)" --publish "127.0.0.1:$before:$inside")
docker run --detach --stop-signal KILL --name "$moved" "${of[@]}" "${has[@]}" "${where[@]}" --volume "$store:/data" \
  --volume /cache "$image" sleep 1000000 >/dev/null
for name in data cache; do docker exec "$moved" sh -c "echo $(digits "$name") >/$name/mark"; done
at=$((wanted + 400))
for name in "${services[@]:1}"; do
  service "$name" --network bridge --publish "127.0.0.1:$at:$inside" -- sleep 1000000
  at=$((at + 1))
done
built
