#!/usr/bin/env python3
"""Proves the tasks: each can be solved within its limits, and only by what its own world says.

    evals/check.py [--server 'COMMAND'] [--seeds 1,2,3] [--jobs 2] [TASK…]

In each world a model that does nothing has to fail, then one that does and says what was right in the
world of the seed before; then the scripted one has to solve it. Needs what run.py needs.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import anyio
import yaml

from run import HEAD, command, judged, line
from runner.attempt import attempt
from runner.tasks import EVALS, load

SOLVER = EVALS / "solver"
SECONDS = 60


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="all of them by default")
    parser.add_argument("--server", default="mcp-docker", help="command of the server")
    parser.add_argument("--seeds", default="1,2,3", help="comma-separated, at least two")
    parser.add_argument("--jobs", type=int, default=2, help="worlds at the same time")
    return parser.parse_args()


def left_out(tasks):
    """What mcpchecker would not run: tasks whose limit of calls has no set in eval.yaml."""
    sets = yaml.safe_load((EVALS / "eval.yaml").read_text())["config"]["taskSets"]
    there = {
        one["labelSelector"]["calls"]
        for one in sets
        if one["labelSelector"]["calls"] == str(one["assertions"]["maxToolCalls"])
    }
    return [task.name for task in tasks if str(task.calls) not in there]


class Check:
    def __init__(self, server, seeds, jobs, scratch):
        self.server = server
        self.seeds = seeds
        self.scratch = scratch
        self.jobs = anyio.CapacityLimiter(jobs)
        self.failures = []

    async def task(self, task):
        """Its worlds have the same labels, so one comes after the other."""
        async with self.jobs:
            earlier = None
            for seed in self.seeds:
                try:
                    await task.build(seed)
                    earlier = await self.world(task, seed, earlier)
                except Exception as error:
                    self.failed(task, seed, f"{type(error).__name__}: {error}")
                finally:
                    await task.clear()

    async def world(self, task, seed, earlier):
        """Gives what was done to solve it."""
        await self.fails(task, seed, "nothing.py")
        if earlier:
            replayed = await self.fails(task, seed, "replay.py", earlier)
            if not all(call["reads"] or call["error"] for call in replayed.calls):
                await task.build(seed)
        done = await self.model(task, "main.py")
        wrong = done.stopped or await task.judge(seed, done.answer)
        result = judged(task, done, wrong)
        print(line(task, seed, result, done, wrong), flush=True)
        if result != "solved":
            self.failed(task, seed, f"the scripted model: {result}, with the answer {done.answer!r}")
        record = Path(self.scratch, f"{task.name}-{seed}.json")
        record.write_text(json.dumps(asdict(done)))
        return record

    async def fails(self, task, seed, *model):
        done = await self.model(task, *model)
        if done.stopped:
            self.failed(task, seed, f"{model[0]}: {done.stopped}")
        elif await task.judge(seed, done.answer) is None:
            self.failed(task, seed, f"{model[0]} solves it")
        return done

    async def model(self, task, script, *arguments):
        model = [sys.executable, str(SOLVER / script), *map(str, arguments)]
        return await attempt(self.server, model, task, SECONDS)

    def failed(self, task, seed, why):
        self.failures.append(f"{task.name}, seed {seed}: {why}")


async def main():
    asked = arguments()
    began = time.monotonic()
    tasks = load(asked.tasks)
    print(HEAD)
    with tempfile.TemporaryDirectory() as scratch:
        check = Check(command(asked.server), asked.seeds.split(","), asked.jobs, scratch)
        for name in left_out(tasks):
            check.failures.append(f"{name}: eval.yaml has no set with its limit of calls")
        async with anyio.create_task_group() as group:
            for task in tasks:
                group.start_soon(check.task, task)
    for failure in check.failures:
        print(f"FAILED {failure}", file=sys.stderr)
    print(f"{len(tasks)} tasks, {len(check.seeds)} seeds, {len(check.failures)} failures, "
          f"{time.monotonic() - began:.0f} s")
    return 1 if check.failures or not tasks else 0


if __name__ == "__main__":
    sys.exit(anyio.run(main))
