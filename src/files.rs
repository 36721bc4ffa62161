//! Opens the files that settings and people name: regular ones only, and no more of each than a bound.
//!
//! A pipe in the place of a file would hold up whoever opens it, and a device or a file with a hole may
//! never end. What a file says of its own size is not believed.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use tokio::sync::oneshot;

/// As much as is read of a file of settings, certificates or a template.
pub const SMALL: u64 = 1024 * 1024;

/// Whether a link may stand in the place of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// It leads to the file.
    Followed,
    /// It is refused.
    Refused,
}

/// What programs keep for a user of that system, by the variables that move it. A relative path would be
/// another folder for each program.
pub fn user_settings(
    system: &str,
    home: &Path,
    variable: impl Fn(&str) -> Option<OsString>,
) -> PathBuf {
    let named = |name| {
        let folder = variable(name).map(PathBuf::from);
        folder.filter(|folder| folder.is_absolute())
    };
    match system {
        "macos" => home.join("Library/Application Support"),
        "windows" => named("APPDATA").unwrap_or_else(|| home.join("AppData/Roaming")),
        _ => named("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")),
    }
}

/// The same for the user who runs this; none where they have no home.
pub fn settings_of_this_user() -> Option<PathBuf> {
    let home = env::home_dir().filter(|home| home.is_absolute())?;
    Some(user_settings(env::consts::OS, &home, |name| {
        env::var_os(name)
    }))
}

/// Where programs keep for the user who runs this what is to outlast them; none where they have no home.
pub fn state_of_this_user() -> Option<PathBuf> {
    let home = env::home_dir().filter(|home| home.is_absolute())?;
    if !cfg!(target_os = "linux") {
        return settings_of_this_user();
    }
    let named = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let named = named.filter(|folder| folder.is_absolute());
    Some(named.unwrap_or_else(|| home.join(".local/state")))
}

/// The bytes of a regular file.
///
/// # Errors
/// It cannot be read, is none, or has more bytes than `most`.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(OpenOptions::new().read(true), path, Links::Followed)?;
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("it is larger than {} KiB", most / 1024),
        ));
    }
    Ok(bytes)
}

/// The text of a regular file.
///
/// # Errors
/// As [`read`], and where it is not UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(read(path, most)?)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is no UTF-8 text"))
}

/// A regular file to write at the end of, made where it is not there.
///
/// # Errors
/// It cannot be opened, or is none.
pub fn append(path: &Path, links: Links) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    // What is logged is for whoever runs the server.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    open(&mut options, path, links)
}

/// What stands in the place of a file, where it is not one.
pub fn kind(of: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;

        if of.is_fifo() {
            return "a named pipe";
        }
        if of.is_socket() {
            return "a socket";
        }
        if of.is_char_device() || of.is_block_device() {
            return "a device";
        }
    }
    if of.is_dir() {
        "a folder"
    } else {
        "something else"
    }
}

fn open(options: &mut OpenOptions, path: &Path, links: Links) -> io::Result<File> {
    // To open a device can be to use it, so that it is looked at before as well.
    let before = match links {
        Links::Followed => fs::metadata(path),
        Links::Refused => fs::symlink_metadata(path),
    };
    match before {
        Ok(it) if !it.is_symlink() => regular(it.file_type())?,
        _ => {}
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        // Opening a pipe would wait for its other end, and a terminal could become that of the server.
        let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
        options.custom_flags(match links {
            Links::Followed => flags,
            Links::Refused => flags | libc::O_NOFOLLOW,
        });
    }
    let file = options.open(path)?;
    regular(file.metadata()?.file_type())?;
    Ok(file)
}

fn regular(it: FileType) -> io::Result<()> {
    if it.is_file() {
        return Ok(());
    }
    let kind = kind(it);
    Err(io::Error::other(format!("it is {kind} and not a file")))
}

/// Does what a file system may take its time for beside the protocol.
///
/// # Errors
/// Those of the work, and that it was never done.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (sender, done) = oneshot::channel();
    // Of one type: tokio compiles each by itself.
    let work: Box<dyn FnOnce() + Send> = Box::new(move || drop(sender.send(work())));
    tokio::task::spawn_blocking(work);
    done.await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file says how large it was, which a file with a hole overstates and procfs understates.
    #[test]
    fn no_more_is_read_than_the_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "12345678").unwrap();
        assert_eq!(read(&path, 8).unwrap(), b"12345678");
        assert_eq!(read(&path, 7).unwrap_err().kind(), ErrorKind::FileTooLarge);
        let hole = File::create(&path).unwrap();
        hole.set_len(3 << 30).unwrap();
        assert_eq!(
            read(&path, SMALL).unwrap_err().to_string(),
            "it is larger than 1024 KiB"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_file_is_neither_read_nor_written_nor_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for (path, said) in [
            (pipe.as_path(), "it is a named pipe and not a file"),
            (Path::new("/dev/zero"), "it is a device and not a file"),
            (folder.path(), "it is a folder and not a file"),
        ] {
            assert_eq!(read(path, SMALL).unwrap_err().to_string(), said);
            assert_eq!(append(path, Links::Followed).unwrap_err().to_string(), said);
        }
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        assert_eq!(
            read(&link, SMALL).unwrap_err().to_string(),
            "it is a device and not a file"
        );
        let refused = append(&link, Links::Refused).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(libc::ELOOP));
    }
}
