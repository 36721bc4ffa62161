#!/usr/bin/env bash
# Removes what the worlds of the tasks consist of: those of the project $1 or EVAL_PROJECT, else all, and
# then their image too. Everything has the label mcp-docker.evals, by which it is found.

set -euo pipefail
project=${1:-${EVAL_PROJECT:-}}
filter=(--quiet --filter "label=mcp-docker.evals${project:+=$project}")

# Gives the ids on stdin to the command that removes them.
remove() { xargs --no-run-if-empty docker "$@" >/dev/null; }

docker ps --all "${filter[@]}" | remove rm --force --volumes
docker network ls "${filter[@]}" | remove network rm
docker volume ls "${filter[@]}" | remove volume rm
# Newest first, as they are listed: an image that others were made from goes after them.
docker images "${filter[@]}" | awk '!seen[$0]++' | remove rmi --force
