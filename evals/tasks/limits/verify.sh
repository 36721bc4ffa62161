#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers_all "${services[0]} restart" "${services[1]} memory" "${services[2]} restart" "${services[2]} memory" "${services[4]} memory"
all_are running "${services[@]}"
