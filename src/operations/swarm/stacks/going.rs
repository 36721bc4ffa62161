//! Finds what of a stack would go without something in its place, before it is deployed.

use serde::Serialize;

use super::model::Stack;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, record};
use crate::operations::compose::Tally;
use crate::operations::swarm::objects::Service;
use crate::ordered;

/// A service of which something would go.
#[derive(Debug, Serialize)]
pub(crate) struct Going {
    pub(crate) id: String,
    pub(crate) name: String,
    notes: [String; 1],
    /// All of it goes.
    #[serde(skip)]
    is_lost: bool,
}

/// The services that the files have no more, where these are to go, and those that are to have fewer replicas.
pub(super) fn going(name: &str, stack: &Stack, prune: bool, there: &[Service]) -> Vec<Going> {
    let wanted = stack.services();
    let mut all: Vec<Going> = Vec::new();
    for service in there {
        let called = service.spec.name.text();
        let key = called
            .strip_prefix(name)
            .and_then(|it| it.strip_prefix('_'));
        let known = key.and_then(|key| wanted.get(key));
        let replicated = service.spec.mode.replicated.as_ref();
        let has = replicated.map(|it| it.replicas.unwrap_or(1));
        let has = has.and_then(|has| u64::try_from(has).ok());
        let (why, is_lost) = match (known, has) {
            (None, _) if prune => ("it is in the files no more".to_owned(), true),
            (Some(Some(wanted)), Some(has)) if *wanted < has => {
                let replicas = if *wanted == 1 { "replica" } else { "replicas" };
                let why = format!("it is to have {wanted} {replicas}, and has {has}");
                (why, false)
            }
            _ => continue,
        };
        all.push(Going {
            id: service.id.text().to_owned(),
            name: called.to_owned(),
            notes: [why],
            is_lost,
        });
    }
    ordered::sort_by(&mut all, |one, other| one.name.cmp(&other.name));
    all
}

/// Removes the services that go; gives their names.
pub(super) async fn remove(
    going: &[Going],
    tally: &mut Tally,
    call: &Call<'_>,
) -> Result<Vec<String>, CallError> {
    let mut removed = Vec::new();
    for service in going.iter().filter(|it| it.is_lost) {
        let id = service.id.as_str();
        let request = record(|docker| async move { docker.delete_service(id).await })?;
        match call.engine.json(request.about("service", id)).await {
            Err(EngineError::NotFound { .. }) => continue,
            gone => gone?,
        };
        tally.tell(format!("removed service {}", service.name));
        removed.push(service.name.clone());
    }
    Ok(removed)
}
