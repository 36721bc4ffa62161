#!/usr/bin/env python3
"""Measures what many hosts cost: memory and time of 1,000 calls with 1 and with 50 Engines, and what one that hangs and
one that is not there cost the others.

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


async def silent(reader, writer):
    """Takes what is asked and says nothing."""
    while await reader.read(4096):
        pass
    writer.close()


class Server:
    """The program, spoken with over stdin and stdout."""

    async def start(self, program, folder, hosts, more=""):
        config = os.path.join(folder, f"config-{hosts}{bool(more)}.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write('MCP_LOG_LEVEL = "ERROR"\n')
            file.write("DOCKER_TIMEOUT = 5\n")
            for at in range(hosts):
                file.write(f'[hosts.h{at:02}]\naddress = "unix://{folder}/{at}.sock"\n')
                file.write("default = true\n" if at == 0 else "")
            file.write(more)
        env = {"PATH": os.environ["PATH"], "HOME": folder, "MCP_DOCKER_CONFIG": config}
        self.process = await asyncio.create_subprocess_exec(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=folder, limit=1 << 24)
        self.id = 0
        self.waiting = {}
        self.reading = asyncio.create_task(self.read())
        await self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}})
        self.send({"method": "notifications/initialized"})
        await self.ask("tools/list", {})

    def send(self, message):
        self.process.stdin.write((json.dumps({"jsonrpc": "2.0"} | message) + "\n").encode())

    async def read(self):
        while line := await self.process.stdout.readline():
            answer = json.loads(line)
            if waiting := self.waiting.pop(answer.get("id"), None):
                waiting.set_result(answer)

    async def ask(self, method, params):
        self.id += 1
        answer = self.waiting[self.id] = asyncio.get_running_loop().create_future()
        self.send({"id": self.id, "method": method, "params": params})
        answer = await answer
        assert not answer["result"].get("isError"), answer
        return answer["result"]

    async def list(self, host=None):
        arguments = {"host": host} if host else {}
        return await self.ask("tools/call", {"name": "docker_list_containers", "arguments": arguments})

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


async def calls(server, hosts, what, count=CALLS):
    begun = time.monotonic()
    for at in range(count):
        await server.list(hosts[at % len(hosts)])
    each = (time.monotonic() - begun) / count * 1000
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

        # Beside one that hangs and one that is not there.
        await asyncio.start_unix_server(silent, f"{folder}/silent.sock")
        troubled = Server()
        more = "".join(f'[hosts.{name}]\naddress = "unix://{folder}/{name}.sock"\n' for name in ["silent", "absent"])
        await troubled.start(program, folder, HOSTS, more)
        await calls(troubled, names, f"{HOSTS} hosts beside a silent and an absent one, {CALLS} calls of all in turn")
        begun = time.monotonic()
        everything = asyncio.create_task(troubled.list("*"))
        await asyncio.sleep(0.5)
        await calls(troubled, names, 'the same while "*" waits for the silent one, 100 calls', 100)
        meanwhile = "" if everything.done() else ", and waited all the while"
        failed = (await everything)["structuredContent"]["failed"]
        kinds = ", ".join(f"{it['host']} {it['kind']}" for it in failed)
        print(f'"*" took {time.monotonic() - begun:.1f} s{meanwhile}; failed: {kinds}')
        for server in [one, many, troubled]:
            server.process.stdin.close()
            await server.process.wait()


asyncio.run(main())
