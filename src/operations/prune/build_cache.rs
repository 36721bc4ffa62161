//! Removes the build cache that no build uses: `docker_prune_build_cache`, and that of
//! `docker_system_prune`.
//!
//! The Engine is given the ids that were planned, as one pattern. Its filter by age is measured from
//! the request's arrival, so that what was used a moment ago would be planned and stay.

use std::collections::HashMap;

use bollard::query_parameters::PruneBuildOptions;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::age::unused;
use super::filter::PruneFilter;
use super::removal::{Failure, Planned, Removal, sorted};
use crate::call::{Call, CallError};
use crate::engine::policy::Refusal;
use crate::engine::{Items, Told, record};
use crate::generated::params::prune_build_cache::Params;
use crate::generated::reply::prune_build_cache::Reply;
use crate::operations::objects::Cache;
use crate::operations::space::images::Space;
use crate::operations::space::usage::{BUILD_CACHE, Usage};
use crate::params::Now;

/// The kinds of build cache that the Engine keeps unless all of it is pruned.
const KEPT_CACHE: [&str; 2] = ["internal", "frontend"];

/// The records that go, and what that frees.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) build_cache: Vec<Planned>,
    pub(crate) space: Space,
}

/// What the Engine says that went.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Pruned {
    caches_deleted: Items<String>,
    space_reclaimed: Told<u64>,
}

/// Gives the records that go.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let filter = PruneFilter::of(params.filters.as_ref(), call).await?;
    if call.engine.is_scoped() {
        let why = "the build cache has no labels, so under a SAFETY_SCOPE it is not pruned; nothing was done";
        return Err(Refusal(why.to_owned()).into());
    }
    let usage = Usage::ask(BUILD_CACHE, call.config.docker.timeout, call).await;
    let now = call.engine.now().await?;
    let build_cache = planned(&filter, now, &usage);
    let space = Space::NOTHING.with(build_cache.iter().map(|it| it.size).collect());
    Ok(Plan { build_cache, space })
}

/// Removes the planned records; gives the Engine's ids of those that went, and the space they took.
pub(crate) async fn run(
    _params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Reply<Failure>, CallError> {
    let mut removal = Removal::of(usize::from(!plan.build_cache.is_empty()), call);
    let deleted = if plan.build_cache.is_empty() {
        Vec::new()
    } else {
        remove(&plan.build_cache, &mut removal).await
    };
    let (space_reclaimed, failed) = removal.conclude()?;
    Ok(Reply {
        deleted,
        space_reclaimed,
        failed,
    })
}

/// The records that the Engine's own prune takes. They have an age but no labels, so that a label
/// asked for is on none of them.
pub(crate) fn planned(filter: &PruneFilter, now: Now, usage: &Usage) -> Vec<Planned> {
    if filter.is_about_labels() {
        return Vec::new();
    }
    let goes = |record: &&Cache| {
        let last_used = record.last_used_at.text().parse::<Timestamp>().ok();
        let is_old = |until| last_used.is_none_or(|last_used| last_used < until);
        is_unused(record) && filter.until().is_none_or(is_old)
    };
    let records = usage.build_cache().iter().filter(goes);
    let planned = records.map(|record| Planned {
        id: record.id.text().to_owned(),
        name: record.id.text().to_owned(),
        size: *record.size,
        notes: vec![record.description.text().to_owned(), unused(record, now)],
    });
    sorted(planned.collect(), |it| (&it.name, &it.id))
}

/// Whether a prune takes a record, whatever its age.
pub(crate) fn is_unused(record: &Cache) -> bool {
    *record.in_use != Some(true)
        && *record.shared != Some(true)
        && !KEPT_CACHE.contains(&record.kind.text())
}

/// Removes the planned records, and gives the Engine's ids of those that went.
pub(crate) async fn remove(planned: &[Planned], removal: &mut Removal<'_>) -> Vec<String> {
    let call = removal.call;
    let pruning = async {
        let options = PruneBuildOptions {
            filters: Some(HashMap::from([("id".to_owned(), vec![any_of(planned)])])),
            ..PruneBuildOptions::default()
        };
        let request = record(|docker| async move { docker.prune_build(Some(options)).await })?;
        Ok(call.engine.told::<Pruned>(request).await?)
    };
    match removal.attempt(pruning).await {
        Ok(reply) => {
            let reply = reply.unwrap_or_default();
            removal.space_reclaimed += reply.space_reclaimed.unwrap_or(0);
            reply.caches_deleted.0
        }
        Err(error) => {
            removal.failed(Failure {
                part: Some("build cache"),
                ..Failure::of(&error)
            });
            Vec::new()
        }
    }
}

/// The regular expression that the planned ids match and no other, quoted as the Engine's filters ask.
fn any_of(planned: &[Planned]) -> String {
    let ids = planned.iter().map(|record| record.id.as_str());
    // No Engine gives an id of other characters, which would mean something in the expression.
    let is_literal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let ids = ids.filter(|id| id.bytes().all(is_literal));
    let ids: Vec<&str> = ids.filter(|id| !id.is_empty()).collect();
    format!("\"^({})$\"", ids.join("|"))
}
