#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
for version in "$newest" "${newest%.*}.9" "${newest%.*}.2"; do
  [ -z "$(docker ps --all --quiet --filter "ancestor=workshop/check:$version")" ] || fail "a container of $version is left"
done
all_are running "${services[@]}"
answers "$code" "$(digits "printed $newest" 6)"
