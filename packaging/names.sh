# Sourced by what makes packages: what they are called and whose they are, in one place.
#
#   version   of Cargo.toml
#   owner     of the repository: OWNER, else as the workflows say it, else of `repository` in Cargo.toml
#
# `address` prints where a file of the release is to be had.

cargo=$(dirname "${BASH_SOURCE[0]}")/../Cargo.toml
value() { sed -n "s/^$1 = \"\(.*\)\"\$/\1/p" "$cargo" | head -n 1; }
version=$(value version)
description=$(value description)
repository=$(value repository)
owner=${OWNER:-${GITHUB_REPOSITORY_OWNER:-}}
if [ -z "$owner" ] && [ -n "$repository" ]; then owner=$(basename "$(dirname "$repository")"); fi
: "${owner:?say whose repository it is: OWNER=NAME}"
repository=https://github.com/$owner/mcp-docker
# By which the MCP registry knows the server.
server_name=io.github.$owner/mcp-docker

address() { printf '%s/releases/download/v%s/%s\n' "$repository" "$version" "$1"; }

# Prints the checksum of a file of the release, from the file of checksums $1.
checksum() {
  local sum
  sum=$(awk -v name="$2" '$2 == name || $2 == "*" name { print $1 }' "$1")
  [ -n "$sum" ] || { echo "packaging: $1 has no checksum of $2" >&2; return 1; }
  printf '%s\n' "$sum"
}
