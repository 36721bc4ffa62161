//! Compiles `catalog/` into the Rust that `src/catalog/mod.rs` includes; see `src/generator/`.

#[path = "src/generator/mod.rs"]
mod generator;

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=catalog");
    println!("cargo::rerun-if-changed=prompts");
    println!("cargo::rerun-if-changed=src/generator");
    println!("cargo::rerun-if-changed=src/vocabulary");
    if reads_packed_relocations() {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;

    let mut sources = generator::read(Path::new("catalog"))?;
    sources.extend(generator::read(Path::new("prompts"))?);
    match generator::generate(&sources) {
        Ok(files) => files
            .iter()
            .try_for_each(|file| write_changed(&Path::new(&out).join(&file.path), &file.code)),
        Err(diagnostics) => {
            // With a failing exit Cargo would print everything twice. It begins each line with `error:`.
            let diagnostics = diagnostics.iter();
            let bare = diagnostics.map(|it| it.strip_prefix("error: ").unwrap_or(it));
            for line in bare.flat_map(str::lines) {
                println!("cargo::error={line}");
            }
            Ok(())
        }
    }
}

/// Whether the C library of the machine that this is built on and for reads the list of what it is to relocate
/// in its short form, as glibc does from 2.36 on. The program is 5 % smaller with it, and does not start without.
fn reads_packed_relocations() -> bool {
    let told = |name| env::var(name).unwrap_or_default();
    if told("CARGO_CFG_TARGET_ENV") != "gnu" || told("TARGET") != told("HOST") {
        return false;
    }
    let asked = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let version = asked.map(|it| String::from_utf8_lossy(&it.stdout).into_owned());
    let version = version.unwrap_or_default();
    let number = version
        .trim()
        .strip_prefix("glibc ")
        .and_then(|it| it.split_once('.'));
    let number = number.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    number.is_some_and(|it: (u32, u32)| it >= (2, 36))
}

/// Leaves a file alone that already holds the code, so that nothing is compiled anew for it.
fn write_changed(path: &Path, code: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == code) {
        return Ok(());
    }
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, code)
}
