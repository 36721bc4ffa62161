//! Sends an image to its registry: `docker_push_image`.

use bollard::query_parameters::PushImageOptions;
use futures_util::{StreamExt, TryStreamExt};

use super::registry::Registry;
use super::steps;
use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::push_image::Params;
use crate::generated::reply::push_image::Reply;
use crate::params::InvalidArgument;

/// Gives the digest by which the registry knows the image.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    // Without a tag the Engine would push every tag there is.
    let tag = tag(params)?;
    let name = params.image.name();
    let registry = Registry::of(name, call).await;
    let credentials = registry.credentials();
    let options = PushImageOptions {
        tag: Some(tag.to_owned()),
        platform: None,
    };
    let request = record(|docker| async move {
        docker
            .push_image(name, Some(options), credentials)
            .boxed()
            .try_next()
            .await
    })?
    .about("image", name);

    let image = format!("{name}:{tag}");
    let mut digest = None;
    steps::follow(call, request, |step| {
        digest = step.aux.0.digest.0.or(digest.take());
    })
    .await
    .map_err(|failure| registry.explain(failure, &format!("pushing `{image}`")))?;
    Ok(Reply {
        image,
        status: "pushed".to_owned(),
        digest,
    })
}

fn tag(params: &Params) -> Result<&str, InvalidArgument> {
    let image = &params.image;
    match (image.tag(), params.tag.as_deref()) {
        _ if image.contains("sha256:") => Err(InvalidArgument(format!(
            "`image` is bound to a digest or is an id (`{image}`), and only a tag can be pushed: give the image a name with docker_tag_image and push that"
        ))),
        (Some(own), Some(tag)) => Err(InvalidArgument(format!(
            "`image` has the tag `{own}` already, so `tag` (got `{tag}`) contradicts it: give one of them"
        ))),
        (one, other) => Ok(one.or(other).unwrap_or("latest")),
    }
}
