"""What benches/side_by_side.sh runs next: tools of the toolsets beside the calls and programs that they take the place of.

    python3 benches/toolsets.py BINARY IMAGE

Needs the package `websockets`, and Docker Compose in the folder that MCP_DOCKER_TEST_COMPOSE names.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from measure import INITIALIZE, call_of, checked, docker, in_turns, listening, request, row, session
from websockets.sync.client import connect

BINARY, IMAGE = sys.argv[1:]
COMPOSE = os.path.join(os.environ["MCP_DOCKER_TEST_COMPOSE"], "docker-compose")
LINES = 2_000
ALL = {"MCP_DOCKER_TOOLSETS": "all", "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS": "true", "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE": "false",
       "PATH": os.environ["MCP_DOCKER_TEST_COMPOSE"] + ":" + os.environ["PATH"]}


def run(name, program, *flags):
    docker("run", "--detach", "--network", "none", "--name", name, "--label", "measured=toolsets", *flags, IMAGE, "sh", "-c", program)


def diagnose(server):
    """One call, beside a list and then the document and the log of each."""
    names = [f"step-{at}" for at in range(6)]
    for name in names[1:]:
        run(name, "echo ready; exec sleep 3600")
    run(names[0], "echo cannot reach the database >&2; exit 3", "--restart", "on-failure:2")
    docker("wait", names[0])
    read = []

    def one():
        read[:] = [server.ask(call_of(1, "docker_diagnose", containers=names))]

    def replaced():
        read[:] = [server.ask(call_of(1, "docker_list_containers", all=True))]
        for name in names:
            read.append(server.ask(call_of(1, "docker_inspect_container", container_id=name)))
            read.append(server.ask(call_of(1, "docker_container_logs", container_id=name)))

    sizes = []
    for work in (one, replaced):
        work()
        sizes.append((len(read), sum(map(len, read)) / 1000))
    (calls, kb), (their_calls, their_kb) = sizes
    ours, theirs = in_turns(10, one, replaced)
    row("what is wrong with one of six containers", f"{calls} call, {kb:.1f} kB, {ours:.0f} ms",
        f"list, document and log of each: {their_calls} calls, {their_kb:.1f} kB, {theirs:.0f} ms")
    docker("rm", "--force", *names)


def search(server):
    """The logs of fifty containers at once, beside the CLI for each."""
    names = [f"found-{at:02}" for at in range(50)]
    program = f"i=0; while [ $i -lt {LINES} ]; do echo request $i of $HOSTNAME; i=$((i+1)); done; exec sleep 3600"
    for name in names:
        run(name, program)
    wanted = f"request {LINES - 1} of"
    ours, cli = in_turns(
        5,
        lambda: server.ask(call_of(1, "docker_search_logs", grep=wanted, containers=names)),
        lambda: [subprocess.run(f"docker logs {name} | grep -c '{wanted}'", shell=True, check=True, stdout=subprocess.DEVNULL) for name in names],
    )
    row(f"a line searched for in the logs of fifty containers, {50 * LINES:,} lines", f"1 call, {ours / 1000:.2f} s",
        f"`docker logs | grep` of each: {cli / 1000:.2f} s", f"{ours / cli:.2f} ×")
    docker("rm", "--force", *names)


def compose(server):
    """A project that comes up: the same commands of Compose through the relay and without it, and a whole call, which also waits."""
    with tempfile.TemporaryDirectory(prefix="measured-", dir=pathlib.Path.home()) as folder:
        services = {
            f"s{at}": {"image": IMAGE, "network_mode": "none", "command": ["sleep", "3600"], "stop_signal": "SIGKILL"} for at in range(6)
        }
        with open(os.path.join(folder, "compose.yaml"), "w", encoding="utf-8") as file:
            json.dump({"name": "measured", "services": services}, file)

        def through_the_relay():
            server.ask(call_of(1, "docker_compose_up", project_directory=folder, wait=False))

        def by_itself():
            alone("--profile", "*", "config", "--format", "json")
            alone("up", "--detach")

        def alone(*words):
            subprocess.run([COMPOSE, "--project-directory", folder, *words], check=True, capture_output=True)

        def until_they_run():
            server.ask(call_of(1, "docker_compose_up", project_directory=folder))

        works = [through_the_relay, by_itself, until_they_run, lambda: alone("up", "--detach", "--wait")]
        times = [[] for _ in works]
        for at in range(10):
            for which in (0, 1, 2, 3) if at % 2 else (3, 2, 1, 0):
                times[which].extend(in_turns(1, works[which]))
                alone("down")
        relay, bare, whole, wait = (sorted(taken)[len(taken) // 2] for taken in times)
        row("Compose brings up six services, through the relay", f"{relay / 1000:.2f} s", f"the same commands without it: {bare / 1000:.2f} s",
            f"{relay / bare:.2f} ×")
        row("… and a second more, in which none of them ends", f"{whole / 1000:.2f} s", f"`docker-compose up --wait`: {wait / 1000:.2f} s")


def websocket():
    web, port = listening(BINARY, "--transport", "websocket", "--allowed-origin", "http://localhost")
    with connect(f"ws://127.0.0.1:{port}/ws", subprotocols=["mcp"], origin="http://localhost") as socket:
        def ask(message):
            socket.send(message.decode())
            return checked(socket.recv().encode())

        ask(request(0, "initialize", INITIALIZE))
        socket.send('{"jsonrpc":"2.0","method":"notifications/initialized"}')
        taken, = in_turns(500, lambda: ask(call_of(1, "docker_list_containers", all=True)))
        row("a call over WebSocket, one at a time", f"{taken:.2f} ms")
    web.terminate()
    web.wait(60)


def main():
    row("", "mcp-docker", "beside it")
    row("---", "---", "---", "---")
    server = session(BINARY, ALL)
    websocket()
    diagnose(server)
    search(server)
    compose(server)
    server.end()


main()
