#!/usr/bin/env bash
# Makes sure of a Docker Engine for the tests: one that answers, or a private one.
#
#   eval "$(tests/engine.sh start)"             use the Engine that answers, else start one
#   eval "$(tests/engine.sh start --private)"   start one of its own in any case; what follows is
#                                               given to dockerd, such as `--host tcp://…` (never
#                                               `--bridge=none`: it takes docker0 from the others)
#   tests/engine.sh restart                     end the private daemon and start it again
#   tests/engine.sh stop                        end it, with everything that ran on it
#
# With MCP_DOCKER_TEST_RELEASE=trixie (or sid) it is the Engine of that release of Debian
# (tests/debian_engine.sh), and always a private one.
#
# `start` prints `export` lines and nothing else on stdout:
#
#   DOCKER_HOST             where the Engine is
#   MCP_DOCKER_TEST_IMAGE   a small image with busybox; set it beforehand to use one of your own
#   MCP_DOCKER_TEST_ENGINE  the directory of the private daemon; empty where none was started
#   PATH                    with the commands of that release in front, where one is asked for
#
# A private daemon has its own socket, data, state and containerd namespace in a directory of its
# own, and leaves the machine's firewall and routing alone (Docker warns of that: its containers
# reach each other and this machine, not the world), so several of them do not meet.
# No network is needed once Debian's packages are there.

set -euo pipefail

say() { echo "engine: $*" >&2; }
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

print_exports() {
  printf 'export DOCKER_HOST=%q\n' "$DOCKER_HOST"
  printf 'export MCP_DOCKER_TEST_IMAGE=%q\n' "$image"
  printf 'export MCP_DOCKER_TEST_ENGINE=%q\n' "${1:-}"
  [ -z "$release" ] || printf 'export PATH=%q\n' "$PATH"
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

# Starts the daemon that lives in directory $1 and waits until it answers.
launch() {
  local home=$1 namespace; shift
  namespace=$(basename "$home")
  rm -f "$home/docker.pid" "$home/docker.sock"
  # A session of its own: Ctrl-C ends the tests, and these end the daemon in good order.
  setsid dockerd \
    --config-file "$home/daemon.json" \
    --host "unix://$home/docker.sock" \
    --data-root "$home/data" \
    --exec-root "$home/run" \
    --pidfile "$home/docker.pid" \
    --containerd-namespace "$namespace" \
    --containerd-plugins-namespace "$namespace-plugins" \
    --iptables=false --ip6tables=false --ip-forward=false \
    "${release_flags[@]}" "$@" >>"$home/dockerd.log" 2>&1 </dev/null &
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

start_private() {
  [ "$(id -u)" = 0 ] ||
    die "no Engine answers, and only root can start one: start Docker, set DOCKER_HOST, or run this as root"
  need dockerd docker iptables busybox docker-registry
  local home flags=("$@")
  # Short, because the path of a Unix socket may have 107 characters.
  home=$(mktemp -d /tmp/mcp-docker-engine.XXXXXX)
  echo '{}' >"$home/daemon.json"
  export DOCKER_HOST=unix://$home/docker.sock
  if ! launch "$home" "${flags[@]}"; then
    # The usual reason, inside a container: no overlay on top of an overlay.
    say "the daemon did not start with its own choice of storage; trying vfs"
    flags+=(--storage-driver vfs)
    if ! launch "$home" "${flags[@]}"; then
      tail -n 30 "$home/dockerd.log" >&2
      stop_private "$home"
      die "dockerd does not start on this machine; the end of its log is above"
    fi
  fi
  printf '%s\n' "${flags[@]}" >"$home/flags"
  say "started dockerd $(answers) in $home"
  make_image || { stop_private "$home"; return 1; }
  print_exports "$home"
}

start() {
  use_release
  if [ "${1:-}" != --private ] && [ -z "$release" ]; then
    need docker
    if [ -z "$(answers)" ] && [ -n "${DOCKER_HOST:-}" ]; then
      say "nothing answers at DOCKER_HOST=$DOCKER_HOST"
    fi
    local version
    version=$(answers) || true
    if [ -n "$version" ]; then
      # The CLI may have found it through a context; the server under test gets the address itself.
      DOCKER_HOST=$(docker context inspect --format '{{.Endpoints.docker.Host}}')
      export DOCKER_HOST
      say "using Docker $version at $DOCKER_HOST"
      make_image
      # Whoever started a private daemon, and calls twice, still wants to stop it.
      case "$DOCKER_HOST" in
        "unix://${MCP_DOCKER_TEST_ENGINE:-none}/docker.sock") print_exports "$MCP_DOCKER_TEST_ENGINE" ;;
        *) print_exports ;;
      esac
      return
    fi
  fi
  [ "${1:-}" != --private ] || shift
  start_private "$@"
}

# The directory of the private daemon, from the environment that `start` printed.
private_home() {
  case "${MCP_DOCKER_TEST_ENGINE:-}" in
    /tmp/mcp-docker-engine.*) echo "$MCP_DOCKER_TEST_ENGINE" ;;
  esac
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

stop_private() {
  local home=$1 containers containerd
  [ -d "$home" ] || return 0
  export DOCKER_HOST=unix://$home/docker.sock
  if [ -n "$(answers)" ]; then
    mapfile -t containers < <(docker ps -aq)
    [ "${#containers[@]}" = 0 ] || docker rm -f -v "${containers[@]}" >/dev/null 2>&1 || true
  fi
  containerd=$(cat "$home/run/containerd/containerd.pid" 2>/dev/null || true)
  end_process "$(pid_of "$home")"
  end_process "$containerd"
  awk -v home="$home/" 'index($5, home) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r mount; do umount -l "$mount" 2>/dev/null || true; done
  rm -rf --one-file-system "$home"
}

case "${1:-}" in
  start) start "${@:2}" ;;
  restart)
    home=$(private_home)
    [ -n "$home" ] || die "restart is for a daemon that 'start' started"
    export DOCKER_HOST=unix://$home/docker.sock
    use_release
    end_process "$(pid_of "$home")"
    mapfile -t flags < <(grep . "$home/flags" || true)
    launch "$home" "${flags[@]}" || die "the daemon did not come back: see $home/dockerd.log"
    ;;
  stop)
    home=$(private_home)
    [ -z "$home" ] || stop_private "$home"
    ;;
  *) die "usage: tests/engine.sh start [--private [FLAG…]] | restart | stop" ;;
esac
