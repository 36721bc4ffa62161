#!/usr/bin/env python3
"""Counts what a call costs the program: instructions and allocations, by valgrind.

    benches/instructions.py PROGRAM

The Engine is made up and always says the same, and the calls come one after the other, so the figures hardly change from
run to run, whatever else the machine does. A session of many calls less one of few leaves what the calls cost.
"""

import json
import os
import re
import socketserver
import subprocess
import sys
import tempfile
import threading

FEW, MANY = 20, 120

CONTAINERS = json.dumps([
    {"Id": f"{at:064x}", "Names": [f"/c{at}"], "Image": "registry.example/shop:1", "State": "running", "Status": "Up 2 hours",
     "Created": 1764104876, "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8000 + at, "Type": "tcp"}],
     "Labels": {"com.example.number": str(at)}}
    for at in range(50)
])
CONTAINER = json.dumps({"Id": "1" * 64, "Name": "/c1", "Config": {"Tty": True, "Env": ["PASSWORD=hunter2-and-more"]}, "State": {"Status": "running"}})
LOG = "".join(f"2026-05-01T10:00:00.000000000Z 10.0.0.7 GET /items/{at} 200 in {at % 90} ms\n" for at in range(200))
VERSION = json.dumps({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"})

CALLS = [
    ("`docker_list_containers`, 50 of them", "docker_list_containers", {}),
    ("`docker_inspect_container`", "docker_inspect_container", {"container_id": "c1"}),
    ("`docker_container_logs`, 200 lines", "docker_container_logs", {"container_id": "c1"}),
]


class Engine(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline():
            while self.rfile.readline().strip():
                pass
            path = line.decode().split()[1]
            kind, body = "application/json", VERSION
            if "/containers/json" in path:
                body = CONTAINERS
            elif "/logs" in path:
                kind, body = "application/vnd.docker.raw-stream", LOG
            elif path.endswith("/json"):
                body = CONTAINER
            self.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())


class Socket(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def counted(tool, program, folder, name, arguments, calls):
    """What valgrind counts of a session with so many calls."""
    env = {"PATH": os.environ["PATH"], "HOME": folder, "DOCKER_HOST": f"unix://{folder}/docker.sock", "MCP_LOG_LEVEL": "ERROR"}
    out = f"--{tool}-out-file={folder}/out"
    server = subprocess.Popen(["valgrind", f"--tool={tool}", out, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=env, cwd=folder)

    def ask(method, params):
        server.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        assert "result" in answer and not answer["result"].get("isError"), answer

    ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "measure", "version": "1"}})
    for _ in range(calls):
        ask("tools/call", {"name": name, "arguments": arguments})
    _, said = server.communicate()
    said = said.decode().replace(",", "")
    if tool == "callgrind":
        return [int(re.search(r"Collected : (\d+)", said)[1])]
    return [int(figure) for figure in re.search(r"Total: +(\d+) bytes in (\d+) blocks", said).groups()]


def main(program):
    with tempfile.TemporaryDirectory() as folder, Socket(f"{folder}/docker.sock", Engine) as engine:
        threading.Thread(target=engine.serve_forever, daemon=True).start()
        print("| a call | instructions | allocations | bytes allocated |\n|---|---|---|---|")
        for what, name, arguments in CALLS:
            each = []
            for tool in ("callgrind", "dhat"):
                many = counted(tool, program, folder, name, arguments, MANY)
                few = counted(tool, program, folder, name, arguments, FEW)
                each += [(more - less) / (MANY - FEW) for more, less in zip(many, few)]
            instructions, size, blocks = each
            print(f"| {what} | {instructions / 1e6:.2f} million | {blocks:,.0f} | {size / 1000:.0f} kB |", flush=True)
        engine.shutdown()


main(os.path.abspath(sys.argv[1]))
