#!/usr/bin/env bash
# A program that no image has, among containers that merely wait.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
broken=${services[0]}
program=$(one program gunicorn uvicorn puma nodemon java-21 pypy dotnet)-$(digits program 3)
if sourced; then return; fi

begin
made "$broken" -- "$program" --serve
for name in "${services[@]:1:2}"; do made "$name" -- sleep 1000000; done
service "${services[3]}" -- sleep 1000000
built
if docker start "$(container_of "$broken")" >/dev/null 2>&1; then exit 2; fi
