#!/usr/bin/env bash
# Holds the server against the conformance suite of the protocol, for both of its eras.
#
#   tests/conformance.sh [BINARY]
#   tests/conformance.sh --packages      only gets what it needs from elsewhere
#   tests/conformance.sh --build         only builds the server with fixtures
#
# BINARY is the server as it is released; without one it is the debug build. The scenarios that need
# no fixture run against it, and all of them against the same server with fixtures
# (`src/server/fixtures/`), which is built here, those of the extension for tasks with them. Needs DOCKER_HOST
# and MCP_DOCKER_TEST_IMAGE, for a list of resources. The suite comes from npm, into target/conformance. Ends
# non-zero if a check fails or did not run.

set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
work=$(realpath -m "$target/conformance")
mkdir -p "$work"

# Builds the server with fixtures, with the tests of the other feature, so that both are built once. In a place of its
# own: elsewhere it would take the place of the server that other tests start.
build() {
  tests/seed.sh "$target" "$work/build"
  CARGO_TARGET_DIR=$work/build cargo test --locked --quiet --no-run --features conformance,opentelemetry --test telemetry
}
if [ "${1:-}" = --build ]; then build; exit; fi

node=$(tests/clients/node.sh "$work/node" @modelcontextprotocol/conformance@0.2.0-alpha.12)
[ "${1:-}" != --packages ] || exit 0
: "${DOCKER_HOST:?eval the output of tests/engine.sh start}"

say() { echo "conformance: $*" >&2; }
die() { say "$@"; exit 1; }
. tests/need.sh
declare -A binary
binary[as-released]=$(server "${1:-}")
build
binary[with-fixtures]=$work/build/debug/mcp-docker

suite=$work/node/node_modules/@modelcontextprotocol/conformance/dist/index.js

home=$(mktemp -d)
server=
container=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$container" ] || docker rm "$container" >/dev/null
  rm -rf "$home"
}
trap finish EXIT
# Without a container there is no resource to read.
container=$(docker create --name "mcp-docker-conformance-$$" --network none "$MCP_DOCKER_TEST_IMAGE" true)
"$node" "$suite" list --server >"$home/scenarios"

failed=0
# Runs what version $2 requires against the server $1.
try() {
  local variant=$1 version=$2 place=$home/$1-$2 address scenario running=()
  mkdir "$place"
  (cd "$place" && MCP_LOG_LEVEL=ERROR exec "${binary[$variant]}" --transport http --port 0) 2>"$place/log" &
  server=$!
  address=$(tests/listening.sh "$place/log" "$server")
  # Its own verdict is not ours: it fails for want of fixtures, and passes over what is pending.
  if [ "$version" = tasks ]; then
    # No version of the protocol requires its extensions.
    for scenario in $(grep -o 'tasks-[a-z-]*' "$home/scenarios"); do
      "$node" "$suite" server --url "$address" --scenario "$scenario" --output-dir "$place/results" \
        >>"$place/suite" 2>&1 &
      running+=($!)
    done
    wait "${running[@]}" || true
  else
    "$node" "$suite" server --url "$address" --requirements "$version" --output-dir "$place/results" \
      >"$place/suite" 2>&1 || true
  fi
  kill "$server"
  wait "$server" || true
  server=
  mkdir -p "$place/results"
  "$node" tests/conformance/verdict.mjs "$home/scenarios" "$place/results" "$version" "$variant" || failed=1
}
for version in 2025-11-25 2026-07-28; do
  try as-released "$version"
  try with-fixtures "$version"
done
try with-fixtures tasks
exit "$failed"
