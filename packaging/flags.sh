# What a release is built with, read by build.sh and pypi/build.sh. `target` is the target of Rust's that is built.

# What rustc is told, beyond .cargo/config.toml, whose flags these take the place of.

RUSTFLAGS="${RUSTFLAGS:-} -C force-frame-pointers=yes -C target-feature=+crt-static"
# The list of what is to be relocated in its short form, which musl reads in Rust since 1.93; for glibc build.rs knows.
[[ $target != *-linux-musl ]] || RUSTFLAGS="$RUSTFLAGS -C link-arg=-Wl,-z,pack-relative-relocs"
export RUSTFLAGS

# Clients show it as the server's website. Without an owner it has none.
website=$(. "$(dirname "${BASH_SOURCE[0]}")/names.sh" 2>/dev/null && printf '%s' "$repository") || website=
[ -z "$website" ] || export MCP_DOCKER_WEBSITE=$website
