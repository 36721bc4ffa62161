//! Takes a container away that a call made and does not leave behind, however the call ends.

use bollard::query_parameters::RemoveContainerOptions;

use super::create::Created;
use crate::engine::{Engine, EngineError, Request, record};
use crate::erased;

/// A container that a call made. Dropped, as when the call is cancelled, it is removed, running or not.
#[derive(Debug)]
pub(crate) struct Leftover {
    engine: Engine,
    /// None once there is nothing to remove.
    id: Option<String>,
    pub(super) warnings: Vec<String>,
    /// Its anonymous volumes go with it.
    with_volumes: bool,
}

impl Leftover {
    /// Sends the request that makes the container. The answer is waited for even where the call is
    /// cancelled meanwhile, since nothing else tells what was made.
    pub(crate) async fn made(engine: Engine, request: Request) -> Result<Self, EngineError> {
        let making = tokio::spawn(async move {
            let created: Created = engine.told(request).await?;
            Ok(Self {
                engine,
                id: created.id.0,
                warnings: created.warnings.0,
                with_volumes: true,
            })
        });
        making
            .await
            .unwrap_or_else(|error| Err(EngineError::NotSent(format!("the server ends ({error})"))))
    }

    /// The same, whose volumes may be another's too.
    pub(super) fn without_its_volumes(self) -> Self {
        let mut it = self;
        it.with_volumes = false;
        it
    }

    /// The full id.
    pub(crate) fn id(&self) -> String {
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
    pub(crate) async fn remove(mut self) -> Result<(), EngineError> {
        if let Some(id) = &self.id {
            let removed = remove(&self.engine, id, self.with_volumes).await;
            self.id = None;
            removed?;
        }
        Ok(())
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let (engine, with_volumes) = (self.engine.clone(), self.with_volumes);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(erased::task(async move {
                if let Err(error) = remove(&engine, &id, with_volumes).await {
                    tracing::warn!("the container {id} is left, which a call made: {error}");
                }
            }));
        }
    }
}

async fn remove(engine: &Engine, id: &str, v: bool) -> Result<(), EngineError> {
    let options = RemoveContainerOptions {
        force: true,
        v,
        ..RemoveContainerOptions::default()
    };
    let request = record(|docker| async move { docker.remove_container(id, Some(options)).await })?;
    match engine.json(request.about("container", id)).await {
        // A container with `AutoRemove` goes by itself.
        Ok(_) | Err(EngineError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
