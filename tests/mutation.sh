#!/usr/bin/env bash
# Takes each guard out of the server in turn, and shows that a test notices.
#
#   tests/mutation.sh             every guard
#   tests/mutation.sh 'tier*'     the guards whose names match
#
# Works on a copy, in $MCP_DOCKER_MUTATION_DIR or the user's cache, whose build is kept: the first run
# builds everything, later ones take some fifteen seconds per guard. tests/run.sh leaves it out for
# that. Ends non-zero if a guard can be taken out unnoticed, or is no longer where the table says.

set -euo pipefail
cd "$(dirname "$0")/.."

work=${MCP_DOCKER_MUTATION_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mcp-docker-mutation}
wanted=${1:-*}
names=() files=() olds=() news=() tests=()

# A guard: its name, its file, its text, what takes its place, and the tests that must notice, as
# arguments of `cargo test`: `--lib` or `--test suite`, and a part of their names.
guard() { names+=("$1") files+=("$2") olds+=("$3") news+=("$4") tests+=("$5"); }

guard 'tiers and filters, on the path of a call' src/call.rs \
  'safety::permit(tool, &self.config.safety)?;' \
  '' \
  '--test suite tiers::'

guard 'tier check' src/safety/mod.rs \
  'filter::permit(tool, config)?;
    tier::permit(tool, config)' \
  'filter::permit(tool, config)' \
  '--test suite tiers::'

guard 'tier check, read-only means destructive tools too' src/safety/tier.rs \
  'vec![moderate, destructive]' \
  'vec![destructive]' \
  '--test suite tiers::'

guard 'filter check' src/safety/mod.rs \
  'filter::permit(tool, config)?;
    tier::permit(tool, config)' \
  'tier::permit(tool, config)' \
  '--test suite tiers::filters'

guard 'filter check, deny wins' src/safety/filter.rs \
  'named(&config.denied_tools)' \
  'named(&config.denied_tools) && !named(&config.allowed_tools)' \
  '--test suite tiers::filters'

guard 'names of the filters' src/cli/mod.rs \
  'safety::check_filters(&config.safety).map_err(Failure::Usage)?;' \
  '' \
  '--test suite tiers::filters'

guard 'path check' src/engine/exchange.rs \
  'request.check()?;' \
  '' \
  '--test suite engine::'

guard 'path check, the reference' src/engine/record.rs \
  '&& let Err(wrong) = check_segments(reference)' \
  '&& let Err(wrong) = Ok::<(), &str>(())' \
  '--test suite engine::'

guard 'no start without the log that is required' src/config/mod.rs \
  'server.audit_required && server.audit_log.is_none()' \
  'false' \
  '--test suite config::'

guard 'tokens differ' src/config/mod.rs \
  'server.auth_token.is_some() && server.auth_token == server.readonly_token' \
  'false' \
  '--test suite config::'

guard 'a found .env loosens nothing' src/config/source.rs \
  '&& !may_be_found(variable, text)' \
  '&& false' \
  '--test suite env_file'

guard 'audit, required' src/safety/audit.rs \
  'if !self.log.required {' \
  'if true {' \
  '--test suite audit::'

guard 'audit, before anything is sent' src/call.rs \
  'record.start()?;' \
  'let _ = record.start();' \
  '--test suite audit::'

guard 'audit, of calls that are cancelled' src/safety/audit.rs \
  'let _ = self.log.append(&self.line);' \
  'if !matches!(self.line.result, Outcome::Cancelled) { let _ = self.log.append(&self.line); }' \
  '--test suite audit::'

guard 'audit, no secret parameters' src/safety/audit/line.rs \
  'filter(|param| !param.secret)' \
  'filter(|_| true)' \
  '--test suite audit::'

guard 'audit, no links' src/safety/audit.rs \
  'libc::O_NOFOLLOW | libc::O_NONBLOCK' \
  'libc::O_NONBLOCK' \
  '--test suite audit::'

say() { printf '%s\n' "$*" >&2; }

# The repository as it is, changes that were not committed included. Every file is new to cargo, so
# that nothing of an earlier run's mutations stays in the build.
copy() {
  rm -rf "$work/source"
  mkdir -p "$work/source"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null --files-from=- --create --file=- |
    tar --extract --touch --directory="$work/source" --file=-
}

# Replaces the text, which must be there exactly once.
replace() {
  file=$1 old=$2 new=$3 perl -0777 -e '
    open my $in, "<", $ENV{file} or die "$ENV{file}: $!\n";
    my $text = <$in>;
    my $count = () = $text =~ /\Q$ENV{old}\E/g;
    die "$ENV{file} has the text of the guard $count times, not once\n" if $count != 1;
    $text =~ s/\Q$ENV{old}\E/$ENV{new}/;
    open my $out, ">", $ENV{file} or die "$ENV{file}: $!\n";
    print $out $text or die;
    close $out or die;
  '
}

# What the tests of a guard do; what they print is kept in a file.
verdict() {
  local target filter
  filter=${1##* }
  target=${1% *}
  # A target may be two words.
  # shellcheck disable=SC2086
  if ! cargo test --locked --no-run $target >"$work/output" 2>&1; then
    echo 'does not compile'
  elif timeout 300 cargo test --locked $target -- "$filter" >"$work/output" 2>&1; then
    if grep -q '^running 0 tests' "$work/output"; then echo 'no such test'; else echo passes; fi
  else
    echo fails
  fi
}

exec </dev/null
copy
export CARGO_TARGET_DIR=$work/target CARGO_PROFILE_DEV_DEBUG=0 RUST_BACKTRACE=0
failed=0 rows=()
cd "$work/source"

say 'building, and running the tests with every guard in its place'
declare -A passed=()
for index in "${!names[@]}"; do
  name=${names[index]} test=${tests[index]}
  # shellcheck disable=SC2053
  [[ $name == $wanted ]] || continue
  if [ -z "${passed[$test]-}" ]; then
    found=$(verdict "$test")
    if [ "$found" != passes ]; then
      say "with every guard in its place, \`$test\`: $found"
      cat "$work/output" >&2
      exit 1
    fi
    passed[$test]=yes
  fi
  started=$SECONDS
  cp "${files[index]}" "$work/original"
  if replace "${files[index]}" "${olds[index]}" "${news[index]}"; then
    found=$(verdict "$test")
  else
    found='no such text'
  fi
  # Copied, not moved, so that cargo sees a change.
  cat "$work/original" >"${files[index]}"
  case $found in
    fails) found=noticed ;;
    passes) found=UNNOTICED failed=1 ;;
    *) found="ERROR: $found" failed=1 ;;
  esac
  [ "$found" != 'ERROR: does not compile' ] || cat "$work/output" >&2
  say "$name: $found"
  rows+=("$(printf '%-52s %-26s %-12s %3d s' "$name" "$test" "$found" "$((SECONDS - started))")")
done

printf '%s\n' "${rows[@]}"
if [ "${#rows[@]}" = 0 ]; then
  say "no guard is called \`$wanted\`"
  failed=1
fi
exit "$failed"
