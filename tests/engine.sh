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
# shellcheck source=tests/dockerd.sh
. "$(dirname "$0")/dockerd.sh"

print_exports() {
  printf 'export DOCKER_HOST=%q\n' "$DOCKER_HOST"
  printf 'export MCP_DOCKER_TEST_IMAGE=%q\n' "$image"
  printf 'export MCP_DOCKER_TEST_ENGINE=%q\n' "${1:-}"
  [ -z "$release" ] || printf 'export PATH=%q\n' "$PATH"
}

# Starts the daemon that lives in directory $1 and waits until it answers.
launch() {
  local home=$1 namespace; shift
  namespace=$(basename "$home")
  rm -f "$home/docker.pid" "$home/docker.sock"
  launch_daemon "$home/dockerd.log" dockerd \
    --config-file "$home/daemon.json" \
    --host "unix://$home/docker.sock" \
    --data-root "$home/data" \
    --exec-root "$home/run" \
    --pidfile "$home/docker.pid" \
    --containerd-namespace "$namespace" \
    --containerd-plugins-namespace "$namespace-plugins" \
    --iptables=false --ip6tables=false --ip-forward=false \
    "${release_flags[@]}" "$@"
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

stop_private() {
  local home=$1 containers containerd
  [ -d "$home" ] || return 0
  export DOCKER_HOST=unix://$home/docker.sock
  if [ -n "$(answers)" ]; then
    mapfile -t containers < <(docker ps -aq)
    [ "${#containers[@]}" = 0 ] || docker rm -f -v "${containers[@]}" >/dev/null 2>&1 || true
    # Their bridges would stay with the machine, each with addresses that no other network gets.
    docker swarm leave --force >/dev/null 2>&1 || true
    docker network prune -f >/dev/null 2>&1 || true
  fi
  containerd=$(cat "$home/run/containerd/containerd.pid" 2>/dev/null || true)
  end_process "$(pid_of "$home")"
  end_process "$containerd"
  remove_home "$home"
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
