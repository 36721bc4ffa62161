"""Holds a short session with a server, by the SDK: one that a command starts, or one at an address.

    packaging/hold.py COMMAND [ARGUMENT...]
    packaging/hold.py http://ADDRESS          with the token in MCP_BEARER

It says that its website is the repository of OWNER.
"""

import os
import sys

import anyio
import httpx2
import mcp
from mcp.client.streamable_http import streamable_http_client

what, *arguments = sys.argv[1:]


def server():
    if what.startswith("http://"):
        headers = {"Authorization": f"Bearer {os.environ['MCP_BEARER']}"}
        return streamable_http_client(what, http_client=httpx2.AsyncClient(headers=headers))
    return mcp.StdioServerParameters(command=what, args=arguments, env=dict(os.environ))


async def main():
    async with mcp.Client(server()) as client:
        tools = await client.list_tools()
        website = client.server_info and client.server_info.website_url
        assert website == f"https://github.com/{os.environ['OWNER']}/mcp-docker", client.server_info
        version = await client.call_tool("docker_version", {})
        assert tools.tools and version.structured_content and not version.is_error, version
        print(f"{len(tools.tools)} tools; the Engine says {str(version.structured_content)[:60]}…")


anyio.run(main)
