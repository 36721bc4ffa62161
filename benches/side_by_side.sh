#!/usr/bin/env bash
# Measures the whole program beside what it can be compared with: a bare process, raw HTTP requests on the Engine's
# socket, the Docker CLI, Compose, the calls that one call takes the place of, and two other servers.
#
#   benches/side_by_side.sh
#
# Builds the release, fills a private Engine, which is gone afterwards, and prints tables in Markdown. Needs `wrk` and
# `valgrind`; what is of Python and the other servers' come into target/benches. Takes some five minutes after the build;
# leave the machine alone meanwhile.

set -euo pipefail
cd "$(dirname "$0")/.."

# The other servers, as their packages are called, with what they call their list of containers.
peers=("mcp-server-docker==0.3.0 list_containers" "docker-mcp-server==2.2.9 container_list")

command -v wrk >/dev/null || { echo "needs wrk, which asks over HTTP: apt-get install wrk" >&2; exit 1; }
command -v valgrind >/dev/null || { echo "needs valgrind, which counts instructions: apt-get install valgrind" >&2; exit 1; }
cargo build --release --locked
binary=$(realpath "${CARGO_TARGET_DIR:-target}/release/mcp-docker")
# shellcheck source=../tests/need.sh
. tests/need.sh
places=$(realpath -m "${CARGO_TARGET_DIR:-target}/benches")
python=$(python_with "$places/python" websockets==17.4 uv==0.13.9)

unset MCP_DOCKER_TEST_ENGINE
engine=$(tests/engine.sh start --private)
eval "$engine"
compose=$(tests/compose.sh oldest)
eval "$compose"
trap 'tests/engine.sh stop' EXIT

export PYTHONDONTWRITEBYTECODE=1
"$python" benches/side_by_side.py "$binary" "$MCP_DOCKER_TEST_IMAGE"
# What the first program left are 500 containers; others are compared with fifty.
docker ps --all --quiet | tail --lines +51 | xargs --no-run-if-empty docker rm --force >/dev/null
for peer in "" "${peers[@]}"; do
  read -r package tool <<<"$peer"
  command=("$binary")
  # One that is installed is taken as it is: uvx would have to get the Python that it wants.
  if command -v "${package%==*}" >/dev/null; then
    command=("${package%==*}")
  elif [ -n "$package" ]; then
    command=("$places/python/bin/uvx" --quiet --from "$package" "${package%==*}")
  fi
  printf '\n%s\n' "${package:-mcp-docker}"
  # What Python compiles in the first run is there for the second.
  for _ in once again; do
    said=$(benches/peer.py "${tool:-docker_list_containers}" env --unset=PYTHONDONTWRITEBYTECODE "${command[@]}") || { echo "not measured"; break; }
  done
  printf '%s\n' "$said"
done

# One container is left, as it was for the first calls.
docker ps --all --quiet | tail --lines +2 | xargs docker rm --force >/dev/null
printf '\n'
"$python" benches/toolsets.py "$binary" "$MCP_DOCKER_TEST_IMAGE"
printf '\n'
benches/instructions.py "$binary"
