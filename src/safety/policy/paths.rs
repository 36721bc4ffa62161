//! Judges a path of the host: what it gives away, however it is spelt and wherever it leads.

use std::io;

use super::mounts::has_drive;
use super::{Judge, Remedy, refused, sensitive, shown};
use crate::engine::EngineError;

/// The most links that are followed; Linux gives up after as many.
#[cfg(unix)]
const MOST_LINKS: usize = 40;

/// Why a path is not for a container, and what would allow it.
pub(super) struct Exposure {
    /// The path, as a message shows it.
    pub(super) path: String,
    /// What is wrong with it, in words that follow it.
    pub(super) what: String,
    pub(super) remedy: Remedy,
}

/// What every path is held against, in each spelling that is known of it.
struct Known {
    allowed: Vec<String>,
    /// Files of this server's own.
    kept: Vec<String>,
    /// The socket in use; none where sockets do not matter.
    sockets: Option<Vec<String>>,
}

impl Judge<'_> {
    /// Judges a path that a container is to get.
    pub(super) async fn host_path(&self, field: &str, path: &str) -> Result<(), EngineError> {
        let known = self.known().await;
        // A path of Windows leads through a virtual machine that nobody here looks into.
        let foreign = has_drive(path) || path.starts_with('\\');
        if self.sees_files && !foreign {
            return checked(field, self.exposure(path, &known).await?);
        }
        let exposure = match self.written_exposure(path, &known).await? {
            None if !is_named(path, &known) => Some(Exposure {
                path: shown(path),
                what: "cannot be looked at from here, because the Engine has files of its own, so that only paths which the operator names are mounted".to_owned(),
                remedy: Remedy::Mount,
            }),
            exposure => exposure,
        };
        checked(field, exposure)
    }

    /// Judges a directory of this server's own host that an image is to be built from. Sockets do not
    /// matter there: none is sent.
    pub(super) async fn context(&self, path: &str) -> Result<(), EngineError> {
        let known = Known {
            sockets: None,
            ..self.known().await
        };
        checked("`path`", self.exposure(path, &known).await?)
    }

    /// What the source of a mount gives away that is there already.
    pub(super) async fn exposure_in_use(
        &self,
        source: &str,
    ) -> Result<Option<Exposure>, EngineError> {
        let known = self.known().await;
        if self.sees_files {
            self.exposure(source, &known).await
        } else {
            self.written_exposure(source, &known).await
        }
    }

    /// What the source of a mount gives away although it does not say so.
    pub(super) async fn hidden_exposure(
        &self,
        source: &str,
    ) -> Result<Option<Exposure>, EngineError> {
        let known = self.known().await;
        match self.written_exposure(source, &known).await? {
            Some(_) => Ok(None),
            None => self.exposure(source, &known).await,
        }
    }

    /// What a path gives away, by itself or by where it leads. Docker follows links as they are
    /// written in a volume's options, and after it has taken `..` out in the source of a mount.
    async fn exposure(&self, path: &str, known: &Known) -> Result<Option<Exposure>, EngineError> {
        if let Some(exposure) = self.written_exposure(path, known).await? {
            return Ok(Some(exposure));
        }
        let written = normalise(path).unwrap_or_default();
        for spelling in [path, &written] {
            let found = match follow(spelling).await {
                Ok(target) => {
                    let given_away = self.given_away(&target, known).await?;
                    given_away.map(|(what, remedy)| {
                        (format!("leads to {}, which {what}", shown(&target)), remedy)
                    })
                }
                Err(_) if is_named(path, known) => None,
                Err(error) => {
                    let what =
                        format!("cannot be followed ({error}), so where it leads is not known");
                    Some((what, Remedy::Mount))
                }
            };
            if let Some((what, remedy)) = found {
                let path = shown(path);
                return Ok(Some(Exposure { path, what, remedy }));
            }
        }
        Ok(None)
    }

    /// What a path gives away as it is written.
    async fn written_exposure(
        &self,
        path: &str,
        known: &Known,
    ) -> Result<Option<Exposure>, EngineError> {
        let found = match normalise(path) {
            Some(written) => self.given_away(&written, known).await?,
            None => Some(("is not an absolute path".to_owned(), Remedy::None)),
        };
        let path = shown(path);
        Ok(found.map(|(what, remedy)| Exposure { path, what, remedy }))
    }

    /// What a normalised path gives away, in words that follow it, and what would allow it.
    async fn given_away(
        &self,
        path: &str,
        known: &Known,
    ) -> Result<Option<(String, Remedy)>, EngineError> {
        let because = |what: &str| Ok(Some((what.to_owned(), Remedy::Mount)));
        let touches = |other: &String| within(path, other) || within(other, path);

        let sockets = known.sockets.as_deref();
        if sockets.is_some_and(|in_use| sensitive::holds_a_socket(path, in_use)) {
            let what = "is or holds a socket of the kind that Docker is controlled through";
            return Ok(Some((what.to_owned(), Remedy::Privileged)));
        }
        if is_within_any(path, &known.allowed) {
            return Ok(None);
        }
        if let Some(what) = sensitive::found(path) {
            return because(&what);
        }
        if known.kept.iter().any(touches) {
            return because("is or holds files of this server's own");
        }
        let home = std::env::home_dir().and_then(|home| normalise(home.to_str()?));
        if home.as_deref() == Some(path) {
            return because("is a home directory");
        }
        let data = self.engine.data_root().await?;
        if data
            .as_deref()
            .and_then(normalise)
            .is_some_and(|data| touches(&data))
        {
            return because("is, holds or lies in the directory of Docker's data");
        }
        Ok(None)
    }

    async fn known(&self) -> Known {
        Known {
            allowed: self.spellings(&self.policy.allowed).await,
            kept: self.spellings(&self.policy.kept).await,
            sockets: Some(self.spellings(self.engine.socket()).await),
        }
    }

    /// Each path as it is written and where it leads.
    async fn spellings(&self, paths: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
        let mut spellings = Vec::new();
        for path in paths {
            let Some(written) = normalise(path.as_ref()) else {
                continue;
            };
            if self.sees_files {
                spellings.extend(follow(&written).await.ok());
            }
            spellings.push(written);
        }
        spellings
    }
}

fn checked(field: &str, exposure: Option<Exposure>) -> Result<(), EngineError> {
    match exposure {
        None => Ok(()),
        Some(Exposure { path, what, remedy }) => {
            Err(refused(format!("{field}: {path} {what}"), remedy))
        }
    }
}

/// Whether the operator named the path or one above it.
fn is_named(path: &str, known: &Known) -> bool {
    normalise(path).is_some_and(|path| is_within_any(&path, &known.allowed))
}

/// The path in one spelling: absolute, with slashes, without `.`, `..` and empty parts; none where it
/// is relative.
pub(super) fn normalise(path: &str) -> Option<String> {
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

fn is_within_any(path: &str, others: &[String]) -> bool {
    others.iter().any(|other| within(path, other))
}

/// Where a path leads. Beside the protocol, because a file system may take its time.
async fn follow(path: &str) -> io::Result<String> {
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
