#!/usr/bin/env bash
# Measures the lists of a swarm of 100 nodes, 1,000 services and 10,000 tasks, of which the Engine keeps as many
# that are over.
#
#   benches/swarm.sh [BINARY]
#
# Not part of the checks, because its figures are for people to judge; it fails where a list is wrong or over the
# budget. It needs no Engine: one of its own tells of tasks as Engine 20.10 does, 3 KB each.

set -euo pipefail
cd "$(dirname "$0")/.."

binary=${1:-}
if [ -z "$binary" ]; then
  cargo build --release --locked
  binary=${CARGO_TARGET_DIR:-target}/release/mcp-docker
fi

PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests python3 - "$binary" <<'PYTHON'
import http.server
import json
import os
import socketserver
import statistics
import sys
import tempfile
import threading
import time

from quickstart import Server

BINARY = sys.argv[1]
NODES, SERVICES, TASKS, LOST = 100, 1000, 10_000, 7
ROUNDS = 7
BUDGET = 40_000


def swarm_id(kind, number):
    return f"{kind}{number:024d}"


def labels(number):
    return {"com.docker.stack.namespace": f"stack-{number % 50}", "com.docker.stack.image": "shop/worker:2.14.1"}


def container(number):
    return {"Image": "shop/worker:2.14.1@sha256:" + "a" * 64, "Labels": labels(number), "Args": ["worker", "--queue", "default"],
            "Env": [f"SETTING_{n}=value-{n}" for n in range(20)], "Privileges": {"CredentialSpec": None, "SELinuxContext": None},
            "Mounts": [{"Type": "volume", "Source": "data", "Target": "/data", "VolumeOptions": {"DriverConfig": {}}}],
            "Secrets": [{"File": {"Name": "db", "UID": "0", "GID": "0", "Mode": 292}, "SecretID": swarm_id("s", 1), "SecretName": "db"}],
            "StopGracePeriod": 10_000_000_000, "DNSConfig": {}, "Isolation": "default"}


def template(number):
    return {"ContainerSpec": container(number), "Resources": {"Limits": {"NanoCPUs": 1_000_000_000}, "Reservations": {}},
            "RestartPolicy": {"Condition": "any", "Delay": 5_000_000_000, "MaxAttempts": 0}, "ForceUpdate": 0,
            "Placement": {"Constraints": ["node.role==worker"], "Platforms": [{"Architecture": "amd64", "OS": "linux"}]},
            "Networks": [{"Target": swarm_id("n", 1), "Aliases": ["worker"]}], "Runtime": "container"}


def service(number):
    return {"ID": swarm_id("w", number), "Version": {"Index": 21}, "CreatedAt": "2026-01-01T10:00:00Z",
            "Spec": {"Name": f"stack-{number % 50}_worker-{number}", "Labels": labels(number), "TaskTemplate": template(number),
                     "Mode": {"Replicated": {"Replicas": 10}}, "EndpointSpec": {"Mode": "vip"}},
            "Endpoint": {"Spec": {"Mode": "vip"}, "VirtualIPs": [{"NetworkID": swarm_id("n", 1), "Addr": "10.0.1.2/24"}]}}


def task(number, over=False):
    state = "shutdown" if over else "running"
    return {"ID": swarm_id("u" if over else "t", number), "Version": {"Index": 30}, "Labels": {}, "Spec": template(number),
            "CreatedAt": "2026-01-01T10:00:00Z", "UpdatedAt": "2026-01-01T10:00:05Z", "ServiceID": swarm_id("w", number % SERVICES),
            "Slot": number // SERVICES + 1, "NodeID": swarm_id("h", number % NODES), "DesiredState": state,
            "Status": {"Timestamp": "2026-01-01T10:00:05Z", "State": state, "Message": "started", "PortStatus": {},
                       "ContainerStatus": {"ContainerID": f"{number:064x}", "PID": 100, "ExitCode": 0}},
            "NetworksAttachments": [{"Network": {"ID": swarm_id("n", 1), "Spec": {"Name": "net", "Labels": labels(1), "DriverConfiguration": {}},
                                                 "DriverState": {"Name": "overlay"}, "IPAMOptions": {"Driver": {"Name": "default"}}},
                                     "Addresses": ["10.0.1.3/24"]}]}


def node(number):
    return {"ID": swarm_id("h", number), "Version": {"Index": 9}, "Spec": {"Labels": {}, "Role": "worker", "Availability": "active"},
            "Description": {"Hostname": f"node-{number}", "Engine": {"EngineVersion": "20.10.24", "Plugins": [
                {"Type": "Network", "Name": name} for name in ("bridge", "host", "ipvlan", "macvlan", "null", "overlay")]}},
            "Status": {"State": "down" if number < LOST else "ready", "Addr": "10.0.0.1"}}


running = [task(number) for number in range(TASKS)]
REPLIES = {
    "/version": {"Version": "28.0.0", "ApiVersion": "1.48", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"},
    "/services": [service(number) for number in range(SERVICES)],
    "/nodes": [node(number) for number in range(NODES)],
    "/tasks": running + [task(number, True) for number in range(TASKS)],
    "/tasks?running": running,
}
REPLIES = {path: json.dumps(reply).encode() for path, reply in REPLIES.items()}
for path, reply in REPLIES.items():
    print(f"{path}: {len(reply) / 1e6:.1f} MB")


class Engine(http.server.BaseHTTPRequestHandler):
    """An Engine that is the manager of that swarm."""
    protocol_version = "HTTP/1.1"
    asked = []

    def do_GET(self):
        path, _, query = self.path.partition("?")
        path = "/" + path.removeprefix("/v1.48").lstrip("/")
        self.asked.append(path)
        reply = REPLIES[path + "?running" if path == "/tasks" and "running" in query else path]
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def address_string(self):
        return "engine"

    def log_message(self, *_):
        pass


class Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


with tempfile.TemporaryDirectory() as folder:
    socket = f"{folder}/docker.sock"
    threading.Thread(target=Listener(socket, Engine).serve_forever, daemon=True).start()
    os.environ.update(DOCKER_HOST=f"unix://{socket}", MCP_DOCKER_TOOLSETS="swarm")
    server = Server(BINARY, quiet=True)
    info = {"name": "swarm", "version": "1"}
    server.ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info})
    server.notify("notifications/initialized")
    for tool, arguments, key, requests in [
        ("docker_list_services", {}, "services", 3),
        ("docker_list_services", {"limit": 1000, "labels": True}, "services", 3),
        ("docker_list_tasks", {}, "tasks", 3),
        ("docker_list_tasks", {"limit": 1000}, "tasks", 3),
        ("docker_list_nodes", {"limit": 1000}, "nodes", 1),
    ]:
        taken = []
        for _ in range(ROUNDS):
            Engine.asked.clear()
            start = time.perf_counter()
            result = server.call(tool, **arguments)
            taken.append((time.perf_counter() - start) * 1000)
            asked = [path for path in Engine.asked if path != "/version"]
            assert len(asked) == requests, asked
        size = len(json.dumps(result, separators=(",", ":"), ensure_ascii=False).encode())
        assert size <= BUDGET, (tool, size)
        if key == "services":
            lost = sum(it["running"] < it["desired"] for it in result[key])
            assert lost, "every task of a lost node counts as running"
        print(f"{tool} {json.dumps(arguments)}: {statistics.median(taken):.0f} ms (worst {max(taken):.0f}), {result['count']} of "
              f"{result['total']}, {size} bytes")
    with open(f"/proc/{server.process.pid}/status") as status:
        peak = [line for line in status if line.startswith("VmHWM")]
    print("memory at most:", peak[0].split(":")[1].strip())
PYTHON
