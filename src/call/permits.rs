//! Keeps the number of calls that run at once within a limit, and apart from it those that only wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::CallError;
use crate::config::Config;

/// What a call has while it runs or waits; given back by dropping it.
pub(super) type Permit = OwnedSemaphorePermit;

/// The permits that all calls share.
#[derive(Debug)]
pub(crate) struct Permits {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    most: usize,
    patience: Duration,
}

impl Permits {
    /// As many of either kind as the configuration allows.
    pub(super) fn new(config: &Config) -> Self {
        let most = config.safety.max_concurrent;
        Self {
            running: Arc::new(Semaphore::new(most)),
            waiting: Arc::new(Semaphore::new(most)),
            most,
            patience: config.docker.timeout,
        }
    }

    /// How long a call waits for others before it gives up.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// A permit to run.
    ///
    /// # Errors
    /// [`CallError::Busy`] where none was to be had for that long.
    pub(super) async fn run(&self) -> Result<Permit, CallError> {
        self.one_of(&self.running, "were running").await
    }

    /// A permit to wait for what may come.
    ///
    /// # Errors
    /// [`CallError::Busy`] where none was to be had for that long.
    pub(super) async fn wait(&self) -> Result<Permit, CallError> {
        self.one_of(&self.waiting, "were waiting for events or log lines")
            .await
    }

    async fn one_of(
        &self,
        permits: &Arc<Semaphore>,
        doing: &'static str,
    ) -> Result<Permit, CallError> {
        let permit = Arc::clone(permits).acquire_owned();
        match tokio::time::timeout(self.patience, permit).await {
            Ok(Ok(permit)) => Ok(permit),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(CallError::Busy {
                permits: self.most,
                doing,
                seconds: self.patience.as_secs(),
            }),
        }
    }
}
