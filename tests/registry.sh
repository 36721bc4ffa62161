#!/usr/bin/env bash
# Runs a Docker registry on loopback for the tests, until it is ended.
#
#   tests/registry.sh PORT DIRECTORY                  open to everyone
#   tests/registry.sh PORT DIRECTORY USER PASSWORD    for this user only
#
# Writes each request to stdout. Keeps everything in the directory. Installs Debian's `docker-registry`, and `apache2-utils` for
# the password, where they are missing.

set -euo pipefail

say() { echo "registry: $*" >&2; }
die() { say "$@"; exit 1; }

[ $# = 2 ] || [ $# = 4 ] || die "usage: tests/registry.sh PORT DIRECTORY [USER PASSWORD]"
port=$1 directory=$2 user=${3:-} password=${4:-}

# shellcheck source=need.sh
. "$(dirname "$0")/need.sh"
need docker-registry docker-registry
cat >"$directory/config.yml" <<END
version: 0.1
log: { level: warn }
storage: { filesystem: { rootdirectory: $directory/data } }
http: { addr: "127.0.0.1:$port" }
END
if [ -n "$user" ]; then
  need htpasswd apache2-utils
  htpasswd -Bbn "$user" "$password" >"$directory/htpasswd"
  printf 'auth: { htpasswd: { realm: test, path: %s } }\n' "$directory/htpasswd" >>"$directory/config.yml"
fi
exec docker-registry serve "$directory/config.yml"
