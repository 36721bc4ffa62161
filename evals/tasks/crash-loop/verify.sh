#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$broken" "$code" "$variable"
all_are running "${services[@]:2}"
