# Sourced by the scripts of the tests, for what those need that is not there: commands, Python with packages, and the
# server itself. Whoever sources it has `say` and `die`.

# Sees to it that the command $1 is there, by Debian's package $2; several tests may ask at once.
need() {
  command -v "$1" >/dev/null && return 0
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || die "missing: $1. Run: sudo apt-get install $2"
  (
    flock 9
    command -v "$1" >/dev/null && return 0
    say "installing $2"
    apt-get update -q >&2 </dev/null || say "the package lists could not be updated; trying with those that are here"
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$2" >&2 </dev/null
  ) 9>/tmp/mcp-docker-packages.lock
}

# Prints the path of the server: $1, or else the debug build, made here. What is called within `$( )` does not end at
# the first failure by itself.
server() {
  if [ -z "${1:-}" ]; then
    cargo build --locked --quiet >&2 || return
    set -- "${CARGO_TARGET_DIR:-target}/debug/mcp-docker"
  fi
  realpath "$1"
}

# Prints the path of a Python with packages from PyPI, of an environment in the directory $1.
python_with() {
  if ! python3 -c 'import ensurepip' 2>/dev/null; then
    [ "$(id -u)" = 0 ] || die "missing: sudo apt-get install python3 python3-venv"
    apt-get update -q >&2 && apt-get install -q -y --no-install-recommends python3 python3-venv >&2 || return
  fi
  [ -x "$1/bin/python" ] || python3 -m venv "$1" >&2 || return
  "$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}" >&2 || return
  printf '%s\n' "$1/bin/python"
}
