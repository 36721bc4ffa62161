//! Removes volumes that nothing uses: `docker_prune_volumes`, and those of `docker_system_prune`.
//!
//! From API 1.42 the Engine's own prune leaves named volumes alone unless it is told otherwise.
//! Before, it takes them, so there the anonymous ones are removed one by one.

use std::collections::HashMap;

use bollard::ClientVersion;
use bollard::query_parameters::{DataUsageOptions, PruneVolumesOptions, RemoveVolumeOptions};
use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::catalog::generated::prune_volumes::Params;
use crate::engine::{Engine, EngineError, record};
use crate::params::Filters;

/// The first API version whose prune spares named volumes.
const SPARES_NAMED: ClientVersion = ClientVersion {
    major_version: 1,
    minor_version: 42,
};

/// What came of a prune of volumes.
#[derive(Debug, Default)]
pub(super) struct Pruned {
    /// The names of the volumes that are gone.
    pub(super) deleted: Vec<String>,
    /// In bytes; what is not known counts as nothing.
    pub(super) space_reclaimed: u64,
    /// `{name, error}` of those that are still there.
    pub(super) failed: Vec<Value>,
}

/// Gives the names of the volumes that went, the space they took, and those that stayed.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let filters = params.filters.clone().unwrap_or_default();
    let pruned = if params.force_all {
        one_by_one(&matching(call.look.get("volumes"), &filters), call).await?
    } else if params.all {
        let mut filters = filters;
        if call.engine.api_version().await? >= SPARES_NAMED {
            let yes = vec!["true".to_owned()];
            filters.0.insert("all".to_owned(), yes);
        }
        by_the_engine(&filters, &call.engine).await?
    } else {
        anonymous(call.look.get("unused"), &filters, call).await?
    };
    Ok(json!({
        "deleted": pruned.deleted,
        "space_reclaimed": pruned.space_reclaimed,
        "failed": pruned.failed,
    }))
}

/// Removes the anonymous ones of the unused volumes, a reply to a list of volumes.
pub(super) async fn anonymous(
    unused: &Value,
    filters: &Filters,
    call: &Call<'_>,
) -> Result<Pruned, CallError> {
    if call.engine.api_version().await? >= SPARES_NAMED {
        return by_the_engine(filters, &call.engine).await;
    }
    let mut names = matching(unused, filters);
    names.retain(|name| is_anonymous(name));
    one_by_one(&names, call).await
}

async fn by_the_engine(filters: &Filters, engine: &Engine) -> Result<Pruned, CallError> {
    let options = PruneVolumesOptions {
        filters: (!filters.0.is_empty()).then(|| HashMap::from_iter(filters.0.clone())),
    };
    let request = record(|docker| async move { docker.prune_volumes(Some(options)).await })?;
    let reply = &engine.json(request).await?;
    Ok(Pruned {
        deleted: objects(&reply["VolumesDeleted"])
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        space_reclaimed: reply["SpaceReclaimed"].as_u64().unwrap_or(0),
        failed: Vec::new(),
    })
}

async fn one_by_one(names: &[&str], call: &Call<'_>) -> Result<Pruned, CallError> {
    let mut pruned = Pruned::default();
    if names.is_empty() {
        return Ok(pruned);
    }
    let sizes = sizes(call).await;
    for &name in names {
        match remove(name, &call.engine).await {
            Ok(()) => {
                pruned.space_reclaimed += sizes.get(name).copied().unwrap_or(0);
                pruned.deleted.push(name.to_owned());
            }
            Err(error) => {
                let error = error.to_string();
                pruned.failed.push(json!({ "name": name, "error": error }));
            }
        }
    }
    Ok(pruned)
}

async fn remove(name: &str, engine: &Engine) -> Result<(), EngineError> {
    let options = RemoveVolumeOptions { force: false };
    let request = record(|docker| async move { docker.remove_volume(name, Some(options)).await })?
        .about("volume", name);
    engine.json(request).await.map(drop)
}

/// What each volume takes. An Engine that does not say keeps no volume from being removed.
async fn sizes(call: &Call<'_>) -> HashMap<String, u64> {
    let options = DataUsageOptions {
        verbose: true,
        ..DataUsageOptions::default()
    };
    let Ok(request) = record(|docker| async move { docker.df(Some(options)).await }) else {
        return HashMap::new();
    };
    let engine = call.engine.with_deadline(call.config.docker.timeout);
    let reply = &engine.json(request).await.unwrap_or_default();
    // The second is where they are from API 1.52.
    ["/Volumes", "/VolumeUsage/Items"]
        .into_iter()
        .filter_map(|place| reply.pointer(place))
        .flat_map(objects)
        .filter_map(|volume| {
            let name = volume["Name"].as_str()?.to_owned();
            Some((name, volume.pointer("/UsageData/Size")?.as_u64()?))
        })
        .collect()
}

/// The names of the listed volumes that the filters let through, as the Engine's prune reads them.
fn matching<'a>(list: &'a Value, filters: &Filters) -> Vec<&'a str> {
    let asked = |name: &str| filters.0.get(name).map_or(&[][..], Vec::as_slice);
    let (with, without) = (asked("label"), asked("label!"));
    let mut names: Vec<&str> = objects(&list["Volumes"])
        .iter()
        .filter(|volume| has_labels(volume, with))
        .filter(|volume| without.is_empty() || !has_labels(volume, without))
        .filter_map(|volume| volume["Name"].as_str())
        .collect();
    names.sort_unstable();
    names
}

/// Whether a volume has every one of these labels, each `name` or `name=value`.
fn has_labels(volume: &Value, labels: &[String]) -> bool {
    let its = &volume["Labels"];
    labels.iter().all(|label| match label.split_once('=') {
        Some((name, value)) => its[name] == value,
        None => !its[label.as_str()].is_null(),
    })
}

/// Whether the Engine made the name up. Before API 1.42 nothing else shows it.
fn is_anonymous(name: &str) -> bool {
    let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    name.len() == 64 && name.bytes().all(hexadecimal)
}

/// An array of objects, which the Engine may write as `null`.
fn objects(array: &Value) -> &[Value] {
    array.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Parameter;

    fn matching(filters: Value) -> Vec<String> {
        let list = json!({ "Volumes": [
            { "Name": "b", "Labels": { "app": "web", "keep": "" } },
            { "Name": "a", "Labels": { "app": "db" } },
            { "Name": "c", "Labels": null },
        ]});
        let filters = Filters::parse(filters).unwrap();
        let names = super::matching(&list, &filters);
        names.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn labels_choose_as_the_engines_prune_does() {
        assert_eq!(matching(json!({})), ["a", "b", "c"]);
        assert_eq!(matching(json!({"label": "app"})), ["a", "b"]);
        assert_eq!(matching(json!({"label": ["app=web", "keep"]})), ["b"]);
        assert_eq!(matching(json!({"label!": "keep"})), ["a", "c"]);
        assert_eq!(matching(json!({"label": "app", "label!": "app=db"})), ["b"]);
        assert_eq!(
            super::matching(&json!({"Volumes": null}), &Filters::default()),
            [""; 0]
        );
    }

    #[test]
    fn only_a_name_that_the_engine_made_up_is_anonymous() {
        assert!(is_anonymous(&"0af".repeat(22)[..64]));
        assert!(!is_anonymous("data"));
        assert!(!is_anonymous(&"0AF".repeat(22)[..64]));
        assert!(!is_anonymous(&"0".repeat(63)));
    }
}
