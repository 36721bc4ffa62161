#!/usr/bin/env python3
"""Has a model solve the tasks with the tools of a server, and says how it did.

    evals/run.py --model 'COMMAND' [--server 'COMMAND'] [--seeds 1,2,3] [--json FILE] [TASK…]

Needs the packages `mcp` and `pyyaml`, and DOCKER_HOST: best an Engine of its own (tests/engine.sh). Ends
non-zero if a task was not solved within its limits. See README.md.
"""

import argparse
import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path

import anyio

from runner.attempt import attempt
from runner.tasks import load


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="all of them by default")
    parser.add_argument("--model", required=True, help="command that speaks for a model")
    parser.add_argument("--server", default="mcp-docker", help="command of the server")
    parser.add_argument("--seeds", default="1", help="comma-separated")
    parser.add_argument("--seconds", type=int, default=600, help="that an attempt may take")
    parser.add_argument("--json", metavar="FILE", help="write every attempt with its calls")
    return parser.parse_args()


def command(text):
    """The words of a command; servers run elsewhere, so a path is made a whole one."""
    first, *rest = shlex.split(text)
    return [str(Path(first).resolve()) if "/" in first else first, *rest]


HEAD = f"{'task':18} {'seed':>6} {'result':8} {'calls':>9} {'bytes':>15} {'seconds':>7}"


def judged(task, done, wrong):
    """Solved, over (its limits) or failed."""
    if wrong:
        return "failed"
    within = len(done.calls) <= task.calls and done.bytes <= task.bytes
    return "solved" if within else "over"


def line(task, seed, result, done, wrong):
    calls = f"{len(done.calls)}/{task.calls}"
    size = f"{done.bytes}/{task.bytes}"
    return f"{task.name:18} {seed:>6} {result:8} {calls:>9} {size:>15} {done.seconds:7.1f} {wrong or ''}".rstrip()


async def main():
    asked = arguments()
    rows, results = [], []
    print(HEAD)
    for task in load(asked.tasks):
        for seed in asked.seeds.split(","):
            await task.build(seed)
            try:
                done = await attempt(
                    command(asked.server), shlex.split(asked.model), task, asked.seconds
                )
                wrong = done.stopped or await task.judge(seed, done.answer)
            finally:
                await task.clear()
            result = judged(task, done, wrong)
            results.append(result)
            rows.append({"task": task.name, "seed": seed, "result": result, "why": wrong} | asdict(done))
            print(line(task, seed, result, done, wrong), flush=True)
    calls, size = sum(len(row["calls"]) for row in rows), sum(row["bytes"] for row in rows)
    counts = ", ".join(f"{results.count(kind)} {kind}" for kind in ("solved", "over", "failed"))
    print(f"{len(rows)} attempts: {counts}; {calls} calls, {size} bytes read")
    if asked.json:
        with open(asked.json, "w") as file:
            json.dump(rows, file, indent=1)
    return 0 if results and set(results) == {"solved"} else 1


if __name__ == "__main__":
    sys.exit(anyio.run(main))
