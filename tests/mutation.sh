#!/usr/bin/env bash
# Takes each guard out of the server in turn, and shows that a test notices.
#
#   tests/mutation.sh                    every guard
#   tests/mutation.sh 'tier*'            the guards whose names match
#   tests/mutation.sh --changed [BASE]   the guards whose file changed since the commit BASE; without
#                                        one, since this branch left origin/main; where it did not
#                                        leave it, all of them. If those are more than a sixteenth
#                                        of all, as many as that, others with each commit
#   tests/mutation.sh --build            only build what the next run needs, if nothing changes until then
#   tests/mutation.sh --check            only look whether each guard is where the table says, and has
#                                        its test
#
# The guards are in tests/mutation/, an area a file. Each has its name; its file; its text, which is there
# once; what takes its place; and the test that must notice. The text is an expression, and so is what
# takes its place, or statements, the last with its semicolon. The test is `unit` or `suite`, and a part
# of its name.
#
# All guards are taken out of one build: in a copy of the repository each of them becomes a choice
# that is made at run time, by a file beside the copy that names the guard that is out. So a guard
# costs one test, not one build. Where root may, several are tried side by side, each with a mount
# namespace in which that file is its own, and a PID namespace, with which all ends that its test started.
# The copy is in $MCP_DOCKER_MUTATION_DIR or the user's cache, where its build is kept for the next run.
# Ends non-zero if a guard can be taken out unnoticed, or is no longer where the table says; the last lines
# name those.

set -euo pipefail
cd "$(dirname "$0")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=${MCP_DOCKER_MUTATION_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mcp-docker-mutation}
wanted='*' mode=run base=
case "${1:-}" in
  --changed) mode=changed base=${2:-} ;;
  --check) mode=check ;;
  --build) mode=build ;;
  ?*) wanted=$1 ;;
esac
say() { printf '%s\n' "$*" >&2; }

# Reads the guards: of TOML what their files use, a string between single quotes or three of them.
names=() files=() olds=() news=() tests=()
guards() {
  perl -0777 -e '
    for my $file (@ARGV) {
      open my $in, "<", $file or die "$file: $!\n";
      my (undef, @guards) = split /^\[\[guard\]\]\n/m, <$in>;
      for (@guards) {
        my %guard = /^(\w+) = (?|\x27{3}(.*?)\x27{3}|\x27([^\x27\n]*)\x27)$/msg;
        for my $key (qw(name file text instead test)) {
          print $guard{$key} // die("$file: a guard has no $key:\n$_"), "\0";
        }
      }
    }
  ' tests/mutation/*.toml
}
cells=$(mktemp)
guards >"$cells"
while IFS= read -r -d '' name; do
  names+=("$name")
  for column in files olds news tests; do
    IFS= read -r -d '' "$column[${#names[@]} - 1]"
  done
done <"$cells"
rm "$cells"

# Makes of the repository as it is, changes that were not committed included, a copy in which each guard is a
# choice. Where it differs from that of an earlier run, every file is new to cargo, so that nothing of its
# guards stays in the build.
copy() {
  local index
  rm -rf "$work/new"
  mkdir -p "$work/new"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null --files-from=- --create --file=- |
    tar --extract --touch --directory="$work/new" --file=-
  cd "$work/new"
  for index in "${!names[@]}"; do
    choice "${names[index]}" "${files[index]}" "${olds[index]}" "${news[index]}"
  done
  asking >>src/lib.rs
  # A choice reads oddly, and what it leaves unused is no news: errors would be lost in that.
  sed -i '1i #![allow(warnings)]' src/lib.rs src/main.rs
  cd "$work"
  if diff --recursive --brief new source >/dev/null 2>&1; then
    rm -r new
  else
    rm -rf source
    mv new source
  fi
}

# Makes a guard a choice.
choice() {
  name=$1 file=$2 old=$3 new=$4 perl -0777 -e '
    my ($name, $file, $old, $new) = @ENV{qw(name file old new)};
    open my $in, "<", $file or die "$file: $!\n";
    my $text = <$in>;
    my $count = () = $text =~ /\Q$old\E/g;
    die "`$name`: $file has its text $count times, not once\n" if $count != 1;
    my $choice = "if ::mcp_docker::is_out(\"$name\") { $new } else { $old }";
    $choice = "($choice)" unless $old =~ /;\z/;
    $text =~ s/\Q$old\E/$choice/;
    open my $out, ">", $file or die "$file: $!\n";
    print $out $text or die;
    close $out or die;
  '
}

# Whether each guard is where the table says and has a test; says of all that are not.
check() {
  local index test wrong=0 scratch
  scratch=$(mktemp -d)
  cp -r src tests "$scratch"
  cd "$scratch"
  for index in "${!names[@]}"; do
    choice "${names[index]}" "${files[index]}" "${olds[index]}" "${news[index]}" || wrong=1
    test=${tests[index]#* }
    if ! grep -rqE "(fn|mod) [a-z0-9_]*${test##*::}" src tests; then
      say "\`${names[index]}\`: no test is called \`$test\`"
      wrong=1
    fi
  done
  rm -rf "$scratch"
  say "${#names[@]} guards"
  return "$wrong"
}

# The files that changed since a commit, committed or not, new ones too; fails where nothing tells
# since when.
changed() {
  if [ -z "$base" ]; then
    base=$(git merge-base HEAD origin/main 2>/dev/null) || return 1
    [ "$base" != "$(git rev-parse HEAD)" ] || return 1
  fi
  git diff --name-only "$base" 2>/dev/null || return 1
  git ls-files --others --exclude-standard
}

# What every choice asks; each process finds out once.
asking() {
  cat <<'RUST'
extern crate self as mcp_docker;
/// Whether that guard is out.
pub fn is_out(guard: &str) -> bool {
    static OUT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let read = || std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../out"));
    OUT.get_or_init(|| read().unwrap_or_default()) == guard
}
RUST
}

# Builds the tests, and prints where those of `unit` or `suite` are.
built() {
  local target=--lib
  [ "$1" = unit ] || target='--test suite'
  # A target may be two words.
  # shellcheck disable=SC2086
  cargo test --locked $target --no-run --message-format json-render-diagnostics 2>"$output" |
    sed -n 's/.*"profile":{[^}]*"test":true}.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1
}

# Sets `alone` to what runs a command apart: with $1 as the file that names the guard that is out, and with a PID
# namespace, whose first process is a shell, because whoever is that has to reap what others leave. Its process group is
# one that is known there.
apart() {
  alone=()
  [ "$jobs" != 1 ] || return 0
  # shellcheck disable=SC2016
  alone=(unshare --mount-proc --pid --fork --kill-child
    bash -c 'mount --bind "$1" "$2" || exit; shift 2; setsid --wait "$@"; exit $?' - "$1" "$work/out")
}

# Runs tests: `unit` or `suite`, and parts of their names. What they print is kept in a file. `unshare` heeds no
# other signal.
run() {
  timeout --foreground --signal=KILL "${patience:-300}" "${alone[@]}" "${programs[$1]}" "${@:2}" >"$output" 2>&1
}

# Takes guards out, each by itself, and prints what came of it; fails if one was not noticed.
attempt() {
  local output=$work/output.$1 out=$work/out alone index test status found row failed=0
  [ "$jobs" = 1 ] || out=$work/out.$1
  : >"$out"
  apart "$out"
  for index in "${@:2}"; do
    test=${tests[index]}
    printf '%s' "${names[index]}" >"$out"
    status=0
    run "${test%% *}" "${test#* }" || status=$?
    # They end with 101 where a test failed.
    if [ "$status" = 101 ]; then
      found=noticed
    elif [ "$status" != 0 ]; then
      found="ENDED WITH $status" failed=1
    elif grep -q '^running 0 tests' "$output"; then
      found='NO SUCH TEST' failed=1
    else
      found=UNNOTICED failed=1
    fi
    row=$(printf '%-58s %-12s %s' "${names[index]}" "$found" "$test")
    say "$row"
    printf '%s\n' "$row"
  done
  return "$failed"
}

exec </dev/null
unset BLESS
if [ "$mode" = check ]; then
  check
  exit
fi
chosen=()
since= touched=
if [ "$mode" = changed ] && touched=$(changed); then since=known; fi
for index in "${!names[@]}"; do
  # shellcheck disable=SC2053
  [[ ${names[index]} == $wanted ]] || continue
  if [ "$since" = known ] && ! grep -qxF "${files[index]}" <<<"$touched"; then continue; fi
  chosen+=("$index")
done
most=$((${#names[@]} / 16))
if [ "$mode" = changed ] && [ "${#chosen[@]}" -gt "$most" ]; then
  share=$(((${#chosen[@]} + most - 1) / most))
  turn=$(($(git rev-list --count HEAD) % share))
  say "one of $share is tried of ${#chosen[@]} guards"
  of=("${chosen[@]}") chosen=()
  for ((place = turn; place < ${#of[@]}; place += share)); do chosen+=("${of[place]}"); done
fi
if [ "${#chosen[@]}" = 0 ]; then
  if [ "$mode" = changed ]; then say 'no guard is in a file that changed'; exit; fi
  say "no guard is called \`$wanted\`"
  exit 1
fi
mkdir -p "$work"
rm -f "$work"/rows.* "$work"/out.* "$work"/output.*
copy
cd "$work/source"
: >"$work/out"

say 'building with every guard a choice'
# What is built of the repository's dependencies is not built again, where its profile is the same.
if [ "${CARGO_PROFILE_DEV_DEBUG:-}" = 0 ]; then tests/seed.sh "$target" "$work/target"; fi
export CARGO_TARGET_DIR=$work/target CARGO_PROFILE_DEV_DEBUG=0 RUST_BACKTRACE=0
declare -A programs
output=$work/output alone=()
for kind in unit suite; do
  programs[$kind]=$(built "$kind") || true
  if [ ! -x "${programs[$kind]}" ]; then
    cat "$output" >&2
    exit 1
  fi
done
[ "$mode" != build ] || exit 0

# Most tests wait more than they compute.
jobs=1
if [ "$(id -u)" = 0 ] && unshare --mount-proc --pid --fork true 2>/dev/null; then jobs=$((2 * $(nproc))); fi

say 'running the tests with every guard in its place'
apart "$work/out"
for kind in unit suite; do
  parts=()
  for index in "${chosen[@]}"; do
    test=${tests[index]}
    [ "${test%% *}" != "$kind" ] || parts+=("${test#* }")
  done
  [ "${#parts[@]}" != 0 ] || continue
  # All of them, on whatever machine.
  if ! patience=1500 run "$kind" "${parts[@]}"; then
    cat "$output" >&2
    exit 1
  fi
done

failed=0 workers=()
for ((worker = 0; worker < jobs; worker++)); do
  mine=()
  for ((place = worker; place < ${#chosen[@]}; place += jobs)); do mine+=("${chosen[place]}"); done
  attempt "$worker" "${mine[@]}" >"$work/rows.$worker" &
  workers+=("$!")
done
for worker in "${workers[@]}"; do wait "$worker" || failed=1; done

cat "$work"/rows.*
printf '%d guards in %d s\n' "${#chosen[@]}" "$SECONDS"
[ "$failed" = 0 ] || grep -hv ' noticed  ' "$work"/rows.* || true
exit "$failed"
