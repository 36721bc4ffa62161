#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
for replica in live next; do
  is "${services[0]}" '{{.Config.Labels.version}} {{.State.Status}}' "$version-$([ "$replica" = live ] && echo next || echo live) running" ||
    fail "the names are not swapped"
  once "${services[0]}" started || fail "a container was restarted"
done
replica=live
id=$(look "${services[0]}" '{{.Id}}')
replica=1 all_are running "${services[1]}"
answers "${id:0:12}"
