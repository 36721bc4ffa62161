#!/usr/bin/env bash
# From a fresh Debian or Ubuntu machine with Rust to a real MCP session with a real Docker Engine.
#
#   tests/quickstart.sh [BINARY]
#
# Builds the server where there is no BINARY, makes sure of an Engine (tests/engine.sh: the one that answers, else
# a private one that is gone afterwards) and holds the session of tests/quickstart.py, showing each step. What it builds
# is for trying alone: `cargo install --path .` builds the program that is small and fast, in twice the time.

set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

command -v cargo >/dev/null || { echo "quickstart: Rust is missing; see https://rustup.rs" >&2; exit 1; }
if ! command -v python3 >/dev/null; then
  [ "$(id -u)" = 0 ] || { echo "quickstart: python3 is missing: sudo apt-get install python3" >&2; exit 1; }
  step "Install Python, for the client of the session"
  apt-get update -q && apt-get install -q -y --no-install-recommends python3
fi

binary=${1:-${CARGO_TARGET_DIR:-target}/debug/mcp-docker}
if [ -z "${1:-}" ]; then
  step "Build the server, to try it"
  cargo build --locked
fi

step "Make sure of a Docker Engine"
before=${MCP_DOCKER_TEST_ENGINE:-}
engine=$(tests/engine.sh start)
eval "$engine"
# A private Engine that someone else started stays.
[ "$MCP_DOCKER_TEST_ENGINE" = "$before" ] || trap 'tests/engine.sh stop' EXIT

step "Hold a session with it"
python3 tests/quickstart.py "$binary"
