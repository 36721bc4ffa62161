#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
all_are running "$early" "$late"
all_are exited "${services[@]:2}"
logged "$early" connected || fail "$early is not connected"
answers "$early" "$late"
