#!/usr/bin/env bash
# Sees to a Node and packages for it, and prints the path of that Node.
#
#   tests/clients/node.sh DIRECTORY PACKAGE...
#
# The packages come from npm into DIRECTORY. They want Node 22, which comes from there too where the
# machine has an older one. npm itself root gets from Debian.

set -euo pipefail
home=$1
shift
say() { echo "clients: $*" >&2; }
die() { say "$@"; exit 1; }
. "$(dirname "$0")/../need.sh"

need npm nodejs npm
packages=("$@")
node=$(command -v node)
if ! "$node" -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 22 || (major == 22 && minor >= 19) ? 0 : 1)'; then
  packages+=(node@22)
  node=$home/node_modules/node/bin/node
fi
mkdir -p "$home"
npm install --prefix "$home" --silent --no-audit --no-fund "${packages[@]}" >&2
echo "$node"
