"""The tasks: folders that hold what is asked, how its world is made, and how it is judged."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import anyio
import yaml

EVALS = Path(__file__).resolve().parent.parent

# A world takes seconds; one that takes minutes hangs.
SCRIPT_SECONDS = 120


class Broken(Exception):
    """A script of a task failed, which says nothing about who was to solve it."""


@dataclass(frozen=True)
class Task:
    name: str
    folder: Path
    project: str
    prompt: str
    # What a solution may take: calls of tools, and bytes of what they return.
    calls: int
    bytes: int

    async def build(self, seed):
        await self._run([self.folder / "world.sh", seed], {}, good=[0])

    async def judge(self, seed, answer):
        """Why it is not solved, or nothing."""
        script = [self.folder / "verify.sh", seed]
        done = await self._run(script, {"EVAL_ANSWER": answer}, good=[0, 1])
        if done.returncode == 0:
            return None
        return done.stderr.decode(errors="replace").strip() or "not solved"

    async def clear(self):
        await self._run([EVALS / "clean.sh", self.project], {}, good=[0])

    async def _run(self, command, environment, good):
        command = [str(part) for part in command]
        environment = os.environ | {"EVAL_PROJECT": self.project} | environment
        with anyio.move_on_after(SCRIPT_SECONDS):
            done = await anyio.run_process(
                command, check=False, env=environment, stdin=subprocess.DEVNULL
            )
            if done.returncode in good:
                return done
            said = done.stderr.decode(errors="replace").strip()
            raise Broken(f"{' '.join(command)}: {said or done.returncode}")
        raise Broken(f"{' '.join(command)}: not done after {SCRIPT_SECONDS} s")


def load(names):
    """The tasks of these names, or all."""
    there = sorted(path.parent.name for path in EVALS.glob("tasks/*/task.yaml"))
    for name in names:
        if name not in there:
            raise SystemExit(f"there is no task {name!r}; there are: {', '.join(there)}")
    return [read(EVALS / "tasks" / name) for name in names or there]


def read(folder):
    document = yaml.safe_load((folder / "task.yaml").read_text())
    labels = document["metadata"]["labels"]
    return Task(
        name=document["metadata"]["name"],
        folder=folder,
        project=labels["project"],
        prompt=(folder / document["spec"]["prompt"]["file"]).read_text(),
        calls=int(labels["calls"]),
        bytes=int(labels["bytes"]),
    )
