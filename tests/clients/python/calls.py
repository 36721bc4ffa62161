"""Checks of tools: calls, failures, progress, cancellation, questions to the person."""


import anyio

from containers import WEB


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


def failed(result):
    return result.get("isError", False)


async def lists_tools(client):
    names = [tool["name"] for tool in await client.tools()]
    assert "docker_list_containers" in names, names


async def calls_a_tool(client):
    result = await client.call("docker_list_containers", {})
    assert not failed(result), result
    names = [container["name"] for container in result["structuredContent"]["containers"]]
    assert WEB in names, names


async def sees_a_failure(client):
    result = await client.call("docker_inspect_container", {"container_id": "no-such-container"})
    assert failed(result) and "no-such-container" in result["content"][0]["text"], result


async def hears_of_a_slow_call(client):
    heard = Heard()
    arguments = {"container_id": WEB, "command": ["sleep", "7"]}
    result = await client.call("docker_exec_command", arguments, heard)
    assert result["structuredContent"]["exit_code"] == 0, result
    assert len(heard.values) >= 2, heard.messages
    rising = all(one < other for one, other in zip(heard.values, heard.values[1:]))
    assert rising and all(heard.messages), (heard.values, heard.messages)


async def asks_before_something_is_lost(client):
    volume = f"{WEB}-lost"
    await client.call("docker_create_volume", {"name": volume})
    for answer, removed in [("decline", False), ("cancel", False), ("accept", True)]:
        client.person.answer, client.person.asked = answer, []
        result = await client.call("docker_remove_volume", {"volume_name": volume})
        asked = client.person.asked
        assert len(asked) == 1 and volume in asked[0], asked
        assert failed(result) != removed, (answer, result)
        result = await client.call("docker_inspect_volume", {"volume_name": volume})
        assert failed(result) == removed, answer


async def cancels_a_call(client):
    heard = Heard()
    arguments = {"container_id": WEB, "command": ["sleep", "600"], "timeout": 600}
    await client.cancel("docker_exec_command", arguments, heard, heard.first)
    # There is one permit, so that this one waits for the end of the one before.
    with anyio.fail_after(240):
        await client.call("docker_version", {})
    told = len(heard.values)
    await anyio.sleep(5)
    assert len(heard.values) == told, heard.messages[told:]


CHECKS = [
    lists_tools,
    calls_a_tool,
    sees_a_failure,
    hears_of_a_slow_call,
    asks_before_something_is_lost,
    cancels_a_call,
]
