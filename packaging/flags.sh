# What rustc is told for a release, beyond .cargo/config.toml, whose flags these take the place of: read by build.sh and
# pypi/build.sh. `target` is the target of Rust's that is built.

RUSTFLAGS="${RUSTFLAGS:-} -C force-frame-pointers=yes -C target-feature=+crt-static"
# The list of what is to be relocated in its short form, which musl reads in Rust since 1.93; for glibc build.rs knows.
[[ $target != *-linux-musl ]] || RUSTFLAGS="$RUSTFLAGS -C link-arg=-Wl,-z,pack-relative-relocs"
export RUSTFLAGS
