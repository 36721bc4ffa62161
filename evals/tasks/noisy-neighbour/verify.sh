#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
all_are exited "$noisy"
all_are running "${services[@]:1}"
answers "$noisy"
