#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
# Gone: two containers, the volume of one, and the one that nobody has.
for name in "${services[@]:0:2}"; do
  if look "$name" x >/dev/null 2>&1; then fail "$name is still there"; fi
done
for volume in "${volumes[0]}" "${volumes[4]}"; do
  if docker volume inspect "$volume" >/dev/null 2>&1; then fail "$volume is still there"; fi
done
for volume in "${volumes[@]:1:3}"; do
  docker volume inspect "$volume" >/dev/null 2>&1 || fail "$volume is gone"
done
all_are exited "${services[2]}"
all_are running "${services[3]}"
docker inspect "$foreign" >/dev/null 2>&1 || fail "$foreign is gone"
answers_all "$(container_of "${services[0]}")" "$(container_of "${services[1]}")" "${volumes[0]}" "${volumes[4]}"
