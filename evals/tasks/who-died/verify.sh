#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$victim" "$signal" "$code"
all_are running "${services[@]}"
