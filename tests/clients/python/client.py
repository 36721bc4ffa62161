"""What the clients of all versions of the Python SDK have in common.

A client takes what it says and hears as JSON: results are dicts with the names of the protocol.
Their SDKs agree on the methods and differ in how a result is spelled.
"""

import os
import sys
from contextlib import asynccontextmanager

import anyio
from mcp import types

TRANSPORT, SERVER = sys.argv[1:]



def wire(result):
    return result.model_dump(by_alias=True, mode="json", exclude_none=True)


class Person:
    """Answers what is asked, and remembers it."""

    def __init__(self):
        self.answer = "cancel"
        self.asked = []

    async def __call__(self, _, params):
        self.asked.append(params.message)
        return types.ElicitResult(action=self.answer, content={})


class News:
    """What the server tells unasked: of a resource its URI, of the list of them `list`."""

    def __init__(self):
        self.told, self.heard = anyio.create_memory_object_stream(1000)

    async def __call__(self, message):
        notification = getattr(message, "root", message)
        match getattr(notification, "method", None):
            case "notifications/resources/updated":
                await self.told.send(str(notification.params.uri))
            case "notifications/resources/list_changed":
                await self.told.send("list")

    async def of(self, what, within=240):
        """Waits for news of it; other news are passed over."""
        with anyio.fail_after(within):
            while await self.heard.receive() != what:
                pass

    async def none_of(self, what, within):
        """Waits, and there are no news of it."""
        with anyio.move_on_after(within):
            await self.of(what, within + 1)
            raise AssertionError(f"news of {what}")

    async def settle(self):
        """Waits until nothing is on its way any more, and forgets what came."""
        heard = True
        while heard:
            with anyio.move_on_after(1.5) as quiet:
                await self.heard.receive()
            heard = not quiet.cancelled_caught


class Client:
    """A client of the eras that have `initialize`."""

    not_found = -32002

    def __init__(self, sdk, person, news, label):
        self.sdk = sdk
        self.person = person
        self.news = news
        self.label = f"{label}, {TRANSPORT},"

    async def tools(self):
        return wire(await self.sdk.list_tools())["tools"]

    async def call(self, tool, arguments, progress=None):
        return wire(await self.sdk.call_tool(tool, arguments, progress_callback=progress))

    async def prompts(self):
        return wire(await self.sdk.list_prompts())["prompts"]

    async def prompt(self, name, arguments):
        return wire(await self.sdk.get_prompt(name, arguments))["messages"]

    async def templates(self):
        return wire(await self.sdk.list_resource_templates())["resourceTemplates"]

    async def resources(self):
        """Of every page."""
        resources, cursor = [], None
        while True:
            page = wire(await self.sdk.list_resources(cursor=cursor))
            resources += page["resources"]
            cursor = page.get("nextCursor")
            if cursor is None:
                return resources

    async def read(self, uri):
        (contents,) = wire(await self.sdk.read_resource(uri))["contents"]
        return contents

    async def complete_prompt(self, name, argument, value):
        reference = types.PromptReference(type="ref/prompt", name=name)
        return await self._complete(reference, argument, value)

    async def complete_template(self, uri, argument, value):
        reference = types.ResourceTemplateReference(type="ref/resource", uri=uri)
        return await self._complete(reference, argument, value)

    async def _complete(self, reference, argument, value):
        result = await self.sdk.complete(reference, {"name": argument, "value": value})
        return wire(result)["completion"]["values"]

    @asynccontextmanager
    async def subscribed(self, *uris, to_list=False):
        """As long as it lasts there are `news` of these."""
        if to_list:
            # Whoever has read the list hears of it.
            await self.resources()
        for uri in uris:
            await self.sdk.subscribe_resource(uri)
        yield
        for uri in uris:
            await self.sdk.unsubscribe_resource(uri)


def environment():
    """What a server has that the client starts: run.sh says it for all of them."""
    return dict(os.environ)
