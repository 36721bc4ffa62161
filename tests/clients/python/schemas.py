"""Holds the list of tools against what clients and the providers of models take.

    schemas.py stdio BINARY

Prints `ok CHECK` or `FAILED CHECK: reason` for each check; exits with 1 where one failed.
"""

import asyncio
import copy
import re
import sys

import jsonschema
from agents.strict_schema import ensure_strict_json_schema
from google.genai import types
from google.genai._extra_utils import parse_config_for_mcp_sessions
from google.genai._mcp_utils import mcp_to_gemini_tools
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

SERVER = "mcp-docker"
# What OpenAI's functions take, and of it what its strict mode takes.
OPENAI = {
    "type", "description", "properties", "required", "items", "enum",
    "additionalProperties", "default", "minimum", "maximum",
}
STRICT = OPENAI - {"default"}
# What the API of Gemini takes in `FunctionDeclaration.parameters`.
GEMINI_TYPES = {"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT"}


def nodes(schema, path="$"):
    """Every schema within a schema, with its place."""
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from nodes(child, f"{path}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from nodes(schema[key], f"{path}.{key}")


def is_map(schema):
    """An object with names of the caller's choice, which OpenAI's strict mode cannot express."""
    return schema.get("type") == "object" and not schema.get("properties")


def meta_schemas(tools):
    """VS Code reads schemas by draft 2020-12, others by draft 7."""
    for tool in tools:
        for schema in (tool.input_schema, tool.output_schema):
            for draft in (jsonschema.Draft7Validator, jsonschema.Draft202012Validator):
                draft.check_schema(schema)


def cursor(tools):
    """Cursor takes 40 tools, and 60 characters of server and tool."""
    assert len(tools) <= 40, f"{len(tools)} tools"
    for tool in tools:
        assert len(f"{SERVER}:{tool.name}") <= 60, tool.name


def openai(tools):
    """What OpenAI checks of a function that is not strict."""
    for tool in tools:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool.name), tool.name
        assert len(tool.description) <= 1024, tool.name
        assert tool.input_schema["type"] == "object" and "properties" in tool.input_schema, tool.name
        for path, schema in nodes(tool.input_schema):
            assert isinstance(schema.get("type"), str), f"{tool.name} {path}: {schema.get('type')}"
            assert set(schema) <= OPENAI, f"{tool.name} {path}: {set(schema) - OPENAI}"
            assert schema["type"] != "array" or "items" in schema, f"{tool.name} {path}"
            assert not isinstance(schema.get("additionalProperties"), bool), f"{tool.name} {path}"


def openai_strict(tools):
    """The strict form that OpenAI's own Agents SDK makes of a tool without maps."""
    tried = 0
    for tool in tools:
        # The tool itself takes no names of the caller's choice, even where it takes none at all.
        if any(is_map(schema) for path, schema in nodes(tool.input_schema) if path != "$"):
            continue
        strict = ensure_strict_json_schema(copy.deepcopy(tool.input_schema))
        for path, schema in nodes(strict):
            # A client drops a default, as what is required has none.
            schema.pop("default", None)
            assert set(schema) <= STRICT, f"{tool.name} {path}: {set(schema) - STRICT}"
            if schema["type"] == "object":
                assert schema["additionalProperties"] is False, f"{tool.name} {path}"
                assert set(schema["required"]) == set(schema["properties"]), f"{tool.name} {path}"
        tried += 1
    assert tried >= 20, f"{tried} tools"


def gemini(tools):
    """The conversions of google-genai, for the Gemini API and for the Agent Platform."""
    for tool, converted in zip(tools, mcp_to_gemini_tools(tools)):
        [declaration] = converted.function_declarations
        assert set(declaration.parameters.properties or {}) == set(tool.input_schema["properties"])
        declared(tool.name, declaration.parameters)
    for tool, converted in zip(tools, mcp_to_gemini_tools(tools, is_agent_platform=True)):
        assert converted.function_declarations[0].parameters_json_schema == tool.input_schema
    for tool in tools:
        for schema in (tool.input_schema, tool.output_schema):
            types.Schema.from_json_schema(json_schema=types.JSONSchema(**schema))
        types.FunctionDeclaration(name=tool.name, response_json_schema=tool.output_schema)


def declared(name, schema):
    """A schema as Gemini has it: of one type, with what belongs to that type."""
    assert schema.type and schema.type.value in GEMINI_TYPES, f"{name}: {schema.type}"
    assert not schema.any_of, name
    assert schema.type.value == "OBJECT" or not (schema.properties or schema.required), name
    assert schema.type.value != "ARRAY" or schema.items, name
    assert not schema.enum or schema.type.value == "STRING", name
    for child in (schema.properties or {}).values():
        declared(name, child)
    if schema.items:
        declared(name, schema.items)


async def gemini_session(session, tools):
    """What google-genai makes of a session that it is given as a tool."""
    config = types.GenerateContentConfig(tools=[session])
    parsed, sessions = await parse_config_for_mcp_sessions(config)
    assert len(parsed.tools) == len(sessions) == len(tools), f"{len(parsed.tools)} tools"


async def main(binary):
    failed = False

    def report(check, error=None):
        nonlocal failed
        failed |= error is not None
        print(f"FAILED {check}: {type(error).__name__}: {error}" if error else f"ok {check}")

    server = StdioServerParameters(command=binary)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        for check in (meta_schemas, cursor, openai, openai_strict, gemini):
            try:
                check(tools)
                report(check.__name__)
            except Exception as error:  # noqa: BLE001
                report(check.__name__, error)
        try:
            await gemini_session(session, tools)
            report(gemini_session.__name__)
        except Exception as error:  # noqa: BLE001
            report(gemini_session.__name__, error)
    return failed


sys.exit(asyncio.run(main(sys.argv[2])))
