#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$slow" "${phases[0]}" "$total"
all_are running "${services[@]}"
