#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
there() { docker "$1" inspect "$2" >/dev/null 2>&1; }
if there image "${images[2]}"; then fail "${images[2]} is still there"; fi
if there volume "${volumes[1]}"; then fail "${volumes[1]} is still there"; fi
for name in "$project/base:1" "${images[@]:0:2}" "${images[3]}"; do there image "$name" || fail "$name is gone"; done
for name in "${volumes[0]}" "${volumes[2]}"; do there volume "$name" || fail "$name is gone"; done
all_are exited "${services[0]}"
all_are running "${services[3]}"
answers "${images[2]}" "${volumes[1]}"
