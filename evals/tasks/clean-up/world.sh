#!/usr/bin/env bash
# Three that ended and one that runs; volumes of theirs and others. One of each is to be kept.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
mapfile -t volumes < <(for name in "${services[@]}" idle; do echo "$project-$name-$(digits "volume $name" 4)"; done)
foreign=loft-$(digits foreign 6)
if sourced; then return; fi

begin
of_project=(--label "$label=$project" --label "com.docker.compose.project=$project")
for name in "${volumes[@]:0:3}" "${volumes[4]}"; do docker volume create "${of_project[@]}" "$name" >/dev/null; done
docker volume create "${of_project[@]}" --label keep=year "${volumes[3]}" >/dev/null
service "${services[0]}" --volume "${volumes[0]}:/data" -- sh -c 'exit 0'
service "${services[1]}" -- sh -c 'exit 3'
service "${services[2]}" --label keep=evidence --volume "${volumes[2]}:/data" -- sh -c 'exit 1'
service "${services[3]}" --volume "${volumes[1]}:/data" -- sleep 1000000
docker create --label "$label=$project" --name "$foreign" --network none "$image" >/dev/null
built
for name in "${services[@]:0:3}"; do until_so is "$name" '{{.State.Status}}' exited; done
