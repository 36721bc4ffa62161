//! Lists the Compose projects that there are: `docker_compose_ls`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::labels::containers;
use crate::call::{Call, CallError};
use crate::generated::params::compose_ls::Params;
use crate::generated::reply::compose_ls::Reply;

/// A project, by its containers.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Project {
    name: String,
    services: BTreeSet<String>,
    running: usize,
    total: usize,
    files: BTreeSet<String>,
    directory: String,
}

/// Gives the projects by their names.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Project>, CallError> {
    let mut projects: BTreeMap<String, Project> = BTreeMap::new();
    for container in containers(call).await? {
        let name = container.project().unwrap_or_default();
        let project = projects.entry(name.to_owned()).or_default();
        name.clone_into(&mut project.name);
        if container.is_one_off() {
            continue;
        }
        project.services.insert(container.service().to_owned());
        project.running += usize::from(container.runs());
        project.total += 1;
        project.files.extend(container.files().map(str::to_owned));
        if project.directory.is_empty() {
            container.directory().clone_into(&mut project.directory);
        }
    }
    let mut projects: Vec<Project> = projects.into_values().collect();
    projects.retain(|project| params.all || project.running > 0);
    Ok(Reply { projects })
}
