#!/usr/bin/env bash
# Builds the program as one static file, which runs on any Linux and in an image with nothing else.
#
#   packaging/build.sh [TARGET]     prints the path of the program
#
# TARGET is a target of Rust's that is installed; without it musl where that is, else glibc. Either is
# linked statically.

set -euo pipefail
cd "$(dirname "$0")/.."

machine=$(uname -m)
target=${1:-}
if [ -z "$target" ]; then
  target=$machine-unknown-linux-gnu
  installed=$(rustc --print sysroot)/lib/rustlib
  [ ! -d "$installed/$machine-unknown-linux-musl" ] || target=$machine-unknown-linux-musl
fi

# With the target named, the flags are not those of what is run during the build.
. packaging/flags.sh
cargo build --locked --release --target "$target" >&2
program=${CARGO_TARGET_DIR:-$PWD/target}/$target/release/mcp-docker
[[ $target != *windows* ]] || program=$program.exe
printf '%s\n' "$program"
