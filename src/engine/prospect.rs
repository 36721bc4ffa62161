//! Has the policy judge what no request shows, before it is made: files of this server's host, and what
//! a program is going to do that is about to be started.

use std::path::{Path, PathBuf};

use super::Engine;
use super::error::EngineError;
use super::policy::{Prospect, Vetted, VettedArchive};
use super::probe::PolicyProbe;
use super::record::record;

impl Engine {
    /// Has the policy judge a directory of this server's host that an image is to be built from; a
    /// build is not sent without the proof that this and its Dockerfile were.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or those of asking the Engine.
    pub async fn vet_context(&self, path: &str) -> Result<Vetted, EngineError> {
        self.in_time(async |probe| self.policy.vet_context(path, probe).await)
            .await
    }

    /// Has the policy judge a file of this server's host that images are to be loaded from; a load is not
    /// sent without the proof.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or those of asking the Engine.
    pub async fn vet_archive(&self, path: &str) -> Result<VettedArchive, EngineError> {
        self.in_time(async |probe| self.policy.vet_archive(path, probe).await)
            .await
    }

    /// Has the policy judge a file of this server's host that images are to be written to.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or those of asking the Engine.
    pub async fn vet_new_archive(&self, path: &str) -> Result<VettedArchive, EngineError> {
        self.in_time(async |probe| self.policy.vet_new_archive(path, probe).await)
            .await
    }

    /// Has the policy judge what a program is going to ask for.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or those of asking the Engine.
    pub async fn foresee(&self, prospect: &Prospect) -> Result<(), EngineError> {
        self.in_time(async |probe| self.policy.foresee(prospect, probe).await)
            .await
    }

    /// Has the policy judge a file that a program is going to read by itself; gives where it leads.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or those of asking the Engine.
    pub async fn vet_file(
        &self,
        field: &str,
        path: &Path,
        project: &Path,
    ) -> Result<PathBuf, EngineError> {
        self.in_time(async |probe| self.policy.vet_file(field, path, project, probe).await)
            .await
    }

    /// Refuses a directory of this server's host in which a file is to be written, where it is not the scope's.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or those of asking the Engine.
    pub(crate) async fn judge_directory(&self, directory: &Path) -> Result<(), EngineError> {
        if !self.is_scoped() {
            return Ok(());
        }
        let scope = &self.policy.scope;
        self.in_time(async |probe| scope.judge_directory(directory, &probe).await)
            .await
    }

    async fn in_time<T>(
        &self,
        judge: impl AsyncFnOnce(PolicyProbe<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let line = record(|docker| async move { docker.info().await })?.line();
        let judged = async {
            let connection = self.connection().await?;
            judge(PolicyProbe::new(&connection, &self.policy)).await
        };
        tokio::time::timeout(self.deadline, judged)
            .await
            .unwrap_or_else(|_| Err(line.timed_out(self.deadline, true, false)))
    }
}
