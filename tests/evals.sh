#!/usr/bin/env bash
# Proves the tasks of evals/: a scripted model solves each in the worlds of three seeds, within its limits,
# and neither doing nothing nor the answer of another world does.
#
#   tests/evals.sh [BINARY [TASK…]]
#   tests/evals.sh --packages      only gets what it needs from elsewhere
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

python=$(python_with "${CARGO_TARGET_DIR:-target}/evals/python" mcp==2.3.0 pyyaml==6.0.3)
[ "${1:-}" != --packages ] || exit 0
binary=$(server "${1:-}")

# The settings of the server are the runner's own.
unset "${!SAFETY_@}" "${!MCP_DOCKER_TOOLSETS@}"
# Worlds that a run before this one left are in nobody's way, but may hold the ports.
evals/clean.sh
trap evals/clean.sh EXIT
PYTHONDONTWRITEBYTECODE=1 timeout 1200 "$python" evals/check.py --server "$binary" --seeds 1,2,3 --jobs 3 "${@:2}"
