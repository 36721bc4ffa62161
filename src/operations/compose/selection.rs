//! Chooses the containers of a project and puts them in the order in which their services depend on
//! each other.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use super::labels::{Container, containers};
use crate::call::{Call, CallError};
use crate::operations::objects::missing;
use crate::ordered;

/// The containers of a project, or of some of its services, by service and number.
///
/// # Errors
/// A project or service that there is none of, or those of the Engine.
pub(super) async fn of_project(
    project: &str,
    services: Option<&[String]>,
    call: &Call<'_>,
) -> Result<Vec<Container>, CallError> {
    let mut chosen = containers(call).await?;
    let projects: BTreeSet<&str> = chosen.iter().filter_map(Container::project).collect();
    if !projects.contains(project) {
        let missing = missing("project", project, projects.into_iter());
        return Err(CallError::Missing(missing));
    }
    chosen.retain(|it| it.project() == Some(project));
    let known: BTreeSet<&str> = chosen.iter().map(Container::service).collect();
    if let Some(services) = services.filter(|it| !it.is_empty()) {
        if let Some(unknown) = services.iter().find(|it| !known.contains(it.as_str())) {
            let missing = missing("service", unknown, known.into_iter());
            return Err(CallError::Missing(missing));
        }
        chosen.retain(|it| services.iter().any(|service| service == it.service()));
    }
    sort(&mut chosen);
    Ok(chosen)
}

/// The containers that a project has, if it has some, by service and number.
///
/// # Errors
/// Those of the Engine.
pub(super) async fn there(project: &str, call: &Call<'_>) -> Result<Vec<Container>, CallError> {
    let mut there = containers(call).await?;
    there.retain(|it| it.project() == Some(project));
    sort(&mut there);
    Ok(there)
}

/// The directory and the files that a project was made from, by the labels of its containers; where these
/// differ, those of most.
///
/// # Errors
/// A project that there is none of, or whose containers do not say it, or those of the Engine.
pub(super) async fn made_from(
    project: &str,
    call: &Call<'_>,
) -> Result<(String, Vec<String>), CallError> {
    let containers = of_project(project, None, call).await?;
    let mut places: BTreeMap<(&str, Vec<&str>), usize> = BTreeMap::new();
    for container in containers.iter().filter(|it| !it.directory().is_empty()) {
        let files = container.files().collect();
        *places.entry((container.directory(), files)).or_default() += 1;
    }
    let most = places.into_iter().max_by_key(|(_, containers)| *containers);
    let Some(((directory, files), _)) = most else {
        return Err(CallError::Operation(format!(
            "the containers of `{project}` do not say where its files are: give `project_directory`"
        )));
    };
    let files = files.into_iter().map(str::to_owned).collect();
    Ok((directory.to_owned(), files))
}

fn sort(containers: &mut Vec<Container>) {
    let key = |it: &Container| {
        (
            it.service().to_owned(),
            it.number(),
            it.id.text().to_owned(),
        )
    };
    ordered::sort_by_cached_key(containers, key);
}

/// The containers in levels: each after all that its service depends on. What depends on each other
/// in a circle is together in the last.
pub(super) fn levels<C: Borrow<Container>>(mut containers: Vec<C>) -> Vec<Vec<C>> {
    let mut levels = Vec::new();
    while !containers.is_empty() {
        let waiting: BTreeSet<String> = containers
            .iter()
            .map(|it| it.borrow().service().to_owned())
            .collect();
        let is_free = |it: &C| {
            let it = it.borrow();
            let mut needed = it.dependencies();
            needed.all(|needed| needed.service == it.service() || !waiting.contains(needed.service))
        };
        let (free, bound): (Vec<_>, Vec<_>) = containers.into_iter().partition(is_free);
        let (level, left) = match free.is_empty() {
            true => (bound, Vec::new()),
            false => (free, bound),
        };
        levels.push(level);
        containers = left;
    }
    levels
}
