#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
is "$tight" '{{.HostConfig.Memory}}' "$((limit * 2 * 1024 * 1024))" || fail "the limit of $tight is not twice as high"
is "${services[1]}" '{{.HostConfig.Memory}}' "$((limit * 4 * 1024 * 1024))" || fail "another limit was changed"
for name in "${services[@]}"; do once "$name" started || fail "$name was restarted"; done
all_are running "${services[@]}"
answers "$tight" "$((limit * 2))"
