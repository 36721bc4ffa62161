#!/usr/bin/env bash
# Holds sessions with the real clients of the protocol, in both of its eras, over every transport, and
# holds the list of tools and the largest results against what clients and providers take.
#
#   tests/clients/run.sh [BINARY]
#   tests/clients/run.sh --packages      only gets what it needs from elsewhere
#
# Needs DOCKER_HOST and MCP_DOCKER_TEST_IMAGE (tests/engine.sh prints them), and Python and npm, which
# root gets from Debian. The clients are installed below target/clients, from PyPI and npm. Without
# BINARY the server is built. Every session of an SDK makes the same checks, with containers of its
# own; several run at once, because they mostly wait. Ends non-zero if a check fails or a session
# made none.

set -euo pipefail
cd "$(dirname "$0")/../.."
: "${DOCKER_HOST:?eval the output of tests/engine.sh start}" "${MCP_DOCKER_TEST_IMAGE:?}"

say() { echo "clients: $*" >&2; }
die() { say "$@"; exit 1; }
. tests/need.sh
clients=$(realpath -m "${CARGO_TARGET_DIR:-target}/clients")
mkdir -p "$clients"

# One environment for each version of the Python SDK; in one also what the providers of models make of a schema:
# Google's package, and OpenAI's.
python1=$(python_with "$clients/python-1.30.0" "mcp[ws]==1.30.0")
python2=$(python_with "$clients/python-2.3.0" mcp==2.3.0 jsonschema==4.26.0 google-genai==3.6.1 openai-agents==0.24.0)
node=$(tests/clients/node.sh "$clients/node" @modelcontextprotocol/sdk@1.32.2 \
  @modelcontextprotocol/client@2.4.0 @modelcontextprotocol/inspector@2.12.0 \
  @anthropic-ai/tokenizer@0.0.4 gpt-tokenizer@4.0.0)
[ "${1:-}" != --packages ] || exit 0
binary=$(server "${1:-}")
# Node looks for packages beside the script.
cp tests/clients/typescript/*.mjs "$clients/node/"

# The settings of every server. One call at a time, so that a call that was cancelled and goes on is
# found out by the next one.
unset "${!SAFETY_@}"
export SAFETY_MAX_CONCURRENT_OPERATIONS=1 SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true MCP_LOG_LEVEL=ERROR
export MCP_DOCKER_TOOLSETS=default,insight

prefix=mcp-docker-clients-$$
home=$(mktemp -d)
finish() {
  # Ended by hand, it leaves nothing behind either.
  mapfile -t jobs < <(jobs -pr)
  if [ "${#jobs[@]}" != 0 ]; then
    pkill --parent "$(IFS=,; echo "${jobs[*]}")" || true
    kill "${jobs[@]}" 2>/dev/null || true
  fi
  mapfile -t left < <(docker ps --all --quiet --filter "name=$prefix")
  [ "${#left[@]}" = 0 ] || docker rm --force "${left[@]}" >/dev/null || true
  rm -rf "$home"
}
trap finish EXIT

# Starts a server for clients of the network, in the directory $2, and gives the address it says.
serve() {
  local transport=$1 place=$2
  (cd "$place" && exec "$binary" --transport "$transport" --port 0) 2>"$place/server.log" &
  servers+=($!)
  server=$(tests/listening.sh "$place/server.log" "${servers[-1]}")
}

sessions=() servers=()
# How many sessions there are at once.
room=$((6 * $(nproc)))

# How many sessions have not ended. By a file, because the number of a process is soon that of another one.
running() {
  local name count=0
  for name in "${sessions[@]}"; do [ -e "$home/$name.ended" ] || count=$((count + 1)); done
  echo "$count"
}

# Starts a session of a client, which is called $1, over the transport $2, as soon as there is room.
session() {
  local name=$1-$2 transport=$2 server=$binary
  shift 2
  while [ "$(running)" -ge "$room" ]; do sleep 0.2; done
  sessions+=("$name")
  # An empty directory, so that the server reads no .env.
  mkdir "$home/$name"
  # One server for each, as its clients have no other.
  [ "$transport" = stdio ] || serve "$transport" "$home/$name"
  (
    cd "$home/$name"
    status=0
    MCP_DOCKER_TEST_PREFIX=$prefix-$name PYTHONDONTWRITEBYTECODE=1 "$@" "$transport" "$server" || status=$?
    echo "$status" >"$home/$name.ended"
  ) >"$home/$name.results" &
}
for transport in stdio sse http; do
  session python1 "$transport" "$python1" "$PWD/tests/clients/python/v1.py"
  session typescript1 "$transport" "$node" "$clients/node/v1.mjs"
  session inspector "$transport" "$node" "$clients/node/inspector.mjs"
  for era in legacy modern; do
    ERA=$era session "python2-$era" "$transport" "$python2" "$PWD/tests/clients/python/v2.py"
    ERA=$era session "typescript2-$era" "$transport" "$node" "$clients/node/v2.mjs"
  done
done

# The newer SDKs and the Inspector know no sockets.
session python1 websocket "$python1" "$PWD/tests/clients/python/v1.py"
session typescript1 websocket "$node" "$clients/node/v1.mjs"
# With a token, which the client sends in a header of the handshake.
MCP_DOCKER_AUTH_TOKEN=correct-horse-battery \
  session python1-header websocket "$python1" "$PWD/tests/clients/python/v1.py"

# The tools that a client has by default.
unset MCP_DOCKER_TOOLSETS
session schemas stdio "$python2" "$PWD/tests/clients/python/schemas.py"
session tokens stdio "$node" "$clients/node/tokens.mjs"

while [ "$(running)" != 0 ]; do sleep 0.2; done
failed=()
for name in "${sessions[@]}"; do
  # A client that crashed has no line of its own.
  if [ "$(cat "$home/$name.ended")" != 0 ] || ! grep -q '^ok ' "$home/$name.results"; then failed+=("$name"); fi
  cat "$home/$name.results"
done
count() { cat "$home"/*.results | grep -c "^$1 " || true; }
echo "${#sessions[@]} clients: $(count ok) checks passed, $(count FAILED) failed"
if [ "${#failed[@]}" -gt 0 ]; then
  echo "clients: failed: ${failed[*]}" >&2
  exit 1
fi
