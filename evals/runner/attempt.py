"""One attempt: a model, which is a command, works on a task with the tools of a server.

The lines that the two exchange are described in ../README.md.
"""

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

import anyio
import mcp
from anyio.streams.buffered import BufferedByteReceiveStream
from mcp import StdioServerParameters, types

# Nobody needs as many: a model that goes round in circles is stopped.
MOST_CALLS = 100
LONGEST_LINE = 1 << 24


@dataclass
class Attempt:
    answer: str = ""
    # Of each call: the tool, its arguments, whether it failed, whether it is one that only reads, and
    # the bytes it returned.
    calls: list = field(default_factory=list)
    bytes: int = 0
    # How often the person was asked, who always agrees.
    asked: int = 0
    seconds: float = 0
    # Why there is no answer.
    stopped: str | None = None


async def attempt(server, model, task, seconds):
    """Has the model try it, and gives what it did."""
    done = Attempt()
    began = time.monotonic()
    done.stopped = f"no answer within {seconds} s"
    with anyio.move_on_after(seconds):
        # An empty directory, so that the server reads no .env.
        with tempfile.TemporaryDirectory() as nowhere:
            done.stopped = await converse(server, model, task, done, nowhere)
    done.seconds = time.monotonic() - began
    return done


async def converse(server, model, task, done, nowhere):
    async def person(_, params):
        done.asked += 1
        return types.ElicitResult(action="accept", content={})

    command, *args = server
    parameters = StdioServerParameters(
        command=command, args=args, env=settings(), cwd=nowhere
    )
    async with (
        mcp.Client(parameters, elicitation_callback=person) as client,
        await anyio.open_process(model, stderr=None) as process,
    ):
        tools = (await client.list_tools()).tools
        reads = {tool.name for tool in tools if tool.annotations.read_only_hint}
        lines = BufferedByteReceiveStream(process.stdout)
        try:
            task = {"type": "task", "prompt": task.prompt, "instructions": client.instructions or ""}
            await send(process, task | {"tools": shown(tools)})
            while True:
                line = await lines.receive_until(b"\n", LONGEST_LINE)
                stopped = await act(client, process, json.loads(line), reads, done)
                if stopped is not True:
                    return stopped
        except (anyio.IncompleteRead, anyio.BrokenResourceError, anyio.ClosedResourceError):
            return "the model ended without an answer"
        except (ValueError, KeyError, TypeError) as error:
            return f"the model said what is no message: {error}"
        finally:
            await end(process)


async def act(client, process, message, reads, done):
    """Does what the model says. True: it goes on; else it is at its end, and why."""
    match message["type"]:
        case "answer":
            done.answer = str(message["text"])
            return None
        case "call" if len(done.calls) < MOST_CALLS:
            tool, arguments = message["tool"], message.get("arguments") or {}
            text, error = await call(client, tool, arguments)
            size = len(text.encode())
            done.calls.append(
                {
                    "tool": tool,
                    "arguments": arguments,
                    "error": error,
                    "reads": tool in reads,
                    "bytes": size,
                }
            )
            done.bytes += size
            await send(process, {"type": "result", "id": message.get("id"), "text": text, "error": error})
            return True
        case "call":
            return f"no answer after {MOST_CALLS} calls"
        case other:
            raise ValueError(f"a message of the type {other!r}")


async def call(client, tool, arguments):
    """What a model sees of a result, and whether the call failed."""
    if not isinstance(arguments, dict):
        return "The arguments have to be an object.", True
    try:
        result = await client.call_tool(tool, arguments)
    except mcp.MCPError as error:
        return str(error), True
    texts = [block.text for block in result.content if block.type == "text"]
    return "\n".join(texts), bool(result.is_error)


async def end(process):
    """A model that is done ends by itself, or is ended."""
    with anyio.move_on_after(5, shield=True):
        await process.stdin.aclose()
        await process.wait()
    if process.returncode is None:
        process.kill()


async def send(process, message):
    await process.stdin.send(json.dumps(message).encode() + b"\n")


def shown(tools):
    """What a model is told of the tools."""
    return [
        {"name": tool.name, "description": tool.description, "inputSchema": tool.input_schema}
        for tool in tools
    ]


def settings():
    """Of the server: everything on, and a person who agrees, unless the environment has it otherwise."""
    defaults = {
        "MCP_DOCKER_TOOLSETS": "all",
        "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS": "true",
        "MCP_LOG_LEVEL": "ERROR",
    }
    return defaults | dict(os.environ)
