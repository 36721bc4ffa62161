#!/usr/bin/env bash
# Measures the release build: time to the first answer, and memory before and after a 200 MB log.
#
#   tests/measure.sh
#
# Not part of the checks, because it takes minutes and its figures are for people to judge.

set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked
binary=${CARGO_TARGET_DIR:-target}/release/mcp-docker

before=${MCP_DOCKER_TEST_ENGINE:-}
engine=$(tests/engine.sh start)
eval "$engine"
container=mcp-docker-measure-$$
finish() {
  docker rm -f -v "$container" >/dev/null 2>&1 || true
  # A private Engine that someone else started stays.
  [ "$MCP_DOCKER_TEST_ENGINE" = "$before" ] || tests/engine.sh stop
}
trap finish EXIT

echo "writing a log of 200 MB"
docker run -d --log-driver json-file --name "$container" "$MCP_DOCKER_TEST_IMAGE" \
  sh -c 'yes "a line of a log that nobody will ever want to read from its beginning to its end" | head -c 200000000' >/dev/null
docker wait "$container" >/dev/null

PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests python3 - "$binary" "$container" <<'PYTHON'
import json
import os
import sys
import time

from quickstart import Server

binary, container = sys.argv[1:]


def initialized():
    """A server that has answered `initialize`, and the milliseconds that took."""
    start = time.perf_counter()
    server = Server(binary, quiet=True)
    info = {"name": "measure", "version": "1"}
    server.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info})
    return server, (time.perf_counter() - start) * 1000


def memory(server, key):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(key))


times = []
for _ in range(20):
    server, milliseconds = initialized()
    times.append(milliseconds)
    server.close()
print(f"binary                          {os.path.getsize(binary) / 1e6:8.2f} MB")
print(f"spawn to initialize, median     {sorted(times)[len(times) // 2]:8.1f} ms")

server, _ = initialized()
server.notify("notifications/initialized")
print(f"memory after initialize         {memory(server, 'VmRSS'):8.1f} MiB")
for arguments in ({"tail": "all"}, {"tail": "all", "grep": "^no such line"}, {"tail": 200}):
    start = time.perf_counter()
    result = server.call("docker_container_logs", container_id=container, **arguments)
    seconds = time.perf_counter() - start
    size = len(json.dumps(result, separators=(",", ":"), ensure_ascii=False).encode())
    print(
        f"200 MB log, {json.dumps(arguments)}: {seconds:.1f} s, "
        f"{result['lines']} lines, {size} bytes, peak memory {memory(server, 'VmHWM'):.1f} MiB"
    )
server.close()
PYTHON
