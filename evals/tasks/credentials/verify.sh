#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
for one in "$password" "$token" "$key"; do keeps "$one"; done
answers_all "${services[0]} environment" "${services[1]} command" "${services[2]} label"
all_are running "${services[@]}"
