#!/usr/bin/env python3
"""A session with mcp-docker, written out: what an MCP client says over stdio and what it hears.

    tests/quickstart.py target/debug/mcp-docker

Starts the server, runs a container through it and takes it away again. Every message is one line
of JSON-RPC on the server's stdin or stdout. Ends with status 1 at the first step that goes wrong.
DOCKER_HOST says where the Engine is; MCP_DOCKER_TEST_IMAGE names an image with a shell.
"""

import json
import os
import queue
import subprocess
import sys
import threading

IMAGE = os.environ.get("MCP_DOCKER_TEST_IMAGE", "mcp-docker-test:1")
NAME = f"mcp-docker-quickstart-{os.getpid()}"
WAIT = 60  # seconds for an answer


class Wrong(Exception):
    """A step did not do what it should."""


class Server:
    """The server process and the lines that go to it and come from it."""

    def __init__(self, binary, quiet=False, **settings):
        self.quiet = quiet
        self.process = subprocess.Popen(
            [binary],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **settings},
        )
        self.last_id = 0
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def send(self, message):
        line = json.dumps({"jsonrpc": "2.0", **message})
        if not self.quiet:
            print(f"  -> {shorten(line)}", flush=True)
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Wrong("the server ended") from None

    def notify(self, method):
        self.send({"method": method})

    def ask(self, method, params):
        """Sends a request and waits for its result; notifications on the way are passed over."""
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        while True:
            try:
                line = self.lines.get(timeout=WAIT)
            except queue.Empty:
                raise Wrong(f"no answer to {method} within {WAIT} s") from None
            if line is None:
                raise Wrong("the server ended")
            try:
                message = json.loads(line)
            except ValueError:
                raise Wrong(f"stdout carries something that is not JSON: {line!r}") from None
            if message.get("id") != self.last_id:
                continue
            if "error" in message:
                raise Wrong(f"{method}: {message['error']}")
            return message["result"]

    def call(self, tool, **arguments):
        """Calls a tool and gives its structured result."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        text = result["content"][0]["text"]
        if result.get("isError"):
            raise Wrong(f"{tool}: {text}")
        structured = result.get("structuredContent")
        expect(structured == json.loads(text), "the text block holds the structured result")
        return structured

    def close(self):
        """The client hangs up: end of input, after which the server ends by itself."""
        self.process.stdin.close()
        try:
            return self.process.wait(timeout=WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Wrong("the server did not end at end of input") from None


def shorten(text, limit=160):
    return text if len(text) <= limit else text[: limit - 1] + "…"


def step(title):
    print(f"\n{title}", flush=True)


def show(text):
    print(f"  <- {shorten(str(text))}", flush=True)


def expect(condition, what):
    if not condition:
        raise Wrong(f"expected: {what}")


def session(server):
    step("initialize: agree on a protocol version")
    hello = server.ask(
        "initialize",
        {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "quickstart", "version": "1"},
        },
    )
    show(f"{hello['serverInfo']['name']} {hello['serverInfo']['version']}, MCP {hello['protocolVersion']}")
    expect("tools" in hello["capabilities"], "a server with tools")
    server.notify("notifications/initialized")

    step("tools/list: what the server can do")
    tools = [tool["name"] for tool in server.ask("tools/list", {})["tools"]]
    show(f"{len(tools)} tools: {', '.join(tools)}")
    expect("docker_create_container" in tools, "docker_create_container among the tools")

    step("docker_create_container: a small program that writes to its log")
    program = "echo hello from $(hostname); trap 'exit 0' TERM; sleep 600 & wait"
    created = server.call(
        "docker_create_container",
        image=IMAGE,
        name=NAME,
        hostname="quickstart",
        command=["sh", "-c", program],
        environment={"GREETING": "good day"},
        mem_limit="64m",
    )
    show(f"created {created['name']} {created['container_id'][:12]}, warnings {created['warnings']}")
    expect(created["name"] == NAME, f"the name {NAME}")

    step("docker_start_container")
    started = server.call("docker_start_container", container_id=NAME)
    show(f"status {started['status']}")
    expect(started["status"] == "running", "a running container")

    step("docker_list_containers: there it is")
    listed = server.call("docker_list_containers", filters={"name": NAME})
    for container in listed["containers"]:
        show(f"{container['name']}  {container['image']}  {container['status']}")
    expect([c["name"] for c in listed["containers"]] == [NAME], "the container in the list")

    step("docker_container_logs: what it wrote")
    for _ in range(WAIT):  # it may not have come to write yet
        logs = server.call("docker_container_logs", container_id=NAME, tail=10)
        if logs["lines"]:
            break
        logs = server.call("docker_container_logs", container_id=NAME, follow=True, follow_seconds=1)
    show(logs["logs"].strip())
    expect("hello from quickstart" in logs["logs"], "the greeting in the log")

    step("docker_exec_command: run something in it")
    ran = server.call("docker_exec_command", container_id=NAME, command=["sh", "-c", "echo $GREETING; ls /missing"])
    show(f"exit code {ran['exit_code']}, output {ran['output']!r}, stderr {ran['stderr']!r}")
    expect("good day\n" in ran["output"], "the environment variable in the output")
    expect(ran["exit_code"] != 0 and "/missing" in ran["stderr"], "the error apart, on stderr")

    step("docker_container_stats: what it uses")
    stats = server.call("docker_container_stats", container_id=NAME)["stats"]
    show(f"cpu {stats['cpu_percent']} %, memory {stats['memory']['usage']} of {stats['memory']['limit']} bytes")
    expect(stats["memory"]["limit"] == 64 * 1024 * 1024, "the memory limit of 64 MiB")

    step("docker_stop_container")
    stopped = server.call("docker_stop_container", container_id=NAME, timeout=5)
    show(f"status {stopped['status']}")
    expect(stopped["status"] == "exited", "a stopped container")

    step("docker_remove_container: destructive, so this session was started with leave to do it")
    removed = server.call("docker_remove_container", container_id=NAME)
    show(f"removed {removed['container_id'][:12]}")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: quickstart.py PATH-OF-MCP-DOCKER")
    # By default nothing destructive is allowed, and a person is asked first where it is.
    server = Server(
        sys.argv[1],
        SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS="true",
        SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE="false",
    )
    try:
        session(server)
        step("end of input: the server ends")
        status = server.close()
        show(f"exit status {status}")
        expect(status == 0, "exit status 0")
    except (Wrong, KeyError, TypeError, IndexError) as error:
        print(f"\nWRONG: {error!r}" if not isinstance(error, Wrong) else f"\nWRONG: {error}", file=sys.stderr)
        server.process.kill()
        sys.exit(1)
    finally:
        subprocess.run(["docker", "rm", "-f", "-v", NAME], capture_output=True, check=False)
    print("\nAll steps done.")


if __name__ == "__main__":
    main()
