#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
keeps "$shared"
answers_all "${services[0]} ${variables[0]}" "${services[1]} ${variables[1]}"
all_are running "${services[@]}"
