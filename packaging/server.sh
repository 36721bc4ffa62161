#!/usr/bin/env bash
# Prints the record for the MCP registry with the name of the repository's owner filled in.
#
#   packaging/server.sh OWNER

set -euo pipefail
owner=$1

# The names of images have no capitals.
sed "s|ghcr.io/OWNER/|ghcr.io/${owner,,}/|; s|OWNER|$owner|g" "$(dirname "$0")/server.json"
