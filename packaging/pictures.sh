#!/usr/bin/env bash
# Draws the pictures of the README and of docs/terminal.md: what `doctor`, `call`, `tools` and `top` show on a terminal, all
# but the first on terminals of all widths, dark and light.
#
#   packaging/pictures.sh [PROGRAM]
#
# PROGRAM is target/release/mcp-docker where none is given. A private Engine with a few containers is
# started for it and is gone afterwards; its places are named as they are on a usual machine.

set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${1:-target/release/mcp-docker}")

unset MCP_DOCKER_TEST_ENGINE
engine=$(tests/engine.sh start --private)
eval "$engine"
scratch=$(mktemp -d)
finish() { tests/engine.sh stop; rm -r "$scratch"; }
trap finish EXIT

python3 -m venv "$scratch/python"
"$scratch/python/bin/pip" install --quiet pyte rich
mkdir -p "$scratch/bin" "$scratch/ada/.config/Claude"
ln -s "$program" "$scratch/bin/mcp-docker"
HOME=$scratch/ada "$scratch/bin/mcp-docker" install claude-desktop --profile normal >/dev/null

image=$MCP_DOCKER_TEST_IMAGE
docker tag "$image" shop/web:2.4
docker tag "$image" shop/db:16
docker network create --label com.docker.compose.project=shop shop >/dev/null
of() { printf -- '--label com.docker.compose.project=shop --label com.docker.compose.service=%s' "$1"; }
# shellcheck disable=SC2046  # several words
docker run -d --name shop-db-1 --network shop $(of db) shop/db:16 >/dev/null
# shellcheck disable=SC2046
docker run -d --name shop-web-1 --network shop -p 127.0.0.1:8080:80 $(of web) shop/web:2.4 >/dev/null
# shellcheck disable=SC2046
docker run -d --name shop-jobs-1 --network shop $(of jobs) -e DB_PASSWORD=correct-horse shop/web:2.4 \
  sh -c 'echo "connecting to postgres://shop:correct-horse@db/shop"; echo "error: relation \"jobs\" does not exist"; exit 1' >/dev/null
docker wait shop-jobs-1 >/dev/null
sleep 5

# A command on a terminal of so many columns; what it wrote there is on stdout.
on_terminal() {
  HOME=$scratch/ada PATH=$scratch/bin:$PATH TERM=xterm-256color \
    script --quiet --return --command "stty cols $1 rows $2; cd ~; $3" /dev/null || true
}

# Types each command into a terminal of so many columns, dark or light, and draws what there is to see then.
draw() {
  local picture=$1 columns=$2 light=$3 command
  shift 3
  for command in "$@"; do
    printf '\e[1;32m$\e[0m %s\n' "$command"
    on_terminal "$columns" 50 "$command"
    echo
  done >"$scratch/screen"
  picture "$picture" "$columns" "$light"
}

# Draws `top` as it is after a few seconds.
draw_top() {
  local picture=$1 columns=$2 light=$3
  { sleep 8; printf q; } | on_terminal "$columns" 24 'mcp-docker top' >"$scratch/written"
  "$scratch/python/bin/python" - "$scratch" "$columns" 24 <<'PYTHON'
import sys
from pathlib import Path

import pyte

scratch, columns, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
# All up to where it gives the terminal back.
written, _, _ = (scratch / "written").read_bytes().partition(b"\x1b[?1049l")
screen = pyte.Screen(columns, rows)
pyte.ByteStream(screen).feed(written)
NAMES = "black red green brown blue magenta cyan white".split()
# The first of 256 are those that a terminal has in its theme.
PLAIN = pyte.graphics.FG_BG_256[:16]


def colour(name, code):
    """What a terminal is told for a colour of pyte's."""
    if name == "default":
        return []
    if name in PLAIN:
        at = PLAIN.index(name)
    elif name.removeprefix("bright") in NAMES:
        at = NAMES.index(name.removeprefix("bright")) + (8 if name.startswith("bright") else 0)
    else:
        return [str(code + 38), "2", *(str(int(name[at:at + 2], 16)) for at in (0, 2, 4))]
    return [str(code + (30 + at if at < 8 else 82 + at))]


lines = []
for row in range(rows):
    line = ""
    for column in range(columns):
        cell = screen.buffer[row][column]
        styles = ["0"] + ["1"] * cell.bold + ["4"] * cell.underscore + ["7"] * cell.reverse
        styles += colour(cell.fg, 0) + colour(cell.bg, 10)
        line += f"\x1b[{';'.join(styles)}m{cell.data}"
    lines.append(line + "\x1b[0m")
(scratch / "screen").write_text("\n".join(lines) + "\n", encoding="utf-8")
PYTHON
  picture "$picture" "$columns" "$light"
}

# Draws what is in the file of the screen.
picture() {
  local picture=$1 columns=$2 light=$3
  "$scratch/python/bin/python" - "$scratch" "$DOCKER_HOST" "$program" "docs/$picture.svg" "$columns" "$light" <<'PYTHON'
import io
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME
from rich.text import Text

scratch, host, program, picture, columns, light = sys.argv[1:]
screen = Path(scratch, "screen").read_text(encoding="utf-8").replace("\r", "").rstrip() + "\n"
for place, usual in [
    (program, "/usr/local/bin/mcp-docker"),
    (f"{scratch}/bin/", "/usr/local/bin/"),
    (host.removeprefix("unix://"), "/var/run/docker.sock"),
    (f"{scratch}/ada", "/home/ada"),
]:
    screen = screen.replace(place, usual)
# Of a long list, what there is room for.
screen = "".join(screen.splitlines(keepends=True)[:40])
console = Console(record=True, width=int(columns), file=io.StringIO(), force_terminal=True, legacy_windows=False)
console.print(Text.from_ansi(screen), overflow="fold")
# Nothing is fetched by who looks at it: the reader's own fixed-width type will do.
template = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px; line-height: {line_height}px; }}
text {{ white-space: pre; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
theme = DEFAULT_TERMINAL_THEME if light == "light" else SVG_EXPORT_THEME
svg = console.export_svg(title="", code_format=template, unique_id="terminal", theme=theme)
Path(picture).write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8")
PYTHON
  echo "docs/$picture.svg"
}

draw doctor 120 dark 'mcp-docker doctor'
draw call 120 dark \
  'mcp-docker call list_containers all=true' \
  'mcp-docker call container_logs container_id=shop-jobs-1' \
  'mcp-docker call remove_container container_id=shop-jobs-1'

mkdir -p docs/terminal
export MCP_DOCKER_TOOLSETS=default,insight
for columns in 60 80 120 200; do
  for light in dark light; do
    draw "terminal/call-$columns-$light" "$columns" "$light" \
      'mcp-docker call list_containers all=true' 'mcp-docker call list_ports' 'mcp-docker call diagnose'
    draw "terminal/tools-$columns-$light" "$columns" "$light" 'mcp-docker tools'
    draw_top "terminal/top-$columns-$light" "$columns" "$light"
  done
done
