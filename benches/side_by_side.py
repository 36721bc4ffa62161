"""What benches/side_by_side.sh runs: a client that measures and knows no more of MCP than it must.

    python3 benches/side_by_side.py BINARY IMAGE

DOCKER_HOST is the Engine's Unix socket. Times are medians on the client's side; whatever is compared
is measured in turns, so that what else the machine does falls on both.
"""

import http.client
import json
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

BINARY, IMAGE = sys.argv[1:]
ENGINE = os.environ["DOCKER_HOST"].removeprefix("unix://")
INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "measure", "version": "1"}}
LOG = 50_000_000
CALLS = 1_000


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

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

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


def session():
    server = Process(BINARY)
    server.ask(request(0, "initialize", INITIALIZE))
    server.send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
    return server


def start():
    """Spawn to the first answer, beside a process that repeats what it is told."""
    first = request(0, "initialize", INITIALIZE)

    def spawn(*command):
        process = Process(*command)
        process.send(first)
        process.receive()
        started.append(process)

    started = []
    taken = []
    for _ in range(50):
        taken.append([timed(lambda: spawn(BINARY)), timed(lambda: spawn("/bin/cat"))])
        while started:
            started.pop().end()
    ours, bare = (statistics.median(times) * 1000 for times in zip(*taken))
    row("spawn to `initialize`", f"{ours:.1f} ms", f"`cat`: {bare:.1f} ms", f"{ours - bare:+.1f} ms")


def lists(engine, count, rounds):
    server = session()
    path = "/containers/json?all=true"
    ours, raw, cli = in_turns(
        rounds,
        lambda: server.ask(call_of(1, "docker_list_containers", all=True, limit=1000)),
        lambda: engine.ask("GET", path),
        lambda: docker("ps", "--all"),
    )
    listed = json.loads(server.ask(call_of(1, "docker_list_containers", all=True, limit=1000)))["result"]["structuredContent"]
    size = len(json.dumps(listed, separators=(",", ":"), ensure_ascii=False).encode())
    shown = f"{listed['count']} shown, " if listed["count"] != count else ""
    row(f"`docker_list_containers`, {count}", f"{ours:.1f} ms, {shown}{size / 1000:.1f} kB",
        f"raw request: {raw:.1f} ms, {len(engine.ask('GET', path)) / 1000:.1f} kB; `docker ps`: {cli:.0f} ms", f"{ours / raw:.2f} × raw")
    server.end()


def log():
    print(f"writing a log of {LOG // 1_000_000} MB", file=sys.stderr)
    line = "2026-01-01T00:00:00Z INFO a line of a log that nobody will ever want to read to its end"
    docker("run", "--network", "none", "--detach", "--log-driver", "json-file", "--name", "log", IMAGE, "sh", "-c", f"yes '{line}' | head -c {LOG}")
    docker("wait", "log")
    server = session()
    ours, cli = in_turns(
        5,
        lambda: server.ask(call_of(1, "docker_container_logs", container_id="log", tail="all")),
        lambda: docker("logs", "log"),
    )
    row("a log of 50 MB, read whole", f"{ours / 1000:.2f} s, peak {server.memory('VmHWM'):.1f} MiB", f"`docker logs`: {cli / 1000:.2f} s", f"{ours / cli:.2f} ×")
    ours, cli = in_turns(
        20,
        lambda: server.ask(call_of(1, "docker_container_logs", container_id="log")),
        lambda: docker("logs", "--tail", "200", "log"),
    )
    row("its last 200 lines", f"{ours:.1f} ms", f"`docker logs --tail 200`: {cli:.0f} ms")
    server.end()
    docker("rm", "log")


def processor(pid):
    """The seconds of processor time that a process has taken."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def calls(pid, ask, window):
    """Calls per second with so many in flight, the median milliseconds of one, and what one costs the server."""
    before = processor(pid)
    count, seconds, median = ask(window)
    cost = (processor(pid) - before) / count * 1000
    return f"{count / seconds:.0f} per second, each {median:.2f} ms, {cost:.2f} ms of processor time"


def over_stdio(server):
    """All on one pair of pipes: an answer ends with its line."""

    def ask(window):
        messages = [call_of(number, "docker_list_containers", all=True) + b"\n" for number in range(CALLS)]
        sent, times = [0.0] * CALLS, []
        start = time.perf_counter()
        for number in range(CALLS + window):
            if number >= window:
                answer = checked(server.receive())
                times.append(time.perf_counter() - sent[int(answer[answer.index(b'"id":') + 5:].split(b",")[0].rstrip(b"}\n"))])
            if number < CALLS:
                sent[number] = time.perf_counter()
                server.process.stdin.write(messages[number])
                server.process.stdin.flush()
        return CALLS, time.perf_counter() - start, statistics.median(times) * 1000

    return ask


def over_http(port):
    """By a client that is no part of what is measured: one in Python takes as long as the server."""

    def ask(window):
        first = Http("127.0.0.1", port)
        first.ask(request(0, "initialize", INITIALIZE))
        head = {"Host": "localhost", "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
                "Mcp-Session-Id": first.session}
        head = ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in head.items())
        before, behind = call_of(0, "docker_list_containers", all=True).decode().split('"id": 0', 1)
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(f"""
                local number = 0
                request = function()
                  number = number + 1
                  return wrk.format("POST", "/mcp", {{ {head} }}, {json.dumps(before)} .. '"id": ' .. number .. {json.dumps(behind)})
                end
                response = function(status, headers, body)
                  if status ~= 200 or body:find('"isError":true') or not body:find('"result"') then
                    error("a call failed: " .. status .. " " .. body)
                  end
                end
                done = function(summary, latency)
                  local failed = summary.errors
                  print("SUM", summary.requests, summary.duration, latency:percentile(50),
                    failed.connect + failed.read + failed.write + failed.status + failed.timeout)
                end""")
            script.flush()
            said = subprocess.run(["wrk", "--threads", "1", "--connections", str(window), "--duration", "2s", "--script", script.name,
                                   f"http://127.0.0.1:{port}/mcp"], capture_output=True, text=True)
        sums = re.search(r"^SUM\t(\d+)\t(\d+)\t([\d.]+)\t0$", said.stdout, re.M)
        if not sums or "failed" in said.stdout + said.stderr:
            sys.exit(f"calls failed: {said.stdout}{said.stderr}")
        return int(sums[1]), int(sums[2]) / 1e6, float(sums[3]) / 1000

    return ask


def many_calls():
    server = session()
    for window in (1, 32):
        row(f"calls over stdio, {window} in flight", calls(server.process.pid, over_stdio(server), window))
    memory = [server.memory()]
    for _ in range(10):
        over_stdio(server)(32)
        memory.append(server.memory())
    row(f"memory over {10 * CALLS} more calls", f"{memory[0]:.1f} MiB before, {memory[-1]:.1f} MiB after, peak {server.memory('VmHWM'):.1f} MiB")
    server.end()

    web = subprocess.Popen([BINARY, "--transport", "http", "--port", "0"], stderr=subprocess.PIPE)
    said = []
    while b"Listening at" not in (line := web.stderr.readline()):
        said.append(line)
        if not line:
            sys.exit(f"the server does not listen: {b''.join(said).decode()}")
    threading.Thread(target=web.stderr.read, daemon=True).start()
    port = int(re.search(rb":(\d+)/", line)[1])
    for window in (1, 32):
        row(f"calls over HTTP, {window} in flight", calls(web.pid, over_http(port), window))
    web.terminate()
    web.wait(60)


def main():
    engine = Unix()
    version = json.loads(engine.ask("GET", "/version"))
    cpu = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo", encoding="ascii").read())
    print(f"{os.cpu_count()} × {cpu[1] if cpu else platform.machine()}, Linux {platform.release()}, Docker Engine {version['Version']}\n")
    row("", "mcp-docker", "beside it", "")
    row("---", "---", "---", "---")
    row("program", f"{os.path.getsize(BINARY) / 1e6:.1f} MB")
    start()
    server = session()
    row("memory after `initialize`", f"{server.memory():.1f} MiB")
    taken, = in_turns(100, lambda: server.ask(request(1, "tools/list", {})))
    row("`tools/list`", f"{taken:.2f} ms, {len(server.ask(request(1, 'tools/list', {}))) / 1000:.1f} kB")
    server.end()

    made = 0
    for count, rounds in ((1, 200), (50, 100), (500, 30)):
        while made < count:
            engine.ask("POST", f"/containers/create?name=measured-{made:03}", {
                "Image": IMAGE, "Cmd": ["sleep", "1"], "ExposedPorts": {"80/tcp": {}}, "Labels": {"com.example.number": str(made)}})
            made += 1
        lists(engine, count, rounds)
        if count == 1:
            many_calls()
    log()


main()
