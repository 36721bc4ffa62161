#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
answers "$request" "${way[@]}"
all_are running "${services[@]}"
