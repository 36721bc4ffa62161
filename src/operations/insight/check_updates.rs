//! Tells which containers run an image that its registry has replaced: `docker_check_updates`.
//!
//! What a container runs counts, not what its image's name stands for here by now. What a registry has
//! is told by the digest that the Engine kept of the pull or push, which for several platforms is that
//! of their list, on both sides.

use std::collections::{BTreeMap, BTreeSet};

use bollard::query_parameters::ListImagesOptions;
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};

use super::selection::{Chosen, Selection};
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Items, Part, Told, record};
use crate::generated::params::check_updates::Params;
use crate::generated::reply::check_updates::Reply;
use crate::operations::images::look_up::{Answer, Newest, look_up, whole_name};
use crate::ordered;
use crate::output::{Hinted, beyond_limit};
use crate::params::{ImageRef, Parameter};

/// How many containers are inspected at once.
const AT_ONCE: usize = 16;

const BY_ID: &str = "the container was made from an image's id, so that there is no tag to look up";
const PINNED: &str = "pinned to this digest, which means the same image for ever";
const LOCAL: &str = "no registry is known to have it: it was built, loaded or committed here";
const INDEX: &str = "what the tag leads to has several platforms, and another than this one may be all that changed";
const NO_DIGEST: &str = "the Engine does not tell what the tag leads to";
const IS_HERE: &str = "the newer image was pulled already: only the container has to be made anew";

/// An image of the Engine.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Image {
    id: Told<String>,
    repo_digests: Items<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Inspected {
    config: Part<Config>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Config {
    image: Told<String>,
}

/// Whether the image of one container is still what its tag means.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    container: String,
    image: String,
    have: Option<String>,
    newest: Option<String>,
    update: Option<bool>,
    why: Option<String>,
}

/// Gives for each container what it has and what there is, those that are behind first.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Checked>>, CallError> {
    let selection = Selection {
        project: params.project.as_deref(),
        containers: params.containers.as_deref(),
        filters: params.filters.as_ref(),
    };
    let mut chosen = selection.list(call).await?;
    let limit = usize::try_from(params.limit).unwrap_or(usize::MAX);
    let truncated = chosen.len() > limit;
    chosen.truncate(limit);
    let (named, images) = tokio::try_join!(named(call, &chosen), Images::all(call))?;

    let plans: Vec<Plan<'_>> = named
        .iter()
        .map(|(chosen, name)| Plan::new(chosen, name, &images))
        .collect();
    let tags: BTreeSet<String> = plans.iter().filter_map(|plan| plan.tag.clone()).collect();
    let answers = look_up(call, tags).await?;
    let mut checked: Vec<Checked> = plans
        .into_iter()
        .map(|plan| plan.checked(&answers, &images))
        .collect();
    ordered::sort_by_key(&mut checked, |checked| match checked.update {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    });
    let reply = Reply {
        images: checked,
        truncated,
    };
    let narrower = "choose fewer containers";
    let hint = truncated.then(|| beyond_limit(params.limit.unsigned_abs(), Some(narrower)));
    Ok(Hinted::from(reply).hinted(hint))
}

/// The containers with the names that they were made by. The list has the id of an image instead where
/// the name means another by now; one that went meanwhile is left out.
async fn named<'c>(
    call: &Call<'_>,
    chosen: &'c [Chosen],
) -> Result<Vec<(&'c Chosen, String)>, EngineError> {
    let asked: Vec<_> = chosen.iter().map(|chosen| name(call, chosen)).collect();
    let mut asked = stream::iter(asked).buffered(AT_ONCE);
    let mut named = Vec::new();
    while let Some(asked) = asked.next().await {
        match asked {
            Ok(it) => named.push(it),
            Err(EngineError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(named)
}

async fn name<'c>(
    call: &Call<'_>,
    chosen: &'c Chosen,
) -> Result<(&'c Chosen, String), EngineError> {
    let listed = chosen.image.text();
    if !listed.is_empty() && !is_id(listed, chosen) {
        return Ok((chosen, listed.to_owned()));
    }
    let id = chosen.id.text();
    let request = record(|docker| async move { docker.inspect_container(id, None).await })?;
    let found: Inspected = call.engine.told(request.about("container", id)).await?;
    Ok((chosen, found.config.0.image.0.unwrap_or_default()))
}

/// What the Engine has of images.
#[derive(Debug, Default)]
struct Images {
    by_digits: BTreeMap<String, Image>,
    /// The id of an image is its digest, whatever becomes of its names: so it is with containerd's store.
    are_by_digest: bool,
}

impl Images {
    async fn all(call: &Call<'_>) -> Result<Self, EngineError> {
        let options = ListImagesOptions::default();
        let request = record(|docker| async move { docker.list_images(Some(options)).await })?;
        let images: Items<Image> = call.engine.told(request).await?;
        let is_by_digest = |image: &Image| image.digests().any(|(_, it)| it == image.id.text());
        let by_digits = |image: Image| (digits(image.id.text()).to_owned(), image);
        Ok(Self {
            are_by_digest: images.iter().any(is_by_digest),
            by_digits: ordered::map(images.0.into_iter().map(by_digits)),
        })
    }

    /// The repositories that have an image, and its digest in each.
    fn digests_of(&self, id: &str) -> impl Iterator<Item = (&str, &str)> {
        let image = self.by_digits.get(digits(id));
        image.into_iter().flat_map(Image::digests)
    }

    fn have(&self, digest: &str) -> bool {
        let mut digests = self.by_digits.values().flat_map(Image::digests);
        digests.any(|(_, known)| known == digest)
    }
}

impl Image {
    fn digests(&self) -> impl Iterator<Item = (&str, &str)> {
        let digests = self.repo_digests.iter();
        let digests = digests.filter_map(|known| known.split_once('@'));
        digests.filter(|(repository, _)| *repository != "<none>")
    }
}

/// Whether that is the id of a container's image, or the beginning of it.
fn is_id(name: &str, chosen: &Chosen) -> bool {
    name.starts_with("sha256:") || digits(chosen.image_id.text()).starts_with(name)
}

fn digits(id: &str) -> &str {
    id.strip_prefix("sha256:").unwrap_or(id)
}

/// What is to be asked about the image of a container.
struct Plan<'a> {
    checked: Checked,
    /// The tag to look up, where there is one.
    tag: Option<String>,
    /// The digests under which registries have the image.
    digests: Vec<&'a str>,
}

impl<'a> Plan<'a> {
    fn new(chosen: &'a Chosen, name: &str, images: &'a Images) -> Self {
        let untold = |have: Option<&str>, why: &str| Self {
            checked: Checked {
                why: Some(why.to_owned()),
                ..Checked::of(chosen, name, have)
            },
            tag: None,
            digests: Vec::new(),
        };
        let reference = match ImageRef::parse(name.into()) {
            Ok(reference) if !is_id(name, chosen) => reference,
            _ => return untold(None, BY_ID),
        };
        if let Some(digest) = reference.digest() {
            return untold(Some(digest), PINNED);
        }
        let whole = whole_name(reference.name());
        let id = chosen.image_id.text();
        let (own, others): (Vec<_>, Vec<_>) = images
            .digests_of(id)
            .partition(|(repository, _)| whole_name(repository) == whole);
        let have = match (&*own, &*others) {
            ([(_, have), ..], _) => have,
            ([], [(repository, _), ..]) => {
                let why = format!("the image was given this name here; it is of `{repository}`");
                return untold(None, &why);
            }
            ([], []) if images.are_by_digest => id,
            ([], []) => return untold(None, LOCAL),
        };
        let digests = own.iter().chain(&others).map(|(_, digest)| *digest);
        Self {
            checked: Checked::of(chosen, name, Some(have)),
            tag: Some(format!("{whole}:{}", reference.tag().unwrap_or("latest"))),
            digests: digests.chain([have]).collect(),
        }
    }

    fn checked(self, answers: &BTreeMap<String, Answer>, images: &Images) -> Checked {
        let Self {
            mut checked,
            tag,
            digests,
        } = self;
        match tag.and_then(|tag| answers.get(&tag)) {
            None => {}
            Some(Err(why)) => checked.why = Some(why.clone()),
            Some(Ok(Newest { digest: None, .. })) => checked.why = Some(NO_DIGEST.to_owned()),
            Some(Ok(Newest {
                digest: Some(newest),
                is_index,
            })) => {
                let is_same = digests.contains(&newest.as_str());
                checked.newest = Some(newest.clone());
                checked.update = Some(!is_same);
                if is_same {
                    checked.have = Some(newest.clone());
                } else if images.have(newest) {
                    checked.why = Some(IS_HERE.to_owned());
                } else if *is_index {
                    checked.why = Some(INDEX.to_owned());
                }
            }
        }
        checked
    }
}

impl Checked {
    fn of(chosen: &Chosen, image: &str, have: Option<&str>) -> Self {
        Self {
            container: chosen.name(),
            image: image.to_owned(),
            have: have.map(str::to_owned),
            newest: None,
            update: None,
            why: None,
        }
    }
}
