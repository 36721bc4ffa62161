#!/usr/bin/env bash
# Four passwords, one of which is there twice, under different names.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
mapfile -t variables < <(shuffled variables DB_PASSWORD REDIS_PASSWORD SMTP_PASSWORD ADMIN_PASSWORD)
shared=$(secret shared)
if sourced; then return; fi

begin
for at in 0 1 2 3; do
  password=$shared
  [ "$at" -lt 2 ] || password=$(secret "password $at")
  service "${services[at]}" --env "MODE=fast" --env "${variables[at]}=$password" -- sleep 1000000
done
built
