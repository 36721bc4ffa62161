#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$broken" "$program"
all_are created "${services[@]:0:3}"
