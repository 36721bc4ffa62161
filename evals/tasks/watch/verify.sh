#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
all_are exited "$ends"
all_are running "$starts" "${services[@]:2}"
is "$ends" '{{.State.ExitCode}}' "$code" || fail "$ends was ended by another"
answers "$starts" "$ends" "$code" "$word"
