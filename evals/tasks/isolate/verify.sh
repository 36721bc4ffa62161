#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
[ "$(docker network inspect --format '{{.Internal}}' "$project-private" 2>/dev/null || true)" = true ] ||
  fail "there is no internal network $project-private"
for name in "${services[@]:0:2}"; do
  [ "$(networks_of "$name")" = "$project-private " ] || fail "$name is not on $project-private alone"
done
for name in "${services[@]:2}"; do
  [ "$(networks_of "$name")" = "$shared " ] || fail "$name was moved"
done
all_are running "${services[@]}"
answers_all "${services[@]:0:2}"
