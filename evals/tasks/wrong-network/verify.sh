#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
grep -qw "$back" <<<"$(networks_of "$lost")" || fail "$lost is not on $back"
[ "$(networks_of "$store")" = "$back " ] || fail "$store was moved"
[ "$(networks_of "${services[3]}")" = "$front " ] || fail "${services[3]} was moved"
all_are running "${services[@]}"
answers "$lost" "$back"
