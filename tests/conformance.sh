#!/usr/bin/env bash
# Holds the server against the conformance suite of the protocol, for both of its eras.
#
#   tests/conformance.sh [BINARY]
#   tests/conformance.sh --packages      only gets what it needs from elsewhere
#
# BINARY is the server as it is released; without one it is the debug build. The scenarios that need
# no fixture run against it, and all of them against the same server with fixtures
# (`src/server/fixtures/`), which is built here, those of the extension for tasks with them. Needs DOCKER_HOST
# and MCP_DOCKER_TEST_IMAGE, for a list of resources. The suite comes from npm, into target/conformance. Ends
# non-zero if a check fails or did not run.

set -euo pipefail
cd "$(dirname "$0")/.."
: "${DOCKER_HOST:?eval the output of tests/engine.sh start}"

target=${CARGO_TARGET_DIR:-target}
work=$(realpath -m "$target/conformance")
mkdir -p "$work"

node=$(tests/clients/node.sh "$work/node" @modelcontextprotocol/conformance@0.2.0-alpha.12)
[ "${1:-}" != --packages ] || exit 0

# Copies, because both are built in one place.
[ -z "${1:-}" ] || cp "$1" "$work/as-released"
# That of the tests of the other feature, so that it is built once.
cargo test --locked --quiet --no-run --features conformance,opentelemetry --test telemetry
cp "$target/debug/mcp-docker" "$work/with-fixtures"
if [ -z "${1:-}" ]; then
  cargo build --locked --quiet
  cp "$target/debug/mcp-docker" "$work/as-released"
fi

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
  (cd "$place" && MCP_LOG_LEVEL=ERROR exec "$work/$variant" --transport http --port 0) 2>"$place/log" &
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
