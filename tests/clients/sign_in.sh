#!/usr/bin/env bash
# Has the real clients of the protocol sign in: with a real issuer of access tokens on this machine, which people
# and clients know by nothing but its address.
#
#   tests/clients/sign_in.sh [BINARY]
#   tests/clients/sign_in.sh --packages      only gets what it needs from elsewhere
#
# Needs DOCKER_HOST (tests/engine.sh prints it), and Python and npm, which root gets from Debian. The clients and
# the issuer are installed below target/clients, from PyPI and npm. Without BINARY the server is built. Each client
# has an issuer and a server of its own; all run at once, because they mostly wait for tokens to expire. Ends
# non-zero if a check fails or a client made none.

set -euo pipefail
cd "$(dirname "$0")/../.."
: "${DOCKER_HOST:?eval the output of tests/engine.sh start}"

say() { echo "sign-in: $*" >&2; }
die() { say "$@"; exit 1; }
. tests/need.sh
clients=$(realpath -m "${CARGO_TARGET_DIR:-target}/clients")
mkdir -p "$clients"
python1=$(python_with "$clients/python-1.30.0" "mcp[ws]==1.30.0")
python2=$(python_with "$clients/python-2.3.0" mcp==2.3.0)
node=$(tests/clients/node.sh "$clients/node" @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/client@2.4.0 \
  oidc-provider@9.13.3 jose@6.1.3)
[ "${1:-}" != --packages ] || exit 0
binary=$(server "${1:-}")
# Node looks for packages beside the script.
cp tests/clients/typescript/*.mjs "$clients/node/"

unset "${!SAFETY_@}" "${!MCP_DOCKER_OAUTH_@}"
home=$(mktemp -d)
started=()
finish() {
  [ "${#started[@]}" = 0 ] || kill "${started[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$home"
}
trap finish EXIT

sessions=() pids=()
# Has a client sign in, which is called $1 and known to the issuer by $2.
session() {
  local name=$1-$2 place=$home/$1-$2 port issuer
  mkdir "$place"
  # The issuer is to know the address of the server before there is one.
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  local url=http://127.0.0.1:$port/mcp
  KNOWN_BY=$2 RESOURCE=$url "$node" "$clients/node/issuer.mjs" 2>"$place/issuer.log" &
  started+=($!)
  issuer=$(tests/listening.sh "$place/issuer.log" "${started[-1]}")
  (
    cd "$place"
    export MCP_DOCKER_OAUTH_ISSUER=$issuer MCP_DOCKER_OAUTH_AUDIENCE=$url
    export MCP_DOCKER_OAUTH_SCOPES=docker:read=safe,docker:write=moderate
    exec "$binary" --transport http --port "$port"
  ) 2>"$place/server.log" &
  started+=($!)
  tests/listening.sh "$place/server.log" "${started[-1]}" >/dev/null
  sessions+=("$name")
  shift 2
  (
    cd "$place"
    KNOWN_BY=${name#*-} PYTHONDONTWRITEBYTECODE=1 exec timeout 80 "$@" "$name" "$url" "$issuer"
  ) >"$place/results" 2>&1 &
  pids+=($!)
}
for known_by in registration document; do
  session typescript1 "$known_by" "$node" "$clients/node/sign_in.mjs"
  session typescript2 "$known_by" "$node" "$clients/node/sign_in.mjs"
  session python1 "$known_by" "$python1" "$PWD/tests/clients/python/sign_in.py"
  session python2 "$known_by" "$python2" "$PWD/tests/clients/python/sign_in.py"
done

failed=()
for at in "${!sessions[@]}"; do
  place=$home/${sessions[at]}
  # A client that crashed has no line of its own.
  if ! wait "${pids[at]}" || ! grep -q '^ok ' "$place/results" || grep -q '^FAILED ' "$place/results"; then
    failed+=("${sessions[at]}")
    sed 's/^/  server: /' "$place/server.log"
  fi
  cat "$place/results"
  # What a client shows is not repeated.
  if grep -qE 'eyJ[A-Za-z0-9_-]{20}' "$place/server.log"; then
    failed+=("${sessions[at]}: a token is in the log")
  fi
done
echo "${#sessions[@]} clients signed in: $(cat "$home"/*/results | grep -c '^ok ' || true) checks passed"
if [ "${#failed[@]}" -gt 0 ]; then
  echo "clients: failed: ${failed[*]}" >&2
  exit 1
fi
