#!/usr/bin/env python3
"""Speaks for a model behind an endpoint for chat completions, which most providers and local servers have.

Takes OPENAI_BASE_URL (such as http://127.0.0.1:11434/v1), OPENAI_API_KEY where one is needed, and MODEL.
"""

import json
import os
import sys
import urllib.request

ENDPOINT = os.environ["OPENAI_BASE_URL"].rstrip("/") + "/chat/completions"
HEADERS = {"Content-Type": "application/json"}
if key := os.environ.get("OPENAI_API_KEY"):
    HEADERS["Authorization"] = f"Bearer {key}"


def say(**message):
    print(json.dumps(message), flush=True)


def hear():
    return json.loads(sys.stdin.readline())


def ask(messages, tools):
    """The model's next message."""
    body = {"model": os.environ["MODEL"], "messages": messages, "tools": tools}
    request = urllib.request.Request(ENDPOINT, json.dumps(body).encode(), HEADERS)
    with urllib.request.urlopen(request, timeout=600) as response:
        return json.load(response)["choices"][0]["message"]


def use(call):
    """Makes a call that the model asks for, and gives what it hears of it."""
    function = call["function"]
    try:
        arguments = json.loads(function["arguments"] or "{}")
    except ValueError:
        return "The arguments are no JSON."
    say(type="call", id=call["id"], tool=function["name"], arguments=arguments)
    return hear()["text"]


task = hear()
tools = [
    {
        "type": "function",
        "function": {
            "name": tool["name"],
            "description": tool["description"],
            "parameters": tool["inputSchema"],
        },
    }
    for tool in task["tools"]
]
messages = [
    {"role": "system", "content": task["instructions"]},
    {"role": "user", "content": task["prompt"]},
]
while True:
    message = ask(messages, tools)
    messages.append(message)
    if not message.get("tool_calls"):
        say(type="answer", text=message.get("content") or "")
        break
    for call in message["tool_calls"]:
        messages.append({"role": "tool", "tool_call_id": call["id"], "content": use(call)})
