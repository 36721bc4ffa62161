#!/usr/bin/env python3
"""Measures how soon a `ping` is answered while calls have much to hide.

    benches/ping.py [BINARY]

Four calls of docker_exec_command at once, each with 30,000 values to hide and 100,000 lines of output; then a
call with a timeout of 10 s whose output never ends. The Engine is one of its own that answers these
requests only.
"""

import json
import multiprocessing
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

CALLS, SECRETS, LINES = 4, 30_000, 100_000


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def lines(numbers):
    text = "".join(
        f"2026-01-01T00:00:00Z INFO request {number} took 12 ms with key value-{number % SECRETS}-x1y2z3 at https://example.com/{number}\n"
        for number in numbers
    ).encode()
    return b"".join(
        chunk(struct.pack(">BxxxL", 1, len(part)) + part)
        for part in (text[at : at + 16_384] for at in range(0, len(text), 16_384))
    )


def answer(client, output):
    stream = client.makefile("rb")
    endless = False
    while line := stream.readline():
        method, path, _ = line.decode().split()
        length = 0
        while (header := stream.readline().decode().strip()) != "":
            name, _, value = header.partition(":")
            length = int(value) if name.lower() == "content-length" else length
        body = stream.read(length)
        if path.endswith("/exec") and method == "POST":
            identity = "endless" if b'"endless"' in body else "1"
            send(client, 201, {"Id": identity})
        elif path.endswith("/start"):
            client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n")
            endless = "/endless/" in path
            try:
                client.sendall(output)
                while endless:
                    client.sendall(output)
            except OSError:
                return
            client.sendall(b"0\r\n\r\n")
        elif path.endswith("/version"):
            send(client, 200, {"ApiVersion": "1.41", "MinAPIVersion": "1.12", "Version": "20.10", "Os": "linux", "Arch": "amd64"})
        else:
            send(client, 200, {"Running": False, "ExitCode": 0, "Id": "1"})


def send(client, status, body):
    body = json.dumps(body).encode()
    client.sendall(b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nServer: Docker/20.10\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))


def engine(path):
    output = lines(range(LINES))
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(64)
    while True:
        client, _ = server.accept()
        threading.Thread(target=answer, args=(client, output), daemon=True).start()


class Server:
    def __init__(self, binary, path):
        environment = {"PATH": os.environ["PATH"], "DOCKER_HOST": f"unix://{path}", "HOME": "/nonexistent", "SAFETY_ALLOW_PRIVILEGED_CONTAINERS": "true"}
        self.process = subprocess.Popen(
            [binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self.answered = {}
        self.news = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()
        self.send(0, "initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "ping", "version": "1"}})
        self.wait(0)

    def read(self):
        for line in self.process.stdout:
            now, message = time.perf_counter(), json.loads(line)
            with self.news:
                self.answered[message.get("id")] = now, message
                self.news.notify_all()

    def send(self, number, method, params):
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def wait(self, number):
        with self.news:
            self.news.wait_for(lambda: number in self.answered)
            return self.answered[number]


def call(command, **more):
    environment = {f"NAME_{number}": f"value-{number}-x1y2z3" for number in range(SECRETS)}
    return {"name": "docker_exec_command", "arguments": {"container_id": "web", "command": [command], "environment": environment, **more}}


def main(binary):
    path = os.path.join(tempfile.mkdtemp(), "docker.sock")
    multiprocessing.Process(target=engine, args=(path,), daemon=True).start()
    while not os.path.exists(path):
        time.sleep(0.1)
    server = Server(binary, path)
    start = time.perf_counter()
    for number in range(1, CALLS + 1):
        server.send(number, "tools/call", call("ls"))
    print(f"{CALLS} calls sent in {time.perf_counter() - start:.2f} s")
    times = pinged(server, lambda: all(number in server.answered for number in range(1, CALLS + 1)))
    ends = [server.answered[number][0] - start for number in range(1, CALLS + 1)]
    for number in range(1, CALLS + 1):
        result = server.answered[number][1]["result"]
        assert not result.get("isError") and "[REDACTED:" in str(result) and "x1y2z3" not in str(result), str(result)[:500]
    print(f"the calls took {min(ends):.2f} to {max(ends):.2f} s")
    report(times)
    start = time.perf_counter()
    server.send(9, "tools/call", call("endless", timeout=10))
    times = pinged(server, lambda: 9 in server.answered)
    end, message = server.wait(9)
    assert message["result"]["structuredContent"]["timed_out"], message
    print(f"a timeout of 10 s was over after {end - start:.2f} s")
    report(times)
    server.process.stdin.close()
    server.process.wait(10)


def pinged(server, done):
    number, times = 100_000 + len(server.answered), []
    while not done():
        start = time.perf_counter()
        server.send(number, "ping", {})
        times.append(server.wait(number)[0] - start)
        number += 1
        time.sleep(0.005)
    return times


def report(times):
    times.sort()
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))] * 1000
    print(f"{len(times)} pings: median {statistics.median(times) * 1000:.1f} ms, 99th percentile {at(0.99):.1f} ms, slowest {times[-1] * 1000:.1f} ms")


main(sys.argv[1] if len(sys.argv) > 1 else "target/release/mcp-docker")
