#!/usr/bin/env bash
# Unpacks a collector of OpenTelemetry for the tests: Rotel.
#
#   eval "$(tests/collector.sh)"
#
# It comes with a package for Python, and is pinned by its checksum; it is unpacked below target/collector, where the
# next run finds it. Nothing is installed.
#
# Prints an `export` line and nothing else on stdout:
#
#   MCP_DOCKER_TEST_COLLECTOR   the program
#
# Needs pip.

set -euo pipefail
cd "$(dirname "$0")/.."

die() { echo "collector: $*" >&2; exit 1; }

folder=$(realpath -m "${CARGO_TARGET_DIR:-target}/collector")
program=$folder/rotel-agent
if [ ! -x "$program" ]; then
  mkdir -p "$folder"
  work=$(mktemp -d "$folder/work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  python3 -m pip download --quiet --no-deps --disable-pip-version-check --only-binary=:all: --python-version 3.11 \
    --platform manylinux_2_34_x86_64 --dest "$work" rotel==0.0.1a15 >&2 || die "the package does not come"
  python3 -m zipfile -e "$work"/rotel-*.whl "$work/unpacked"
  echo "182f2a4ad68346bb1ca3bb87b8d52c80595f89aa9751dc8d80f0feb9ca18ca5d  $work/unpacked/rotel/rotel-agent" | sha256sum --check --quiet >&2 || die "it is not the collector that was tried"
  install -m 755 "$work/unpacked/rotel/rotel-agent" "$work/done"
  mv "$work/done" "$program"
fi
printf 'export MCP_DOCKER_TEST_COLLECTOR=%q\n' "$program"
