#!/usr/bin/env bash
# Measures the whole program beside what it can be compared with: a bare process, a raw HTTP request on
# the Engine's socket, the Docker CLI.
#
#   benches/side_by_side.sh
#
# Builds the release, fills a private Engine, which is gone afterwards, and prints a table in Markdown.
# Takes a minute after the build; leave the machine alone meanwhile.

set -euo pipefail
cd "$(dirname "$0")/.."

command -v wrk > /dev/null || { echo "needs wrk, which asks over HTTP: apt-get install wrk" >&2; exit 1; }
cargo build --release --locked
binary=${CARGO_TARGET_DIR:-$PWD/target}/release/mcp-docker

unset MCP_DOCKER_TEST_ENGINE
engine=$(tests/engine.sh start --private)
eval "$engine"
trap 'tests/engine.sh stop' EXIT

PYTHONDONTWRITEBYTECODE=1 python3 benches/side_by_side.py "$binary" "$MCP_DOCKER_TEST_IMAGE"
