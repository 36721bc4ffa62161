#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
has() { [ "$(docker inspect --format "$1" "$moved" 2>/dev/null || true)" = "$2" ] || fail "$1 of $moved is not $2"; }
marked() { [ "$(docker exec "$moved" cat "/$1/mark" 2>/dev/null || true)" = "$(digits "$1")" ] || fail "what was in /$1 is lost"; }
all_are running "${services[@]:1}"
has '{{.State.Status}}' running
has "{{range index .NetworkSettings.Ports \"$inside\"}}{{.HostIp}}:{{.HostPort}}{{end}}" "127.0.0.1:$wanted"
has '{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.ReadonlyRootfs}}' \
  "$(($(number memory 32 64) << 20)) unless-stopped true"
has '{{index .Config.Labels "team"}}' "$(digits team 6)"
has "{{range .Config.Env}}{{if eq . \"TOKEN_FILE=/run/$(digits env 6)\"}}yes{{end}}{{end}}" yes
has "{{range .Mounts}}{{if eq .Destination \"/data\"}}{{.Name}}{{end}}{{end}}" "$store"
has "{{range (index .NetworkSettings.Networks \"$project-net\").Aliases}}{{if eq . \"$(digits alias 6)\"}}yes{{end}}{{end}}" yes
marked data
marked cache
answers "$before" "$wanted"
