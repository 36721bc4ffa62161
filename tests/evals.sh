#!/usr/bin/env bash
# Proves the tasks of evals/: a scripted model solves each in the worlds of three seeds, within its limits,
# and neither doing nothing nor the answer of another world does.
#
#   tests/evals.sh [BINARY [TASK…]]
#
# Needs DOCKER_HOST (tests/engine.sh prints it), busybox-static, and Python, which root gets from Debian;
# its packages are installed below target/evals, from PyPI. Without BINARY the server is built. Ends
# non-zero if a task fails, and when all of it takes too long.

set -euo pipefail
cd "$(dirname "$0")/.."
: "${DOCKER_HOST:?eval the output of tests/engine.sh start}"

say() { echo "evals: $*" >&2; }
die() { say "$@"; exit 1; }
. tests/need.sh
need busybox busybox-static

target=${CARGO_TARGET_DIR:-target}
binary=${1:-}
if [ -z "$binary" ]; then
  cargo build --locked --quiet
  binary=$target/debug/mcp-docker
fi

if ! python3 -c 'import ensurepip' 2>/dev/null; then
  [ "$(id -u)" = 0 ] || die "missing: sudo apt-get install python3 python3-venv"
  apt-get update -q >&2 && apt-get install -q -y --no-install-recommends python3 python3-venv >&2
fi
python=$target/evals/python/bin/python
[ -x "$python" ] || python3 -m venv "$target/evals/python"
"$python" -m pip install --quiet --disable-pip-version-check mcp==2.3.0 pyyaml==6.0.3 >&2

# The settings of the server are the runner's own.
unset "${!SAFETY_@}" "${!MCP_DOCKER_TOOLSETS@}"
# Worlds that a run before this one left are in nobody's way, but may hold the ports.
evals/clean.sh
trap evals/clean.sh EXIT
PYTHONDONTWRITEBYTECODE=1 timeout 1200 "$python" evals/check.py --server "$binary" --seeds 1,2,3 --jobs 3 "${@:2}"
