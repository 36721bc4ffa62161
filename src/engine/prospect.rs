//! Has the policy judge what a program is going to do, before it is started.

use std::path::{Path, PathBuf};

use super::error::EngineError;
use super::policy::Prospect;
use super::probe::PolicyProbe;
use super::record::record;
use super::{Connection, Engine};

impl Engine {
    /// Has the policy judge what a program is going to ask for.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or those of asking the Engine.
    pub async fn foresee(&self, prospect: &Prospect) -> Result<(), EngineError> {
        self.in_time(async |connection| {
            let probe = PolicyProbe::new(&connection, &self.policy);
            self.policy.foresee(prospect, probe).await
        })
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
        self.in_time(async |connection| {
            let probe = PolicyProbe::new(&connection, &self.policy);
            self.policy.vet_file(field, path, project, probe).await
        })
        .await
    }

    async fn in_time<T>(
        &self,
        ask: impl AsyncFnOnce(Connection) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let line = record(|docker| async move { docker.info().await })?.line();
        let asked = async { ask(self.connection().await?).await };
        tokio::time::timeout(self.deadline, asked)
            .await
            .unwrap_or_else(|_| Err(line.timed_out(self.deadline, true, false)))
    }
}
