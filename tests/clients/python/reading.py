"""Checks of what is read without a tool: prompts, resources and completions."""

import json

from containers import OLD, WEB, docker, write

INVALID_PARAMS = -32602
LOGS = "container://logs/{container_id}"
STATS = "container://stats/{container_id}"


async def refused(request):
    """The error that a request ends in."""
    try:
        result = await request
    except Exception as error:
        if hasattr(error, "error"):
            return error.error
        raise
    raise AssertionError(f"no error: {result}")


async def lists_prompts(client):
    takes = {
        prompt["name"]: [(one["name"], one["required"]) for one in prompt["arguments"]]
        for prompt in await client.prompts()
    }
    promised = {
        "debug_networking": [("container_id", True), ("target_host", False)],
        "generate_compose": [("container_id", False), ("service_description", False)],
        "optimize_container": [("container_id", True)],
        "security_audit": [("container_id", False)],
        "troubleshoot_container": [("container_id", True)],
    }
    assert promised.items() <= takes.items(), takes


async def gets_each_prompt(client):
    for name, arguments, holds in [
        ("troubleshoot_container", {"container_id": OLD}, ["Exit code 3", "no such table: orders"]),
        ("optimize_container", {"container_id": WEB}, [WEB, "memory"]),
        ("generate_compose", {"container_id": WEB}, [WEB, "services"]),
        ("generate_compose", {"service_description": "a cache"}, ["a cache", "services"]),
        ("debug_networking", {"container_id": WEB, "target_host": "db:5432"}, [WEB, "db:5432"]),
        ("security_audit", {"container_id": WEB}, [WEB, "CIS"]),
        ("security_audit", {}, ["all running containers", "CIS"]),
    ]:
        (message,) = await client.prompt(name, arguments)
        assert message["role"] == "user" and message["content"]["type"] == "text", message
        text = message["content"]["text"]
        missing = [part for part in holds if part not in text]
        assert not missing, (name, missing)
        assert len(text.encode()) <= 16 * 1024, name


async def is_told_what_is_wrong_with_a_prompt(client):
    for name, arguments, says in [
        ("troubleshoot", {}, "troubleshoot_container"),
        ("troubleshoot_container", {}, "container_id"),
        ("troubleshoot_container", {"container": WEB}, "container_id"),
        ("troubleshoot_container", {"container_id": "no such"}, "container_id"),
        ("troubleshoot_container", {"container_id": "no-such-container"}, "no-such-container"),
    ]:
        error = await refused(client.prompt(name, arguments))
        assert error.code == INVALID_PARAMS and says in error.message, error


async def lists_resources(client):
    templates = {one["uriTemplate"]: one["mimeType"] for one in await client.templates()}
    promised = {LOGS: "text/plain", STATS: "application/json"}
    assert promised.items() <= templates.items(), templates
    listed = {one["uri"]: one for one in await client.resources()}
    for name, uris in [
        (WEB, {f"container://logs/{WEB}", f"container://stats/{WEB}"}),
        # What does not run has no stats.
        (OLD, {f"container://logs/{OLD}"}),
    ]:
        both = {f"container://logs/{name}", f"container://stats/{name}"}
        found = both & listed.keys()
        assert found == uris, found
        assert all(listed[uri]["name"] for uri in found), listed


async def reads_resources(client):
    await write("it is up")
    id = await docker("inspect", "--format", "{{.Id}}", WEB)
    # Every character may be percent-encoded, as those of a name need not be.
    for container in [WEB, id, id[:12], WEB.replace("-", "%2D")]:
        uri = f"container://logs/{container}"
        logs = await client.read(uri)
        assert logs["mimeType"] == "text/plain" and "it is up" in logs["text"], logs
        assert logs["uri"] == uri, logs
        stats = await client.read(f"container://stats/{container}")
        assert stats["mimeType"] == "application/json", stats
        sample = json.loads(stats["text"])
        assert sample["container_id"] == id and sample["stats"]["memory"]["usage"] > 0, sample


async def is_told_of_a_missing_resource(client):
    for uri in ["container://logs/no-such-container", "container://stats/no-such-container", "container://web"]:
        error = await refused(client.read(uri))
        assert error.code == client.not_found and error.data["uri"] == uri, error


async def completes(client):
    """What begins so comes before what only holds it."""
    typed = WEB[:-1]
    for values in [
        await client.complete_prompt("troubleshoot_container", "container_id", typed),
        await client.complete_template(LOGS, "container_id", typed),
        await client.complete_template(STATS, "container_id", typed.upper()),
    ]:
        assert values == [WEB, OLD], values
    for values in [
        await client.complete_prompt("debug_networking", "target_host", typed),
        await client.complete_template(LOGS, "container_id", f"{typed}-no-such"),
    ]:
        assert values == [], values
    for complete, *arguments in [
        (client.complete_prompt, "troubleshoot_container", "container", typed),
        (client.complete_prompt, "no_such_prompt", "container_id", typed),
        (client.complete_template, "container://no-such/{container_id}", "container_id", typed),
    ]:
        error = await refused(complete(*arguments))
        assert error.code == INVALID_PARAMS, error


CHECKS = [
    lists_prompts,
    gets_each_prompt,
    is_told_what_is_wrong_with_a_prompt,
    lists_resources,
    reads_resources,
    is_told_of_a_missing_resource,
    completes,
]
