#!/usr/bin/env bash
# The images that look largest share nearly all of it, and the largest volume is that of a container which ended.

source "$(dirname "$0")/../../lib.sh"
mapfile -t services < <(names 4)
mapfile -t volumes < <(for name in "${services[@]}"; do echo "$project-$name-$(digits "volume $name" 4)"; done)
mapfile -t images < <(for name in "${services[@]}"; do echo "$project/$name:$(number "version $name" 1 9)"; done)
if sourced; then return; fi

begin
# Makes the image $1 in the background, which is $2 and a file of $3 times 100 kB.
grown() {
  grow "$@" &
  jobs_+=("$!")
}
grow() {
  local maker
  maker=$(docker create --network none "$2" dd if=/dev/zero "of=/file-$3" bs=100000 "count=$3")
  docker start --attach "$maker" 2>/dev/null
  docker commit --change "LABEL $label=$project" --change 'CMD ["sleep", "1000000"]' "$maker" "$1" >/dev/null
  docker rm "$maker" >/dev/null
}
# The service $1 with the volume $2, to which it writes $3 times 100 kB before it does the rest.
filled() {
  volume "$2"
  service "$1" --volume "$2:/data" -- sh -c "dd if=/dev/zero of=/data/file bs=100000 count=$3 2>/dev/null; $4"
}
grow "$project/base:1" "$image" 90
grown "${images[0]}" "$project/base:1" "$(number small 5 9)"
grown "${images[1]}" "$project/base:1" "$(number medium 12 18)"
grown "${images[2]}" "$image" "$(number alone 25 35)"
grown "${images[3]}" "$image" "$(number used 40 50)"
filled "${services[0]}" "${volumes[0]}" "$(number ended 45 60)" 'exit 1'
filled "${services[1]}" "${volumes[1]}" "$(number left 20 30)" 'exit 0'
filled "${services[2]}" "${volumes[2]}" "$(number less 5 15)" 'exit 0'
built
of_image=${images[3]} service "${services[3]}" --volume "${volumes[0]}:/data:ro"
built
for name in "${services[@]:0:3}"; do until_so is "$name" '{{.State.Status}}' exited; done
for name in "${services[@]:1:2}"; do docker rm "$(container_of "$name")" >/dev/null; done
