# Sourced by the scripts of the tests, for what those need that is not there: commands, Python with packages, and the
# server itself. Whoever sources it has `say` and `die`.

# Sees to it that the command $1 is there, by Debian's packages that follow.
need() {
  command -v "$1" >/dev/null || install_for "command -v $1" "${@:2}"
}

# Installs Debian's packages for what the check $1 finds then; several tests may ask at once.
install_for() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || die "missing: sudo apt-get install ${*:2}"
  (
    flock 9
    # Another one may have installed them meanwhile.
    eval "$1" >/dev/null 2>&1 && return 0
    say "installing ${*:2}"
    apt-get update -q >&2 </dev/null || say "the package lists could not be updated; trying with those that are here"
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${@:2}" >&2 </dev/null
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
  local check='python3 -c "import ensurepip"'
  eval "$check" 2>/dev/null || install_for "$check" python3 python3-venv || return
  [ -x "$1/bin/python" ] || python3 -m venv "$1" >&2 || return
  "$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}" >&2 || return
  printf '%s\n' "$1/bin/python"
}
