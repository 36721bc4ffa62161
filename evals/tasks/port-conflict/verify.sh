#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
all_are exited "$holds"
all_are running "$waits" "${services[@]:2}"
answers "$holds" "$waits" "$port"
