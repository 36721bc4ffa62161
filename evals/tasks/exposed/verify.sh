#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers_all "${services[0]} $port" "${services[2]} $((port + 3))"
all_are running "${services[@]}"
