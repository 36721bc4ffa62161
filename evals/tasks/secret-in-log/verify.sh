#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
keeps "$password"
answers "$leaks" "$lines"
all_are running "${services[@]}"
