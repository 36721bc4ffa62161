"""What every Python client has to see of the server, whatever its version and the transport."""

import anyio

import calls
import reading
import subscribing
import waiting
from containers import containers

CHECKS = calls.CHECKS + reading.CHECKS + subscribing.CHECKS + waiting.CHECKS


async def check(client):
    """Prints a line for each check, and gives whether one failed."""
    failed = False
    for one in CHECKS:
        name = f"{client.label} {one.__name__.replace('_', ' ')}"
        try:
            with anyio.fail_after(90):
                async with containers():
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
