#!/usr/bin/env bash
# Shows that every package has the server in it, by the SDK of the protocol, which starts it from there.
#
#   packaging/test.sh
#
# The image runs as the Dockerfile says, and as compose.yaml says, with the socket of an Engine (tests/engine.sh: the
# one that answers, else a private one that is gone afterwards). The bundle is packed by the official tool and unpacked
# again; the packages for npm and PyPI are installed in places of their own, of which nothing is known before. What is
# written for Homebrew, winget and the MCP registry is made from checksums of these very files. Needs Python and npm,
# which root gets from Debian.

set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }
say() { echo "packaging: $*" >&2; }
die() { echo "packaging: $*" >&2; exit 1; }

before=${MCP_DOCKER_TEST_ENGINE:-}
engine=$(tests/engine.sh start)
eval "$engine"
scratch=$(mktemp -d)
tag=mcp-docker-packaging-test:$$
project=
finish() {
  [ -z "$project" ] || service down >/dev/null 2>&1 || true
  docker image rm --force "$tag" >/dev/null 2>&1 || true
  rm -r "$scratch"
  # A private Engine that someone else started stays.
  [ "$MCP_DOCKER_TEST_ENGINE" = "$before" ] || tests/engine.sh stop
}
trap finish EXIT

. tests/need.sh
need npm npm
export OWNER=someone
step "Build a static program"
program=$(packaging/build.sh)
if ldd "$program" 2>/dev/null | grep -q '=>'; then die "$program needs shared libraries"; fi

tools=$(realpath -m "${CARGO_TARGET_DIR:-target}/packaging")
python=$(python_with "$tools/python" mcp==2.3.0 maturin==1.16.0 uv==0.13.9)
PATH=$tools/python/bin:$PATH
# Holds a session with the server that is started like this.
hold() { timeout 60 "$python" packaging/hold.py "$@" || die "the session came to a bad end"; }

step "The image"
packaging/image.sh "$tag" "$program"
socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
socket=${socket#unix://}
run=(docker run -i --rm -v "$socket:/var/run/docker.sock")
docker image inspect --format '{{.Size}} bytes, as {{.Config.User}}' "$tag"
hold "${run[@]}" --group-add "$(stat -c %g "$socket")" "$tag"
# Whoever forgets the group is told.
refused=$("${run[@]}" "$tag" call version 2>&1) && die "it reached a socket that is not for it"
grep -q -- '--group-add' <<<"$refused" || die "nothing is said of the group: $refused"

step "The service of compose.yaml"
compose=$(tests/compose.sh oldest)
eval "$compose"
service() {
  DOCKER_CONFIG=$scratch/docker MCP_DOCKER_IMAGE=$tag MCP_DOCKER_PORT=$port DOCKER_SOCKET=$socket \
    MCP_DOCKER_AUTH_TOKEN=$token DOCKER_GROUP=$(stat -c %g "$socket") docker compose --project-name "$project" --file packaging/compose.yaml "$@"
}
mkdir -p "$scratch/docker/cli-plugins"
ln -s "$MCP_DOCKER_TEST_COMPOSE/docker-compose" "$scratch/docker/cli-plugins/"
need curl curl
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
address=http://127.0.0.1:$port
token=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
project=mcp-docker-packaging-test-$$
service up --detach --quiet-pull
for ((tries = 0; tries < 100; tries++)); do
  curl --silent --fail "$address/healthz" >/dev/null && break
  sleep 0.1
done
refused=$(curl --silent --output /dev/null --write-out '%{http_code}' --request POST "$address/mcp")
[ "$refused" = 401 ] || die "without the token it answers $refused"
MCP_BEARER=$token hold "$address/mcp"
service down
project=

step "The bundle"
bundle=$(packaging/mcpb/build.sh "$program" "$scratch")
packaging/mcpb/mcpb.sh info "$bundle"
packaging/mcpb/mcpb.sh unpack "$bundle" "$scratch/unpacked" >/dev/null
# Its variables as Claude Desktop passes them where the user set nothing.
# shellcheck disable=SC2016  # the text of the manifest
variables=$(sed -n 's/^ *"\([A-Z_]*\)": "\(\${user_config\.[a-z_]*}\)",\{0,1\}$/\1=\2/p' "$scratch/unpacked/manifest.json")
[ -n "$variables" ] || die "the manifest passes no variables"
mapfile -t variables <<<"$variables"
hold env "${variables[@]}" DOCKER_BASE_URL="unix://$socket" "$scratch/unpacked/server/mcp-docker"

step "The packages for npm"
wrapper=$(packaging/npm/build.sh --wrapper "$scratch")
packed=$(packaging/npm/build.sh "$program" "$scratch")
mkdir "$scratch/npm"
npm install --prefix "$scratch/npm" --silent --no-audit --no-fund "$wrapper" "$packed"
hold env -C "$scratch/npm" DOCKER_BASE_URL="unix://$socket" npx --no-install mcp-docker
# The end of the program is that of the one that started it.
status=0
"$scratch/npm/node_modules/.bin/mcp-docker" --no-such-flag 2>/dev/null || status=$?
[ "$status" = 2 ] || die "a mistake on the command line ends with $status"
rm -r "$scratch/npm/node_modules/$(tar -xzOf "$packed" package/package.json | sed -n 's/^  "name": "\(.*\)",$/\1/p')"
told=$("$scratch/npm/node_modules/.bin/mcp-docker" --version 2>&1) && die "it runs without its program"
grep -q -- '--omit=optional' <<<"$told" || die "nothing is said of what is missing: $told"

step "The wheel for PyPI"
wheel=$(packaging/pypi/build.sh "$scratch")
python3 -m venv "$scratch/python"
"$scratch/python/bin/pip" install --quiet --disable-pip-version-check --no-index "$wheel"
hold env DOCKER_BASE_URL="unix://$socket" "$scratch/python/bin/mcp-docker"
hold env DOCKER_BASE_URL="unix://$socket" UV_CACHE_DIR="$scratch/uv" uvx --quiet --offline --no-python-downloads --from "$wheel" mcp-docker

step "What is written from checksums"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
for target in x86_64-unknown-linux-musl aarch64-unknown-linux-musl x86_64-apple-darwin aarch64-apple-darwin; do
  cp "$program" "$scratch/mcp-docker-v$version-$target.tar.gz"
  cp "$bundle" "$scratch/mcp-docker-v$version-$target.mcpb"
done
cp "$program" "$scratch/mcp-docker-v$version-x86_64-pc-windows-msvc.zip"
cp "$bundle" "$scratch/mcp-docker-v$version-x86_64-pc-windows-msvc.mcpb"
(cd "$scratch" && sha256sum mcp-docker-v* >SHA256SUMS)
sum=$(sha256sum "$program" | cut -d ' ' -f 1)
packaging/homebrew/formula.sh "$scratch/SHA256SUMS" >"$scratch/mcp-docker.rb"
[ "$(grep -c "sha256 \"$sum\"" "$scratch/mcp-docker.rb")" = 4 ] || die "the formula: $(cat "$scratch/mcp-docker.rb")"
packaging/winget/manifests.sh "$scratch/SHA256SUMS" "$scratch/winget"
grep -q "InstallerSha256: ${sum^^}" "$scratch/winget/someone.mcp-docker.installer.yaml" || die "winget's manifest has another checksum"
packaging/server.sh "$scratch/SHA256SUMS" >"$scratch/server.json"
! grep -n 'OWNER\|SHA256 of' "$scratch/server.json" || die "something was not filled in"
: >"$scratch/none"
! packaging/server.sh "$scratch/none" >/dev/null 2>&1 || die "a checksum that is not there is not missed"
