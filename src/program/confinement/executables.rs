//! Tells what has to be executable for a program to start: itself, its interpreter, and of each its loader and
//! libraries.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use elf::ElfStream;
use elf::abi::PT_INTERP;
use elf::endian::AnyEndian;

/// What has to be executable for this program to start. What reads another file and runs it, as a loader does, is
/// among it: so nothing that can be run may be readable besides.
///
/// # Errors
/// It cannot be read.
pub(super) fn of(program: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut all = BTreeSet::from([program.to_owned()]);
    let binary = match interpreter(program)? {
        Some(interpreter) => {
            all.insert(interpreter.clone());
            interpreter
        }
        None => program.to_owned(),
    };
    if let Some(loader) = loader(&binary)? {
        all.extend(libraries(&loader, &binary)?);
        all.insert(loader);
    }
    Ok(all)
}

/// What a script is run by.
fn interpreter(program: &Path) -> io::Result<Option<PathBuf>> {
    let mut first = Vec::new();
    BufReader::new(File::open(program)?.take(256)).read_until(b'\n', &mut first)?;
    let Some(line) = first.strip_prefix(b"#!") else {
        return Ok(None);
    };
    let word = line.trim_ascii().split(u8::is_ascii_whitespace).next();
    let word = word.unwrap_or_default().to_owned();
    Ok(Some(PathBuf::from(std::ffi::OsString::from_vec(word))))
}

/// What loads a program that is not whole in itself.
fn loader(program: &Path) -> io::Result<Option<PathBuf>> {
    let unread = |error| io::Error::other(format!("`{}`: {error}", program.display()));
    let mut file = ElfStream::<AnyEndian, _>::open_stream(File::open(program)?).map_err(unread)?;
    let named = file.segments().iter().find(|it| it.p_type == PT_INTERP);
    let Some(named) = named.copied() else {
        return Ok(None);
    };
    let path = file.segment_data(&named).map_err(unread)?;
    let path = path.split(|byte| *byte == 0).next().unwrap_or_default();
    Ok(Some(PathBuf::from(std::ffi::OsString::from_vec(
        path.to_owned(),
    ))))
}

/// The libraries of a program, as its loader lists them; it does not start it.
fn libraries(loader: &Path, program: &Path) -> io::Result<Vec<PathBuf>> {
    let listed = Command::new(loader).arg("--list").arg(program).output()?;
    if !listed.status.success() {
        let text = format!("the libraries of `{}` are not to be had", program.display());
        return Err(io::Error::other(text));
    }
    let text = String::from_utf8_lossy(&listed.stdout);
    let paths = text.split_whitespace().filter(|word| word.starts_with('/'));
    Ok(paths.map(PathBuf::from).collect())
}

/// Whether a file can be run by a loader that it is given to.
pub(super) fn is_binary(mut file: &File) -> bool {
    let mut start = [0; 4];
    file.read_exact(&mut start).is_ok() && start == *b"\x7fELF"
}
