"""What every Python client has to see of the server, whatever its version and the transport."""

import anyio

import calls
import reading
import subscribing
import waiting
from containers import old, web

CHECKS = calls.CHECKS + reading.CHECKS + subscribing.CHECKS + waiting.CHECKS


async def check(client):
    """
    Prints a line for each check, and gives whether one failed. Each has a `WEB` of its own; `OLD` is only looked at.
    """
    failed = False
    async with old():
        for one in CHECKS:
            name = f"{client.label} {one.__name__.replace('_', ' ')}"
            try:
                with anyio.fail_after(400):
                    async with web():
                        await one(client)
                print(f"ok {name}", flush=True)
            except Exception as error:
                failed = True
                print(f"FAILED {name}: {reason(error)}", flush=True)
    return failed


def reason(error):
    """What went wrong, on one line, and of several things the first."""
    while hasattr(error, "exceptions"):
        error = error.exceptions[0]
    return " ".join(f"{type(error).__name__}: {error}".split())
