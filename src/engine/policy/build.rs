//! Judges a build: the request alone shows an archive, so the directory and the Dockerfile are judged
//! before, and the request carries the proof.

use std::path::{Path, PathBuf};

use super::judge::Judge;
use super::remedy::{Remedy, reaches, refused, shown};
use super::rules::Policy;
use crate::engine::error::EngineError;
use crate::engine::probe::PolicyProbe;

/// The options of a build that concern nothing but the image.
#[rustfmt::skip]
const HARMLESS: &[&str] = &[
    "dockerfile", "t", "extrahosts", "q", "nocache", "cachefrom", "pull", "rm", "forcerm",
    "memory", "memswap", "cpushares", "cpusetcpus", "cpuperiod", "cpuquota", "buildargs",
    "shmsize", "squash", "labels", "platform", "target",
];

/// Proof that the policy has judged the directory that an image is built from.
#[derive(Debug)]
pub struct Vetted {
    path: PathBuf,
}

impl Vetted {
    /// The directory that was judged: the path without links, where there is such a directory.
    ///
    /// Only what is opened by this path, with no link on the way, is what was judged.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Policy {
    /// Judges the directory that an image is to be built from.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or what kept the Engine from telling where its data is.
    pub(crate) async fn vet_context(
        &self,
        path: &str,
        engine: PolicyProbe<'_>,
    ) -> Result<Vetted, EngineError> {
        let real = real(path).await;
        if !self.allow_privileged {
            // Not as it was given: its links may lead elsewhere when it is opened.
            let real = real.to_str().ok_or_else(|| unreadable(&real))?;
            let judge = Judge::new(self, engine).of_this_host();
            judge.context(real).await?;
        }
        Ok(Vetted { path: real })
    }
}

pub(super) fn unreadable(path: &Path) -> EngineError {
    let path = shown(path.to_string_lossy());
    refused(
        format!("`path`: {path} cannot be judged, because it is no UTF-8"),
        Remedy::None,
    )
}

/// Where an absolute path leads; the path itself where it leads nowhere.
pub(super) async fn real(path: &str) -> PathBuf {
    let written = PathBuf::from(path);
    if !written.is_absolute() {
        return written;
    }
    let followed = {
        let written = written.clone();
        tokio::task::spawn_blocking(move || std::fs::canonicalize(written)).await
    };
    match followed {
        Ok(Ok(real)) => real,
        _ => written,
    }
}

impl Judge<'_> {
    /// The same for paths that this server opens itself, wherever the Engine is.
    pub(super) fn of_this_host(self) -> Self {
        Self {
            sees_files: true,
            ..self
        }
    }

    /// Judges a build that is about to be sent.
    pub(super) async fn build(&self, vetted: bool, query: &str) -> Result<(), EngineError> {
        if !vetted {
            return Err(refused(
                "the directory and the Dockerfile of this build were not judged, so it is not sent",
                Remedy::None,
            ));
        }
        let options = query.split('&').filter(|option| !option.is_empty());
        for option in options {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            match (name, value) {
                (name, _) if HARMLESS.contains(&name) => {}
                // The classic builder, which has no sessions and no entitlements.
                (_, "") | ("version", "1") => {}
                ("networkmode", mode) if mode.contains(['%', '+']) => {
                    return Err(reaches("`networkmode`", shown(mode)));
                }
                ("networkmode", mode) => self.network_mode("`networkmode`", mode).await?,
                (name, value) => return Err(reaches(&format!("`{name}`"), shown(value))),
            }
        }
        Ok(())
    }
}
