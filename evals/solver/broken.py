"""Solves what is about services that do not do what they should."""

import difflib
import re
import time

from tools import Failed, answer, call, execute, inspect, logs, services


def findings(project):
    """What is wrong with its services, worst first."""
    for found in call("docker_diagnose", project=project)["findings"]:
        yield found["container"].removeprefix(f"{project}-").removesuffix("-1"), found


def crash_loop(project):
    for _ in range(5):
        for name, one in services(project).items():
            if ended := re.match(r"Restarting \((\d+)\)", one["status"]):
                (line,) = set(logs(one, grep="not set", tail="5"))
                variable = re.search(r"fatal: (\w+) is not set", line)[1]
                return answer(name, ended[1], variable)
        # For a moment it was up.
        time.sleep(0.5)


def wrong_host(project):
    hosts, known = {}, set()
    for name, one in services(project).items():
        details = inspect(one, "Config.Env", "NetworkSettings.Networks")
        known.add(one["name"])
        for network in details["NetworkSettings"]["Networks"].values():
            known.update(network.get("Aliases", []))
        for value in details["Config"]["Env"]:
            if url := re.search(r"://(?:[^@/]*@)?([\w.-]+)", value):
                hosts[name] = url[1]
    for name, host in hosts.items():
        if host not in known:
            meant = difflib.get_close_matches(host, known, n=1, cutoff=0)
            return answer(name, host, meant[0])


def port_conflict(project):
    all_of_it = services(project)
    (waits,) = [name for name, one in all_of_it.items() if one["state"] == "created"]
    waiting = all_of_it[waits]
    try:
        call("docker_start_container", container_id=waiting["name"])
    except Failed as failed:
        port = re.search(r"\d+\.\d+\.\d+\.\d+:(\d+)", str(failed))[1]
    for name, one in all_of_it.items():
        if any(f":{port}->" in published for published in one.get("ports", [])):
            call("docker_stop_container", container_id=one["name"])
            call("docker_start_container", container_id=waiting["name"])
            return answer(name, waits, port)


def probes(project):
    for name, found in findings(project):
        if missing := re.search(r"can't open '(.+?)': No such file", "\n".join(found["evidence"])):
            return answer(name, missing[1])


def killed_for_memory(project):
    for name, found in findings(project):
        if limit := re.search(r"HostConfig.Memory: (\d+) MiB", "\n".join(found["evidence"])):
            return answer(name, limit[1])


def probe_port(project):
    ((name, one),) = services(project, filters={"health": "unhealthy"}).items()
    probe = inspect(one, "Config.Healthcheck.Test")["Config"]["Healthcheck"]["Test"]
    asked = re.search(r":(\d+)/", " ".join(probe))[1]
    listens = re.search(r":(\d+) .* LISTEN", execute(one, "netstat", "-ltn"))[1]
    return answer(name, asked, listens)


BY_PROJECT = {
    "bakery": crash_loop,
    "brewery": killed_for_memory,
    "clinic": probes,
    "harbour": port_conflict,
    "lighthouse": probe_port,
    "postal": wrong_host,
}
