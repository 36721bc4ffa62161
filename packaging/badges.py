#!/usr/bin/env python3
"""Writes the buttons of the README that set a client up with a click.

    packaging/badges.py [PROGRAM]

PROGRAM is target/release/mcp-docker where none is given. What each link holds is what `PROGRAM install CLIENT --print`
prints, but for the path of the program, which a link cannot know. tests/suite/docs/badges.rs reads the links back.

The forms of the links, each read in November 2026. GitHub removes links that are not https, so each client has a page
that leads on:

- VS Code: https://code.visualstudio.com/docs/copilot/guides/mcp-developer-guide, "MCP URL handler"; the page that leads
  on is in https://github.com/microsoft/playwright-mcp/blob/main/utils/generate-links.js
- Cursor: https://cursor.com/docs/mcp/install-links; the page that leads on is in the README of
  https://github.com/microsoft/playwright-mcp
- LM Studio: https://lmstudio.ai/docs/app/mcp/deeplink
- Goose: https://github.com/aaif-goose/goose/blob/main/ui/desktop/src/components/settings/extensions/deeplink.ts, which
  takes a few commands only and no value of a variable: so the link starts the image, with settings as flags. The page
  that leads on: https://github.com/aaif-goose/goose/pull/3011, now at goose-docs.ai
"""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parent.parent
NAME = "mcp-docker"
OPEN, CLOSE = "<!-- badges: made by `packaging/badges.py` -->\n", "<!-- /badges -->"


def main():
    program = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/release/mcp-docker").resolve()
    links = [
        ("VS Code", "0078D4", vs_code(entry(program, "vscode"))),
        ("Cursor", "1F1F1F", f"https://cursor.com/install-mcp?{named(entry(program, 'cursor'))}"),
        ("LM Studio", "4B3FBF", f"https://lmstudio.ai/install-mcp?{named(entry(program, 'lm-studio'))}"),
        ("Goose", "3A3A3A", goose(program)),
    ]
    badges = [
        f"[![Set up in {title}](https://img.shields.io/badge/{quote(title)}-set_up-{colour}?style=flat-square)]({link})"
        for title, colour, link in links
    ]
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(OPEN)
    after = rest.split(CLOSE, 1)[1]
    readme.write_text(before + OPEN + "\n" + "\n".join(badges) + "\n\n" + CLOSE + after, encoding="utf-8")


def printed(program, client):
    """What `install --print` prints to somebody who has nothing yet."""
    with tempfile.TemporaryDirectory() as home:
        env = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT")}
        command = [program, "install", client, "--profile", "normal", "--print"]
        done = subprocess.run(command, env={**env, "HOME": home}, stdout=subprocess.PIPE, check=True, cwd=home)
        return done.stdout.decode()


def entry(program, client):
    (servers,) = json.loads(printed(program, client)).values()
    return {**servers[NAME], "command": NAME}


def vs_code(entry):
    link = f"vscode:mcp/install?{whole(json.dumps({'name': NAME, **entry}, separators=(',', ':')))}"
    return f"https://insiders.vscode.dev/redirect?url={whole(link)}"


def named(entry):
    text = json.dumps(entry, separators=(",", ":"))
    return f"name={NAME}&config={whole(base64.b64encode(text.encode()).decode())}"


def goose(program):
    text = printed(program, "goose")
    settings = re.findall(r'^ +([A-Z_]+): "?([^"\n]+)"?$', text, re.MULTILINE)
    (timeout,) = re.findall(r"^ +timeout: (\d+)$", text, re.MULTILINE)
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.*)"$', manifest, re.MULTILINE).group(1)
    socket = "/var/run/docker.sock"
    arguments = ["run", "-i", "--rm", "-v", f"{socket}:{socket}", "--user", "0", f"{NAME}:{version}"]
    arguments += [f"--{name.lower().replace('_', '-')}={value}" for name, value in settings]
    query = [("cmd", "docker")] + [("arg", argument) for argument in arguments]
    query += [("id", NAME), ("name", NAME), ("description", "Manage Docker"), ("timeout", timeout)]
    return f"https://goose-docs.ai/extension?{urlencode(query, quote_via=quote, safe='')}"


def whole(text):
    """As `encodeURIComponent` does it."""
    return quote(text, safe="!'()*")


if __name__ == "__main__":
    main()
