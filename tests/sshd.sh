#!/usr/bin/env bash
# Runs an SSH server on loopback for the tests, until it is ended.
#
#   tests/sshd.sh PORT DIRECTORY
#
# Lets the user who runs it in, with a key that it makes, and gives commands its own DOCKER_HOST. In
# the directory there is a `bin/ssh` that takes this key and this host's for known, in place of
# what is in the home directory; `forced`, another key, gets a command that is not there. Installs
# Debian's `openssh-server` and `openssh-client` where they are missing.

set -euo pipefail

say() { echo "sshd: $*" >&2; }
die() { say "$@"; exit 1; }

[ $# = 2 ] || die "usage: tests/sshd.sh PORT DIRECTORY"
port=$1 directory=$2
# shellcheck source=need.sh
. "$(dirname "$0")/need.sh"

PATH=$PATH:/usr/sbin:/sbin
need ssh openssh-client
need sshd openssh-server
# What the service would make for its separated process.
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd

for key in host user forced stranger; do
  ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$directory/$key"
done
{
  cat "$directory/user.pub"
  printf 'command="docker-is-not-here" %s\n' "$(cat "$directory/forced.pub")"
} >"$directory/authorized_keys"
printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d ' ' -f 1,2 "$directory/host.pub")" >"$directory/known_hosts"

mkdir "$directory/bin"
cat >"$directory/bin/ssh" <<END
#!/bin/sh
exec $(command -v ssh) -F none -o IdentitiesOnly=yes -o IdentityAgent=none \\
  -o IdentityFile="$directory/\${TEST_KEY:-user}" \\
  -o UserKnownHostsFile="$directory/\${TEST_KNOWN_HOSTS:-known_hosts}" "\$@"
END
chmod +x "$directory/bin/ssh"

cat >"$directory/sshd_config" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $directory/host
PidFile none
AuthorizedKeysFile $directory/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
SetEnv DOCKER_HOST=${DOCKER_HOST:-}
END
exec "$(command -v sshd)" -D -e -f "$directory/sshd_config"
