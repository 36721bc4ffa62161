#!/usr/bin/env bash
# Builds an image of the program for this machine's Engine.
#
#   packaging/image.sh [TAG [PROGRAM]]
#
# TAG is mcp-docker:VERSION where none is given. PROGRAM is a static one that was built before;
# otherwise packaging/build.sh builds it.

set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
tag=${1:-mcp-docker:$version}
program=${2:-$(packaging/build.sh)}

case $(docker version --format '{{.Server.Arch}}') in
  amd64 | x86_64) arch=amd64 ;;
  arm64 | aarch64) arch=arm64 ;;
  *) echo "image: no name is known for this Engine's architecture" >&2; exit 1 ;;
esac
context=$(mktemp -d)
trap 'rm -r "$context"' EXIT
mkdir "$context/$arch"
cp "$program" "$context/$arch/mcp-docker"
chmod 0755 "$context/$arch/mcp-docker"

docker build --quiet --file packaging/Dockerfile --tag "$tag" \
  --build-arg "TARGETARCH=$arch" \
  --build-arg "VERSION=$version" \
  --build-arg "SERVER_NAME=${SERVER_NAME:-}" \
  --build-arg "SOURCE=${SOURCE:-}" \
  "$context" >&2
printf '%s\n' "$tag"
