#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$killed" "$limit"
all_are exited "${services[@]:0:3}"
