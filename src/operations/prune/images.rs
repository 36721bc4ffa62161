//! Removes the images that nobody needs, or all of them: `docker_prune_images`, and those of
//! `docker_system_prune`.
//!
//! An image goes tag by tag, so that the Engine's own guards hold; only what was asked for with
//! `force_all` goes by force.

use bollard::models::ImageDeleteResponseItem;
use bollard::query_parameters::RemoveImageOptions;
use serde::Serialize;

use super::age::age;
use super::filter::PruneFilter;
use super::lists::{containers, images};
use super::removal::{Failure, Removal};
use crate::call::{Call, CallError};
use crate::engine::{Engine, EngineError, Items, record};
use crate::generated::params::prune_images::Params;
use crate::generated::reply::prune_images::Reply;
use crate::operations::objects::{Container, Image};
use crate::operations::space::images::{Space, freed_by};
use crate::operations::space::usage::{LAYERS, Usage, same_id};
use crate::ordered;
use crate::params::{InvalidArgument, Now};

/// The images that go, what that frees, and what the layers take before.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) images: Vec<Planned>,
    pub(crate) space: Space,
    layers_size: Option<u64>,
}

/// What a plan says of an image.
#[derive(Debug, Serialize)]
pub(crate) struct Planned {
    pub(crate) id: String,
    name: String,
    pub(crate) tags: Vec<String>,
    /// What has to go for it to go; none where its id is enough.
    references: Vec<String>,
    size: Option<u64>,
    notes: [String; 3],
}

/// Gives the images that go.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let is_narrowed = params.filters.as_ref().is_some_and(|it| !it.0.is_empty());
    if params.force_all && is_narrowed {
        return Err(InvalidArgument(
            "`force_all` removes every image, so it takes no `filters`: leave out either"
                .to_owned(),
        )
        .into());
    }
    let filter = PruneFilter::of(params.filters.as_ref(), call).await?;
    let tagged = params.all || params.force_all;
    let candidates = candidates(tagged, &filter, call).await?;
    if candidates.is_empty() {
        return Ok(Plan {
            images: Vec::new(),
            space: Space::NOTHING,
            layers_size: None,
        });
    }
    let containers = containers(None, call).await?;
    let usage = Usage::ask(LAYERS, call.config.docker.timeout, call).await;
    let now = call.engine.now().await?;
    let in_use = |image: &Image| is_used(image, &containers, &[], &usage);
    let (used, unused): (Vec<&Image>, Vec<&Image>) = candidates.iter().partition(|it| in_use(it));
    // By force an image goes although a stopped container keeps its layers.
    let space = space(&unused, &usage, call).await;
    let used = used.into_iter().filter(|_| params.force_all);
    let used = used.map(|image| planned(image, now, true, params.force_all));
    let unused = unused.into_iter();
    let images: Vec<Planned> = unused
        .map(|image| planned(image, now, false, params.force_all))
        .chain(used)
        .collect();
    Ok(Plan {
        images,
        space,
        layers_size: usage.held_by_images(),
    })
}

/// Removes the planned images; gives the Engine's entries of what went, and what was freed.
pub(crate) async fn run(
    params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Reply<ImageDeleteResponseItem, Failure>, CallError> {
    let mut removal = Removal::of(plan.images.len(), call);
    let force = params.force_all;
    let deleted = remove(&plan.images, force, plan.layers_size, &mut removal).await;
    let (space_reclaimed, failed) = removal.conclude()?;
    Ok(Reply {
        deleted,
        space_reclaimed,
        failed,
    })
}

/// The images that the filter chooses, with a tag only where those are wanted too.
pub(crate) async fn candidates(
    tagged: bool,
    filter: &PruneFilter,
    call: &Call<'_>,
) -> Result<Vec<Image>, CallError> {
    let mut images = images(!tagged, call).await?;
    images.retain(|image| filter.chooses(image));
    // An Engine that does not know the filter sends everything.
    images.retain(|image| tagged || tags(image).is_empty());
    ordered::sort_by_cached_key(&mut images, |image| {
        (tags(image), image.id.text().to_owned())
    });
    Ok(images)
}

/// What the removal of images that no container uses frees.
pub(crate) async fn space(unused: &[&Image], usage: &Usage, call: &Call<'_>) -> Space {
    let ids: Vec<&str> = unused.iter().map(|image| image.id.text()).collect();
    freed_by(&ids, &[], usage, call).await
}

/// Whether a container uses an image, those that go beforehand aside.
pub(crate) fn is_used(
    image: &Image,
    containers: &[Container],
    going: &[&Container],
    usage: &Usage,
) -> bool {
    let id = image.id.text();
    let users = |of: &mut dyn Iterator<Item = &Container>| {
        of.filter(|container| same_id(&container.image_id, id))
            .count()
    };
    let going = users(&mut going.iter().copied());
    users(&mut containers.iter()) > going
        // Some Engines know of users that the list does not show.
        || usage.users_of_image(id) > Some(going as u64)
}

/// What the plan says of an image.
pub(crate) fn planned(image: &Image, now: Now, in_use: bool, force: bool) -> Planned {
    let (id, tags) = (image.id.text(), tags(image));
    let digests: Vec<String> = named(&image.repo_digests).collect();
    let name = match [&tags, &digests].iter().find(|names| !names.is_empty()) {
        Some(names) => names.join(", "),
        None => "untagged".to_owned(),
    };
    let short = id.trim_start_matches("sha256:").chars().take(12).collect();
    let used = if in_use { "in use" } else { "" };
    let notes: [String; 3] = [short, used.to_owned(), age(image, now)];
    // An id takes every name with it, but by force alone if there are several.
    let references = if force { Vec::new() } else { references(image) };
    Planned {
        id: id.to_owned(),
        name,
        tags,
        references,
        size: *image.size,
        notes,
    }
}

/// What the plan says of an image that loses these names of several and stays under the others.
pub(crate) fn untagged(image: &Image, names: Vec<String>, now: Now) -> Planned {
    let planned = planned(image, now, false, false);
    let others = planned.tags.iter().filter(|tag| !names.contains(tag));
    let others: Vec<&str> = others.map(String::as_str).collect();
    let stays = format!("stays as {}", others.join(", "));
    let [short, _, age] = planned.notes;
    Planned {
        name: names.join(", "),
        references: names,
        notes: [short, stays, age],
        ..planned
    }
}

/// What has to go for the image to go: its tags, and digests of repositories where it has no tag.
/// None where its id is enough.
fn references(image: &Image) -> Vec<String> {
    let tags = tags(image);
    let repository = |tag: &String| tag.rsplit_once(':').map(|(name, _)| name.to_owned());
    let repositories: Vec<_> = tags.iter().filter_map(repository).collect();
    let digests = named(&image.repo_digests).filter(|digest| {
        let name = digest.split('@').next().unwrap_or_default();
        !repositories.iter().any(|repository| repository == name)
    });
    let references: Vec<String> = tags.iter().cloned().chain(digests).collect();
    if tags.is_empty() && references.len() == 1 {
        return Vec::new();
    }
    references
}

pub(crate) fn tags(image: &Image) -> Vec<String> {
    let mut tags: Vec<String> = named(&image.repo_tags).collect();
    tags.sort();
    tags
}

/// The references in a list; Engines write `<none>` for an image without one.
fn named(references: &[String]) -> impl Iterator<Item = String> + '_ {
    let named = references.iter().filter(|it| !it.contains("<none>"));
    named.cloned()
}

/// Removes planned images, and measures what that frees.
pub(crate) async fn remove(
    images: &[Planned],
    force: bool,
    layers_before: Option<u64>,
    removal: &mut Removal<'_>,
) -> Vec<ImageDeleteResponseItem> {
    let call = removal.call;
    let deleted = remove_all(images, force, removal).await;
    if !deleted.is_empty() {
        let after = Usage::ask(LAYERS, call.config.docker.timeout, call).await;
        let layers_after = after.held_by_images();
        let freed = layers_before.zip(layers_after);
        removal.space_reclaimed += freed.map_or(0, |(before, after)| before.saturating_sub(after));
    }
    deleted
}

/// Removes planned images. One that others are built on can go after these only, so those that
/// failed by their id are tried again as long as that gets anywhere.
pub(crate) async fn remove_all(
    images: &[Planned],
    force: bool,
    removal: &mut Removal<'_>,
) -> Vec<ImageDeleteResponseItem> {
    let call = removal.call;
    let mut deleted = Vec::new();
    let mut left: Vec<&Planned> = images.iter().collect();
    loop {
        let before = left.len();
        let mut stuck = Vec::new();
        for image in left {
            let removing = remove_one(image, force, call, &mut deleted);
            match removal.attempt(removing).await {
                Ok(_) => {}
                Err(error) if may_go_later(image, &error) => stuck.push((image, error)),
                Err(error) => removal.failed(failure(image, &error)),
            }
        }
        if stuck.is_empty() || stuck.len() == before {
            for (image, error) in stuck {
                removal.failed(failure(image, &error));
            }
            break;
        }
        left = stuck.into_iter().map(|(image, _)| image).collect();
    }
    deleted
}

/// What went of planned images: the names that they lost, and the ids of those that had none.
pub(crate) fn removed(planned: &[Planned], entries: Vec<ImageDeleteResponseItem>) -> Vec<String> {
    let nameless = |id: &String| planned.iter().any(|it| it.id == *id && it.tags.is_empty());
    let name = |entry: ImageDeleteResponseItem| {
        let untagged = entry.untagged.filter(|name| !name.contains('@'));
        untagged.or_else(|| entry.deleted.filter(nameless))
    };
    entries.into_iter().filter_map(name).collect()
}

/// Removes an image that still is what the plan showed.
async fn remove_one(
    image: &Planned,
    force: bool,
    call: &Call<'_>,
    deleted: &mut Vec<ImageDeleteResponseItem>,
) -> Result<(), CallError> {
    let id = image.id.as_str();
    let request = record(|docker| async move { docker.inspect_image(id).await })?;
    let now: Image = call.engine.told(request.about("image", id)).await?;
    if tags(&now) != image.tags {
        return Err(CallError::Operation(
            "its tags have changed since it was planned, so it was left alone".to_owned(),
        ));
    }
    // The Engine refuses to take the last reference only.
    if image.references.len() > 1 {
        let users = containers(Some(id), call).await?;
        if let Some(user) = users.iter().find(|it| same_id(&it.image_id, id)) {
            return Err(CallError::Operation(format!(
                "container {} uses it by now",
                user.id.text()
            )));
        }
    }
    if image.references.is_empty() {
        deleted.extend(delete(id, force, &call.engine).await?);
    }
    for reference in &image.references {
        match delete(reference, force, &call.engine).await {
            Ok(entries) => deleted.extend(entries),
            // A digest goes with the last tag of its repository.
            Err(EngineError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn delete(
    reference: &str,
    force: bool,
    engine: &Engine,
) -> Result<Vec<ImageDeleteResponseItem>, EngineError> {
    let options = RemoveImageOptions {
        force,
        ..RemoveImageOptions::default()
    };
    let request =
        record(|docker| async move { docker.remove_image(reference, Some(options), None).await })?;
    let gone: Items<_> = engine.told(request.about("image", reference)).await?;
    Ok(gone.0)
}

fn failure(image: &Planned, error: &CallError) -> Failure {
    Failure {
        id: Some(image.id.clone()),
        tags: Some(image.tags.clone()),
        ..Failure::of(error)
    }
}

fn may_go_later(image: &Planned, error: &CallError) -> bool {
    image.references.is_empty()
        && matches!(
            error,
            CallError::Engine(EngineError::Conflict { .. } | EngineError::Failed { .. })
        )
}
