#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$busy" "$worker"
all_are running "${services[@]}"
