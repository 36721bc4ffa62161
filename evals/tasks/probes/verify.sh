#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$sick" "$missing"
all_are running "${services[@]}"
