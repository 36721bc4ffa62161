//! Judges a path of the host: what it gives away, however it is spelt and wherever it leads.

use super::paths::{follow, has_drive, normalise, within};
use super::{Judge, Remedy, refused, sensitive, shown};
use crate::engine::EngineError;

/// Why a path is not for a container, and what would allow it.
pub(super) struct Exposure {
    /// The path, as a message shows it.
    pub(super) path: String,
    /// What is wrong with it, in words that follow it.
    pub(super) what: String,
    pub(super) remedy: Remedy,
}

/// What is wrong with a path of an Engine that does not have this server's files.
const UNSEEN: &str = "cannot be looked at from here, because the Engine has files of its own, so \
    that only paths which the operator names are mounted";

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
                what: UNSEEN.to_owned(),
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
        if let Some(what) = home.and_then(|home| sensitive::found_of_home(path, &home)) {
            return because(what);
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
    pub(super) async fn spellings(
        &self,
        paths: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Vec<String> {
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

fn is_within_any(path: &str, others: &[String]) -> bool {
    others.iter().any(|other| within(path, other))
}
