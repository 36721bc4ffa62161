//! Finds what of a project would go without something in its place, before Compose is started.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bollard::query_parameters::RemoveContainerOptions;
use futures_util::{StreamExt, stream};
use serde::Serialize;

use super::labels::Container;
use super::model::Model;
use super::tally::Tally;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, record};
use crate::ordered;

/// How many go at once.
const AT_ONCE: usize = 8;

/// A container that would go.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Going {
    pub(crate) id: String,
    pub(crate) name: String,
    notes: [String; 1],
    /// Compose itself may put another in its place; the rest is removed before Compose is started.
    #[serde(skip)]
    is_replaced: bool,
}

impl Going {
    fn new(container: &Container, why: impl Into<String>) -> Self {
        Self {
            id: container.id.text().to_owned(),
            name: container.name(),
            notes: [why.into()],
            is_replaced: false,
        }
    }

    /// Nothing comes in its place.
    pub(super) fn is_lost(&self) -> bool {
        !self.is_replaced
    }
}

/// What the containers of a project lose once it is as its model wants it: those of services that it has no
/// more, where these are to go; those above the number that a service is to have; and those that were made from another directory.
pub(super) fn going(
    model: &Model,
    chosen: &BTreeSet<&str>,
    orphans: bool,
    there: &[Container],
) -> Vec<Going> {
    let services = model.services();
    let mut going = Vec::new();
    let mut of: BTreeMap<&str, Vec<&Container>> = BTreeMap::new();
    for container in there {
        let service = container.service();
        if container.is_one_off() {
            if orphans && container.is_over() {
                going.push(Going::new(container, "a command that has ended"));
            }
        } else if !services.contains_key(service) {
            if orphans {
                going.push(Going::new(container, "its service is in the files no more"));
            }
        } else if chosen.contains(service) {
            of.entry(service).or_default().push(container);
        }
    }
    let mut directories = Directories::of(&model.walked.directory);
    for (name, mut containers) in of {
        ordered::sort_by_key(&mut containers, |it| it.number());
        let wanted = services.get(name).map_or(1, |service| service.replicas());
        for (at, container) in (0_u64..).zip(containers) {
            if at >= wanted {
                let why = match wanted {
                    1 => format!("`{name}` is to have 1 container"),
                    _ => format!("`{name}` is to have {wanted} containers"),
                };
                going.push(Going::new(container, why));
            } else if !directories.is_own(container.directory()) {
                let why = match container.directory() {
                    "" => "made by another program, and replaced where it differs".to_owned(),
                    other => format!("made from {other}, and replaced where it differs"),
                };
                going.push(Going {
                    is_replaced: true,
                    ..Going::new(container, why)
                });
            }
        }
    }
    going
}

/// The directories that lead to that of the project.
struct Directories<'a> {
    own: &'a Path,
    real: BTreeMap<String, PathBuf>,
}

impl<'a> Directories<'a> {
    fn of(own: &'a Path) -> Self {
        Self {
            own,
            real: BTreeMap::new(),
        }
    }

    fn is_own(&mut self, directory: &str) -> bool {
        if Path::new(directory) == self.own {
            return true;
        }
        let real = self.real.entry(directory.to_owned());
        let real = real.or_insert_with(|| std::fs::canonicalize(directory).unwrap_or_default());
        real == self.own
    }
}

/// Removes what nothing takes the place of; gives the names of those that went.
pub(super) async fn remove(
    going: &[Going],
    tally: &mut Tally,
    call: &Call<'_>,
) -> Result<Vec<String>, CallError> {
    let lost: Vec<_> = going
        .iter()
        .filter(|it| it.is_lost())
        .map(|it| one(it, call))
        .collect();
    let mut removals = stream::iter(lost).buffered(AT_ONCE);
    let mut gone = Vec::new();
    while let Some(removed) = removals.next().await {
        let name = removed?;
        tally.tell(format!("removed {name}"));
        gone.push(name);
    }
    Ok(gone)
}

async fn one(going: &Going, call: &Call<'_>) -> Result<String, CallError> {
    let id = going.id.as_str();
    let stop = record(|docker| async move { docker.stop_container(id, None).await })?;
    let remove = record(|docker| async move {
        docker
            .remove_container(id, None::<RemoveContainerOptions>)
            .await
    })?;
    for request in [stop, remove] {
        match call.engine.json(request.about("container", id)).await {
            Err(EngineError::NotFound { .. }) => break,
            done => done?,
        };
    }
    Ok(going.name.clone())
}
