"""The Python SDK from version 2 on, in both eras of the protocol."""

import sys

import anyio
import mcp
from mcp import StdioServerParameters
from mcp.types import ElicitResult

from checks import ENVIRONMENT, SERVER, check, person


class Client:
    def __init__(self, client):
        self.client = client
        self.label = f"python 2, {client.protocol_version},"

    async def tools(self):
        return [tool.name for tool in (await self.client.list_tools()).tools]

    async def call(self, tool, arguments, progress):
        result = await self.client.call_tool(tool, arguments, progress_callback=progress)
        return result.is_error, result.structured_content, result.content[0].text

    async def cancel(self, tool, arguments, progress, when):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.call, tool, arguments, progress)
            await when.wait()
            tasks.cancel_scope.cancel()


async def elicit(_, params):
    return ElicitResult(action=person(params.message), content={})


async def main():
    failed = False
    server = StdioServerParameters(command=SERVER, env=ENVIRONMENT)
    for mode in ["legacy", "2026-07-28"]:
        async with mcp.Client(server, mode=mode, elicitation_callback=elicit) as client:
            failed |= await check(Client(client))
    return failed


sys.exit(anyio.run(main))
