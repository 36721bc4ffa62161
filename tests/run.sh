#!/usr/bin/env bash
# Runs every check of the repository: formatting, lints, documentation, tests, live tests, tasks for models,
# quickstart, packages.
#
#   tests/run.sh
#
# The live tests run against the Docker Engine that answers, else a private one (tests/engine.sh), with the oldest
# Compose (tests/compose.sh), and then against the newest Engine that can be had (tests/debian_engine.sh), with the newest
# Compose: that of Debian's unstable release, else that of Debian 13, which is the second one of several Engines in
# either case. Those of Swarm have three nodes of their own (tests/swarm.sh), of the same Engine. All have the scanners of
# images that tests/scanners.sh unpacks. Of the guards of tests/mutation.sh those are tried whose files changed since the
# commit MCP_DOCKER_BASE, else as that script says.
# Ends non-zero if a check fails or a live test was not run; says at the end how long each step took.

set -euo pipefail
cd "$(dirname "$0")/.."
# Begins a step. How long each took is told at the end.
step() {
  [ "${#steps[@]}" = 0 ] || took+=("$((SECONDS - since))")
  steps+=("$*") since=$SECONDS
  printf '\n== %s (%d s)\n' "$*" "$SECONDS"
}
steps=() took=()

step "Docker Engine"
not_run=$(mktemp) scratch=$(mktemp -d)
declare -A behind=()
before=${MCP_DOCKER_TEST_ENGINE:-}
# One that someone else started stays, too.
unset MCP_DOCKER_TEST_SWARM
engine=$(tests/engine.sh start)
eval "$engine"
newer=
finish() {
  [ "${#behind[@]}" = 0 ] || kill -- "${behind[@]/#/-}" 2>/dev/null || true
  rm -rf "$not_run" "$scratch"
  tests/swarm.sh stop
  [ -z "$newer" ] || MCP_DOCKER_TEST_ENGINE=$newer tests/engine.sh stop
  # A private Engine that someone else started stays.
  [ "$MCP_DOCKER_TEST_ENGINE" = "$before" ] || tests/engine.sh stop
}
trap finish EXIT
compose=$(tests/compose.sh oldest)
eval "$compose"
scanners=$(tests/scanners.sh)
eval "$scanners"
# Live tests fail, not pass over, without an Engine; one that cannot run says so in the file.
export MCP_DOCKER_LIVE=1 MCP_DOCKER_NOT_RUN=$not_run
# Many mostly wait.
threads=$((2 * $(nproc)))
export NEXTEST_TEST_THREADS=$threads RUST_TEST_THREADS=$threads

# Runs a command behind the steps, by a name: what it prints is shown by `shown`. It has a process group of its own, and
# no session: within that alone Linux heeds how nice it is.
beside() {
  set -m
  (status=0; "${@:2}" || status=$?; echo "$status" >"$scratch/$1.ended") >"$scratch/$1" 2>&1 </dev/null &
  set +m
  behind[$1]=$!
}

# Waits for the end of a command that `beside` began; fails as it did. How it ended is in a file: the number of a process
# is soon that of another one, and what the shell knows of the first one is gone.
shown() {
  wait "${behind[$1]}" 2>/dev/null || true
  unset "behind[$1]"
  cat "$scratch/$1"
  return "$(cat "$scratch/$1.ended")"
}

# With nextest where it is there.
tests=(cargo test)
if cargo nextest --version >/dev/null 2>&1; then tests=(cargo nextest run --config-file tests/nextest.toml); fi

run_tests() {
  "${tests[@]}" --locked --no-fail-fast "$@"
  if [ -s "$not_run" ]; then
    echo "live tests that were not run:" >&2
    cat "$not_run" >&2
    exit 1
  fi
}

# Starts a swarm; where none can be started, the tests say that they were not run.
start_swarm() {
  local swarm
  if swarm=$(tests/swarm.sh start); then eval "$swarm"; fi
}

stop_swarm() {
  tests/swarm.sh stop
  unset MCP_DOCKER_TEST_SWARM
}

# Runs the live tests against the Engine of a Debian release, with the newest Compose and a swarm of that Engine.
live_on() {
  local engine compose
  compose=$(tests/compose.sh newest)
  engine=$(MCP_DOCKER_TEST_RELEASE=$1 tests/engine.sh start)
  newer=$(eval "$engine" && echo "$MCP_DOCKER_TEST_ENGINE")
  (
    eval "$engine"
    eval "$compose"
    # For the daemons that tests start for themselves, too.
    export MCP_DOCKER_TEST_RELEASE=$1
    docker version --format 'Docker {{.Server.Version}}, API {{.Server.APIVersion}}'
    trap 'tests/swarm.sh stop' EXIT
    start_swarm
    run_tests --test live
  )
  MCP_DOCKER_TEST_ENGINE=$newer tests/engine.sh stop
  newer=
}

step "Formatting"
cargo fmt --check

# What is built behind the tests is told of later: most of them wait more than they compute.
step "Tests"
docker version --format 'Docker {{.Server.Version}}, API {{.Server.APIVersion}}'
start_swarm
# What later steps need from elsewhere. What goes wrong here goes wrong there again, and is shown there.
beside packages nice -n 19 bash -c 'for script in evals apps/run conformance clients/run clients/sign_in; do
  "tests/$script.sh" --packages
done'
"${tests[@]}" --locked --no-run
# In a place of their own: in one place a build waits for the other.
beside lints nice -n 19 bash -c 'set -x
  target=${CARGO_TARGET_DIR:-target}
  tests/seed.sh "$target" "$target/lints"
  export CARGO_TARGET_DIR=$target/lints
  cargo clippy --locked --all-targets -- -D warnings &&
  cargo clippy --locked --features conformance,opentelemetry --lib --bins --test telemetry -- -D warnings &&
  RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps'
run_tests
stop_swarm
# What the steps below try. To build it alone cargo would build half of its dependencies with other features.
server=$scratch/mcp-docker
cp "${CARGO_TARGET_DIR:-target}/debug/mcp-docker" "$server"

step "Lints and documentation"
shown lints

# Whose the packages are, of which packaging/test.sh asks.
export OWNER=someone
# What later steps need: the guards, the server with fixtures, and what is released. What goes wrong here goes wrong
# there again, and is shown there.
beside builds nice -n 19 bash -c 'tests/mutation.sh --build; tests/conformance.sh --build; packaging/build.sh'

step "Live tests on the newest Engine"
newest=sid
tests/debian_engine.sh "$newest" >/dev/null || newest=trixie
live_on "$newest"

shown packages >/dev/null || true
# The tasks need an Engine, and the guards none.
beside evals tests/evals.sh "$server"

step "Guards whose files a change touches"
nice -n 5 tests/mutation.sh --changed ${MCP_DOCKER_BASE:+"$MCP_DOCKER_BASE"}

step "The pages in a browser"
tests/apps/run.sh "$server"

step "Tasks for models"
shown evals

step "Conformance"
tests/conformance.sh "$server"

step "Spans"
collector=$(tests/collector.sh)
eval "$collector"
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/conformance/build \
  cargo test --locked --features conformance,opentelemetry --test telemetry

step "Real clients"
tests/clients/run.sh "$server"
tests/clients/sign_in.sh "$server"

step "What is released was built"
shown builds >/dev/null || true
released=$(packaging/build.sh)

step "Quickstart"
tests/quickstart.sh "$released"

step "Packages"
packaging/test.sh
tests/workflows.sh

step "All checks passed"
for index in "${!took[@]}"; do printf '%5d s  %s\n' "${took[index]}" "${steps[index]}"; done
