#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$most" "$((often + seldom))" "$code"
all_are running "${services[@]}"
