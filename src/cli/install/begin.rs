//! The configuration file that a client's entry names: read where it is there, begun where it is not.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use mcp_docker::config::{ConfigFile, SCHEMA_NAME, example, schema};

use super::super::Failure;

/// A configuration file that an entry is to name.
#[derive(Debug)]
pub(super) enum Named {
    /// It is there.
    There(PathBuf),
    /// It is not, and may be begun.
    New(PathBuf),
}

impl Named {
    /// # Errors
    /// There can be no such file.
    pub(super) fn at(path: &str) -> Result<Self, Failure> {
        let path = std::path::absolute(path).map_err(Failure::failed)?;
        let wrong = |reason: &str| {
            let shown = path.display();
            Failure::Usage(format!(
                "`--config` cannot be {shown}: {reason}; name a TOML file in a folder that is there"
            ))
        };
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => Err(wrong("it is a folder")),
            Ok(_) => Ok(Self::There(path)),
            Err(error) if error.kind() != ErrorKind::NotFound => Err(wrong(&error.to_string())),
            Err(_) => match path.parent().map(Path::is_dir) {
                Some(true) if path.file_name().is_some() => Ok(Self::New(path)),
                _ => Err(wrong("its folder is not there")),
            },
        }
    }

    /// What it says, where it is there.
    pub(super) fn file(&self) -> Option<ConfigFile> {
        match self {
            Self::There(path) => Some(ConfigFile::read(path.clone())),
            Self::New(_) => None,
        }
    }

    /// Begins it where it is not there, with what editors know of it beside it; what was done.
    pub(super) fn begin(&self) -> Result<Option<String>, Failure> {
        let Self::New(path) = self else {
            return Ok(None);
        };
        let failed = |path: &Path, error: &std::io::Error| {
            Failure::Failed(format!("cannot begin {}: {error}", path.display()))
        };
        write_new(path, &example()).map_err(|error| failed(path, &error))?;
        let beside = path.with_file_name(SCHEMA_NAME);
        match write_new(&beside, &format!("{:#}\n", schema())) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(&beside, &error)),
            _ => Ok(Some(format!(
                "{} is begun, with each setting as a comment",
                path.display()
            ))),
        }
    }
}

/// A file may come to hold tokens.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
