"""The Python SDK from version 2 on, in the era of the protocol that `ERA` says."""

import os
import sys
import warnings
from contextlib import asynccontextmanager

import anyio
import mcp
from mcp import StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.subscriptions import ResourceUpdated

from checks import check
from client import SERVER, TRANSPORT, Client, News, Person, environment

# What the new era has replaced is what the old one is tried with.
warnings.simplefilter("ignore", mcp.MCPDeprecationWarning)


class Legacy(Client):
    async def cancel(self, tool, arguments, progress, when):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.call, tool, arguments, progress)
            await when.wait()
            tasks.cancel_scope.cancel()


class Modern(Legacy):
    not_found = -32602

    @asynccontextmanager
    async def subscribed(self, *uris, to_list=False):
        filter = {"resource_subscriptions": uris, "resources_list_changed": to_list}
        async with self.sdk.listen(**filter) as events, anyio.create_task_group() as tasks:
            tasks.start_soon(self.hear, events)
            yield
            tasks.cancel_scope.cancel()

    async def hear(self, events):
        async for event in events:
            what = event.uri if isinstance(event, ResourceUpdated) else "list"
            await self.news.told.send(what)


def server():
    match TRANSPORT:
        case "stdio":
            return StdioServerParameters(command=SERVER, env=environment())
        case "sse":
            return sse_client(SERVER)
        case "http":
            return SERVER


async def main():
    mode, version = {"legacy": ("legacy", Legacy), "modern": ("2026-07-28", Modern)}[os.environ["ERA"]]
    person, news = Person(), News()
    # What `listen` hears comes to the handler too, and is not to be counted twice.
    handler = news if version is Legacy else None
    handlers = {"elicitation_callback": person, "message_handler": handler}
    async with mcp.Client(server(), mode=mode, **handlers) as sdk:
        return await check(version(sdk, person, news, f"python 2, {sdk.protocol_version}"))


sys.exit(anyio.run(main))
