#!/usr/bin/env bash
# Packs the packages for npm, and prints their paths: that of a platform, with its program, and the one that people
# name, which starts it.
#
#   packaging/npm/build.sh PROGRAM [FOLDER [PLATFORM]]   the package of a platform
#   packaging/npm/build.sh --wrapper [FOLDER]            the one that has those of all platforms as its optional ones
#
# PLATFORM is as Node has it, such as linux-x64 or darwin-arm64; without it, this machine's. OWNER is whose
# repository it is.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../names.sh"

program=$1
folder=$(realpath "${2:-.}")
platform=${3:-$(node -p 'process.platform + "-" + process.arch')}
staged=$(mktemp -d)
trap 'rm -r "$staged"' EXIT
mkdir "$staged/bin"
cp "$here/../../LICENSE" "$staged/"
if [ "$program" = --wrapper ]; then
  platform=
  cp "$here/bin/mcp-docker.js" "$staged/bin/"
  cp "$here/../../README.md" "$staged/"
else
  name=mcp-docker
  [[ $platform != win32-* ]] || name=mcp-docker.exe
  cp "$program" "$staged/bin/$name"
fi
chmod 0755 "$staged"/bin/*
node - "$here/package.json" "$staged/package.json" "$platform" "$repository" "$server_name" <<'JS'
const fs = require("node:fs");
const [from, to, platform, repository, serverName] = process.argv.slice(2);
const of = JSON.parse(fs.readFileSync(from, "utf8"));
of.repository = { type: "git", url: `git+${repository}.git` };
of.homepage = repository;
if (platform) {
  const [os, cpu] = platform.split("-");
  of.name += `-${platform}`;
  of.description = `The program of mcp-docker for ${os} on ${cpu}.`;
  Object.assign(of, { os: [os], cpu: [cpu], preferUnplugged: true });
  for (const key of ["bin", "engines", "keywords", "optionalDependencies"]) delete of[key];
} else {
  // By this the MCP registry knows that both are of one owner.
  of.mcpName = serverName;
}
fs.writeFileSync(to, JSON.stringify(of, null, 2) + "\n");
JS
cd "$staged"
packed=$(npm pack --silent --pack-destination "$folder")
printf '%s\n' "$folder/$packed"
