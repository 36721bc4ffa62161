#!/usr/bin/env bash
# Runs a Docker registry on loopback for the tests, until it is ended.
#
#   tests/registry.sh PORT DIRECTORY                  open to everyone
#   tests/registry.sh PORT DIRECTORY USER PASSWORD    for this user only
#
# Keeps everything in the directory. Installs Debian's `docker-registry`, and `apache2-utils` for
# the password, where they are missing.

set -euo pipefail

say() { echo "registry: $*" >&2; }
die() { say "$@"; exit 1; }

[ $# = 2 ] || [ $# = 4 ] || die "usage: tests/registry.sh PORT DIRECTORY [USER PASSWORD]"
port=$1 directory=$2 user=${3:-} password=${4:-}

# Sees to it that command $1 of package $2 is there; several tests may ask at once.
need() {
  command -v "$1" >/dev/null && return 0
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || die "missing: $1. Run: sudo apt-get install $2"
  exec 9>/tmp/mcp-docker-registry.lock
  flock 9
  command -v "$1" >/dev/null && return 0
  say "installing $2"
  apt-get update -q >&2 </dev/null || say "the package lists could not be updated; trying with those that are here"
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$2" >&2 </dev/null
}

need docker-registry docker-registry
cat >"$directory/config.yml" <<END
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: $directory/data } }
http: { addr: "127.0.0.1:$port" }
END
if [ -n "$user" ]; then
  need htpasswd apache2-utils
  htpasswd -Bbn "$user" "$password" >"$directory/htpasswd"
  printf 'auth: { htpasswd: { realm: test, path: %s } }\n' "$directory/htpasswd" >>"$directory/config.yml"
fi
exec 9>&-
exec docker-registry serve "$directory/config.yml"
