//! Keeps what a project mounts from the host below its own directory.

use std::env;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::named::host_paths;
use super::object_scope::ObjectScope;
use crate::config::Scope;
use crate::engine::error::EngineError;
use crate::engine::labels::{DIRECTORY, PROJECT};
use crate::engine::policy::paths::follow;
use crate::engine::probe::PolicyProbe;
use crate::engine::record::Request;

impl ObjectScope {
    /// What is mounted from the host is below the project's own directory: that of its containers, the one that
    /// this server was started in, or one that the operator allows. A container that says that another directory
    /// is the project's would make it so.
    pub(super) async fn judge_paths(
        &self,
        project: &str,
        request: &mut Request,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let body = Value::Object(request.body().unwrap_or_default());
        let mut paths = host_paths(&body);
        let said = body
            .get("Labels")
            .and_then(|labels| labels.get(DIRECTORY)?.as_str());
        paths.extend(said.map(str::to_owned));
        if paths.is_empty() {
            return Ok(());
        }
        let folders = self.folders(project, engine).await?;
        for path in paths {
            let leads = led(Path::new(&path)).await;
            if !folders.iter().any(|folder| is_below(&leads, folder)) {
                return Err(self.beside(&path, project));
            }
        }
        Ok(())
    }

    /// Refuses to write files in a directory that is not the project's. A file has no label, so under another scope
    /// the operator alone says where.
    pub(crate) async fn judge_directory(
        &self,
        directory: &Path,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let folders = match &self.scope {
            Scope::All => return Ok(()),
            Scope::Project(project) => self.folders(project, engine).await?,
            Scope::Mine | Scope::Label { .. } => all_led(self.allowed.clone()).await,
        };
        let leads = led(directory).await;
        if folders.iter().any(|folder| is_below(&leads, folder)) {
            return Ok(());
        }
        let shown = directory.display();
        Err(match &self.scope {
            Scope::Project(project) => self.beside(&shown, project),
            _ => self.refusal(format_args!(
                "a file has no label that says whose it is, so none is written in `{shown}` unless an operator adds it to \
                 SAFETY_VOLUME_MOUNT_ALLOWLIST"
            )),
        })
    }

    /// The directories of a project, without links.
    async fn folders(
        &self,
        project: &str,
        engine: &PolicyProbe<'_>,
    ) -> Result<Vec<PathBuf>, EngineError> {
        let mut folders = self.allowed.clone();
        folders.extend(started_in());
        for container in engine.containers().await? {
            let label = |key| container.get("Labels")?.get(key)?.as_str();
            if label(PROJECT) == Some(project) {
                folders.extend(label(DIRECTORY).map(PathBuf::from));
            }
        }
        Ok(all_led(folders).await)
    }

    fn beside(&self, path: impl std::fmt::Display, project: &str) -> EngineError {
        self.refusal(format_args!(
            "`{path}` is not below the directory of project `{project}` (an operator adds one with \
             SAFETY_VOLUME_MOUNT_ALLOWLIST)"
        ))
    }
}

/// The directory that this server was started in, where it may be that of a project.
fn started_in() -> Option<PathBuf> {
    let folder = env::current_dir().ok()?;
    (env::home_dir().as_ref() != Some(&folder)).then_some(folder)
}

/// Where a path leads, as far as this host shows it.
async fn led(path: &Path) -> PathBuf {
    let followed = match path.to_str() {
        Some(written) => follow(written).await.ok().flatten(),
        None => None,
    };
    followed.map_or_else(|| path.to_owned(), PathBuf::from)
}

async fn all_led(mut folders: Vec<PathBuf>) -> Vec<PathBuf> {
    for folder in &mut folders {
        *folder = led(folder).await;
    }
    folders
}

fn is_below(path: &Path, folder: &Path) -> bool {
    let climbs = path.components().any(|part| part == Component::ParentDir);
    folder.is_absolute() && folder.parent().is_some() && !climbs && path.starts_with(folder)
}
