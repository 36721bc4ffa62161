//! Asks what is at a path of a container.

use bollard::query_parameters::ContainerArchiveInfoOptions;

use super::Engine;
use super::error::EngineError;
use super::path_stat::{PathStat, PathStatSlot};
use super::record::record;

impl Engine {
    /// What a path of a container is; none where nothing is there.
    ///
    /// # Errors
    /// Those of any request. The container is known to be there: an answer without a body cannot tell
    /// which of the two is missing.
    pub(crate) async fn path_stat(
        &self,
        container: &str,
        path: &str,
    ) -> Result<Option<PathStat>, EngineError> {
        let options = ContainerArchiveInfoOptions {
            path: path.to_owned(),
        };
        let request = record(|docker| async move {
            docker
                .get_container_archive_info(container, Some(options))
                .await
        })?;
        let slot = PathStatSlot::default();
        let line = request.line();
        let request = request.about("container", container).telling(slot.clone());
        match self.json(request).await {
            Err(EngineError::NotFound { .. }) => return Ok(None),
            reply => reply?,
        };
        let stat = slot
            .told()
            .ok_or_else(|| line.unreadable(&"its head does not tell what is there"));
        Ok(Some(stat?))
    }
}
