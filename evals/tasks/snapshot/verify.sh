#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
found=$(docker run --rm --network none "$project/rescue:$kept" head -n 1 /root/notes.txt 2>/dev/null || true)
[ "$found" = "$note" ] || fail "there is no such image with the notes"
all_are running "${services[@]}"
for name in "${services[@]}"; do once "$name" started || fail "$name was restarted"; done
answers "$project/rescue:$kept" "$note"
