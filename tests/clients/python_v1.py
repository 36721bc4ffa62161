"""The Python SDK before version 2: what most installed clients are."""

import sys

import anyio
from mcp import ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client

from checks import ENVIRONMENT, SERVER, check, person


class Client:
    def __init__(self, session, version):
        self.session = session
        self.label = f"python 1, {version},"

    async def tools(self):
        return [tool.name for tool in (await self.session.list_tools()).tools]

    async def call(self, tool, arguments, progress):
        result = await self.session.call_tool(tool, arguments, progress_callback=progress)
        return result.isError, result.structuredContent, result.content[0].text

    async def cancel(self, tool, arguments, progress, when):
        # This SDK leaves it to its user to tell the server, and gives no id.
        request = self.session._request_id
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.call, tool, arguments, progress)
            await when.wait()
            params = types.CancelledNotificationParams(requestId=request)
            await self.session.send_notification(
                types.ClientNotification(types.CancelledNotification(params=params))
            )
            tasks.cancel_scope.cancel()


async def elicit(_, params):
    return types.ElicitResult(action=person(params.message), content={})


async def main():
    server = StdioServerParameters(command=SERVER, env=ENVIRONMENT)
    async with (
        stdio_client(server) as (read, write),
        ClientSession(read, write, elicitation_callback=elicit) as session,
    ):
        version = (await session.initialize()).protocolVersion
        return await check(Client(session, version))


sys.exit(anyio.run(main))
