#!/usr/bin/env bash
# Shows that the image serves a client, and that the bundle is a good one.
#
#   packaging/test.sh [PROGRAM]
#
# Builds the image, runs it as the Dockerfile says, with the socket of an Engine (tests/engine.sh: the
# one that answers, else a private one that is gone afterwards), and holds a short session with it. Packs the
# bundle for this machine's platform with the official tool, unpacks it again and runs what is in it.
# PROGRAM is as for packaging/image.sh.

set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }
die() { echo "packaging: $*" >&2; exit 1; }

before=${MCP_DOCKER_TEST_ENGINE:-}
engine=$(tests/engine.sh start)
eval "$engine"
scratch=$(mktemp -d)
tag=mcp-docker-packaging-test:$$
finish() {
  docker image rm --force "$tag" >/dev/null 2>&1 || true
  rm -r "$scratch"
  # A private Engine that someone else started stays.
  [ "$MCP_DOCKER_TEST_ENGINE" = "$before" ] || tests/engine.sh stop
}
trap finish EXIT

program=${1:-}
if [ -z "$program" ]; then
  step "Build a static program"
  program=$(packaging/build.sh)
fi
if ldd "$program" 2>/dev/null | grep -q '=>'; then die "$program needs shared libraries"; fi

# What a client says to a server over stdin; the last answer is to the call.
session() {
  printf '%s\n' \
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"packaging","version":"1"}}}' \
    '{"jsonrpc":"2.0","method":"notifications/initialized"}' \
    '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"docker_version","arguments":{}}}'
}
# Holds it with the server that is started like this, and looks at the answers.
hold() {
  local answers=$scratch/answers
  session | timeout 60 "$@" >"$answers" || die "the server ended badly"
  grep -q '"id":1,.*"serverInfo"\|"serverInfo".*"id":1' "$answers" || die "no answer to initialize: $(cat "$answers")"
  grep '"id":2' "$answers" | grep -q 'ApiVersion\|api_version' || die "no answer to the call: $(cat "$answers")"
  echo "initialize and docker_version were answered"
}

step "The image"
packaging/image.sh "$tag" "$program"
socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
socket=${socket#unix://}
run=(docker run -i --rm -v "$socket:/var/run/docker.sock")
docker image inspect --format '{{.Size}} bytes, as {{.Config.User}}' "$tag"
hold "${run[@]}" --group-add "$(stat -c %g "$socket")" "$tag"
# Whoever forgets the group is told.
refused=$("${run[@]}" "$tag" call version 2>&1) && die "it reached a socket that is not for it"
grep -q -- '--group-add' <<<"$refused" || die "nothing is said of the group: $refused"

step "The bundle"
bundle=$(packaging/mcpb/build.sh "$program" "$scratch")
packaging/mcpb/mcpb.sh info "$bundle"
packaging/mcpb/mcpb.sh unpack "$bundle" "$scratch/unpacked" >/dev/null
# Its variables as Claude Desktop passes them where the user set nothing.
# shellcheck disable=SC2016  # the text of the manifest
variables=$(sed -n 's/^ *"\([A-Z_]*\)": "\(\${user_config\.[a-z_]*}\)",\{0,1\}$/\1=\2/p' "$scratch/unpacked/manifest.json")
[ -n "$variables" ] || die "the manifest passes no variables"
mapfile -t variables <<<"$variables"
hold env "${variables[@]}" DOCKER_BASE_URL="unix://$socket" "$scratch/unpacked/server/mcp-docker"
