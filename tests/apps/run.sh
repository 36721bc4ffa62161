#!/usr/bin/env bash
# Has a person's panel approve and decline, views show what was called for, and a page speak over a socket, in a
# browser: a host made of the official bridge of MCP Apps, in headless Chromium, with the built server behind it.
#
#   tests/apps/run.sh [BINARY] [SCENARIO]
#   tests/apps/run.sh --packages      only gets what it needs from elsewhere
#
# Needs npm and Chromium, which root gets from Debian; the packages are installed below target/apps. The Engine is
# one of its own (engine.mjs). Without BINARY the server is built. With PICTURES=DIRECTORY it leaves pictures of the
# pages there. Ends non-zero if a scenario fails.

set -euo pipefail
cd "$(dirname "$0")/../.."
die() { echo "apps: $*" >&2; exit 1; }
say() { echo "apps: $*" >&2; }
. tests/need.sh

apps=$(realpath -m "${CARGO_TARGET_DIR:-target}/apps")

need chromium chromium
need fc-list fontconfig
# Without one no page is to be seen.
fc-list | grep -q . || install_for 'fc-list | grep -q .' fonts-dejavu-core

node=$(tests/clients/node.sh "$apps" @modelcontextprotocol/ext-apps@2.0.4 @modelcontextprotocol/client@2.4.0 \
  @modelcontextprotocol/sdk@1.32.2 esbuild@0.28.2 puppeteer-core@25.16.0 axe-core@4.14.1 zod@4.6.7)
[ "${1:-}" != --packages ] || exit 0
binary=$(server "${1:-}")
# Node looks for packages beside the script.
cp tests/apps/*.mjs tests/apps/*.js tests/apps/*.html "$apps/"

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
for variable in "${!SAFETY_@}" "${!MCP_@}" "${!DOCKER_@}"; do unset "$variable"; done
SERVER=$binary SERVER_HOME=$home timeout 900 "$node" "$apps/run.mjs" "${2:-}"
