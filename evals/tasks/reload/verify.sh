#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
for name in "${services[@]}"; do once "$name" started || fail "$name was restarted"; done
all_are running "${services[@]}"
once "$stale" 'read again' || fail "$stale has not read its configuration again, or more than once"
for name in "${services[@]:1}"; do
  if logged "$name" 'read again'; then fail "$name was not to be touched"; fi
done
answers "$stale" "${revision:0:4}$(digits 0 4)"
