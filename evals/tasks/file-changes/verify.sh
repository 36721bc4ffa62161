#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$changed" "$added" "$deleted" "$edited"
all_are running "${services[@]}"
