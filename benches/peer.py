#!/usr/bin/env python3
"""Measures any MCP server for Docker over stdio: start, memory, tools, a list of containers.

    benches/peer.py TOOL COMMAND [ARGUMENT…]

TOOL is what the server calls its list of containers (`docker_list_containers`, `list_containers`,
`container_list`); it is asked for all of them. Run it twice: the first run of a Python program
compiles it.
"""

import json
import statistics
import subprocess
import sys
import time


def main(tool, *command):
    start = time.perf_counter()
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def send(message):
        server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        server.stdin.flush()

    def ask(method, params):
        send({"id": 1, "method": method, "params": params})
        for line in server.stdout:
            answer = json.loads(line)
            if answer.get("id") == 1:
                return answer["result"], len(line)
        sys.exit("the server ended")

    ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "peer", "version": "1"}})
    print(f"start to the answer to `initialize`: {(time.perf_counter() - start) * 1000:.0f} ms")
    send({"method": "notifications/initialized"})
    print(f"memory then: {memory(server.pid) / 1024:.1f} MiB")
    tools = ask("tools/list", {})[0]["tools"]
    print(f"tools: {len(tools)}, {len(json.dumps(tools, separators=(',', ':'))) / 1000:.1f} kB")
    times = []
    for _ in range(20):
        start = time.perf_counter()
        result, size = ask("tools/call", {"name": tool, "arguments": {"all": True}})
        times.append(time.perf_counter() - start)
    if result.get("isError"):
        sys.exit(f"{tool} failed: {result}")
    print(f"{tool}: {statistics.median(times) * 1000:.1f} ms, a message of {size / 1000:.1f} kB")
    server.stdin.close()
    server.wait(10)


def memory(process):
    """What a process and its children hold, in KiB."""
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        own = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as children:
        return own + sum(memory(child) for child in children.read().split())


main(*sys.argv[1:])
