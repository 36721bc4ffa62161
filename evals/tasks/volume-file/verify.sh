#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$prefix-$newest.txt" "$size" "$sum"
all_are running "${services[@]}"
