"""Checks of waits: each event comes as progress before the result, and a wait ends in three ways."""

from contextlib import asynccontextmanager

import anyio

from calls import failed
from containers import WEB, docker


class Told:
    """What the progress of a call tells of `WEB`: an action each."""

    ABOUT = f"container {WEB}: "

    def __init__(self):
        self.actions = []
        self.first = anyio.Event()
        self._more = anyio.Event()

    async def __call__(self, progress, total, message):
        # Others tell how long it has been, and of what else there is on the Engine.
        if message.startswith(self.ABOUT):
            self.actions.append(message.removeprefix(self.ABOUT))
            self.first.set()
            self._more.set()

    async def of(self, action, times):
        while self.actions.count(action) < times:
            self._more = anyio.Event()
            await self._more.wait()


@asynccontextmanager
async def restless():
    """As long as it lasts, something happens to `WEB` again and again."""

    async def pause():
        while True:
            # Ended between the two, it would stay paused.
            with anyio.CancelScope(shield=True):
                await docker("pause", WEB)
                await docker("unpause", WEB)
            await anyio.sleep(1.5)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(pause)
        yield
        tasks.cancel_scope.cancel()


def of_web(result):
    return [event["action"] for event in result["events"] if event["name"] == WEB]


def are_told(told, result):
    """Each event that a result holds was told by then, and in that order."""
    actions = of_web(result)
    said = [word.partition(" with ")[0] for word in told.actions]
    assert actions and said == actions, (told.actions, actions)


async def hears_each_event_before_a_wait_is_met(client):
    told, results = Told(), []

    async def wait():
        arguments = {"for": "exited", "containers": [WEB], "timeout": 300}
        results.append(await client.call("docker_wait", arguments, told))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        async with restless():
            await told.first.wait()
        for times in [1, 2]:
            # It takes no notice, so that the wait goes on and the event comes before its result.
            await docker("kill", "--signal", "WINCH", WEB)
            await told.of("kill", times)
        assert not results, results
        await docker("kill", WEB)
    (result,) = results
    assert not failed(result) and result["structuredContent"]["met"] is True, result
    are_told(told, result["structuredContent"])
    assert told.actions[-1] == "die with exit code 137", told.actions


async def sees_a_wait_end_at_its_deadline(client):
    arguments = {"for": "exited", "containers": [WEB], "timeout": 1}
    result = await client.call("docker_wait", arguments, Told())
    assert not failed(result), result
    result = result["structuredContent"]
    assert result["met"] is False and result["waited"] >= 1, result
    assert f"`{WEB}` is running" in result["hint"], result


async def cancels_a_wait(client):
    told = Told()
    arguments = {"for": "exited", "containers": [WEB], "timeout": 300}
    async with restless():
        await client.cancel("docker_wait", arguments, told, told.first)
        await can_wait(client)


async def hears_each_event_of_a_stretch_ahead(client):
    result, told = {"events": []}, None
    async with restless():
        # A machine that is slow enough lets nothing happen in it.
        while not of_web(result):
            told = Told()
            arguments = {"since": "now", "until": "+2s", "filters": {"container": WEB}}
            result = (await client.call("docker_events", arguments, told))["structuredContent"]
    are_told(told, result)


async def cancels_a_stretch_ahead(client):
    told = Told()
    arguments = {"since": "now", "until": "+290s", "filters": {"container": WEB}}
    async with restless():
        await client.cancel("docker_events", arguments, told, told.first)
        await can_wait(client)


async def can_wait(client):
    """There is room for one, so that this one has it only after the end of the one before."""
    told = Told()
    arguments = {"for": "event", "containers": [WEB], "timeout": 300}
    result = await client.call("docker_wait", arguments, told)
    assert not failed(result) and result["structuredContent"]["met"] is True, result
    are_told(told, result["structuredContent"])


CHECKS = [
    hears_each_event_before_a_wait_is_met,
    sees_a_wait_end_at_its_deadline,
    cancels_a_wait,
    hears_each_event_of_a_stretch_ahead,
    cancels_a_stretch_ahead,
]
