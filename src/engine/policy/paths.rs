//! Brings a path into one spelling, and follows its links to where it leads.

use std::io;

/// The most links that are followed; Linux gives up after as many.
#[cfg(unix)]
const MOST_LINKS: usize = 40;

/// The path in one spelling: absolute, with slashes, without `.`, `..` and empty parts; a drive of
/// Windows as `/C:`, another machine's share as `/unc:/server/share`; none where it is relative.
pub(super) fn normalise(path: &str) -> Option<String> {
    // So Windows writes a path that it has followed, and one of a device.
    let of_a_device = [r"\\?\", r"\\.\"]
        .iter()
        .find_map(|prefix| path.strip_prefix(prefix));
    let pipe = |path: &str| path.to_ascii_lowercase().starts_with(r"pipe\");
    let (prefix, path) = match of_a_device {
        Some(plain) if has_drive(plain) || pipe(plain) => ("", plain),
        Some(device) => ("/unc:", device),
        None => match path.strip_prefix(r"\\") {
            Some(share) => ("/unc:", share),
            None if path.starts_with('/') || has_drive(path) => ("", path),
            None => return None,
        },
    };
    let slashed = if prefix.is_empty() && path.starts_with('/') {
        path.to_owned()
    } else {
        path.replace('\\', "/")
    };
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
    Some(format!("{prefix}/{}", parts.join("/")))
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

/// Where a path leads, and by which links.
#[derive(Debug)]
pub(super) struct Trail {
    pub(super) target: String,
    /// Where the links lie that were followed: whoever can replace one leads elsewhere.
    pub(super) links: Vec<String>,
}

/// Where a path leads; none where this host does not show it. Beside the protocol, because a file
/// system may take its time.
pub(crate) async fn follow(path: &str) -> io::Result<Option<String>> {
    let path = path.to_owned();
    let trail = tokio::task::spawn_blocking(move || trail(&path))
        .await
        .map_err(io::Error::other)??;
    Ok(trail.map(|trail| trail.target))
}

/// The same with the links.
pub(super) fn trail(path: &str) -> io::Result<Option<Trail>> {
    as_seen(path).map(|path| walk(&path)).transpose()
}

/// The path as this host has it; none where it has not.
#[cfg(unix)]
pub(super) fn as_seen(path: &str) -> Option<String> {
    if path.starts_with('\\') || path.starts_with("/unc:") {
        return None;
    }
    let of_windows = normalise(path).filter(|path| has_drive(path.trim_start_matches('/')));
    if !(has_drive(path) || of_windows.as_deref() == Some(path)) {
        return Some(path.to_owned());
    }
    // Under WSL the drives are there.
    let path = of_windows?;
    let drive = format!("/mnt/{}", path.get(1..2)?.to_ascii_lowercase());
    let shown = std::path::Path::new(&drive).is_dir();
    shown.then(|| format!("{drive}{}", path.get(3..).unwrap_or_default()))
}

/// The path as this host has it; none where it is the Engine's own, in its virtual machine.
#[cfg(not(unix))]
pub(super) fn as_seen(path: &str) -> Option<String> {
    if has_drive(path) || path.starts_with('\\') {
        return Some(path.to_owned());
    }
    if let Some(share) = path.strip_prefix("/unc:/") {
        return Some(format!(r"\\{}", share.replace('/', r"\")));
    }
    let key = super::spelling::key(path);
    super::spelling::on_drive(&key).map(|(letter, below)| match below {
        "" => format!("{letter}:/"),
        below => format!("{letter}:{below}"),
    })
}

/// Follows the links of a path as the kernel does; what is not there is taken as it is written,
/// because it may come to be. It ends before a link of `/proc`.
#[cfg(unix)]
fn walk(path: &str) -> io::Result<Trail> {
    use std::path::PathBuf;

    let text = |path: &PathBuf| match path.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(io::Error::from(io::ErrorKind::InvalidData)),
    };
    let mut at = PathBuf::from("/");
    let mut ahead: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut links = Vec::new();
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
            // It leads the Engine elsewhere than this process, so that where it leads is not known.
            Ok(metadata) if metadata.is_symlink() && at.starts_with("/proc") => break,
            Ok(metadata) if metadata.is_symlink() => {
                links.push(text(&at)?);
                if links.len() > MOST_LINKS {
                    return Err(io::Error::other("too many links"));
                }
                let target = std::fs::read_link(&at)?;
                let target = text(&target)?;
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
    let target = text(&at)?;
    Ok(Trail { target, links })
}

/// Follows the links of a path as Windows does; what is not there is taken as it is written.
#[cfg(not(unix))]
fn walk(path: &str) -> io::Result<Trail> {
    use std::path::Path;

    let mut there = Path::new(path);
    let mut absent = Vec::new();
    let real = loop {
        match std::fs::canonicalize(there) {
            Ok(real) => break real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (Some(parent), Some(name)) = (there.parent(), there.file_name()) else {
                    return Err(error);
                };
                absent.push(name);
                there = parent;
            }
            Err(error) => return Err(error),
        }
    };
    let whole = absent.iter().rev().fold(real, |path, name| path.join(name));
    let whole = whole.to_str().and_then(normalise);
    let target = whole.ok_or(io::ErrorKind::InvalidData)?;
    Ok(Trail {
        target,
        links: Vec::new(),
    })
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
            (r"C:/Users\me\..\you", "/C:/Users/you"),
            (r"\\.\C:\Users", "/C:/Users"),
            (r"\\home\me\x", "/unc:/home/me/x"),
            (r"\\?\UNC\home\me\x", "/unc:/UNC/home/me/x"),
        ] {
            assert_eq!(normalise(given).as_deref(), Some(expected), "{given}");
        }
        for relative in ["", "etc", "./etc", "../etc", "~/.ssh", r"\etc", "C:etc"] {
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
            assert_eq!(walk(&at(given)).unwrap().target, expected, "{given}");
        }
        assert_eq!(
            walk(&at("twice/x")).unwrap().links,
            [at("twice"), at("relative")]
        );
        assert!(walk(&at("loop")).is_err());
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
            assert_eq!(trail(given).unwrap().unwrap().target, spelling, "{given}");
        }
        let absent = format!(r"{real}\not\there");
        let target = trail(&absent).unwrap().unwrap().target;
        assert_eq!(target, format!("{spelling}/not/there"));
    }
}
