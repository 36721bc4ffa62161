#!/usr/bin/env bash
# Three that ended and one that runs, each with an image of its own, and two images that nobody uses. Of what
# might go, one container and one image are to be kept.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
mapfile -t images < <(for name in "${services[@]}" idle kept; do echo "$project/$name:$(digits "image $name" 6)"; done)
foreign=shed-$(digits foreign 6)
if sourced; then return; fi

begin
container=$(docker create "$image")
for name in "${images[@]}"; do
  labels=(--change "LABEL $label=$project" --change "LABEL depot.image=${name##*:}")
  [[ $name != */kept:* ]] || labels+=(--change 'LABEL keep=year')
  docker commit "${labels[@]}" "$container" "$name" >/dev/null
done
docker rm "$container" >/dev/null
of_image=${images[0]} service "${services[0]}" -- sh -c 'exit 0'
of_image=${images[1]} service "${services[1]}" -- sh -c 'exit 3'
of_image=${images[2]} service "${services[2]}" --label keep=evidence -- sh -c 'exit 1'
of_image=${images[3]} service "${services[3]}" -- sleep 1000000
docker create --label "$label=$project" --name "$foreign" --network none "$image" >/dev/null
built
for name in "${services[@]:0:3}"; do until_so is "$name" '{{.State.Status}}' exited; done
