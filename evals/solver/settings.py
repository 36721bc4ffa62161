"""Solves what is about how services are set up."""

import re
from collections import defaultdict

from tools import answer, call, inspect, listed, logs, services

HIDDEN = re.compile(r"\[REDACTED:(\w+)\]")


def variables(one):
    found = inspect(one, "Config.Env")["Config"]["Env"]
    return dict(pair.split("=", 1) for pair in found)


def replica_drift(project):
    replicas = defaultdict(list)
    for one in sorted(listed(project), key=lambda one: one["name"]):
        replicas[one["compose"]].append(one)
    for several in replicas.values():
        if len(several) == 2:
            first, second = map(variables, several)
            (name,) = [name for name in first if first[name] != second[name]]
            return answer(name, first[name], second[name])


def never_started(project):
    for found in call("docker_diagnose", project=project)["findings"]:
        error = "\n".join(found["evidence"])
        if program := re.search(r'exec: "(.+?)": executable file not found', error):
            return answer(found["container"].removeprefix(f"{project}-").removesuffix("-1"), program[1])


def wrong_mount(project):
    for name, one in services(project).items():
        for path in re.findall(r"cannot open (/\S+)/", "\n".join(logs(one, grep="cannot open"))):
            (mount,) = inspect(one, "Mounts.*.Destination")["Mounts"]
            return answer(name, path, mount["Destination"])


def secret_hunt(project):
    holders = defaultdict(list)
    for name, one in services(project).items():
        for variable, value in variables(one).items():
            if mark := HIDDEN.search(value):
                holders[mark[1]].append(f"{name} {variable}")
    (same,) = [several for several in holders.values() if len(several) == 2]
    return answer(*same)


def credentials(project):
    places = {"Env": "environment", "Cmd": "command", "Labels": "label"}
    found = []
    for name, one in services(project).items():
        config = inspect(one, *(f"Config.{field}" for field in places))["Config"]
        found += [
            f"{name} {place}"
            for field, place in places.items()
            if HIDDEN.search(str(config.get(field)))
        ]
    return answer(*found)


def volume_file(project):
    volume = f"{project}-backups"
    files = [file["path"] for file in call("docker_list_files", volume=volume, path="/")["files"]]
    newest = max(files, key=lambda path: re.findall(r"\d+-\d+-\d+", path))
    file = call("docker_read_file", volume=volume, path=newest, lines="1")
    return answer(newest.removeprefix("/"), file["size"], file["sha256"])


def exposed(project):
    found = set()
    for name, one in services(project).items():
        for port in one.get("ports", []):
            if open := re.match(r"(?:0\.0\.0\.0|\[::\]):(\d+)->", port):
                found.add(f"{name} {open[1]}")
    return answer(*found)


BY_PROJECT = {
    "bank": credentials,
    "fortress": exposed,
    "garage": never_started,
    "kitchen": wrong_mount,
    "library": volume_file,
    "regatta": replica_drift,
    "vault": secret_hunt,
}
