"""The tools, for a solver: lines out, lines in. It knows the prompt and what the tools say, no more."""

import json
import sys


class Failed(Exception):
    """A call failed, with the text that says why."""


def say(**message):
    print(json.dumps(message), flush=True)


def hear():
    line = sys.stdin.readline()
    if not line:
        raise SystemExit("the runner is gone")
    return json.loads(line)


def call(tool, **arguments):
    """The result of a tool as an object."""
    say(type="call", id=1, tool=tool, arguments=arguments)
    result = hear()
    if result["error"]:
        raise Failed(result["text"])
    return json.loads(result["text"])


def answer(*parts):
    say(type="answer", text=f"ANSWER: {', '.join(str(part) for part in parts)}")


def listed(project, filters={}, **arguments):
    """The containers of a project."""
    label = {"label": f"com.docker.compose.project={project}"}
    arguments = {"all": True, "filters": label | filters} | arguments
    return call("docker_list_containers", **arguments)["containers"]


def services(project, **arguments):
    """The same by the names of their services, of which each has one."""
    return {one["compose"].partition("/")[2]: one for one in listed(project, **arguments)}


def inspect(container, *fields):
    return call("docker_inspect_container", container_id=container["name"], fields=fields)["details"]


def logs(container, **arguments):
    """The lines of its log."""
    text = call("docker_container_logs", container_id=container["name"], **arguments)["logs"]
    return text.splitlines()


def execute(container, *command):
    """What a command in it says."""
    return call("docker_exec_command", container_id=container["name"], command=command)["output"]
