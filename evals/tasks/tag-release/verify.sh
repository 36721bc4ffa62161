#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
id() { docker image inspect --format '{{.Id}}' "$1" 2>/dev/null || true; }
[ "$(id "mint/release:$version")" = "$(id "$name")" ] || fail "the image does not have that name"
[ "$(id mint/release:1.0.0)" = "$(id "$other")" ] || fail "mint/release:1.0.0 was moved"
answers "mint/release:$version"
