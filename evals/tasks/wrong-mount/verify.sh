#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$broken" "$right" "$wrong"
all_are running "${services[@]}"
