//! Removes volumes that nothing uses: `docker_prune_volumes`, and those of `docker_system_prune`.
//!
//! The Engine's own prune takes named volumes before API 1.42 and leaves those with driver options
//! alone, so that each volume is chosen here and removed by itself.

use bollard::ClientVersion;
use bollard::query_parameters::RemoveVolumeOptions;
use serde::Serialize;

use super::age::age;
use super::filter::PruneFilter;
use super::lists::volumes;
use super::removal::{Failure, Removal};
use crate::call::{Call, CallError};
use crate::engine::{Told, record};
use crate::generated::params::prune_volumes::Params;
use crate::generated::reply::prune_volumes::Reply;
use crate::operations::objects::Volume;
use crate::operations::space::images::Space;
use crate::operations::space::usage::{Usage, VOLUMES};
use crate::ordered;
use crate::params::Now;

/// The first API version whose Engine marks a volume without a name.
const MARKS_ANONYMOUS: ClientVersion = ClientVersion {
    major_version: 1,
    minor_version: 42,
};

/// The mark.
const ANONYMOUS: &str = "com.docker.volume.anonymous";

/// The volumes that go, and what that frees.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) volumes: Vec<Planned>,
    pub(crate) space: Space,
}

/// What a plan says of a volume.
#[derive(Debug, Serialize)]
pub(crate) struct Planned {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created: Told<String>,
    pub(crate) size: Option<u64>,
    notes: [String; 3],
    in_use: bool,
}

/// Gives the volumes that go.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let filter = PruneFilter::of(params.filters.as_ref(), call).await?;
    let unused = volumes(true, call).await?;
    let mut chosen = if params.force_all {
        volumes(false, call).await?
    } else {
        prunable(unused.clone(), params.all, call).await?
    };
    chosen.retain(|volume| filter.chooses(volume));
    if chosen.is_empty() {
        return Ok(Plan {
            volumes: Vec::new(),
            space: Space::NOTHING,
        });
    }
    let usage = Usage::ask(VOLUMES, call.config.docker.timeout, call).await;
    let now = call.engine.now().await?;
    let in_use = |volume: &Volume| !unused.iter().any(|free| free.name == volume.name);
    let mut volumes: Vec<Planned> = chosen
        .iter()
        .map(|volume| self::planned(volume, now, in_use(volume), &usage))
        .collect();
    ordered::sort_by(&mut volumes, |one, other| one.id.cmp(&other.id));
    // Those in use stay.
    let going = volumes.iter().filter(|volume| !volume.in_use);
    let space = Space::NOTHING.with(going.map(|volume| volume.size).collect());
    Ok(Plan { volumes, space })
}

/// Removes the planned volumes; gives the names of those that went, the space they took, and those
/// that stayed.
pub(crate) async fn run(
    _params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Reply<Failure>, CallError> {
    let mut removal = Removal::of(plan.volumes.len(), call);
    let deleted = remove(&plan.volumes, &mut removal).await;
    let (space_reclaimed, failed) = removal.conclude()?;
    Ok(Reply {
        deleted,
        space_reclaimed,
        failed,
    })
}

/// Of unused volumes those that a prune takes: on this host, and without a name unless named ones
/// are wanted too.
pub(crate) async fn prunable(
    mut unused: Vec<Volume>,
    named: bool,
    call: &Call<'_>,
) -> Result<Vec<Volume>, CallError> {
    let marked = marks_anonymous(call).await?;
    unused.retain(is_local);
    unused.retain(|volume| named || is_anonymous(volume, marked));
    Ok(unused)
}

/// Whether a volume is on the Engine's own disk.
pub(crate) fn is_local(volume: &Volume) -> bool {
    volume.driver.text() == "local"
}

/// Whether the Engine marks volumes without a name.
pub(crate) async fn marks_anonymous(call: &Call<'_>) -> Result<bool, CallError> {
    Ok(call.engine.api_version().await? >= MARKS_ANONYMOUS)
}

/// Whether the Engine made the name up. Before it marked such volumes, nothing but the name shows.
pub(crate) fn is_anonymous(volume: &Volume, marked: bool) -> bool {
    if marked {
        volume.labels.contains_key(ANONYMOUS)
    } else {
        has_made_up_name(volume)
    }
}

/// Whether the name looks like one that the Engine made up. Up to Engine 27 it marks the volume of a
/// `-v /data`, but not of a mount without a source, which is what Compose writes.
pub(crate) fn has_made_up_name(volume: &Volume) -> bool {
    let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let name = volume.name.text();
    name.len() == 64 && name.bytes().all(hexadecimal)
}

/// What the plan says of a volume.
pub(crate) fn planned(volume: &Volume, now: Now, in_use: bool, usage: &Usage) -> Planned {
    let (name, driver) = (volume.name.text(), volume.driver.text());
    let notes = [
        if driver == "local" { "" } else { driver },
        if in_use { "in use" } else { "" },
        &age(volume, now),
    ];
    Planned {
        id: name.to_owned(),
        name: name.to_owned(),
        created: volume.created_at.clone(),
        size: usage.of_volume(name),
        notes: notes.map(str::to_owned),
        in_use,
    }
}

/// Removes planned volumes and gives the names of those that went.
pub(crate) async fn remove(volumes: &[Planned], removal: &mut Removal<'_>) -> Vec<String> {
    let call = removal.call;
    let mut deleted = Vec::new();
    for volume in volumes {
        let removing = remove_one(volume, call);
        deleted.extend(attempt(volume, removing, removal).await);
    }
    deleted
}

/// Removes those that still are what the plan showed: a name may stand for another by now, where it
/// takes long until its turn comes.
pub(crate) async fn remove_unchanged(
    volumes: &[Planned],
    removal: &mut Removal<'_>,
) -> Vec<String> {
    let call = removal.call;
    let mut deleted = Vec::new();
    for volume in volumes {
        let removing = async {
            let name = volume.id.as_str();
            let request = record(|docker| async move { docker.inspect_volume(name).await })?;
            let now: Volume = call.engine.told(request.about("volume", name)).await?;
            if now.created_at != volume.created {
                return Err(CallError::Operation(
                    "it was made anew since it was planned, so it was left alone".to_owned(),
                ));
            }
            remove_one(volume, call).await
        };
        deleted.extend(attempt(volume, removing, removal).await);
    }
    deleted
}

async fn remove_one(volume: &Planned, call: &Call<'_>) -> Result<(), CallError> {
    let name = volume.id.as_str();
    let options = RemoveVolumeOptions { force: false };
    let request = record(|docker| async move { docker.remove_volume(name, Some(options)).await })?;
    call.engine.json(request.about("volume", name)).await?;
    Ok(())
}

/// The name of a volume that went.
async fn attempt(
    volume: &Planned,
    removing: impl Future<Output = Result<(), CallError>>,
    removal: &mut Removal<'_>,
) -> Option<String> {
    match removal.attempt(removing).await {
        Ok(went) => {
            went?;
            removal.space_reclaimed += volume.size.unwrap_or(0);
            return Some(volume.id.clone());
        }
        Err(error) => removal.failed(Failure {
            name: Some(volume.id.clone()),
            ..Failure::of(&error)
        }),
    }
    None
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    fn is_anonymous(volume: &Value, marked: bool) -> bool {
        super::is_anonymous(&Volume::deserialize(volume).unwrap(), marked)
    }

    #[test]
    fn a_volume_without_a_name_is_known_by_its_mark_or_before_by_its_name() {
        let made_up = "0af".repeat(22)[..64].to_owned();
        let marked = json!({ "Name": "x", "Labels": { ANONYMOUS: "" } });
        assert!(is_anonymous(&marked, true));
        assert!(!is_anonymous(&marked, false));
        assert!(is_anonymous(
            &json!({ "Name": made_up, "Labels": null }),
            false
        ));
        assert!(!is_anonymous(
            &json!({ "Name": made_up, "Labels": null }),
            true
        ));
        for name in [
            "data".to_owned(),
            made_up.to_uppercase(),
            made_up[..63].to_owned(),
        ] {
            assert!(!is_anonymous(&json!({ "Name": name }), false), "{name}");
        }
    }
}
