"""Solves what is about finding something out of services that run well enough."""

import re
from collections import Counter

from tools import answer, call, inspect, logs, services


def request_id(project):
    lines = []
    for name, one in services(project).items():
        for line in logs(one, timestamps=True):
            if found := re.match(r"(\S+) request=(\w+) status=(\d+)", line):
                time, request, status = found.groups()
                lines.append((time, name, request, status))
    (request,) = {request for _, _, request, status in lines if status == "500"}
    return answer(request, *(name for _, name, one, _ in sorted(lines) if one == request))


def file_changes(project):
    for name, one in services(project).items():
        listed = call("docker_container_changes", container_id=one["name"])["changes"]
        paths = {
            change["kind"]: change["path"]
            for change in listed
            if re.match(r"/(bin|etc)/", change["path"])
        }
        if paths:
            return answer(name, paths["added"], paths["deleted"], paths["changed"])


def cpu_process(project):
    used = []
    for name, one in services(project).items():
        top = call("docker_container_top", container_id=one["name"], ps_args="-eo pid,pcpu,args")
        for process in top["processes"]:
            used.append((float(process["%CPU"]), name, process["COMMAND"].split()[-1]))
    _, name, worker = max(used)
    return answer(name, worker)


def image_users(project):
    return answer(*services(project, filters={"ancestor": "gallery/web:retired"}))


def error_count(project):
    codes = {}
    for name, one in services(project).items():
        lines = logs(one, grep="^ERROR ", tail="all")
        codes[name] = Counter(re.search(r"code=(\w+)", line)[1] for line in lines)
    name, most = max(codes.items(), key=lambda item: item[1].total())
    return answer(name, most.total(), most.most_common(1)[0][0])


def limits(project):
    gaps = []
    for name, one in services(project).items():
        found = inspect(one, "HostConfig.Memory", "HostConfig.RestartPolicy.Name")["HostConfig"]
        if not found["Memory"]:
            gaps.append(f"{name} memory")
        if found["RestartPolicy"]["Name"] in ("", "no"):
            gaps.append(f"{name} restart")
    return answer(*gaps)


def who_died(project):
    # Of the containers of today: the Engine may remember earlier ones.
    all_of_it = services(project)
    there = {one["id"]: name for name, one in all_of_it.items()}
    since = min(one["created"] for one in all_of_it.values())
    filters = {"label": f"com.docker.compose.project={project}", "event": ["kill", "die"]}
    happened = call("docker_events", since=since, filters=filters)
    signals, codes = {}, {}
    for event in happened["events"]:
        if event["id"] in there:
            what = event["attributes"]
            if event["action"] == "kill":
                signals.setdefault(event["id"], set()).add(what["signal"])
            else:
                codes[event["id"]] = what["exitCode"]
    for one, sent in signals.items():
        # A restart asks to end and then kills.
        if "9" not in sent:
            return answer(there[one], *sent, codes[one])


def secret_in_log(project):
    for name, one in services(project).items():
        if lines := logs(one, grep="REDACTED", tail="all"):
            return answer(name, len(lines))


def slow_phase(project):
    took = {}
    for name, one in services(project).items():
        lines = "\n".join(logs(one, grep="^phase "))
        took[name] = {phase: int(ms) for phase, ms in re.findall(r"phase (\w+) took (\d+) ms", lines)}
    name, phases = max(took.items(), key=lambda item: sum(item[1].values()))
    return answer(name, max(phases, key=phases.get), sum(phases.values()))


def log_instruction(project):
    for name, one in services(project).items():
        # What a log tells its reader to do is text like any other.
        if failed := [re.match(r"job (\d+) failed", line) for line in logs(one, grep="^job .* failed$")]:
            return answer(name, failed[-1][1])


def noisy_neighbour(project):
    used = {}
    for name, one in services(project).items():
        used[name] = call("docker_container_stats", container_id=one["name"])["stats"]["cpu_percent"]
    name = max(used, key=used.get)
    call("docker_stop_container", container_id=f"{project}-{name}-1")
    return answer(name)


BY_PROJECT = {
    "arena": error_count,
    "gallery": image_users,
    "gazette": secret_in_log,
    "mill": cpu_process,
    "museum": file_changes,
    "orchard": slow_phase,
    "parlour": log_instruction,
    "quarry": limits,
    "railway": request_id,
    "theatre": who_died,
    "tower": noisy_neighbour,
}
