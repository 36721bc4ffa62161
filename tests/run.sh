#!/usr/bin/env bash
# Runs every check of the repository: formatting, lints, documentation, tests, live tests, quickstart,
# packages.
#
#   tests/run.sh
#
# Uses the Docker Engine that answers, else starts a private one (tests/engine.sh) and ends it.
# Ends non-zero if a check fails or a live test was not run.

set -euo pipefail
cd "$(dirname "$0")/.."
started=$SECONDS

step() { printf '\n== %s (%d s)\n' "$*" "$((SECONDS - started))"; }

step "Docker Engine"
not_run=$(mktemp)
before=${MCP_DOCKER_TEST_ENGINE:-}
engine=$(tests/engine.sh start)
eval "$engine"
finish() {
  rm -f "$not_run"
  # A private Engine that someone else started stays.
  [ "$MCP_DOCKER_TEST_ENGINE" = "$before" ] || tests/engine.sh stop
}
trap finish EXIT
# Live tests fail, not pass over, without an Engine; one that cannot run says so in the file.
export MCP_DOCKER_LIVE=1 MCP_DOCKER_NOT_RUN=$not_run

step "Formatting"
cargo fmt --check

step "Lints"
cargo clippy --locked --all-targets -- -D warnings
cargo clippy --locked --features conformance -- -D warnings

step "Documentation"
RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps

step "Tests"
if cargo nextest --version >/dev/null 2>&1; then
  cargo nextest run --locked --no-fail-fast
  cargo test --locked --doc
else
  cargo test --locked --no-fail-fast
fi
if [ -s "$not_run" ]; then
  echo "live tests that were not run:" >&2
  cat "$not_run" >&2
  exit 1
fi

step "Conformance"
tests/conformance.sh

step "Real clients"
tests/clients/run.sh

step "Quickstart"
tests/quickstart.sh

step "Packages"
packaging/test.sh

step "All checks passed"
