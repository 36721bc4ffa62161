#!/usr/bin/env bash
# Two containers whose names are to be swapped, which takes a third name.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 2)
version=$(number version 10 99)
if sourced; then return; fi

begin
for replica in live next; do
  service "${services[0]}" --label "version=$version-$replica" -- sh -c 'echo started; sleep 1000000'
done
replica=1 service "${services[1]}" -- sleep 1000000
built
