#!/usr/bin/env bash
# Holds sessions with the real SDK clients of the protocol, in both of its eras.
#
#   tests/clients/run.sh [BINARY]
#
# Needs DOCKER_HOST and MCP_DOCKER_TEST_IMAGE (tests/engine.sh prints them), and Python and npm, which
# root gets from Debian. The SDKs are installed below target/clients, from PyPI and npm. Without
# BINARY the server is built.

set -euo pipefail
cd "$(dirname "$0")/../.."
: "${DOCKER_HOST:?eval the output of tests/engine.sh start}" "${MCP_DOCKER_TEST_IMAGE:?}"

target=${CARGO_TARGET_DIR:-target}
binary=${1:-}
if [ -z "$binary" ]; then
  cargo build --locked --quiet
  binary=$target/debug/mcp-docker
fi
binary=$(realpath "$binary")
clients=$(realpath -m "$target/clients")
mkdir -p "$clients"

packages=()
command -v npm >/dev/null || packages+=(nodejs npm)
python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3 python3-venv)
if [ "${#packages[@]}" -gt 0 ]; then
  [ "$(id -u)" = 0 ] || { echo "clients: missing: sudo apt-get install ${packages[*]}" >&2; exit 1; }
  apt-get update -q >&2 && apt-get install -q -y --no-install-recommends "${packages[@]}" >&2
fi

# One environment for each version of the Python SDK.
python() {
  local home=$clients/python-$1
  [ -x "$home/bin/python" ] || python3 -m venv "$home" >&2
  "$home/bin/pip" install --quiet --disable-pip-version-check "mcp==$1" >&2
  echo "$home/bin/python"
}
python1=$(python 1.30.0)
python2=$(python 2.3.0)

modules=(@modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/client@2.4.0)
node=node
# The SDK wants Node 20, and Debian 12 has 18.
if ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then
  modules+=(node@22)
  node=$clients/node/node_modules/node/bin/node
fi
npm install --prefix "$clients/node" --silent --no-audit --no-fund "${modules[@]}" >&2
# Node looks for packages beside the script.
cp tests/clients/*.mjs "$clients/node/"

MCP_DOCKER_TEST_CONTAINER=mcp-docker-clients-$$
export MCP_DOCKER_TEST_CONTAINER
home=$(mktemp -d)
finish() {
  docker rm --force "$MCP_DOCKER_TEST_CONTAINER" >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap finish EXIT
docker run --detach --name "$MCP_DOCKER_TEST_CONTAINER" "$MCP_DOCKER_TEST_IMAGE" >/dev/null

scripts=$PWD/tests/clients
results=$home/results
failed=()
# An empty directory, so that the server reads no .env.
run() { (cd "$home" && "$@" "$binary") | tee -a "$results" || failed+=("$(basename "$2")"); }
export PYTHONDONTWRITEBYTECODE=1
run "$python1" "$scripts/python_v1.py"
run "$python2" "$scripts/python_v2.py"
run "$node" "$clients/node/typescript_v1.mjs"
run "$node" "$clients/node/typescript_v2.mjs"

count() { grep -c "^$1 " "$results" || true; }
echo "$(count ok) passed, $(count FAILED) failed"
# A client that crashed has no line of its own.
if [ "${#failed[@]}" -gt 0 ]; then
  echo "clients: failed: ${failed[*]}" >&2
  exit 1
fi
