//! Removes the build cache that no build uses, for `docker_system_prune`.
//!
//! The Engine is given the ids that were planned, as one pattern. Its filter by age is measured from
//! the request's arrival, so that what was used a moment ago would be planned and stay.

use std::collections::HashMap;

use bollard::query_parameters::PruneBuildOptions;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::age::unused;
use super::prune_filter::PruneFilter;
use super::prune_removal::Removal;
use super::system_prune::sorted;
use super::usage::Usage;
use crate::engine::record;
use crate::params::Now;

/// The kinds of build cache that the Engine keeps unless all of it is pruned.
const KEPT_CACHE: [&str; 2] = ["internal", "frontend"];

/// The records that the Engine's own prune takes. They have an age but no labels, so that a label
/// asked for is on none of them.
pub(super) fn planned(filter: &PruneFilter, now: Now, usage: &Usage) -> Vec<Value> {
    if filter.is_about_labels() {
        return Vec::new();
    }
    let goes = |record: &&Value| {
        let last_used = text(&record["LastUsedAt"]).parse::<Timestamp>().ok();
        let is_old = |until| last_used.is_none_or(|last_used| last_used < until);
        is_unused(record) && filter.until().is_none_or(is_old)
    };
    let records = usage.build_cache().iter().filter(goes);
    let planned = records.map(|record| {
        let id = &record["ID"];
        let unused = unused(record, now);
        json!({ "id": id, "name": id, "size": record["Size"], "notes": [record["Description"], unused] })
    });
    sorted(planned.collect())
}

/// Whether a prune takes a record, whatever its age.
pub(super) fn is_unused(record: &Value) -> bool {
    record["InUse"] != true
        && record["Shared"] != true
        && !KEPT_CACHE.contains(&text(&record["Type"]))
}

/// Removes the planned records, and gives the Engine's ids of those that went.
pub(super) async fn remove(planned: &[Value], removal: &mut Removal<'_>) -> Vec<String> {
    let call = removal.call;
    let pruning = async {
        let options = PruneBuildOptions {
            filters: Some(HashMap::from([("id".to_owned(), vec![any_of(planned)])])),
            ..PruneBuildOptions::default()
        };
        let request = record(|docker| async move { docker.prune_build(Some(options)).await })?;
        Ok(call.engine.json(request).await?)
    };
    match removal.attempt(pruning).await {
        Ok(reply) => {
            let reply = &reply.unwrap_or_default();
            removal.space_reclaimed += reply["SpaceReclaimed"].as_u64().unwrap_or(0);
            let deleted = reply["CachesDeleted"].as_array().into_iter().flatten();
            deleted.map(|it| text(it).to_owned()).collect()
        }
        Err(error) => {
            removal.failed(json!({ "part": "build cache" }), &error);
            Vec::new()
        }
    }
}

/// The regular expression that the planned ids match and no other, quoted as the Engine's filters ask.
fn any_of(planned: &[Value]) -> String {
    let ids = planned.iter().map(|record| text(&record["id"]));
    // No Engine gives an id of other characters, which would mean something in the expression.
    let is_literal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let ids = ids.filter(|id| id.bytes().all(is_literal));
    let ids: Vec<&str> = ids.filter(|id| !id.is_empty()).collect();
    format!("\"^({})$\"", ids.join("|"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
