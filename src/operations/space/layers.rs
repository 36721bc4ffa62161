//! Reads of what layers images are made, and by which steps.

use std::collections::HashMap;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Deserialize;

use crate::call::{Call, CallError};
use crate::engine::{Items, Part, Told, record};

/// How many are asked about at a time.
const AT_ONCE: usize = 8;

/// An image by its layers, each as the Engine names it, from the lowest.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    pub(crate) names: Vec<String>,
    /// What each is; none where that cannot be told.
    pub(crate) steps: Option<Vec<Step>>,
}

/// A layer by the step that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) size: u64,
    /// BuildKit made it, which keeps what it makes in its cache; the builder before it has none.
    pub(crate) by_buildkit: bool,
}

/// Of an image what it is made of.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Image {
    #[serde(rename = "RootFS")]
    root: Part<Root>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Root {
    layers: Told<Vec<String>>,
}

/// A step in the history of an image.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Past {
    size: Told<u64>,
    created_by: Told<String>,
    comment: Told<String>,
}

/// The layers of images, some at a time.
pub(crate) async fn layers_of(
    ids: Vec<String>,
    sized: bool,
    call: &Call<'_>,
) -> Result<Vec<Layers>, CallError> {
    let asking: Vec<_> = ids.into_iter().map(|id| layers(id, sized, call)).collect();
    stream::iter(asking).buffered(AT_ONCE).try_collect().await
}

/// The layers of an image, with their sizes if they are asked for.
async fn layers(id: String, sized: bool, call: &Call<'_>) -> Result<Layers, CallError> {
    let id = id.as_str();
    let request = record(|docker| async move { docker.inspect_image(id).await })?;
    let image: Image = call.engine.told(request.about("image", id)).await?;
    let names = image.root.0.layers.0;
    let names = names.ok_or_else(|| CallError::Operation("the layers are not told".to_owned()))?;
    let mut known = None;
    if sized {
        let request = record(|docker| async move { docker.image_history(id).await })?;
        let history: Items<Past> = call.engine.told(request.about("image", id)).await?;
        known = steps(&history, names.len());
    }
    Ok(Layers {
        names,
        steps: known,
    })
}

/// The steps that made so many layers, from the lowest, by an image's history, which has the newest
/// first and does not tell the steps without a layer.
fn steps(history: &[Past], layers: usize) -> Option<Vec<Step>> {
    let step = |past: &Past| {
        let step = Step {
            size: (*past.size)?,
            by_buildkit: past.comment.text().starts_with("buildkit"),
        };
        Some((step, is_about_settings(past.created_by.text())))
    };
    let all: Vec<(Step, bool)> = history.iter().rev().map(step).collect::<Option<_>>()?;
    let those = |with_layer: fn(Step, bool) -> bool| {
        let those = all.iter().filter(|(step, sets)| with_layer(*step, *sets));
        let those: Vec<Step> = those.map(|(step, _)| *step).collect();
        (those.len() == layers).then_some(those)
    };
    those(|step, sets| step.size > 0 || !sets)
        .or_else(|| those(|step, _| step.size > 0))
        .or_else(|| those(|_, _| true))
}

/// Whether a step only set something, such as `ENV`.
fn is_about_settings(step: &str) -> bool {
    const SETTINGS: [&str; 13] = [
        "ARG",
        "CMD",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
    ];
    let step = step.rsplit_once("#(nop)").map_or(step, |(_, step)| step);
    let word = step.split_whitespace().next().unwrap_or_default();
    SETTINGS.contains(&word)
}

/// Tells layers apart by their names and those of all below them, since only then they are one.
#[derive(Default)]
pub(crate) struct Places<'a>(HashMap<(usize, &'a str), usize>);

impl<'a> Places<'a> {
    /// The places of an image's layers, from the lowest.
    pub(crate) fn of(&mut self, names: &'a [String]) -> Vec<usize> {
        let mut below = 0;
        let mut places = Vec::new();
        for name in names {
            let next = self.0.len() + 1;
            below = *self.0.entry((below, name)).or_insert(next);
            places.push(below);
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn steps(history: &[Value], layers: usize) -> Option<Vec<Step>> {
        let past = history.iter().map(|it| Past::deserialize(it).unwrap());
        super::steps(&past.collect::<Vec<_>>(), layers)
    }

    #[test]
    fn a_history_tells_the_sizes_of_layers() {
        let told = |size: u64, by: &str| json!({ "Size": size, "CreatedBy": by });
        let nop = |text: &str| format!("/bin/sh -c #(nop) {text}");
        let history = [
            told(0, &nop(" CMD [\"sh\"]")),
            told(3, "RUN /bin/sh -c make # buildkit"),
            told(0, "RUN /bin/sh -c true # buildkit"),
            told(0, "ENV A=b"),
            told(9, &nop("ADD file:1 in /")),
        ];
        let sizes = |layers| {
            let steps = steps(&history, layers)?;
            Some(steps.iter().map(|step| step.size).collect::<Vec<u64>>())
        };
        assert_eq!(sizes(3), Some(vec![9, 0, 3]));
        // A step that neither set anything nor wrote: an image of old, squashed or made by others.
        assert_eq!(sizes(2), Some(vec![9, 3]));
        assert_eq!(sizes(5), Some(vec![9, 0, 0, 3, 0]));
        assert_eq!(sizes(4), None);
        assert_eq!(steps(&[json!({ "Size": -1 })], 1), None);
        let of_buildkit = Step {
            size: 4,
            by_buildkit: true,
        };
        let built =
            json!({ "Size": 4, "CreatedBy": "COPY a /", "Comment": "buildkit.dockerfile.v0" });
        assert_eq!(steps(&[built], 1), Some(vec![of_buildkit]));
    }
}
