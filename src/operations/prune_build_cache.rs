//! Removes the build cache that no build uses, for `docker_system_prune`.

use std::collections::HashMap;

use bollard::query_parameters::PruneBuildOptions;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::age::unused;
use super::prune_filter::PruneFilter;
use super::prune_removal::Removal;
use super::system_prune::sorted;
use super::usage::Usage;
use crate::call::CallError;
use crate::engine::record;
use crate::params::Now;

/// The kinds of build cache that the Engine keeps unless all of it is pruned.
const KEPT_CACHE: [&str; 2] = ["internal", "frontend"];

/// The records that the Engine's own prune takes. They have an age but no labels, so that a label
/// asked for is on none of them.
pub(super) fn planned(
    filter: &PruneFilter,
    unused_before: Timestamp,
    now: Now,
    usage: &Usage,
) -> Vec<Value> {
    if filter.is_about_labels() {
        return Vec::new();
    }
    let goes = |record: &&Value| {
        let last_used = text(&record["LastUsedAt"]).parse::<Timestamp>();
        is_unused(record) && last_used.map_or(true, |last_used| last_used < unused_before)
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

/// Removes the cache that was not used since that moment, and gives the Engine's ids of it.
pub(super) async fn remove(unused_before: &str, removal: &mut Removal<'_>) -> Vec<Value> {
    let call = removal.call;
    let pruning = async {
        let now = call.engine.now().await?;
        let until = format!("{}s", seconds_since(unused_before, now)?);
        let options = PruneBuildOptions {
            filters: Some(HashMap::from([("until".to_owned(), vec![until])])),
            ..PruneBuildOptions::default()
        };
        let request = record(|docker| async move { docker.prune_build(Some(options)).await })?;
        Ok(call.engine.json(request).await?)
    };
    match removal.attempt(pruning).await {
        Ok(reply) => {
            let reply = &reply.unwrap_or_default();
            removal.space_reclaimed += reply["SpaceReclaimed"].as_u64().unwrap_or(0);
            let deleted = reply["CachesDeleted"].as_array();
            deleted.cloned().unwrap_or_default()
        }
        Err(error) => {
            removal.failed(json!({ "part": "build cache" }), &error);
            Vec::new()
        }
    }
}

/// How long ago that was. A duration, because Engines before API 1.42 take nothing else here; rounded
/// up, because the request takes its time.
fn seconds_since(moment: &str, now: Now) -> Result<i64, CallError> {
    let moment: Timestamp = moment.parse().map_err(|_| {
        CallError::Operation("the plan does not say how old the build cache is to be".to_owned())
    })?;
    let elapsed = now.latest.as_second() - moment.as_second();
    Ok(elapsed.max(0) + 2)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
