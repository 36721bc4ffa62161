//! Judges a path of the host: what it gives away, however it is spelt and wherever it leads.

use std::io;

use super::mounts::has_drive;
use super::{Judge, Remedy, refused, sensitive, shown};
use crate::engine::EngineError;

/// The most links that are followed; Linux gives up after as many.
#[cfg(unix)]
const MOST_LINKS: usize = 40;

/// Why a path is not for a container, in words that begin with the path.
pub(super) struct Exposure {
    pub(super) text: String,
    pub(super) remedy: Remedy,
}

/// What every path is held against.
struct Known {
    allowed: Vec<String>,
    sockets: Vec<String>,
}

impl Judge<'_> {
    /// Judges a path that a container is to get.
    pub(super) async fn host_path(&self, field: &str, path: &str) -> Result<(), EngineError> {
        // A path of Windows leads through a virtual machine that nobody here looks into.
        let foreign = has_drive(path) || path.starts_with('\\');
        let exposure = self.exposure(path, self.sees_files && !foreign).await?;
        checked(field, exposure)
    }

    /// Judges a directory of this server's own host that an image is to be built from.
    pub(super) async fn context(&self, path: &str) -> Result<(), EngineError> {
        checked("`path`", self.exposure(path, true).await?)
    }

    /// Why a path is not to be mounted.
    async fn exposure(&self, path: &str, seen: bool) -> Result<Option<Exposure>, EngineError> {
        let Some(written) = normalise(path) else {
            return Ok(Some(Exposure {
                text: format!("{} is not an absolute path", shown(path)),
                remedy: Remedy::None,
            }));
        };
        let known = self.known().await;
        if let Some((what, remedy)) = self.given_away(&written, &known).await? {
            let text = format!("{} {what}", shown(path));
            return Ok(Some(Exposure { text, remedy }));
        }
        if seen {
            return self.led_to(path, &written, &known).await;
        }
        let unseen = || Exposure {
            text: format!(
                "{} cannot be looked at from here, because the Engine has files of its own, and so only paths that the operator names are mounted",
                shown(path)
            ),
            remedy: Remedy::Mount,
        };
        Ok((!is_within_any(&written, &known.allowed)).then(unseen))
    }

    /// What the source of a mount gives away that is there already.
    pub(super) async fn exposure_in_use(
        &self,
        source: &str,
    ) -> Result<Option<Exposure>, EngineError> {
        let Some(written) = normalise(source) else {
            return Ok(None);
        };
        if !self.sees_files {
            let found = self.given_away(&written, &self.known().await).await?;
            return Ok(found.map(|(what, remedy)| Exposure {
                text: format!("{}, which {what}", shown(source)),
                remedy,
            }));
        }
        let exposure = self.exposure(source, true).await?;
        Ok(exposure.map(|exposure| Exposure {
            text: format!("what is not for a container: {}", exposure.text),
            ..exposure
        }))
    }

    /// What the source of a mount gives away although it does not say so.
    pub(super) async fn hidden_exposure(
        &self,
        source: &str,
    ) -> Result<Option<Exposure>, EngineError> {
        let Some(written) = normalise(source) else {
            return Ok(None);
        };
        let known = self.known().await;
        match self.given_away(&written, &known).await? {
            Some(_) => Ok(None),
            None => self.led_to(source, &written, &known).await,
        }
    }

    /// What lies where a path's links lead. Docker follows them as they are written in a volume's
    /// options, and after it has taken `..` out in a mount's source.
    async fn led_to(
        &self,
        path: &str,
        written: &str,
        known: &Known,
    ) -> Result<Option<Exposure>, EngineError> {
        for spelling in [path, written] {
            let target = match follow(spelling).await {
                Ok(target) => target,
                Err(_) if is_within_any(written, &known.allowed) => continue,
                Err(error) => {
                    return Ok(Some(Exposure {
                        text: format!(
                            "{} cannot be followed ({error}), so where it leads is not known",
                            shown(path)
                        ),
                        remedy: Remedy::Mount,
                    }));
                }
            };
            if target == written {
                continue;
            }
            if let Some((what, remedy)) = self.given_away(&target, known).await? {
                let text = format!("{} leads to {}, which {what}", shown(path), shown(&target));
                return Ok(Some(Exposure { text, remedy }));
            }
        }
        Ok(None)
    }

    /// What a normalised path gives away, in words that follow it, and what would allow it.
    async fn given_away(
        &self,
        path: &str,
        known: &Known,
    ) -> Result<Option<(String, Remedy)>, EngineError> {
        if sensitive::holds_a_socket(path, &known.sockets) {
            let what = "is or holds a socket of the kind that Docker is controlled through";
            return Ok(Some((what.to_owned(), Remedy::Privileged)));
        }
        if is_within_any(path, &known.allowed) {
            return Ok(None);
        }
        if let Some(what) = sensitive::found(path) {
            return Ok(Some((what, Remedy::Mount)));
        }
        let touches = |other: &str| within(path, other) || within(other, path);
        let mut kept = self.policy.kept.iter().filter_map(|kept| normalise(kept));
        if kept.any(|kept| touches(&kept)) {
            let what = "is or holds a file of this server's own";
            return Ok(Some((what.to_owned(), Remedy::Mount)));
        }
        let home = std::env::home_dir().and_then(|home| normalise(home.to_str()?));
        if home.as_deref() == Some(path) {
            return Ok(Some(("is a home directory".to_owned(), Remedy::Mount)));
        }
        let data = self.engine.data_root().await?;
        let data = data.as_deref().and_then(normalise);
        Ok(data.is_some_and(|data| touches(&data)).then(|| {
            (
                "is, holds or lies in the directory of Docker's data".to_owned(),
                Remedy::Mount,
            )
        }))
    }

    /// What the operator named and the sockets in use, each as it is written and where it leads.
    async fn known(&self) -> Known {
        let mut known = Known {
            allowed: Vec::new(),
            sockets: Vec::new(),
        };
        let named = self.policy.allowed.iter().map(String::as_str);
        let sockets = self.engine.socket();
        for (path, list) in named
            .map(|path| (path, true))
            .chain(sockets.map(|socket| (socket, false)))
        {
            let list = if list {
                &mut known.allowed
            } else {
                &mut known.sockets
            };
            list.extend(normalise(path));
            if self.sees_files {
                list.extend(follow(path).await.ok());
            }
        }
        known
    }
}

fn checked(field: &str, exposure: Option<Exposure>) -> Result<(), EngineError> {
    match exposure {
        None => Ok(()),
        Some(Exposure { text, remedy }) => Err(refused(format!("{field}: {text}"), remedy)),
    }
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
