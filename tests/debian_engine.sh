#!/usr/bin/env bash
# Unpacks the Docker Engine of another Debian release beside the one that is installed.
#
#   tests/debian_engine.sh trixie    Docker 26.1, pinned
#   tests/debian_engine.sh sid       whatever Debian's unstable release has today
#
# Prints the directory that the packages are unpacked in, below target/engines, where the next run
# finds them. Nothing is installed and the machine's own package lists stay as they are: apt works in
# a directory of its own. containerd and runc are those of this machine, because those of a newer
# release want a newer C library. Ends with 2 where the release cannot be had, such as on a machine
# that is not Debian.

set -euo pipefail
cd "$(dirname "$0")/.."

release=${1:?usage: tests/debian_engine.sh trixie|sid}
declare -A version=([trixie]='=26.1.*' [sid]='')
engine=docker.io${version[$release]?no Engine is known for the release $release}
packages=("$engine" "docker-cli${version[$release]}")

none() { echo "engine: Docker of Debian $release cannot be had: $*" >&2; exit 2; }

engines=$(realpath -m "${CARGO_TARGET_DIR:-target}/engines")
mkdir -p "$engines"
# One at a time, and whole or not at all.
exec 9>"$engines/lock"
flock 9
if [ -d "$engines/$release" ]; then echo "$engines/$release"; exit; fi

command -v apt-get >/dev/null || none "there is no apt-get"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$keys" ] || none "there is no $keys (package debian-archive-keyring)"
# The mirror that this machine takes Debian from.
site=$(apt-get indextargets --format '$(ORIGIN) $(SITE)' 2>/dev/null | awk '$1 == "Debian" { print $2; exit }')
[ -n "$site" ] || none "this machine takes nothing from Debian (apt-get update?)"

work=$(mktemp -d "$engines/$release.XXXXXX")
trap 'rm -rf "$work"' EXIT
apt=$work/apt
mkdir -p "$apt"/etc/apt/{preferences.d,apt.conf.d,trusted.gpg.d} "$apt"/var/lib/{apt/lists/partial,dpkg} "$apt/var/cache/apt/archives/partial"
: >"$apt/var/lib/dpkg/status"
echo "deb [signed-by=$keys] $site $release main" >"$apt/etc/apt/sources.list"
options=(-qq -o "Dir=$apt" -o "Dir::State::status=$apt/var/lib/dpkg/status" -o Acquire::Languages=none
  -o Acquire::Retries=3 -o APT::Sandbox::User=root)
apt-get "${options[@]}" update >&2 || none "its package list does not come"
mkdir "$work/packages" "$work/root"
(cd "$work/packages" && apt-get "${options[@]}" download "${packages[@]}" >&2) || none "${packages[*]}"
for package in "$work/packages"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
mv "$work/root" "$engines/$release"
echo "$engines/$release"
