//! Looks at the mounts of a container once more before it starts.
//!
//! Docker follows a link when it mounts, not when the container is created, and by then another
//! container may have put one in place of what was judged.

use serde_json::Value;

use super::exposure::Exposure;
use super::inspected::mounts;
use super::judge::Judge;
use super::remedy::{refused, shown, text};
use super::volume::{Mounted, mounted};
use crate::engine::error::EngineError;

impl Judge<'_> {
    /// Refuses a container whose mounts lead elsewhere than they say. One that says openly where it
    /// reaches was made so by somebody who may.
    pub(super) async fn links(&self, reference: &str) -> Result<(), EngineError> {
        if !self.sees_files {
            return Ok(());
        }
        let container = match self.engine.container(reference).await {
            // The Engine says so itself.
            Err(EngineError::NotFound { .. }) => return Ok(()),
            container => container?,
        };
        for mount in mounts(&container).iter().filter_map(Value::as_object) {
            let options;
            let source = match text(mount, "Type") {
                "bind" => text(mount, "Source"),
                "volume" => {
                    let name = text(mount, "Name");
                    options = self.local_options(name).await?.unwrap_or_default();
                    match mounted(&options) {
                        Mounted::Path(device) => device,
                        Mounted::Nothing | Mounted::Other(_) => continue,
                    }
                }
                _ => continue,
            };
            if let Some(exposure) = self.hidden_exposure(source).await? {
                let Exposure { path, what, remedy } = exposure;
                let container = shown(reference);
                return Err(refused(
                    format!("`container_id`: {container} mounts {path}, which by now {what}"),
                    remedy,
                ));
            }
        }
        Ok(())
    }
}
