"""Solves what is about changing something, and nothing else."""

import difflib
import re

from tools import answer, call, execute, inspect, listed, logs, services


def service_of(one):
    return one["compose"].partition("/")[2]


def image_pull(project):
    label = "deploy.image"
    (one,) = [one for one in listed(project, labels=True) if label in one["labels"]]
    wanted = one["labels"][label]
    version = wanted.rpartition(":")[2]
    images = call("docker_list_images", filters={"reference": f"*/*/*:{version}"})["images"]
    names = [tag for image in images for tag in image["tags"] if tag.endswith(f":{version}")]
    (right,) = difflib.get_close_matches(wanted, names, n=1)
    next = f"{project}-next"
    call("docker_create_container", name=next, image=right, command=["sleep", "1000000"])
    call("docker_start_container", container_id=next)
    return answer(right)


def clean_up(project):
    removed = []
    for one in listed(project, labels=True):
        if one["state"] != "running" and "keep" not in one["labels"]:
            call("docker_remove_container", container_id=one["name"])
            removed.append(one["name"])
    filters = {"label": f"com.docker.compose.project={project}", "dangling": True}
    for volume in call("docker_list_volumes", filters=filters, labels=True)["volumes"]:
        if "keep" not in volume["labels"]:
            call("docker_remove_volume", volume_name=volume["name"])
            removed.append(volume["name"])
    return answer(*removed)


def slow_start(project):
    for name, one in services(project, filters={"status": "exited"}).items():
        for line in logs(one, grep="giving up", tail="1"):
            late = re.search(r"fatal: (\w+) is not ready", line)[1]
            call("docker_start_container", container_id=one["name"])
            (state,) = inspect(one, "State.Status").values()
            if state["Status"] == "running":
                return answer(name, late)


def wrong_network(project):
    needs, where, on = {}, {}, {}
    for name, one in services(project).items():
        details = inspect(one, "Config.Env", "NetworkSettings.Networks")
        on[name] = details["NetworkSettings"]["Networks"]
        for network, endpoint in on[name].items():
            where.update(dict.fromkeys(endpoint.get("Aliases", []), network))
        for pair in details["Config"]["Env"]:
            if pair.startswith("STORE_HOST="):
                needs[name] = pair.partition("=")[2]
    for name, host in needs.items():
        if where[host] not in on[name]:
            container = f"{project}-{name}-1"
            call("docker_connect_container", network_id=where[host], container_id=container)
            look_up = ["nslookup", "-type=a", host]
            call("docker_exec_command", container_id=container, command=look_up)
            return answer(name, where[host])


def tag_release(project):
    (one,) = listed(project, filters={"label": ["stage=approved", f"com.docker.compose.project={project}"]}, labels=True)
    release = f"{project}/release"
    version = one["labels"]["version"]
    call("docker_tag_image", image=one["image"], repository=release, tag=version)
    return answer(f"{release}:{version}")


def isolate(project):
    label = ["tier=data", f"com.docker.compose.project={project}"]
    private = f"{project}-private"
    moved = listed(project, filters={"label": label})
    call("docker_create_network", name=private, internal=True, labels={"mcp-docker.evals": project})
    for one in moved:
        shared = inspect(one, "NetworkSettings.Networks")["NetworkSettings"]["Networks"]
        call("docker_connect_container", network_id=private, container_id=one["name"])
        for network in shared:
            call("docker_disconnect_container", network_id=network, container_id=one["name"])
    return answer(*map(service_of, moved))


def swap_names(project):
    ends = {name.rpartition("-")[2]: name for name in (one["name"] for one in listed(project))}
    live, next = ends["live"], ends["next"]
    for old, new in [(live, f"{live}-old"), (next, live), (f"{live}-old", next)]:
        call("docker_rename_container", container_id=old, name=new)
    (now,) = [one["id"] for one in listed(project) if one["name"] == live]
    return answer(now)


def raise_limit(project):
    for name, one in services(project).items():
        memory = call("docker_container_stats", container_id=one["name"])["stats"]["memory"]
        if memory["percent"] > 70:
            limit = memory["limit"] * 2 >> 20
            call(
                "docker_update_container",
                container_id=one["name"],
                mem_limit=f"{limit}m",
                memory_swap=f"{limit}m",
            )
            return answer(name, limit)


def snapshot(project):
    for name, one in services(project).items():
        changes = call("docker_container_changes", container_id=one["name"])["changes"]
        if any(change["path"] == "/root/notes.txt" for change in changes):
            first = execute(one, "head", "-n", "1", "/root/notes.txt").strip()
            rescue = f"{project}/rescue"
            call("docker_commit_container", container_id=one["name"], repository=rescue, tag=name)
            return answer(f"{rescue}:{name}", first)


def reload(project):
    for name, one in services(project, labels=True).items():
        if logs(one, grep="out of date"):
            signal = one["labels"]["reload.signal"]
            call("docker_kill_container", container_id=one["name"], signal=signal)
            # It may take it a moment.
            for _ in range(3):
                for line in logs(one, grep="revision", tail="1", follow=True, follow_seconds=1):
                    return answer(name, line.split()[-1])


def frozen(project):
    ((name, one),) = services(project, filters={"status": "paused"}).items()
    call("docker_unpause_container", container_id=one["name"])
    return answer(name, one["state"])


def free_port(project):
    label = "port.wanted"
    (one,) = [one for one in listed(project, labels=True) if label in one["labels"]]
    wanted = int(one["labels"][label])
    ports = call("docker_list_ports", port=wanted, near=wanted + 1)
    holder = ports["held_by"].removeprefix(f"{project}-").removesuffix("-1")
    free = ports["next_free"][0]
    next = f"{project}-next"
    call(
        "docker_create_container",
        name=next,
        image=one["image"],
        command=["sleep", "1000000"],
        ports={"8080": ["127.0.0.1", free]},
    )
    call("docker_start_container", container_id=next)
    return answer(holder, free)


def one_shot(project):
    images = call("docker_list_images", filters={"reference": f"{project}/check"})["images"]
    names = [tag for image in images for tag in image["tags"]]
    newest = max(names, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])
    arguments = {"image": newest, "command": ["audit"], "environment": {"DEPTH": "3"}}
    ended = call("docker_run_container", **arguments)
    return answer(ended["exit_code"], ended["output"].split()[-1])


def move_port(project):
    (one,) = call("docker_list_containers", filters={"label": "port.wanted"}, labels=True)["containers"]
    wanted = int(one["labels"]["port.wanted"])
    before, inside = re.fullmatch(r"127\.0\.0\.1:(\d+)->(\d+)/tcp", one["ports"][0]).groups()
    ports = {inside: ["127.0.0.1", wanted]}
    call("docker_recreate_container", container_id=one["name"], ports=ports)
    return answer(before, wanted)


def free_disk(project):
    names = {one["id"]: one["name"] for one in listed(project)}
    kept = {"label!": "keep"}
    of_project = {"label": f"com.docker.compose.project={project}"}
    containers = call("docker_prune_containers", filters=of_project | kept)["deleted"]
    images = call("docker_prune_images", all=True, filters={"label": f"{project}.image"} | kept)["deleted"]
    tags = [one["Untagged"] for one in images if "Untagged" in one]
    return answer(*(names[id[:12]] for id in containers), *tags)


def watch(project):
    there = services(project)
    ((starts, one),) = [(name, one) for name, one in there.items() if one["state"] == "created"]
    others = [other["name"] for name, other in there.items() if name != starts]
    call("docker_start_container", container_id=one["name"])
    events = call("docker_wait", **{"for": "event"}, containers=others, timeout=8)["events"]
    if not events:
        # It was over before.
        events = call("docker_events", since="2m", filters={"container": others, "event": "die"})["events"]
    (died,) = [event for event in events if event["action"] == "die"]
    word = logs(died, tail="1")[0].split()[-1]
    (ends,) = [name for name, other in there.items() if other["name"] == died["name"]]
    return answer(starts, ends, died["attributes"]["exitCode"], word)


def full_disk(project):
    def largest(kind, size):
        items = call("docker_disk_usage", kind=kind)["items"]
        own = [it for it in items if it["removable"] and it.get("name", "").startswith(project)]
        return max(own, key=lambda it: it[size])["name"]

    image, volume = largest("images", "unique_size"), largest("volumes", "size")
    call("docker_remove_image", image=image)
    call("docker_remove_volume", volume_name=volume)
    return answer(image, volume)


BY_PROJECT = {
    "abbey": isolate,
    "attic": clean_up,
    "beacon": watch,
    "canal": wrong_network,
    "cellar": raise_limit,
    "chapel": reload,
    "depot": free_disk,
    "dockyard": slow_start,
    "ferry": swap_names,
    "forge": image_pull,
    "glacier": frozen,
    "granary": full_disk,
    "mint": tag_release,
    "pier": move_port,
    "quay": free_port,
    "studio": snapshot,
    "workshop": one_shot,
}
