"""What benches/side_by_side.sh runs first: the default tools beside a bare process, raw requests and the Docker CLI.

    python3 benches/side_by_side.py BINARY IMAGE
"""

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

from measure import INITIALIZE, Http, Process, Unix, call_of, checked, docker, in_turns, listening, request, row, session, timed

BINARY, IMAGE = sys.argv[1:]
LOG = 50_000_000
CALLS = 1_000


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
    server = session(BINARY)
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
    server = session(BINARY)
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
    server = session(BINARY)
    for window in (1, 32):
        row(f"calls over stdio, {window} in flight", calls(server.process.pid, over_stdio(server), window))
    memory = [server.memory()]
    for _ in range(10):
        over_stdio(server)(32)
        memory.append(server.memory())
    row(f"memory over {10 * CALLS} more calls", f"{memory[0]:.1f} MiB before, {memory[-1]:.1f} MiB after, peak {server.memory('VmHWM'):.1f} MiB")
    server.end()

    web, port = listening(BINARY, "--transport", "http")
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
    server = session(BINARY)
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
