#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
all_are running "${services[@]}"
answers "$failing" "$last"
