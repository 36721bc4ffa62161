//! Brings a path into one spelling, and follows its links to where it leads.

use std::io;

/// The most links that are followed; Linux gives up after as many.
#[cfg(unix)]
const MOST_LINKS: usize = 40;

/// The path in one spelling: absolute, with slashes, without `.`, `..` and empty parts; none where it
/// is relative.
pub(super) fn normalise(path: &str) -> Option<String> {
    // So Windows writes a path that it has followed.
    let path = path
        .strip_prefix(r"\\?\")
        .filter(|plain| has_drive(plain))
        .unwrap_or(path);
    let slashed = if has_drive(path) || path.starts_with('\\') {
        format!("/{}", path.replace('\\', "/"))
    } else {
        path.to_owned()
    };
    if !slashed.starts_with('/') {
        return None;
    }
    let mut parts = Vec::new();
    for part in slashed.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(format!("/{}", parts.join("/")))
}

/// Whether a normalised path is another one or lies below it.
pub(super) fn within(path: &str, other: &str) -> bool {
    other == "/"
        || path
            .strip_prefix(other)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path starts with a drive of Windows, such as `C:\`.
pub(super) fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic())
}

/// Where a path leads. Beside the protocol, because a file system may take its time.
pub(super) async fn follow(path: &str) -> io::Result<String> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || followed(&path))
        .await
        .map_err(io::Error::other)?
}

/// Follows the links of a path as the kernel does; what is not there is taken as it is written,
/// because it may come to be.
#[cfg(unix)]
fn followed(path: &str) -> io::Result<String> {
    use std::path::PathBuf;

    let mut at = PathBuf::from("/");
    let mut ahead: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut links = 0;
    while let Some(part) = ahead.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => {
                at.pop();
                continue;
            }
            part => at.push(part),
        }
        match std::fs::symlink_metadata(&at) {
            Ok(metadata) if metadata.is_symlink() => {
                links += 1;
                if links > MOST_LINKS {
                    return Err(io::Error::other("too many links"));
                }
                let target = std::fs::read_link(&at)?;
                let target = target.to_str().ok_or(io::ErrorKind::InvalidData)?;
                at.pop();
                if target.starts_with('/') {
                    at = PathBuf::from("/");
                }
                ahead.extend(target.split('/').rev().map(str::to_owned));
            }
            Ok(_) => {}
            Err(error) if is_absence(&error) => {}
            Err(error) => return Err(error),
        }
    }
    let at = at.to_str().ok_or(io::ErrorKind::InvalidData)?;
    Ok(at.to_owned())
}

#[cfg(not(unix))]
fn followed(path: &str) -> io::Result<String> {
    // In its one spelling a path has a slash before the drive, which the system does not know.
    let path = path
        .strip_prefix('/')
        .filter(|plain| has_drive(plain))
        .unwrap_or(path);
    let absolute = std::fs::canonicalize(path)?;
    let absolute = absolute.to_str().ok_or(io::ErrorKind::InvalidData)?;
    let plain = absolute.strip_prefix(r"\\?\").unwrap_or(absolute);
    normalise(plain).ok_or(io::ErrorKind::InvalidData.into())
}

#[cfg(unix)]
fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_path_has_one_spelling() {
        for (given, expected) in [
            ("/", "/"),
            ("//var//run/../run/docker.sock", "/var/run/docker.sock"),
            ("/etc/../srv/./www/", "/srv/www"),
            ("/../../etc", "/etc"),
            (r"C:\Users\me", "/C:/Users/me"),
            (r"\\?\C:\Users\me", "/C:/Users/me"),
            (r"\\.\pipe\docker_engine", "/pipe/docker_engine"),
        ] {
            assert_eq!(normalise(given).as_deref(), Some(expected), "{given}");
        }
        for relative in ["", "etc", "./etc", "../etc", "~/.ssh"] {
            assert_eq!(normalise(relative), None, "{relative}");
        }
    }

    #[test]
    fn paths_are_compared_part_by_part() {
        assert!(within("/etc", "/etc") && within("/etc/ssl", "/etc") && within("/etc", "/"));
        assert!(!within("/etcetera", "/etc") && !within("/", "/etc"));
    }

    #[test]
    fn links_are_followed_wherever_they_stand_and_even_to_what_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let root = root.to_str().unwrap();
        let at = |name: &str| format!("{root}/{name}");
        std::fs::create_dir(at("real")).unwrap();
        symlink("real", at("relative")).unwrap();
        symlink("/nonexistent/later", at("dangling")).unwrap();
        symlink(at("relative"), at("twice")).unwrap();
        symlink(at("loop"), at("loop")).unwrap();
        for (given, expected) in [
            ("real/new", at("real/new")),
            ("relative/new", at("real/new")),
            ("twice/x", at("real/x")),
            ("dangling/x", "/nonexistent/later/x".to_owned()),
            ("real/../relative", at("real")),
            ("dangling/../x", "/nonexistent/x".to_owned()),
        ] {
            assert_eq!(followed(&at(given)).unwrap(), expected, "{given}");
        }
        assert!(followed(&at("loop")).is_err());
    }
}

#[cfg(all(test, windows))]
mod windows_tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_directory_leads_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        let real = real.to_str().unwrap();
        let spelling = normalise(real).unwrap();
        for given in [real, folder.path().to_str().unwrap(), &spelling] {
            assert_eq!(followed(given).unwrap(), spelling, "{given}");
        }
    }
}
