# Sourced by the scripts that start Docker daemons for the tests; they define `say`.

die() { say "$@"; exit 1; }

image=${MCP_DOCKER_TEST_IMAGE:-mcp-docker-test:1}
release=${MCP_DOCKER_TEST_RELEASE:-}

answers() { timeout 20 docker version --format '{{.Server.Version}}' 2>/dev/null; }

# The packages that bring these commands, where a command is missing.
packages_for() {
  local command
  for command in "$@"; do
    if command -v "$command" >/dev/null; then continue; fi
    case "$command" in
      # Debian 13 moved the client out of docker.io.
      docker) if apt-cache show docker-cli >/dev/null 2>&1; then echo docker-cli; else echo docker.io; fi ;;
      dockerd) echo docker.io ;;
      busybox) echo busybox-static ;;
      ip) echo iproute2 ;;
      *) echo "$command" ;;
    esac
  done
}

# Sees to it that these commands are there.
need() {
  local packages
  packages=$(packages_for "$@" | sort -u | xargs)
  [ -n "$packages" ] || return 0
  command -v apt-get >/dev/null ||
    die "missing: $packages (by Debian's names). Install them, or set DOCKER_HOST to an Engine that answers"
  [ "$(id -u)" = 0 ] || die "missing: $packages. Run: sudo apt-get install $packages"
  apt-get update -q >&2 </dev/null || say "the package lists could not be updated; trying with those that are here"
  packages=$(packages_for "$@" | sort -u | xargs)
  say "installing $packages"
  # shellcheck disable=SC2086  # several words
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages >&2 </dev/null
}

# One filesystem layer: busybox and a link to it for each of its commands.
make_image() {
  if docker image inspect "$image" >/dev/null 2>&1; then return 0; fi
  [ "$image" = mcp-docker-test:1 ] || die "the Engine has no image \`$image\` (MCP_DOCKER_TEST_IMAGE)"
  local busybox root
  busybox=$(command -v busybox) || die "busybox is needed for the test image: apt-get install busybox-static"
  if ldd "$busybox" >/dev/null 2>&1; then
    die "$busybox is not static, so it cannot run alone in an image: apt-get install busybox-static"
  fi
  root=$(mktemp -d)
  mkdir -p "$root"/{bin,etc,proc,sys,dev,root,tmp,var}
  chmod 1777 "$root/tmp"
  cp "$busybox" "$root/bin/busybox"
  for applet in $("$busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
  done
  printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/tmp:/bin/sh >"$root/etc/passwd"
  printf '%s\n' root:x:0: nogroup:x:65534: >"$root/etc/group"
  # The default command waits and leaves at once when it is asked to stop.
  tar -C "$root" --numeric-owner --owner=0 --group=0 -cf - . |
    docker import \
      --change 'ENV PATH=/bin' \
      --change 'CMD ["sh", "-c", "trap \"exit 0\" TERM; sleep 2147483647 & wait"]' \
      - "$image" >/dev/null
  rm -rf "$root"
  say "made the image $image"
}

# Puts the commands of the release in front, where one is asked for.
use_release() {
  [ -n "$release" ] || return 0
  need dockerd
  local unpacked
  unpacked=$("$(dirname "$0")/debian_engine.sh" "$release") || exit
  case "$PATH" in
    "$unpacked"/*) ;;
    *) PATH=$unpacked/usr/sbin:$unpacked/usr/bin:$PATH ;;
  esac
  release_flags=(--userland-proxy-path "$unpacked/usr/sbin/docker-proxy")
}
release_flags=()

alive() { [ -n "${1:-}" ] && [ -d "/proc/$1" ]; }

pid_of() { cat "$1/docker.pid" 2>/dev/null || true; }

# Starts a daemon, which logs to $1 and whose command is the rest, and waits until DOCKER_HOST answers.
launch_daemon() {
  local log=$1; shift
  # A session of its own: Ctrl-C ends the tests, and these end the daemon in good order.
  setsid "$@" >>"$log" 2>&1 </dev/null &
  local daemon=$!
  # As long as it lives: on a loaded machine it takes what it takes.
  for _ in $(seq 1200); do
    if [ -n "$(answers)" ]; then return 0; fi
    kill -0 "$daemon" 2>/dev/null || return 1
    sleep 0.25
  done
  kill "$daemon" 2>/dev/null || true
  return 1
}

# Ends process $1: in good order, then by force.
end_process() {
  alive "$1" || return 0
  kill "$1" 2>/dev/null || return 0
  for _ in $(seq 120); do
    alive "$1" || return 0
    sleep 0.25
  done
  kill -9 "$1" 2>/dev/null || true
}

# Removes the directory of daemons that ended, and what they left mounted there.
remove_home() {
  awk -v home="$1/" 'index($5, home) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r mount; do umount -l "$mount" 2>/dev/null || true; done
  rm -rf --one-file-system "$1"
}
