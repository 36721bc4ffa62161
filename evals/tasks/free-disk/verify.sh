#!/usr/bin/env bash
source "$(dirname "$0")/world.sh"
for name in "${services[@]:0:2}"; do
  if look "$name" x >/dev/null 2>&1; then fail "$name is still there"; fi
done
# That of one that is kept, of one that runs, and the one that is kept itself.
for name in "${images[@]:2:2}" "${images[5]}"; do
  docker image inspect "$name" >/dev/null 2>&1 || fail "$name is gone"
done
for name in "${images[@]:0:2}" "${images[4]}"; do
  if docker image inspect "$name" >/dev/null 2>&1; then fail "$name is still there"; fi
done
all_are exited "${services[2]}"
all_are running "${services[3]}"
docker inspect "$foreign" >/dev/null 2>&1 || fail "$foreign is gone"
answers_all "$(container_of "${services[0]}")" "$(container_of "${services[1]}")" "${images[@]:0:2}" "${images[4]}"
