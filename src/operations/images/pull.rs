//! Fetches images from their registry: `docker_pull_image`, and what `docker_create_container`
//! lacks.

use bollard::query_parameters::CreateImageOptions;
use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;

use super::registry::Registry;
use super::steps::{self, Message};
use crate::call::{Call, CallError};
use crate::engine::{Items, Told, record};
use crate::generated::params::pull_image::Params;
use crate::generated::reply::pull_image::Reply;
use crate::params::{ImageRef, InvalidArgument};

/// Of an image what it is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Image {
    id: Told<String>,
    repo_tags: Items<String>,
}

/// What a pull has fetched.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Pulled {
    /// The tags, in the order they came; a digest is none.
    tags: Vec<String>,
    /// The Engine's last word.
    status: String,
}

/// Gives the id and the tags of what was fetched.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    let version = wanted(params)?;
    let name = params.image.name();
    let pulled = pull(call, name, version, params.platform.as_deref()).await?;
    let reference = match version {
        Some(digest) if digest.starts_with("sha256:") => format!("{name}@{digest}"),
        Some(tag) => format!("{name}:{tag}"),
        // Of several images the id can be that of one only.
        None => {
            let latest = pulled.tags.iter().find(|tag| *tag == "latest");
            let tag = latest
                .or(pulled.tags.last())
                .map_or("latest", String::as_str);
            format!("{name}:{tag}")
        }
    };
    let found: Image = {
        let reference = reference.as_str();
        let request = record(|docker| async move { docker.inspect_image(reference).await })?;
        call.engine.told(request.about("image", reference)).await?
    };
    let tags = pulled.tags.iter().map(|tag| format!("{name}:{tag}"));
    let (image, tags) = match version {
        Some(_) => (reference, found.repo_tags.0),
        None => (name.to_owned(), tags.collect()),
    };
    Ok(Reply {
        image,
        id: found.id.0.unwrap_or_default(),
        tags,
        status: pulled.status,
    })
}

/// The tag or digest to fetch; nothing for every tag there is.
fn wanted(params: &Params) -> Result<Option<&str>, InvalidArgument> {
    let image = &params.image;
    let refused = |text: String| Err(InvalidArgument(text));
    let own = image.digest().or(image.tag());
    match (own, params.tag.as_deref()) {
        _ if image.starts_with("sha256:") => refused(format!(
            "`image` is the id `{image}`, which no registry knows: give a name, with `@sha256:…` for a certain digest"
        )),
        (Some(own), Some(tag)) => refused(format!(
            "`image` has `{own}` already, so `tag` (got `{tag}`) contradicts it: give one of them"
        )),
        (Some(one), None) | (None, Some(one)) if params.all_tags => refused(format!(
            "`all_tags` fetches every tag and `{one}` is one: leave out either"
        )),
        (None, None) if params.all_tags => Ok(None),
        (None, Some(tag)) => Ok(Some(tag)),
        (_, None) => Ok(Some(version(image))),
    }
}

/// What a reference stands for in its repository: its digest, its tag, or `latest`.
pub(crate) fn version(image: &ImageRef) -> &str {
    image.digest().or(image.tag()).unwrap_or("latest")
}

/// Pulls one version of an image, or every tag where none is named.
pub(crate) async fn pull(
    call: &Call<'_>,
    name: &str,
    version: Option<&str>,
    platform: Option<&str>,
) -> Result<Pulled, CallError> {
    let registry = Registry::of(name, call).await;
    let credentials = registry.credentials();
    let options = CreateImageOptions {
        from_image: Some(name.to_owned()),
        tag: version.map(str::to_owned),
        platform: platform.unwrap_or_default().to_owned(),
        ..CreateImageOptions::default()
    };
    let request = record(|docker| async move {
        docker
            .create_image(Some(options), None, credentials)
            .boxed()
            .try_next()
            .await
    })?;
    let mut pulled = Pulled::default();
    let operation = match version {
        Some(digest) if digest.starts_with("sha256:") => format!("pulling `{name}@{digest}`"),
        Some(tag) => format!("pulling `{name}:{tag}`"),
        None => format!("pulling every tag of `{name}`"),
    };
    steps::follow(call, request, |step| pulled.note(&step))
        .await
        .map_err(|failure| registry.explain(failure, &operation))?;
    Ok(pulled)
}

impl Pulled {
    /// Takes note of a step: `{"status": "Pulling from web", "id": "1"}` begins a tag, a status
    /// without an id is about the whole.
    fn note(&mut self, step: &Message) {
        match (step.status.as_deref(), step.id.as_deref()) {
            (Some(status), Some(tag)) if status.starts_with("Pulling from ") => {
                let known = self.tags.iter().any(|known| known == tag);
                let is_tag = !tag.starts_with("sha256:");
                self.tags.extend((is_tag && !known).then(|| tag.to_owned()));
            }
            (Some(status), None) => {
                self.status = status.trim_start_matches("Status: ").to_owned();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::params::Parameter;

    fn params(image: &str, tag: Option<&str>, all_tags: bool) -> Params {
        Params {
            image: Parameter::parse(json!(image)).unwrap(),
            tag: tag.map(|tag| Parameter::parse(json!(tag)).unwrap()),
            all_tags,
            platform: None,
        }
    }

    #[test]
    fn one_version_is_fetched_unless_all_are_asked_for() {
        let digest = format!("sha256:{}", "0".repeat(64));
        for (image, tag, all, expected) in [
            ("web", None, false, Some("latest")),
            ("web:1", None, false, Some("1")),
            ("localhost:5000/web", None, false, Some("latest")),
            ("localhost:5000/web", Some("2"), false, Some("2")),
            (&format!("web:1@{digest}"), None, false, Some(&*digest)),
            ("web", None, true, None),
        ] {
            assert_eq!(
                wanted(&params(image, tag, all)).unwrap(),
                expected,
                "{image}"
            );
        }
    }

    #[test]
    fn two_versions_at_once_are_refused() {
        let digest = format!("sha256:{}", "0".repeat(64));
        for (image, tag, all) in [
            ("web:1", Some("2"), false),
            ("web:1", Some("1"), false),
            (&format!("web@{digest}"), Some("2"), false),
            ("web:1", None, true),
            ("web", Some("1"), true),
            (&*digest, None, false),
        ] {
            assert!(wanted(&params(image, tag, all)).is_err(), "{image}");
        }
    }

    #[test]
    fn every_tag_of_a_stream_is_noted() {
        let mut pulled = Pulled::default();
        for step in [
            json!({"status": "Pulling from web", "id": "1"}),
            json!({"status": "Pulling fs layer", "progressDetail": {}, "id": "ab12"}),
            json!({"status": "Digest: sha256:12"}),
            json!({"status": "Pulling from web", "id": "2"}),
            json!({"status": "Status: Downloaded newer image for web"}),
        ] {
            pulled.note(&Message::read(&step));
        }
        assert_eq!(pulled.tags, ["1", "2"]);
        assert_eq!(pulled.status, "Downloaded newer image for web");
    }
}
