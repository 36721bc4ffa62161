#!/usr/bin/env bash
# Three services hold a credential, each at another place; two have what only looks like one.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 5)
password=$(secret password) token=$(secret token) key=$(secret key)
if sourced; then return; fi

begin
wait='sleep 1000000'
service "${services[0]}" --env "$(one variable DB MAIL CACHE)_PASSWORD=$password" --env MODE=fast -- sh -c "$wait"
service "${services[1]}" -- sh -c "$wait" serve --port 8080 --token "$token"
service "${services[2]}" --label "deploy.api_key=$key" -- sh -c "$wait"
service "${services[3]}" --env PASSWORD_FILE=/run/secrets/db --env MODE=slow -- sh -c "$wait"
service "${services[4]}" --env TOKEN_URL=https://login.example/token -- sh -c "$wait" serve --port 8081
built
