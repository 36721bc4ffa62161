#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
networks() { look "$1" '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}'; }
grep -qw "$back" <<<"$(networks "$lost")" || fail "$lost is not on $back"
[ "$(networks "$store")" = "$back " ] || fail "$store was moved"
[ "$(networks "${services[3]}")" = "$front " ] || fail "${services[3]} was moved"
all_are running "${services[@]}"
answers "$lost" "$back"
