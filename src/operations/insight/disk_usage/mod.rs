//! Tells what takes the disk, who holds it and how it comes free: `docker_disk_usage`.
//!
//! The Engine's own account of its disk has every size, so that nothing is asked about a single object,
//! with one exception: how much images give back that share layers with each other takes their layers
//! to know.

mod item;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::call::{Call, CallError};
use crate::generated::params::disk_usage::Params;
use crate::generated::reply::disk_usage::Reply;
use crate::operations::objects::{Container, Image};
use crate::operations::prune::images::{is_used, space};
use crate::operations::prune::lists::containers;
use crate::operations::prune::volumes::marks_anonymous;
use crate::operations::space::images::Space;
use crate::operations::space::usage::{
    BUILD_CACHE, CONTAINERS, EVERYTHING, Kinds, LAYERS, Usage, VOLUMES, sum,
};
use crate::ordered;
use crate::output::Hinted;
use item::Item;

/// The kinds of what takes disk, by their words.
const KINDS: [(&str, Kinds); 4] = [
    (item::IMAGES, LAYERS),
    (item::CONTAINERS, CONTAINERS),
    (item::VOLUMES, VOLUMES),
    (item::BUILD_CACHE, BUILD_CACHE),
];

/// What there is of a kind, or of all: what is unique and what is shared make up the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Sizes {
    size: Option<u64>,
    unique_size: Option<u64>,
    shared_size: Option<u64>,
    /// What goes if everything goes that nothing holds.
    removable_size: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Section {
    count: usize,
    #[serde(flatten)]
    sizes: Sizes,
    /// How many there are of unknown size.
    #[serde(skip_serializing_if = "is_zero")]
    unknown: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct Totals {
    #[serde(flatten)]
    all: Sizes,
    #[serde(flatten)]
    kinds: BTreeMap<&'static str, Section>,
}

/// Gives what takes the most, and the sums of everything.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Item, Totals>>, CallError> {
    let chosen = KINDS
        .iter()
        .find(|(kind, _)| params.kind.as_deref() == Some(kind));
    let asked = chosen.map_or(EVERYTHING, |(_, kinds)| *kinds);
    let usage = Usage::try_ask(asked, call).await?;
    let marked = marks_anonymous(call).await?;
    // Where the Engine is asked about images or volumes alone it tells how many use one, not which.
    let listed = match chosen {
        Some(&(item::IMAGES | item::VOLUMES, _)) => Some(containers(None, call).await?),
        _ => None,
    };
    let users = listed.as_deref().unwrap_or_else(|| usage.containers());

    let mut items: Vec<Item> = Vec::new();
    let mut kinds = BTreeMap::new();
    let mut cached = 0;
    for (kind, _) in chosen.map_or(KINDS.as_slice(), std::slice::from_ref) {
        let found = items_of(kind, &usage, users, marked);
        let mut section = section(&found);
        if *kind == item::IMAGES {
            let freed = free_images(&usage, users, call).await;
            cached = freed.cached;
            section.sizes = of_layers(section.sizes, freed, &usage);
        }
        kinds.insert(*kind, section);
        items.extend(found);
    }
    let all = all(&kinds);
    ordered::sort_by_cached_key(&mut items, Item::order);
    let limit = usize::try_from(params.limit).unwrap_or(usize::MAX);
    let truncated = items.len() > limit;
    items.truncate(limit);
    let reply = Reply {
        items,
        totals: Totals { all, kinds },
        truncated,
    };
    let stays = (cached > 0).then(|| {
        format!(
            "{cached} bytes of the layers of removable images are in the build cache too: they come free \
             when both are gone (docker_prune_build_cache)"
        )
    });
    Ok(Hinted::from(reply).noted(stays))
}

fn items_of(kind: &str, usage: &Usage, users: &[Container], marked: bool) -> Vec<Item> {
    match kind {
        item::IMAGES => {
            let images = usage.images().iter();
            images.map(|it| item::image(it, users, usage)).collect()
        }
        item::CONTAINERS => usage.containers().iter().map(item::container).collect(),
        item::VOLUMES => {
            let volumes = usage.volumes().iter();
            volumes.map(|it| item::volume(it, users, marked)).collect()
        }
        _ => usage.build_cache().iter().map(item::build_cache).collect(),
    }
}

/// What comes free if all images go that no container uses.
async fn free_images(usage: &Usage, users: &[Container], call: &Call<'_>) -> Space {
    let images = usage.images().iter();
    let unused: Vec<&Image> = images
        .filter(|it| !is_used(it, users, &[], usage))
        .collect();
    space(&unused, usage, call).await
}

/// The sums of items that share nothing with each other.
fn section(items: &[Item]) -> Section {
    let unique = sum(items.iter().map(|item| item.unique_size));
    let removable = items.iter().filter(|item| item.removable);
    Section {
        count: items.len(),
        sizes: Sizes {
            size: unique,
            unique_size: unique,
            shared_size: Some(0),
            removable_size: sum(removable.map(|item| item.unique_size)),
        },
        unknown: items.iter().filter(|item| item.size.is_none()).count(),
    }
}

/// The sums of images, whose layers the Engine counts each once.
fn of_layers(sizes: Sizes, freed: Space, usage: &Usage) -> Sizes {
    let size = usage.layers().or(usage.images().is_empty().then_some(0));
    Sizes {
        size,
        shared_size: size
            .zip(sizes.unique_size)
            .map(|(size, unique)| size.saturating_sub(unique)),
        removable_size: freed.freed,
        ..sizes
    }
}

fn all(kinds: &BTreeMap<&'static str, Section>) -> Sizes {
    let of = |size: fn(&Sizes) -> Option<u64>| sum(kinds.values().map(|it| size(&it.sizes)));
    Sizes {
        size: of(|it| it.size),
        unique_size: of(|it| it.unique_size),
        shared_size: of(|it| it.shared_size),
        removable_size: of(|it| it.removable_size),
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
