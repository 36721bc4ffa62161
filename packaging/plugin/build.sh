#!/usr/bin/env bash
# Makes the plugin for Claude Code, which has the server and the skill, and prints its folder.
#
#   packaging/plugin/build.sh [FOLDER]
#
# `claude --plugin-dir FOLDER/mcp-docker` tries it. The program has to be on the PATH.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
plugin=$(realpath "${1:-.}")/mcp-docker
mkdir -p "$plugin/skills/mcp-docker"
cp -R "$here/.claude-plugin" "$here/.mcp.json" "$plugin/"
cp "$here/../skill/SKILL.md" "$plugin/skills/mcp-docker/"
printf '%s\n' "$plugin"
