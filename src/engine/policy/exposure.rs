//! Judges a path of the host: whether it is for containers, however it is spelt and wherever it
//! leads.

use super::judge::Judge;
use super::path_rules::PathRules;
use super::paths::{self, has_drive, normalise};
use super::places::Outside;
use super::remedy::{Remedy, refused, shown};
use super::seen::{Seen, look};
use super::sensitive;
use super::spelling::is_roundabout;
use crate::engine::error::EngineError;

/// Why a path is not for a container, and what would allow it.
pub(super) struct Exposure {
    /// The path, as a message shows it.
    pub(super) path: String,
    /// What is wrong with it, in words that follow it.
    pub(super) what: String,
    pub(super) remedy: Remedy,
}

/// What a path is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// What this server makes mounts only what people keep as work.
    Work,
    /// The same, where no socket is handed on: a build.
    Context,
    /// What others made may mount more, as long as that does not give the host away.
    Others,
}

/// What is wrong with a path of an Engine that does not have this server's files.
const UNSEEN: &str = "cannot be looked at from here, because the Engine has files of its own, so \
    that only paths which the operator names are mounted";

/// What is wrong with a path of a swarm.
const OF_A_SWARM: &str = "may be of any machine of the swarm, so that only paths which the operator names \
    are mounted";

/// What is wrong with a path of Windows for an Engine elsewhere.
const OF_WINDOWS: &str =
    "is a path of Windows, and the host of this Engine is neither Windows nor Docker Desktop";

/// What is wrong with the ways to a drive where there is none.
const WITHOUT_DRIVES: &str =
    "is on no list of places that containers mount: the host of this Engine has no drives";

impl Judge<'_> {
    /// Judges a path that a container is to get.
    pub(super) async fn host_path(&self, field: &str, path: &str) -> Result<(), EngineError> {
        match self.work_exposure(path).await? {
            None => Ok(()),
            Some(Exposure { path, what, remedy }) => {
                Err(refused(format!("{field}: {path} {what}"), remedy))
            }
        }
    }

    /// Why a path is not mounted into a container that this server makes.
    pub(super) async fn work_exposure(&self, path: &str) -> Result<Option<Exposure>, EngineError> {
        if self.sees_files {
            // Of a swarm, this machine may be the one.
            let exposure = self.exposure(path, Rule::Work).await?;
            if exposure.is_some() || !self.of_a_swarm {
                return Ok(exposure);
            }
        }
        let unseen = if self.of_a_swarm { OF_A_SWARM } else { UNSEEN };
        let rules = self.path_rules().await?;
        let written = normalise(path);
        let found = match &written {
            None => not_absolute(),
            Some(_) if is_roundabout(path) => roundabout(),
            Some(written) => match nameless(written, Rule::Work, rules) {
                None if rules.names(written) => kept(written, rules),
                None => Some((
                    format!("{unseen}{}", rules.nearest_named(written)),
                    Remedy::Mount,
                )),
                found => found,
            },
        };
        Ok(exposed(path, found))
    }

    /// Judges what this server reads or writes on its own host: a directory that an image is to be built
    /// from, a file of images.
    pub(super) async fn context(&self, path: &str) -> Result<(), EngineError> {
        match self.exposure(path, Rule::Context).await? {
            None => Ok(()),
            Some(Exposure { path, what, remedy }) => {
                Err(refused(format!("`path`: {path} {what}"), remedy))
            }
        }
    }

    /// Judges a path of this server's own host that a program is to read.
    pub(super) async fn readable(&self, field: &str, path: &str) -> Result<(), EngineError> {
        match self.exposure(path, Rule::Context).await? {
            None => Ok(()),
            Some(Exposure { path, what, remedy }) => {
                Err(refused(format!("{field}: {path} {what}"), remedy))
            }
        }
    }

    /// What the source of a mount gives away that is there already.
    pub(super) async fn exposure_in_use(
        &self,
        source: &str,
        read_only: bool,
    ) -> Result<Option<Exposure>, EngineError> {
        let exposure = if self.sees_files {
            self.exposure(source, Rule::Others).await?
        } else {
            self.written_exposure(source, Rule::Others).await?
        };
        if exposure.is_none() || !read_only || !self.is_plain_setting(source).await? {
            return Ok(exposure);
        }
        Ok(None)
    }

    /// What the source of a mount gives away although it does not say so: one that is work leads to
    /// work, whoever put a link in its place.
    pub(super) async fn hidden_exposure(
        &self,
        source: &str,
    ) -> Result<Option<Exposure>, EngineError> {
        for rule in [Rule::Work, Rule::Others] {
            if self.written_exposure(source, rule).await?.is_none() {
                return self.led_exposure(source, rule).await;
            }
        }
        Ok(None)
    }

    /// What a path gives away, by itself or by where it leads.
    async fn exposure(&self, path: &str, rule: Rule) -> Result<Option<Exposure>, EngineError> {
        if let Some(exposure) = self.written_exposure(path, rule).await? {
            return Ok(Some(exposure));
        }
        if let Some(exposure) = self.led_exposure(path, rule).await? {
            return Ok(Some(exposure));
        }
        match rule {
            Rule::Work => self.seen_exposure(path).await,
            Rule::Context | Rule::Others => Ok(None),
        }
    }

    /// What a path gives away as it is written.
    async fn written_exposure(
        &self,
        path: &str,
        rule: Rule,
    ) -> Result<Option<Exposure>, EngineError> {
        let found = match normalise(path) {
            None => not_absolute(),
            Some(_) if rule == Rule::Work && is_roundabout(path) => roundabout(),
            Some(written) => match self.given_away(&written, rule).await? {
                None if rule == Rule::Work && has_drive(path) => self.of_windows(&written).await?,
                found => found,
            },
        };
        Ok(exposed(path, found))
    }

    /// What a path gives away by where it leads. Docker follows links as they are written in a
    /// volume's options, and after it has taken `..` out in the source of a mount.
    async fn led_exposure(&self, path: &str, rule: Rule) -> Result<Option<Exposure>, EngineError> {
        let rules = self.path_rules().await?;
        let written = normalise(path).unwrap_or_default();
        for spelling in [path, &written] {
            let found = match paths::follow(spelling).await {
                Ok(None) => None,
                Ok(Some(target)) => {
                    let given_away = self.given_away(&target, rule).await?;
                    given_away.map(|(what, remedy)| {
                        (format!("leads to {}, which {what}", shown(&target)), remedy)
                    })
                }
                Err(_) if rules.names(&written) => None,
                Err(error) => Some(unfollowed(&error)),
            };
            if found.is_some() {
                return Ok(exposed(path, found));
            }
        }
        Ok(None)
    }

    /// What a path gives away by what is seen there.
    async fn seen_exposure(&self, path: &str) -> Result<Option<Exposure>, EngineError> {
        let rules = self.path_rules().await?;
        let written = normalise(path).unwrap_or_default();
        let because = |what: &str, remedy| Some((what.to_owned(), remedy));
        let found = match look(&written).await {
            Seen::Socket => because(
                "is a socket, and by it a container talks to a program of the host",
                Remedy::Privileged,
            ),
            Seen::HoldsSocket(name) if sensitive::is_of_an_engine(&name) => because(
                "holds a socket of the kind that Docker is controlled through",
                Remedy::Privileged,
            ),
            Seen::HoldsSocket(name) if !rules.names(&written) => {
                let name = shown(name);
                Some((
                    format!(
                        "holds the socket {name}, by which a container talks to a program of the host"
                    ),
                    Remedy::Mount,
                ))
            }
            Seen::File if rules.places.is_temporary(&written) && !rules.names(&written) => because(
                "is a file among everybody's temporary ones, of which only folders are mounted",
                Remedy::Mount,
            ),
            Seen::HoldsSocket(_) | Seen::File | Seen::Other => None,
        };
        Ok(exposed(path, found))
    }

    /// What a normalised path gives away, in words that follow it, and what would allow it.
    async fn given_away(
        &self,
        path: &str,
        rule: Rule,
    ) -> Result<Option<(String, Remedy)>, EngineError> {
        let rules = self.path_rules().await?;
        if let Some(found) = nameless(path, rule, rules) {
            return Ok(Some(found));
        }
        if rules.names(path) {
            return Ok(kept(path, rules));
        }
        // The closed list knows more of what is worst.
        let closed = rules.closed(path);
        let found = match (rules.places.check(path), rule) {
            (Ok(()), Rule::Work | Rule::Context) if rules.places.needs_drives(path) => {
                let host = self.engine.host().await?;
                (!host.has_drives).then(|| WITHOUT_DRIVES.to_owned())
            }
            (Ok(()), _) => None,
            (Err(_), Rule::Others) => closed,
            (Err(Outside { what, nearest }), _) => {
                let what = closed.unwrap_or(what);
                Some(format!("{what}; the nearest allowed place is {nearest}"))
            }
        };
        if let Some(what) = found {
            return Ok(Some((what, Remedy::Mount)));
        }
        let data = self.engine.host().await?.data_root.as_deref();
        let data = data.and_then(normalise);
        let own = self.engine.socket();
        let others = self.policy.neighbours.data_roots(own).await;
        let mut all = data
            .into_iter()
            .chain(others.iter().filter_map(|it| normalise(it)));
        if all.any(|data| rules.touches(path, &data)) {
            let what = "is, holds or lies in the directory of Docker's data";
            return Ok(Some((what.to_owned(), Remedy::Mount)));
        }
        Ok(kept(path, rules))
    }

    /// What is wrong with a path of Windows where the Engine's host has none.
    async fn of_windows(&self, written: &str) -> Result<Option<(String, Remedy)>, EngineError> {
        if self.path_rules().await?.names(written) || self.engine.host().await?.has_drives {
            return Ok(None);
        }
        Ok(Some((OF_WINDOWS.to_owned(), Remedy::None)))
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
                spellings.extend(paths::follow(&written).await.ok().flatten());
            }
            spellings.push(written);
        }
        spellings
    }
}

/// What a normalised path gives away that no naming allows: sockets, and what names do not tell.
fn nameless(path: &str, rule: Rule, rules: &PathRules) -> Option<(String, Remedy)> {
    if rule != Rule::Context && sensitive::holds_a_socket(path, &rules.sockets) {
        let what = "is or holds a socket of the kind that Docker is controlled through";
        return Some((what.to_owned(), Remedy::Privileged));
    }
    if rule == Rule::Others {
        return None;
    }
    let oddity = rules.oddity(path)?;
    Some((format!("{oddity}; write it as it is"), Remedy::Mount))
}

/// What a normalised path gives away of what this server keeps.
fn kept(path: &str, rules: &PathRules) -> Option<(String, Remedy)> {
    let file = shown(rules.keeps(path)?);
    Some((
        format!("is or holds files of this server's own ({file})"),
        Remedy::Kept,
    ))
}

fn unfollowed(error: &std::io::Error) -> (String, Remedy) {
    let what = format!("cannot be followed ({error}), so where it leads is not known");
    (what, Remedy::Mount)
}

fn not_absolute() -> Option<(String, Remedy)> {
    Some(("is not an absolute path".to_owned(), Remedy::None))
}

fn roundabout() -> Option<(String, Remedy)> {
    let what = "goes by `..` past a name that ends in a dot or a space; write it as it is";
    Some((what.to_owned(), Remedy::Mount))
}

fn exposed(path: &str, found: Option<(String, Remedy)>) -> Option<Exposure> {
    let (what, remedy) = found?;
    let path = shown(path);
    Some(Exposure { path, what, remedy })
}
