//! Says of one object what it takes, who holds it and what would free it.

use std::cmp::Reverse;

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::Told;
use crate::operations::objects::{Cache, Container, Image, Volume, own_name};
use crate::operations::prune::build_cache::is_unused;
use crate::operations::prune::containers::is_stopped;
use crate::operations::prune::images::{is_used, tags};
use crate::operations::prune::volumes::{is_anonymous, is_local};
use crate::operations::space::images::own_size;
use crate::operations::space::usage::{Usage, own_cache, same_id, written};
use crate::params::clip;

pub(super) const IMAGES: &str = "images";
pub(super) const CONTAINERS: &str = "containers";
pub(super) const VOLUMES: &str = "volumes";
pub(super) const BUILD_CACHE: &str = "build_cache";

/// The most containers that are named of those that hold something.
const NAMED: usize = 10;

/// How much is shown of what a record of the build cache is of, in characters.
const DESCRIBED: usize = 120;

/// Something that takes disk.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    kind: &'static str,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// All of it, with what it shares; none where the Engine does not know.
    pub(super) size: Option<u64>,
    /// What is gone with it.
    pub(super) unique_size: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    used_by: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<String>,
    /// Nothing holds it.
    pub(super) removable: bool,
    why: String,
}

impl Item {
    /// The largest first, what is of unknown size last.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let name = self.name.clone().unwrap_or_default();
        let sizes = (self.size, self.unique_size);
        (Reverse(sizes), self.kind, name, self.id.clone())
    }
}

pub(super) fn image(image: &Image, containers: &[Container], usage: &Usage) -> Item {
    let id = image.id.text();
    let used_by = users(containers, |it| same_id(&it.image_id, id));
    let held = is_used(image, containers, &[], usage);
    let (names, unique_size) = (tags(image), own_size(image));
    let why = if held {
        held_by(&used_by, "docker_remove_image")
    } else {
        format!(
            "no container uses it{}",
            way_out(image, names.len(), unique_size)
        )
    };
    Item {
        kind: IMAGES,
        id: short(id),
        name: (!names.is_empty()).then(|| names.join(", ")),
        size: *image.size,
        unique_size,
        used_by: named(used_by),
        anonymous: None,
        last_used: None,
        removable: !held,
        why,
    }
}

/// How an image goes that nothing holds.
fn way_out(image: &Image, names: usize, unique_size: Option<u64>) -> String {
    let call = match names {
        0 => ", untagged: docker_remove_image, or docker_prune_images for all such",
        1 => ": docker_remove_image",
        _ => ": docker_remove_image for each of its tags",
    };
    let shares = match (*image.size, unique_size) {
        (Some(size), Some(0)) if size > 0 => "; frees nothing while other images have its layers",
        (Some(size), Some(unique)) if unique < size => "; other images keep what they share",
        _ => "",
    };
    format!("{call}{shares}")
}

pub(super) fn container(container: &Container) -> Item {
    let size = written(*container.size_rw);
    let removable = is_stopped(container);
    let told = [container.status.text(), container.state.text()];
    let told = told.into_iter().find(|told| !told.is_empty());
    let told = told.unwrap_or("state unknown");
    let way_out = match container.state.text() {
        _ if removable => "docker_remove_container",
        "removing" => "it is being removed",
        _ => "docker_stop_container, then docker_remove_container",
    };
    Item {
        kind: CONTAINERS,
        id: short(container.id.text()),
        name: Some(own_name(&container.names, &container.id)),
        size,
        unique_size: size,
        used_by: Vec::new(),
        anonymous: None,
        last_used: None,
        removable,
        why: format!("{told}: {way_out}"),
    }
}

pub(super) fn volume(volume: &Volume, containers: &[Container], marked: bool) -> Item {
    let name = volume.name.text();
    let mounts = |it: &Container| it.mounts.iter().any(|mount| mount.name.text() == name);
    let used_by = users(containers, mounts);
    let size = *volume.usage_data.size;
    // Some Engines know of users that the list does not show.
    let held = !used_by.is_empty() || *volume.usage_data.ref_count > Some(0);
    let anonymous = is_anonymous(volume, marked);
    let why = if held {
        held_by(&used_by, "docker_remove_volume")
    } else if !is_local(volume) {
        let driver = volume.driver.text();
        format!("no container uses it, its driver `{driver}` keeps it: docker_remove_volume")
    } else if anonymous {
        "no container uses it: docker_remove_volume, or docker_prune_volumes for all such"
            .to_owned()
    } else {
        "no container uses it, but it was named to be kept: docker_remove_volume loses its data"
            .to_owned()
    };
    Item {
        kind: VOLUMES,
        id: name.to_owned(),
        // Its id is all that one has which nobody named.
        name: (!anonymous).then(|| name.to_owned()),
        size,
        unique_size: size,
        used_by: named(used_by),
        anonymous: Some(anonymous),
        last_used: None,
        removable: !held,
        why,
    }
}

pub(super) fn build_cache(record: &Cache) -> Item {
    let removable = is_unused(record);
    let why = if removable {
        "no build uses it: docker_prune_build_cache, or docker_system_prune with all else that is unused"
    } else if *record.in_use == Some(true) {
        "a build uses it"
    } else if *record.shared == Some(true) {
        "counted with the image that has it: docker_remove_image, then docker_prune_build_cache"
    } else {
        "the builder keeps it for itself"
    };
    let description = record.description.text();
    Item {
        kind: BUILD_CACHE,
        id: record.id.text().to_owned(),
        name: (!description.is_empty()).then(|| clip(description, DESCRIBED)),
        size: *record.size,
        unique_size: own_cache(record),
        used_by: Vec::new(),
        anonymous: None,
        last_used: moment(&record.last_used_at),
        removable,
        why: why.to_owned(),
    }
}

/// The names of those of the containers that use something.
fn users(containers: &[Container], uses: impl Fn(&Container) -> bool) -> Vec<String> {
    let using = containers.iter().filter(|it| uses(it));
    let mut names: Vec<String> = using.map(|it| own_name(&it.names, &it.id)).collect();
    names.sort();
    names
}

fn named(mut users: Vec<String>) -> Vec<String> {
    users.truncate(NAMED);
    users
}

/// That containers hold something, how many where not all are named, and what takes it once they are gone.
fn held_by(users: &[String], remove: &str) -> String {
    let holders = match users.len() {
        0 => "a container that is not listed uses it".to_owned(),
        many if many > NAMED => format!("{many} containers use it"),
        _ => "in use".to_owned(),
    };
    format!("{holders}: docker_remove_container, then {remove}")
}

/// Engines write the year 1 for what they do not know.
fn moment(time: &Told<String>) -> Option<String> {
    let told: Timestamp = time.text().parse().ok()?;
    (told > Timestamp::UNIX_EPOCH).then(|| time.text().to_owned())
}

fn short(id: &str) -> String {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    digits.chars().take(12).collect()
}
