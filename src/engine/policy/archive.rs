//! Judges a file of this server's host that images are written to or loaded from: the request alone
//! shows a stream of bytes, so the place is judged before, and what is sent carries the proof.

use std::path::{Path, PathBuf};

use super::build::{real, unreadable};
use super::judge::Judge;
use super::remedy::{Remedy, refused};
use super::rules::Policy;
use super::vetted::VettedArchive;
use crate::engine::error::EngineError;
use crate::engine::probe::PolicyProbe;

impl Policy {
    /// Judges a file that is there, wherever a link leads to it.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or what kept the Engine from telling where its data is.
    pub(crate) async fn vet_archive(
        &self,
        path: &str,
        engine: PolicyProbe<'_>,
    ) -> Result<VettedArchive, EngineError> {
        let path = real(path).await;
        self.vet_archive_at(path, engine).await
    }

    /// Judges a file that is to be made in a directory that is there. Its own name is no link's: what has
    /// it already is for whoever makes the file to find.
    ///
    /// # Errors
    /// Those of [`vet_archive`](Self::vet_archive).
    pub(crate) async fn vet_new_archive(
        &self,
        path: &str,
        engine: PolicyProbe<'_>,
    ) -> Result<VettedArchive, EngineError> {
        let written = Path::new(path);
        let parent = written.parent().and_then(Path::to_str);
        let path = match (parent, written.file_name()) {
            (Some(parent), Some(name)) => real(parent).await.join(name),
            _ => written.to_owned(),
        };
        self.vet_archive_at(path, engine).await
    }

    async fn vet_archive_at(
        &self,
        path: PathBuf,
        engine: PolicyProbe<'_>,
    ) -> Result<VettedArchive, EngineError> {
        if !self.allow_privileged {
            // Not as it was given: its links may lead elsewhere when it is opened.
            let real = path.to_str().ok_or_else(|| unreadable(&path))?;
            let judge = Judge::new(self, engine).of_this_host();
            judge.context(real).await?;
        }
        Ok(VettedArchive::new(path))
    }
}

impl Judge<'_> {
    /// Judges a load of images that is about to be sent.
    pub(super) fn load(vetted: bool) -> Result<(), EngineError> {
        if vetted {
            return Ok(());
        }
        Err(refused(
            "where these images come from was not judged, so they are not loaded",
            Remedy::None,
        ))
    }
}
