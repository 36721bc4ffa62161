#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers_all "${services[@]:0:users}"
all_are created "${services[@]:1:users-1}"
all_are running "${services[0]}" "${services[@]:users}"
