#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$drifted" "$old" "$new"
all_are running "${services[@]}"
