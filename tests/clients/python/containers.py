"""The containers that the checks look at, made by the Docker CLI and not by the server."""

import os
from contextlib import asynccontextmanager

import anyio

PREFIX = os.environ["MCP_DOCKER_TEST_PREFIX"]
IMAGE = os.environ["MCP_DOCKER_TEST_IMAGE"]

WEB = f"{PREFIX}-web"
# It holds the name of the other, and does not begin with it.
OLD = f"old-{PREFIX}-web"


async def docker(*arguments):
    return (await anyio.run_process(["docker", *arguments])).stdout.decode().strip()


@asynccontextmanager
async def container(name, *command):
    """A container of that name, gone afterwards; it waits, or runs a command."""
    await docker("run", "--detach", "--network", "none", "--name", name, IMAGE, *command)
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await docker("rm", "--force", name)


def web():
    """`WEB`, which runs."""
    return container(WEB)


@asynccontextmanager
async def old():
    """`OLD`, which ran into an error."""
    async with container(OLD, "sh", "-c", "echo 'no such table: orders'; exit 3"):
        await docker("wait", OLD)
        yield


async def write(text):
    """Makes `WEB` write to its log."""
    await docker("exec", WEB, "sh", "-c", f"echo '{text}' >/proc/1/fd/1")
