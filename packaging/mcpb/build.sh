#!/usr/bin/env bash
# Packs the bundle that Claude Desktop installs with a click, and prints its path.
#
#   packaging/mcpb/build.sh PROGRAM [FOLDER [PLATFORM]]
#
# PROGRAM goes into it; FOLDER is where the bundle goes, else the working directory. A bundle has no
# architecture, so each holds the program of one platform: PLATFORM is darwin, linux or win32, else
# this machine's.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

program=$1
folder=${2:-.}
platform=${3:-$(node -p process.platform)}
name=mcp-docker
[ "$platform" != win32 ] || name=mcp-docker.exe

staged=$(mktemp -d)
trap 'rm -r "$staged"' EXIT
mkdir "$staged/server"
cp "$program" "$staged/server/$name"
chmod 0755 "$staged/server/$name"
cp "$here/../../LICENSE" "$staged/"
node - "$here/manifest.json" "$staged/manifest.json" "$platform" "$name" <<'JS'
const fs = require("node:fs");
const [from, to, platform, name] = process.argv.slice(2);
const manifest = JSON.parse(fs.readFileSync(from, "utf8"));
manifest.compatibility.platforms = [platform];
manifest.server.entry_point = `server/${name}`;
fs.writeFileSync(to, JSON.stringify(manifest, null, 2) + "\n");
JS

bundle=$folder/$(basename "${program%.exe}").mcpb
"$here/mcpb.sh" validate "$staged/manifest.json" >&2
"$here/mcpb.sh" pack "$staged" "$bundle" >&2
printf '%s\n' "$bundle"
