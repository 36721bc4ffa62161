#!/usr/bin/env bash
# Makes a Docker Swarm of three nodes for the tests, on this one machine.
#
#   eval "$(tests/swarm.sh start)"   start it; what was started before is used again
#   tests/swarm.sh kill N            end node N as a loss of power would
#   tests/swarm.sh revive N          start node N again
#   tests/swarm.sh stop              end it, with everything that ran on it
#
# Each node is a daemon in a network namespace of its own, with its own host name (node1, node2, node3), and a
# bridge in a fourth namespace joins them, so that several swarms, and the machine's own network, do not meet.
# Node 1 is the manager, the others are workers. With MCP_DOCKER_TEST_RELEASE=trixie (or sid) they are
# of that release of Debian (tests/debian_engine.sh).
#
# `start` prints `export` lines and nothing else on stdout:
#
#   MCP_DOCKER_TEST_SWARM   the directory of the swarm; node N answers at unix://DIRECTORY/N/docker.sock
#   MCP_DOCKER_TEST_IMAGE   the image with busybox that each node has
#
# Needs root. A service is reached by `tasks.NAME`, or by its name with the endpoint mode `dnsrr`: its virtual
# address needs a kernel with IPVS.

set -euo pipefail

say() { echo "swarm: $*" >&2; }
# shellcheck source=tests/dockerd.sh
. "$(dirname "$0")/dockerd.sh"

nodes=(1 2 3)
# Kept for examples in documents, so nothing that a daemon chooses by itself can meet it.
network=192.0.2

# The directory of the swarm, from the environment that `start` printed.
home=
case "${MCP_DOCKER_TEST_SWARM:-}" in
  /tmp/mcp-docker-swarm.*) home=$MCP_DOCKER_TEST_SWARM ;;
esac

host_of() { echo "unix://$home/$1/docker.sock"; }

# Runs the Docker CLI on node $1.
on() { local node=$1; shift; DOCKER_HOST=$(host_of "$node") docker "$@"; }

# The name of node $1's network namespace, or of the bridge's.
namespace() { echo "$(basename "$home")-$1"; }

connect_nodes() {
  local bridge node name
  bridge=$(namespace bridge)
  ip netns add "$bridge"
  ip -n "$bridge" link set lo up
  ip -n "$bridge" link add bridge type bridge
  ip -n "$bridge" link set bridge up
  for node in "${nodes[@]}"; do
    name=$(namespace "$node")
    ip netns add "$name"
    ip -n "$name" link set lo up
    ip -n "$name" link add eth0 type veth peer name "node$node" netns "$bridge"
    ip -n "$bridge" link set "node$node" master bridge up
    ip -n "$name" address add "$network.$node/24" dev eth0
    ip -n "$name" link set eth0 up
  done
}

# Starts the daemon of node $1 and waits until it answers.
start_node() {
  local node=$1 place=$home/$1 name flags
  name=$(namespace "$node")
  mkdir -p "$place"
  [ -e "$place/daemon.json" ] || echo '{}' >"$place/daemon.json"
  # A process that was killed a moment ago still counts as one that lives.
  rm -f "$place/docker.pid" "$place/docker.sock" "$place/run/containerd/containerd.pid"
  mapfile -t flags < <(grep . "$home/flags" 2>/dev/null || true)
  export DOCKER_HOST
  DOCKER_HOST=$(host_of "$node")
  # `ip netns exec` would mount /sys anew and hide the control groups.
  # shellcheck disable=SC2016  # the inner shell's arguments
  launch_daemon "$place/dockerd.log" nsenter --net="/run/netns/$name" unshare --uts \
    sh -c 'hostname "$0"; exec "$@"' "node$node" dockerd \
    --config-file "$place/daemon.json" \
    --host "$DOCKER_HOST" \
    --data-root "$place/data" \
    --exec-root "$place/run" \
    --pidfile "$place/docker.pid" \
    --containerd-namespace "$name" \
    --containerd-plugins-namespace "$name-plugins" \
    "${release_flags[@]}" "${flags[@]}"
}

# Starts the nodes side by side, in subshells because each has a DOCKER_HOST of its own.
start_nodes() {
  local node started=() all=0
  for node in "${nodes[@]}"; do
    (start_node "$node") &
    started+=($!)
  done
  for node in "${started[@]}"; do wait "$node" || all=1; done
  return "$all"
}

# One image for all, with one id.
share_image() {
  local node
  (DOCKER_HOST=$(host_of 1) && export DOCKER_HOST && make_image)
  on 1 save -o "$home/image.tar" "$image"
  for node in "${nodes[@]:1}"; do on "$node" load -q -i "$home/image.tar" >/dev/null; done
  rm "$home/image.tar"
}

join_nodes() {
  local node token
  # A node that is silent for three beats is down: of the usual five seconds, tests would wait long.
  on 1 swarm init --advertise-addr "$network.1" --listen-addr "$network.1:2377" --dispatcher-heartbeat 1s >/dev/null
  token=$(on 1 swarm join-token --quiet worker)
  for node in "${nodes[@]:1}"; do
    on "$node" swarm join --advertise-addr "$network.$node" --listen-addr "$network.$node:2377" \
      --token "$token" "$network.1:2377" >/dev/null
  done
}

print_exports() {
  printf 'export MCP_DOCKER_TEST_SWARM=%q\n' "$home"
  printf 'export MCP_DOCKER_TEST_IMAGE=%q\n' "$image"
}

start() {
  local node
  if [ -n "$home" ] && [ -d "$home" ]; then
    for node in "${nodes[@]}"; do
      [ -n "$(DOCKER_HOST=$(host_of "$node") answers)" ] || revive "$node"
    done
    print_exports
    return
  fi
  [ "$(id -u)" = 0 ] || die "only root can start the nodes of a swarm"
  use_release
  need dockerd docker iptables busybox ip
  # Short, because the path of a Unix socket may have 107 characters.
  home=$(mktemp -d /tmp/mcp-docker-swarm.XXXXXX)
  trap 'say "it did not start"; stop' EXIT
  connect_nodes
  if ! start_nodes; then
    # The usual reason, inside a container: no overlay on top of an overlay.
    say "a daemon did not start with its own choice of storage; trying vfs"
    end_nodes
    echo --storage-driver=vfs >"$home/flags"
    start_nodes || { tail -n 30 "$home"/*/dockerd.log >&2; die "dockerd does not start on this machine; the ends of the logs are above"; }
  fi
  share_image
  join_nodes
  trap - EXIT
  say "started three nodes of $(DOCKER_HOST=$(host_of 1) answers) in $home"
  print_exports
}

# The daemons of node $1, whose numbers may be other processes' by now.
daemons_of() {
  local file process
  for file in docker.pid run/containerd/containerd.pid; do
    process=$(cat "$home/$1/$file" 2>/dev/null) || continue
    if grep -qF "$home/$1/" "/proc/$process/cmdline" 2>/dev/null; then echo "$process"; fi
  done
}

# The processes that keep node $1's containers: they were given the socket of its containerd.
keepers_of() {
  local process
  for process in $(pgrep containerd-shim || true); do
    if grep -qF "$home/$1/run/containerd/" "/proc/$process/cmdline" 2>/dev/null; then echo "$process"; fi
  done
}

# Ends node $1 at once: its daemons first, so that nothing is started again.
kill_node() {
  local process
  for process in $(daemons_of "$1"); do kill -9 "$process" 2>/dev/null || true; done
  for process in $(keepers_of "$1"); do
    # The first process of a container takes all others of it along.
    # shellcheck disable=SC2046  # several numbers
    kill -9 $(cat "/proc/$process/task/$process/children" 2>/dev/null) "$process" 2>/dev/null || true
  done
}

end_nodes() {
  local node process
  for node in "${nodes[@]}"; do
    # In good order the daemon takes its containers along.
    (for process in $(daemons_of "$node"); do end_process "$process"; done) &
  done
  wait
  for node in "${nodes[@]}"; do kill_node "$node"; done
}

stop() {
  local node container
  [ -n "$home" ] && [ -d "$home" ] || return 0
  end_nodes
  for container in "$home"/*/data/containers/*; do
    container=$(basename "$container")
    [[ $container =~ ^[0-9a-f]{64}$ ]] || continue
    find /sys/fs/cgroup -depth -type d -name "*$container*" -exec rmdir {} + 2>/dev/null || true
  done
  for node in "${nodes[@]}" bridge; do ip netns delete "$(namespace "$node")" 2>/dev/null || true; done
  remove_home "$home"
}

revive() {
  use_release
  (start_node "$1") || die "node $1 does not start: see $home/$1/dockerd.log"
}

node() {
  case "${1:-}" in 1 | 2 | 3) ;; *) die "which node, 1, 2 or 3?" ;; esac
  [ -n "$home" ] && [ -d "$home" ] || die "no swarm was started (MCP_DOCKER_TEST_SWARM)"
}

case "${1:-}" in
  start) start ;;
  kill) node "${2:-}"; kill_node "$2" ;;
  revive) node "${2:-}"; revive "$2" ;;
  stop) stop ;;
  *) die "usage: tests/swarm.sh start | kill N | revive N | stop" ;;
esac
