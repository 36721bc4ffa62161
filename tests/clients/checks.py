"""What every Python client has to see of the server, whatever its version.

A client is an object with `label`, `tools()`, `call(tool, arguments, progress)` and
`cancel(tool, arguments, progress, when)`; a call gives `(failed, structured, text)`. What its
person is asked goes to `person`.
"""

import os
import sys
import time

import anyio

SERVER = sys.argv[1]
CONTAINER = os.environ["MCP_DOCKER_TEST_CONTAINER"]
# One call at a time, so that a call that was cancelled and goes on is found out by the next one.
ENVIRONMENT = {
    "DOCKER_HOST": os.environ["DOCKER_HOST"],
    "SAFETY_MAX_CONCURRENT_OPERATIONS": "1",
    "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS": "true",
    "MCP_LOG_LEVEL": "WARNING",
}


class Heard:
    """The progress of a call, as the SDK hands it on."""

    def __init__(self):
        self.values = []
        self.messages = []
        self.first = anyio.Event()

    async def __call__(self, progress, total, message):
        self.values.append(progress)
        self.messages.append(message)
        self.first.set()


class Person:
    """Answers what is asked, and remembers it."""

    def __init__(self):
        self.answer = "cancel"
        self.asked = []

    def __call__(self, message):
        self.asked.append(message)
        return self.answer


person = Person()


async def lists(client):
    tools = await client.tools()
    assert "docker_list_containers" in tools, tools


async def calls(client):
    failed, structured, _ = await client.call("docker_list_containers", {}, None)
    assert not failed
    names = [container["name"] for container in structured["containers"]]
    assert CONTAINER in names, names


async def sees_a_failure(client):
    arguments = {"container_id": "no-such-container"}
    failed, _, text = await client.call("docker_inspect_container", arguments, None)
    assert failed and "no-such-container" in text, text


async def hears_of_a_slow_call(client):
    heard = Heard()
    arguments = {"container_id": CONTAINER, "command": ["sleep", "7"]}
    failed, structured, text = await client.call("docker_exec_command", arguments, heard)
    assert not failed and structured["exit_code"] == 0, text
    assert len(heard.values) >= 2, heard.messages
    rising = all(one < other for one, other in zip(heard.values, heard.values[1:]))
    assert rising and all(heard.messages), (heard.values, heard.messages)


async def cancels(client):
    heard = Heard()
    arguments = {"container_id": CONTAINER, "command": ["sleep", "600"], "timeout": 600}
    await client.cancel("docker_exec_command", arguments, heard, heard.first)
    told = len(heard.values)
    started = time.monotonic()
    await client.call("docker_version", {}, None)
    took = time.monotonic() - started
    assert took < 10, f"the next call waited {took:.1f} s"
    await anyio.sleep(5)
    assert len(heard.values) == told, heard.messages[told:]


async def asks_before_something_is_lost(client):
    volume = f"{CONTAINER}-lost"
    await client.call("docker_create_volume", {"name": volume}, None)
    for answer, removed in [("decline", False), ("cancel", False), ("accept", True)]:
        person.answer, person.asked = answer, []
        failed, _, text = await client.call("docker_remove_volume", {"volume_name": volume}, None)
        assert len(person.asked) == 1 and volume in person.asked[0], person.asked
        assert failed != removed, (answer, text)
        failed, _, _ = await client.call("docker_inspect_volume", {"volume_name": volume}, None)
        assert failed == removed, answer


async def check(client):
    """Prints a line for each check; the exit code tells whether all passed."""
    failed = False
    for one in [
        lists,
        calls,
        sees_a_failure,
        hears_of_a_slow_call,
        asks_before_something_is_lost,
        cancels,
    ]:
        name = f"{client.label} {one.__name__.replace('_', ' ')}"
        try:
            with anyio.fail_after(60):
                await one(client)
            print(f"ok {name}", flush=True)
        except Exception as error:
            failed = True
            print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
    return failed
