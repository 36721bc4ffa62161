#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
all_are exited "${services[1]}"
all_are running "${services[0]}" "${services[@]:2}"
once "${services[0]}" started || fail "${services[0]} was restarted"
answers "${services[0]}" paused
