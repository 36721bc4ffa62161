//! Takes a container away that a call made and does not leave behind, however the call ends.

use bollard::query_parameters::RemoveContainerOptions;

use super::create::Created;
use crate::engine::{Engine, EngineError, Request, record};

/// A container that a call made. Dropped, as when the call is cancelled, it is removed with its anonymous
/// volumes, running or not.
#[derive(Debug)]
pub(super) struct Leftover {
    engine: Engine,
    /// None once there is nothing to remove.
    id: Option<String>,
    pub(super) warnings: Vec<String>,
}

impl Leftover {
    /// Sends the request that makes the container. The answer is waited for even where the call is
    /// cancelled meanwhile, since nothing else tells what was made.
    pub(super) async fn made(engine: Engine, request: Request) -> Result<Self, EngineError> {
        let making = tokio::spawn(async move {
            let created: Created = engine.told(request).await?;
            Ok(Self {
                engine,
                id: created.id.0,
                warnings: created.warnings.0,
            })
        });
        making
            .await
            .unwrap_or_else(|error| Err(EngineError::NotSent(format!("the server ends ({error})"))))
    }

    /// The full id.
    pub(super) fn id(&self) -> String {
        self.id.clone().unwrap_or_default()
    }

    /// Leaves the container.
    pub(super) fn keep(mut self) {
        self.id = None;
    }

    /// Removes the container now.
    ///
    /// # Errors
    /// It is still there.
    pub(super) async fn remove(mut self) -> Result<(), EngineError> {
        if let Some(id) = &self.id {
            let removed = remove(&self.engine, id).await;
            self.id = None;
            removed?;
        }
        Ok(())
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let engine = self.engine.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = remove(&engine, &id).await {
                    tracing::warn!("the container {id} is left, which a call made: {error}");
                }
            });
        }
    }
}

async fn remove(engine: &Engine, id: &str) -> Result<(), EngineError> {
    let options = RemoveContainerOptions {
        force: true,
        v: true,
        ..RemoveContainerOptions::default()
    };
    let request = record(|docker| async move { docker.remove_container(id, Some(options)).await })?;
    match engine.json(request.about("container", id)).await {
        // A container with `AutoRemove` goes by itself.
        Ok(_) | Err(EngineError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
