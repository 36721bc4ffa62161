"""The Python SDK before version 2: what most installed clients are."""

import os
import sys
from functools import partial

import anyio
from mcp import ClientSession, StdioServerParameters, types
from mcp.client import websocket
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client

from checks import check
from client import SERVER, TRANSPORT, Client, News, Person, environment


class Version1(Client):
    async def cancel(self, tool, arguments, progress, when):
        # This SDK leaves it to its user to tell the server, and gives no id.
        request = self.sdk._request_id
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.call, tool, arguments, progress)
            await when.wait()
            params = types.CancelledNotificationParams(requestId=request)
            await self.sdk.send_notification(
                types.ClientNotification(types.CancelledNotification(params=params))
            )
            tasks.cancel_scope.cancel()


def connection():
    match TRANSPORT:
        case "stdio":
            return stdio_client(StdioServerParameters(command=SERVER, env=environment()))
        case "sse":
            return sse_client(SERVER)
        case "http":
            return streamablehttp_client(SERVER)
        case "websocket":
            if token := os.environ.get("MCP_DOCKER_AUTH_TOKEN"):
                # The SDK's function takes no headers; what it opens the socket with does.
                headers = {"Authorization": f"Bearer {token}"}
                websocket.ws_connect = partial(websocket.ws_connect, additional_headers=headers)
            return websocket.websocket_client(SERVER)


async def main():
    person, news, ended = Person(), News(), None
    try:
        async with (
            connection() as (read, write, *_),
            ClientSession(
                read, write, elicitation_callback=person, message_handler=news
            ) as session,
        ):
            version = (await session.initialize()).protocolVersion
            ended = await check(Version1(session, person, news, f"python 1, {version}"))
    except* anyio.BrokenResourceError:
        # This SDK closes what it reads into before it stops to read, and then fails at what the server still says.
        if ended is None:
            raise
    return ended


sys.exit(anyio.run(main))
