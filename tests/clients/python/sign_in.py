"""Signs in with the Python SDK, before version 2 or since: `python sign_in.py NAME SERVER ISSUER`."""

import asyncio
import base64
import http.client
import json
import os
import re
import sys
import time
import urllib.parse
import urllib.request

from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import OAuthClientMetadata

NAME, SERVER, ISSUER = sys.argv[1:]
IS_OLD = NAME.startswith("python1")
BY_DOCUMENT = os.environ["KNOWN_BY"] == "document"
REDIRECT = "http://127.0.0.1:9499/callback"
failed = False


def check(what, holds, shown=""):
    global failed
    print(f"{'ok' if holds else 'FAILED'} {NAME}: {what}" + ("" if holds else f": {shown}"), flush=True)
    failed = failed or not holds


def agree(url):
    """The person: follows every link, fills in every form, until it leads back to the client."""
    jar, form = {}, None
    for _ in range(20):
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        headers = {"cookie": "; ".join(f"{key}={value}" for key, value in jar.items())}
        if form:
            headers["content-type"] = "application/x-www-form-urlencoded"
        target = parts.path + ("?" + parts.query if parts.query else "")
        connection.request("POST" if form else "GET", target, form, headers)
        response = connection.getresponse()
        page, form = response.read().decode(), None
        for cookie in response.msg.get_all("set-cookie") or []:
            key, value = cookie.split(";")[0].split("=", 1)
            jar[key] = value
        if 300 <= response.status < 400:
            url = urllib.parse.urljoin(url, response.getheader("location"))
            if url.startswith(REDIRECT):
                return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
            continue
        action = re.search(r'<form[^>]*action="([^"]+)"', page)
        prompt = re.search(r'name="prompt" value="([^"]+)"', page)
        if not action:
            raise RuntimeError(f"{response.status} {url}: {page[:300]}")
        url = urllib.parse.urljoin(url, action[1])
        fields = {"prompt": prompt[1]}
        if prompt[1] == "login":
            fields |= {"login": "alice", "password": "x"}
        form = urllib.parse.urlencode(fields)
    raise RuntimeError("it leads nowhere")


class Store:
    tokens = client = asked = None
    logins = 0

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client

    def part(self, number):
        part = self.tokens.access_token.split(".")[number]
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


store = Store()


async def redirect(url):
    store.asked = url


async def callback():
    store.logins += 1
    back = await asyncio.to_thread(agree, store.asked)
    if IS_OLD:
        return back["code"], back["state"]
    from mcp.shared.auth import AuthorizationCodeResult

    return AuthorizationCodeResult(code=back["code"], state=back["state"], iss=back["iss"])


metadata = OAuthClientMetadata(
    client_name=NAME,
    redirect_uris=[REDIRECT],
    grant_types=["authorization_code", "refresh_token"],
    response_types=["code"],
    token_endpoint_auth_method="none",
)
document = {"client_metadata_url": "https://client.test/oauth/client.json"} if BY_DOCUMENT else {}
auth = OAuthClientProvider(SERVER, metadata, store, redirect, callback, **document)


def text(result):
    return result.content[0].text


def is_error(result):
    return result.isError if IS_OLD else result.is_error


async def checks(call):
    listed = await call("docker_list_containers", {})
    check("signs in", store.logins == 1, store.logins)
    check("reads", not is_error(listed), text(listed))
    check("asks for what opens least", store.part(1)["scope"] == "docker:read", store.part(1)["scope"])
    known = store.client.client_id.startswith("https:") == BY_DOCUMENT
    check("is known as it should be", known, store.client.client_id)

    stopped = await call("docker_stop_container", {"container_id": "none-of-that-name"})
    check("asks for more", store.logins == 2 and "none-of-that-name" in text(stopped), text(stopped))
    scope = store.part(1)["scope"]
    check("keeps what it had", sorted(scope.split()) == ["docker:read", "docker:write"], scope)

    before, logins = store.tokens.access_token, store.logins
    urllib.request.urlopen(f"{ISSUER}/rotate", timeout=20).read()
    # Until nobody takes it any more: the server lets clocks differ by five seconds.
    await asyncio.sleep(max(store.part(1)["exp"] + 6 - time.time(), 0))
    again = await call("docker_list_containers", {})
    renewed = store.tokens.access_token != before
    check("reads with a new token", not is_error(again) and renewed, text(again))
    check("and nobody signed in again", store.logins == logins, store.logins)
    check("by a new key", store.part(0)["kid"] == "key-2", store.part(0)["kid"])


async def main():
    if IS_OLD:
        from mcp import ClientSession
        from mcp.client.streamable_http import streamablehttp_client

        async with streamablehttp_client(SERVER, auth=auth) as (read, write, _):
            async with ClientSession(read, write) as session:
                await session.initialize()
                await checks(session.call_tool)
        return
    import httpx2
    from mcp.client.client import Client
    from mcp.client.streamable_http import streamable_http_client

    async with httpx2.AsyncClient(auth=auth, timeout=20) as web:
        async with Client(streamable_http_client(SERVER, http_client=web)) as client:
            await checks(client.call_tool)


asyncio.run(main())
sys.exit(1 if failed else 0)
