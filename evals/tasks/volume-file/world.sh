#!/usr/bin/env bash
# Backups that were not written in the order of their dates.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 3)
newest=$(number year 2021 2025)-$(number month 10 12)-$(number day 10 27)
lines=$(number lines 100 4000)
prefix=$(one prefix dump backup archive)
# shellcheck disable=SC2034  # for verify.sh
sum=$(seq "$lines" | sha256sum | cut -d ' ' -f 1) size=$(seq "$lines" | wc -c)
if sourced; then return; fi

begin
volume "$project-backups"
year=${newest%%-*}
service "${services[0]}" --volume "$project-backups:/backup" -- sh -c "cd /backup
  seq 50 >$prefix-$((year - 1))-12-29.txt; seq $lines >$prefix-$newest.txt
  seq 5000 >$prefix-$year-02-28.txt; echo none >latest.tmp; echo ready; sleep 1000000"
for name in "${services[@]:1}"; do service "$name" --volume "/backup" -- sh -c 'echo ready; sleep 1000000'; done
built
until_so logged "${services[0]}" ready
