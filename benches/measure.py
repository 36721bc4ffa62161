"""What the benchmarks share: a client that measures and knows no more of MCP than it must.

DOCKER_HOST is the Engine's Unix socket. Times are medians on the client's side; whatever is compared
is measured in turns, so that what else the machine does falls on both.
"""

import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time

ENGINE = os.environ["DOCKER_HOST"].removeprefix("unix://")
INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "measure", "version": "1"}}


def request(number, method, params):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()


def call_of(number, tool, **arguments):
    return request(number, "tools/call", {"name": tool, "arguments": arguments})


def checked(answer):
    """An answer that is the one to a call that went well."""
    if b'"isError":true' in answer or b'"result"' not in answer:
        sys.exit(f"a call failed: {answer[:500]!r}")
    return answer


class Process:
    """A process that answers a line with a line."""

    def __init__(self, *command, env=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        env=os.environ | (env or {}))

    def send(self, message):
        self.process.stdin.write(message + b"\n")
        self.process.stdin.flush()

    def receive(self):
        return self.process.stdout.readline()

    def ask(self, message):
        self.send(message)
        return checked(self.receive())

    def memory(self, key="VmRSS"):
        """In MiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith(key))

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


class Unix(http.client.HTTPConnection):
    """The Engine's socket."""

    def __init__(self):
        super().__init__("docker")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(ENGINE)

    def ask(self, method, path, body=None):
        self.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        reply = self.getresponse()
        answer = reply.read()
        if reply.status >= 300:
            sys.exit(f"{method} {path}: {reply.status} {answer.decode()}")
        return answer


class Http(http.client.HTTPConnection):
    """A connection of a session over streamable HTTP."""

    session = None

    def ask(self, message):
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        if self.session:
            headers["Mcp-Session-Id"] = self.session
        self.request("POST", "/mcp", message, headers)
        reply = self.getresponse()
        self.session = self.session or reply.getheader("Mcp-Session-Id")
        return reply.read()


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(rounds, *works):
    """The median of each, in milliseconds; each goes first as often, and each before each other."""
    times = [[] for _ in works]
    order = list(zip(works, times))
    for number in range(rounds):
        for work, taken in order:
            taken.append(timed(work))
        # Otherwise the one that comes after a process was started pays for its caches.
        order.append(order.pop(0))
        if (number + 1) % len(works) == 0:
            order.reverse()
    return [statistics.median(taken) * 1000 for taken in times]


def docker(*arguments):
    subprocess.run(["docker", *arguments], check=True, stdout=subprocess.DEVNULL)


rows = []


def row(what, ours, beside="", note=""):
    rows.append((what, ours, beside, note))
    print("| " + " | ".join(rows[-1]) + " |", flush=True)


def session(binary, env=None):
    server = Process(binary, env=env)
    server.ask(request(0, "initialize", INITIALIZE))
    server.send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
    return server


def listening(binary, *flags):
    """The program, serving over the network, and its port."""
    web = subprocess.Popen([binary, *flags, "--port", "0"], stderr=subprocess.PIPE)
    said = []
    while b"Listening at" not in (line := web.stderr.readline()):
        said.append(line)
        if not line:
            sys.exit(f"the server does not listen: {b''.join(said).decode()}")
    threading.Thread(target=web.stderr.read, daemon=True).start()
    return web, int(re.search(rb":(\d+)/", line)[1])
