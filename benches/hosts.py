#!/usr/bin/env python3
"""Measures what many hosts cost: memory and time of 1,000 calls with 1 and with 50 Engines.

    benches/hosts.py PROGRAM

The Engines are made up: each a Unix socket of this process, with ten containers. What is printed is for
reading; nothing is asserted.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time

HOSTS, CALLS = 50, 1000

LIST = json.dumps([
    {"Id": f"{at:064x}", "Names": [f"/c{at}"], "Image": "shop:1", "State": "running", "Status": "Up", "Created": 1,
     "Ports": [], "Labels": {}}
    for at in range(10)
])
VERSION = json.dumps({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"})


async def engine(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            body = LIST if "/containers/json" in head.split("\r\n", 1)[0] else VERSION
            answer = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            writer.write(answer.encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


class Server:
    """The program, spoken with over stdin and stdout."""

    async def start(self, program, folder, hosts):
        config = os.path.join(folder, f"config-{hosts}.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write('MCP_LOG_LEVEL = "ERROR"\n')
            for at in range(hosts):
                file.write(f'[hosts.h{at:02}]\naddress = "unix://{folder}/{at}.sock"\n')
                file.write("default = true\n" if at == 0 else "")
        env = {"PATH": os.environ["PATH"], "HOME": folder, "MCP_DOCKER_CONFIG": config}
        self.process = await asyncio.create_subprocess_exec(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=folder, limit=1 << 24)
        self.id = 0
        await self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}})
        self.send({"method": "notifications/initialized"})
        await self.ask("tools/list", {})

    def send(self, message):
        self.process.stdin.write((json.dumps({"jsonrpc": "2.0"} | message) + "\n").encode())

    async def ask(self, method, params):
        self.id += 1
        self.send({"id": self.id, "method": method, "params": params})
        while True:
            answer = json.loads(await self.process.stdout.readline())
            if answer.get("id") == self.id:
                assert not answer["result"].get("isError"), answer
                return answer["result"]

    async def list(self, host=None):
        arguments = {"host": host} if host else {}
        return await self.ask("tools/call", {"name": "docker_list_containers", "arguments": arguments})

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


async def calls(server, hosts, what):
    begun = time.monotonic()
    for at in range(CALLS):
        await server.list(hosts[at % len(hosts)])
    each = (time.monotonic() - begun) / CALLS * 1000
    print(f"{what}: {each:.2f} ms a call, {server.memory():.1f} MiB", flush=True)


async def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for at in range(HOSTS):
            await asyncio.start_unix_server(engine, f"{folder}/{at}.sock")
        one = Server()
        await one.start(program, folder, 1)
        print(f"1 host, none used: {one.memory():.1f} MiB")
        await calls(one, [None], f"1 host, {CALLS} calls")

        many = Server()
        await many.start(program, folder, HOSTS)
        print(f"{HOSTS} hosts, none used: {many.memory():.1f} MiB")
        names = [f"h{at:02}" for at in range(HOSTS)]
        await calls(many, names[:1], f"{HOSTS} hosts, {CALLS} calls of one")
        await calls(many, names, f"{HOSTS} hosts, {CALLS} calls of all in turn")
        await calls(many, names, f"{HOSTS} hosts, {CALLS} more")
        begun = time.monotonic()
        for _ in range(20):
            result = await many.list("*")
        assert result["structuredContent"]["total"] == HOSTS * 10
        each = (time.monotonic() - begun) / 20 * 1000
        print(f'host "*" of {HOSTS}: {each:.1f} ms a call, {many.memory():.1f} MiB')
        for server in [one, many]:
            server.process.stdin.close()
            await server.process.wait()


asyncio.run(main())
