#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$sick" "$asked" "$port"
all_are running "${services[@]}"
