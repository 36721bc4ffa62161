#!/usr/bin/env bash
# Measures the HTTP transports under load: 200 clients of SSE, then 200 sessions of streamable HTTP,
# 10,000 calls each, beside one client that never reads.
#
#   benches/load.sh
#
# Not part of the checks, because its figures are for people to judge; it fails where an answer is
# lost. It needs no Engine: one of its own answers `docker_list_containers`.

set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked
binary=${CARGO_TARGET_DIR:-target}/release/mcp-docker

PYTHONDONTWRITEBYTECODE=1 python3 - "$binary" <<'PYTHON'
import asyncio
import json
import os
import sys
import tempfile
import time

BINARY = sys.argv[1]
CLIENTS = 200
CALLS = 10_000
INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "load", "version": "1"}}


async def engine(reader, writer):
    """A Docker Engine with fifty containers."""
    containers = [{"Id": f"{n:064x}", "Names": [f"/load-{n}"], "Image": "shop:1", "State": "running", "Status": "Up",
                   "Created": 1, "Ports": [{"PrivatePort": 80, "PublicPort": 8000 + n, "Type": "tcp", "IP": "0.0.0.0"}]}
                  for n in range(50)]
    while head := (await reader.readuntil(b"\r\n\r\n")).decode():
        version = {"Version": "28.0.0", "ApiVersion": "1.48", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"}
        body = json.dumps(version if "/version " in head.split("\r\n")[0] else containers).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()


async def quietly(handler, *streams):
    try:
        await handler(*streams)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass


class Http:
    """A connection that speaks HTTP/1.1 and stays open."""

    @classmethod
    async def connect(cls, port):
        self = cls()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        return self

    async def head(self, method, path, body=b"", **headers):
        lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}",
                 "content-type: application/json", "accept: application/json, text/event-stream"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value]
        self.writer.write("\r\n".join(lines + ["", ""]).encode() + body)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        status = int(lines[0].split()[1])
        if status >= 300:
            sys.exit(f"{method} {path}: {status}")

    async def chunk(self):
        size = int(await self.reader.readline(), 16)
        data = await self.reader.readexactly(size)
        await self.reader.readline()
        return data

    async def body(self):
        if "content-length" in self.headers:
            return await self.reader.readexactly(int(self.headers["content-length"]))
        data = b""
        while chunk := await self.chunk():
            data += chunk
        return data


def events(data):
    for line in data.decode().splitlines():
        if line.startswith("data: {"):
            yield json.loads(line[6:])


class Streamable:
    """A session of streamable HTTP, with its standing stream."""

    async def open(self, port):
        self.session = None
        self.http = await Http.connect(port)
        await self.ask(0, "initialize", INITIALIZE)
        self.session = self.http.headers["mcp-session-id"]
        self.standing = await Http.connect(port)
        await self.standing.head("GET", "/mcp", mcp_session_id=self.session)
        return self

    async def ask(self, number, method, params):
        message = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()
        await self.http.head("POST", "/mcp", message, mcp_session_id=self.session)
        return next(event for event in events(await self.http.body()) if event.get("id") == number)


class Sse:
    """A session of HTTP with SSE."""

    async def open(self, port):
        self.http, self.stream = await Http.connect(port), await Http.connect(port)
        await self.stream.head("GET", "/sse")
        self.path = (await self.stream.chunk()).decode().split("data: ")[1].strip()
        await self.ask(0, "initialize", INITIALIZE)
        return self

    async def ask(self, number, method, params):
        message = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()
        await self.http.head("POST", self.path, message)
        await self.http.body()
        data = b""
        while True:
            data += await self.stream.chunk()
            for event in events(data if data.endswith(b"\n\n") else b""):
                if event.get("id") == number:
                    return event


def memory(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(key))


def percentile(times, share):
    return times[min(len(times) - 1, int(len(times) * share))] * 1000


async def measure(kind, transport, socket):
    environment = {"HOME": os.path.dirname(socket), "DOCKER_BASE_URL": f"unix://{socket}", "MCP_LOG_LEVEL": "ERROR"}
    server = await asyncio.create_subprocess_exec(
        BINARY, "--transport", transport, "--port", "0", "--max-sessions", str(2 * CLIENTS),
        env=environment, stderr=asyncio.subprocess.PIPE)
    said = []
    while b"Listening at" not in (line := await server.stderr.readline()):
        said.append(line)
        if not line:
            sys.exit(f"the server does not listen: {b''.join(said).decode()}")
    port = int(line.decode().split("/")[2].rsplit(":", 1)[1])
    idle = memory(server.pid, "VmRSS")

    started = time.perf_counter()
    clients = await asyncio.gather(*(kind().open(port) for _ in range(CLIENTS)))
    opened = time.perf_counter() - started
    open_memory = memory(server.pid, "VmRSS")

    silent = await kind().open(port)
    for number in range(1, 60):
        # What it asks for is never read.
        message = json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/list"}).encode()
        path = getattr(silent, "path", "/mcp")
        session = getattr(silent, "session", None)
        head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(message)}\r\ncontent-type: application/json\r\n" \
               "accept: application/json, text/event-stream\r\n" + (f"mcp-session-id: {session}\r\n" if session else "")
        silent.http.writer.write(head.encode() + b"\r\n" + message)

    times = []

    async def work(client, calls):
        for number in range(1, calls + 1):
            before = time.perf_counter()
            arguments = {"name": "docker_list_containers", "arguments": {"all": True}}
            answer = await client.ask(number, "tools/call", arguments)
            times.append(time.perf_counter() - before)
            if answer["result"]["structuredContent"]["count"] != 50:
                sys.exit(f"a wrong answer: {answer}")

    started = time.perf_counter()
    await asyncio.gather(*(work(client, CALLS // CLIENTS) for client in clients))
    seconds = time.perf_counter() - started
    if len(times) != CALLS:
        sys.exit(f"{CALLS - len(times)} answers are lost")
    alone = []
    for number in range(1000, 1100):
        before = time.perf_counter()
        await clients[0].ask(number, "ping", {})
        alone.append(time.perf_counter() - before)
    times.sort()
    alone.sort()
    print(f"{transport}: {CLIENTS} sessions open in {opened:.2f} s; {CALLS} calls in {seconds:.1f} s, {CALLS / seconds:.0f} per second, none lost")
    print(f"  latency of a call, {CLIENTS} at once: median {percentile(times, 0.5):.0f} ms, 99% {percentile(times, 0.99):.0f} ms")
    print(f"  latency of a ping, one at a time:    median {percentile(alone, 0.5):.2f} ms, 99% {percentile(alone, 0.99):.2f} ms")
    print(f"  memory: {idle:.1f} MiB idle, {open_memory:.1f} MiB with the sessions open, {memory(server.pid, 'VmHWM'):.1f} MiB at most")
    started = time.perf_counter()
    server.terminate()
    code = await server.wait()
    print(f"  SIGTERM with all sessions open: exit code {code} after {time.perf_counter() - started:.2f} s")
    if code:
        sys.exit("it did not end well")


async def main():
    with tempfile.TemporaryDirectory() as folder:
        socket = os.path.join(folder, "docker.sock")
        await asyncio.start_unix_server(lambda *streams: quietly(engine, *streams), socket, backlog=1000)
        await measure(Sse, "sse", socket)
        await measure(Streamable, "http", socket)


asyncio.run(main())
PYTHON
