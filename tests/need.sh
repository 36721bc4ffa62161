# Sourced by the scripts that run a server for the tests: `need COMMAND PACKAGE` sees to it that the
# command is there, by Debian's package; several tests may ask at once.

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
