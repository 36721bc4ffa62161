#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
keeps "$password"
answers "$wrong" "$misspelt" "$right"
all_are running "${services[@]}"
