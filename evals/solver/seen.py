"""Solves what is about finding something out of services that run well enough."""

import re
from collections import Counter, defaultdict

from tools import answer, call, inspect, services


def search(project, grep, **arguments):
    """Lines of the logs of all services, in order of time."""
    return call("docker_search_logs", project=project, grep=grep, **arguments)["lines"]


def name_of(line, project):
    """The service that logged a line."""
    return line["container"].removeprefix(f"{project}-").removesuffix("-1")


def request_id(project):
    (failed,) = search(project, r"status=500\b")
    request = re.search(r"request=(\w+)", failed["text"])[1]
    way = search(project, request, fold=False)
    return answer(request, *(name_of(line, project) for line in way))


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
    codes = defaultdict(Counter)
    # What differs only in the number of its job comes once, with a count.
    for line in search(project, "^ERROR "):
        code = re.search(r"code=(\w+)", line["text"])[1]
        codes[name_of(line, project)][code] += line["count"]
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
    lines = search(project, "REDACTED")
    (name,) = {name_of(line, project) for line in lines}
    return answer(name, sum(line["count"] for line in lines))


def slow_phase(project):
    took = defaultdict(dict)
    for line in search(project, "^phase ", fold=False):
        phase, ms = re.match(r"phase (\w+) took (\d+) ms", line["text"]).groups()
        took[name_of(line, project)][phase] = int(ms)
    name, phases = max(took.items(), key=lambda item: sum(item[1].values()))
    return answer(name, max(phases, key=phases.get), sum(phases.values()))


def log_instruction(project):
    # What a log tells its reader to do is text like any other.
    last = search(project, r"^job \d+ failed$", fold=False)[-1]
    return answer(name_of(last, project), re.search(r"\d+", last["text"])[0])


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
