#!/usr/bin/env bash
# Two images, whose names tell nothing, and labels that say which is approved.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
version=$(number major 2 9).$(number minor 0 30).$(number patch 0 30)
name=mint/build:$(digits build 6) other=mint/build:$(digits other 6)
if sourced; then return; fi

begin
task_image "$name" >/dev/null
task_image "$other" "mint/release:1.0.0" >/dev/null
of_image=$name
service "${services[0]}" --label stage=approved --label "version=$version" -- sleep 1000000
of_image=$other
service "${services[1]}" --label stage=rejected --label "version=${version%.*}.99" -- sleep 1000000
service "${services[2]}" --label stage=approval --label "version=${version%.*}.98" -- sleep 1000000
service "${services[3]}" -- sleep 1000000
built
