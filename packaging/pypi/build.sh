#!/usr/bin/env bash
# Packs the program as a wheel for PyPI, and prints its path.
#
#   packaging/pypi/build.sh [FOLDER [TARGET]]
#
# The program is that of packaging/build.sh, so what that has built is not built again. TARGET is one of Rust's.
# Needs maturin, which `pip install maturin` brings. OWNER is whose repository it is.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../names.sh"
folder=$(realpath "${1:-.}")

program=$("$here/../build.sh" "${2:-}")
target=$(basename "$(dirname "$(dirname "$program")")")
staged=$(mktemp -d)
trap 'rm -r "$staged"' EXIT
sed "s|\"\.\./\.\./|\"$(realpath "$here/../..")/|" "$here/pyproject.toml" >"$staged/pyproject.toml"
# The name by which the MCP registry knows it has to be in the text that PyPI shows.
{ cat "$here/../../README.md"; printf '\nmcp-name: %s\n' "$server_name"; } >"$staged/README.md"
cd "$staged"
. "$here/../flags.sh"
CARGO_TARGET_DIR=$(dirname "$(dirname "$(dirname "$program")")") \
  maturin build --locked --release --quiet --target "$target" --out "$staged/dist" >&2
wheel=$(basename "$staged"/dist/*.whl)
mv "$staged/dist/$wheel" "$folder/"
printf '%s\n' "$folder/$wheel"
