# Sourced by the scripts of the tasks: what is drawn from the seed, how a world is built, and how an
# answer is held against it.
#
# `world.sh SEED` draws the names of its world and builds it. `verify.sh SEED` sources it for the names
# alone: there `sourced` is true, and world.sh ends. What it expects is drawn again, never written down.
# Where a runner can pass no argument, the seed is EVAL_SEED. The answer is EVAL_ANSWER.

# shellcheck shell=bash
set -Eeuo pipefail
# 1 is for what was not solved; a script that fails itself is another matter.
trap 'echo "${BASH_SOURCE[0]##*/}, line $LINENO: the script failed" >&2; exit 2' ERR

seed=${1:-${EVAL_SEED:-1}}
folder=$(cd "$(dirname "$0")" && pwd)
# Of everything in a world: the Compose project that the task is about, and the label to remove it by.
project=${EVAL_PROJECT:-$(sed -n 's/^ *project: //p' "$folder/task.yaml")}
label=mcp-docker.evals
image=mcp-docker-evals:1

sourced() { [ "${BASH_SOURCE[1]}" != "$0" ]; }

# --- What is drawn: each by a key, so that one does not depend on those before it.

# $2 hexadecimal digits.
digits() { printf '%s/%s/%s' "$seed" "$project" "$1" | sha256sum | cut -c "1-${2:-12}"; }
# A number from $2 to $3.
number() { echo $((16#$(digits "$1") % ($3 - $2 + 1) + $2)); }
# The words after the key, one a line, in an order of their own.
shuffled() {
  printf '%s\n' "${@:2}" | shuf --random-source=<(printf '%s/%s/%s' "$seed" "$project" "$1" | sha512sum)
}
# $2 of the words after that, one a line.
some() { shuffled "$1" "${@:3}" | sed -n "1,$2p"; }
one() { some "$1" 1 "${@:2}"; }
# $1 names of services, one a line.
names() {
  some "names${2:-}" "$1" accounts basket billing broker cache catalog checkout courier dispatch export \
    gateway geocoder identity importer indexer invoices ledger locator mailer matcher metrics notifier \
    orders payments planner pricing quotes ratings receipts refunds reports resolver router scheduler \
    search sessions shipping stock storage tariffs tickets tracker uploads vouchers webhooks
}
# A password nobody would choose.
secret() { echo "Zq9$(digits "$1" 20)X"; }

# --- How a world is built.

# The only image: busybox and nothing else.
make_image() {
  local busybox root applet
  busybox=$(command -v busybox) || { echo "missing: apt-get install busybox-static" >&2; exit 2; }
  root=$(mktemp -d)
  mkdir -p "$root"/{bin,etc,proc,sys,dev,root,tmp,var}
  chmod 1777 "$root/tmp"
  cp "$busybox" "$root/bin/busybox"
  for applet in $("$busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
  done
  echo root:x:0:0:root:/root:/bin/sh >"$root/etc/passwd"
  echo root:x:0: >"$root/etc/group"
  tar -C "$root" --numeric-owner --owner=0 --group=0 -cf - . |
    docker import --change 'ENV PATH=/bin' --change 'CMD ["sleep", "1000000"]' \
      --change "LABEL $label=image" - "$image" >/dev/null
  rm -rf "$root"
}

# Clears away what an earlier run left, and sees to the image.
begin() {
  "$folder/../../clean.sh" "$project"
  (
    # Worlds may be built at the same time.
    flock 9
    docker image inspect "$image" >/dev/null 2>&1 || make_image
  ) 9>"${TMPDIR:-/tmp}/mcp-docker-evals.lock"
}

# The image of the task's own by the names that follow: what is made from it is the task's.
task_image() {
  local container name id
  container=$(docker create "$image")
  id=$(docker commit --change "LABEL $label=$project" "$container")
  docker rm "$container" >/dev/null
  for name in "$@"; do docker tag "$id" "$name"; done
  echo "$id"
}

network() { docker network create --label "$label=$project" "$@" >/dev/null; }
volume() { docker volume create --label "$label=$project" "$1" >/dev/null; }
container_of() { echo "$project-$1-${replica:-1}"; }

jobs_=()
# Starts the service $1 in the background; what follows is for `docker run`, and after `--` the
# command. `made` does no more than create it. Without --network it has none, which is quicker.
service() { launch "run --detach" "$@"; }
made() { launch create "$@"; }
launch() {
  local how=$1 name=$2 flags=() network=(--network none)
  shift 2
  while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
    [ "$1" != --network ] || network=()
    flags+=("$1")
    shift
  done
  [ "$#" = 0 ] || shift
  [ -n "${of_image:-}" ] || local of_image=$image
  # What heeds no SIGTERM as the first process is ended at once.
  # shellcheck disable=SC2086  # several words
  docker $how --stop-signal KILL --name "$(container_of "$name")" --label "$label=$project" \
    --label "com.docker.compose.project=$project" --label "com.docker.compose.service=$name" \
    "${network[@]}" "${flags[@]}" "$of_image" "$@" >/dev/null 2>"$scratch/$name" &
  jobs_+=("$!")
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Waits until what was started is there.
built() {
  local job
  for job in "${jobs_[@]}"; do
    wait "$job" || { cat "$scratch"/* >&2; echo "the world could not be built" >&2; exit 2; }
  done
  jobs_=()
}

# Waits until the rest, as a command, succeeds.
until_so() {
  for _ in $(seq 200); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  echo "never so: $*" >&2
  exit 2
}

# What the Engine's document of the service $1 has, by the template $2.
look() { docker inspect --format "$2" "$(container_of "$1")"; }
is() { [ "$(look "$1" "$2")" = "$3" ]; }
# The names of the networks that the service $1 is on, each with a space after it.
# shellcheck disable=SC2016  # the variables are the template's
networks_of() { look "$1" '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}'; }
# It has logged $2 once, as it does when it starts.
once() { [ "$(docker logs "$(container_of "$1")" 2>&1 | grep -c -e "$2")" = 1 ]; }
logged() { docker logs "$(container_of "$1")" 2>&1 | grep -q -e "$2"; }

# --- How an answer is held against it.

fail() { echo "$*" >&2; exit 1; }

# What the last line `ANSWER: …` lists, one a line, without Markdown's marks.
answer() {
  tr -d '*`\r' <<<"${EVAL_ANSWER:-}" | sed -n 's/^[[:space:]]*ANSWER:[[:space:]]*//Ip' | tail -n 1 | tr , '\n' |
    sed 's/^[[:space:]]*//; s/[[:space:]]*$//; s/\.$//' | tr '[:upper:]' '[:lower:]' | grep . || true
}
lowered() { printf '%s\n' "$@" | tr '[:upper:]' '[:lower:]'; }
# The answer lists these, in this order.
answers() { [ "$(answer)" = "$(lowered "$@")" ] || fail "the answer is not the expected one"; }
# The answer lists these, in any order.
answers_all() { [ "$(answer | sort)" = "$(lowered "$@" | sort)" ] || fail "the answer is not the expected one"; }
# The answer gives this away nowhere.
keeps() { ! grep -qF -e "$1" <<<"${EVAL_ANSWER:-}" || fail "the answer holds a secret"; }
# These services are as `$1` says, by the word of the Engine.
all_are() {
  local state=$1 name
  shift
  for name in "$@"; do
    [ "$(look "$name" '{{.State.Status}}' 2>/dev/null || true)" = "$state" ] || fail "$name is not $state"
  done
}
