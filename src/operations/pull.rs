//! Fetches an image from its registry.

use std::time::Duration;

use bollard::query_parameters::CreateImageOptions;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::Value;

use crate::call::CallError;
use crate::engine::{Engine, record};
use crate::params::ImageRef;

/// How long a registry may go without a sign of life.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Pulls one image: the tag or digest that was named, or `latest`.
pub(super) async fn pull(
    engine: &Engine,
    image: &ImageRef,
    platform: Option<&str>,
) -> Result<(), CallError> {
    let options = options(image, platform);
    let request = record(|docker| async move {
        docker
            .create_image(Some(options), None, None)
            .boxed()
            .try_next()
            .await
    })?;
    let mut progress = engine.with_deadline(PATIENCE).objects(request);
    while let Some(step) = progress.try_next().await? {
        if let Some(message) = failure(&step) {
            return Err(CallError::Operation(format!(
                "pulling `{}` failed: {message}",
                image
            )));
        }
    }
    Ok(())
}

fn options(image: &ImageRef, platform: Option<&str>) -> CreateImageOptions {
    CreateImageOptions {
        from_image: Some(image.name().to_owned()),
        // Without a tag the Engine would pull every tag there is.
        tag: Some(
            image
                .digest()
                .or(image.tag())
                .unwrap_or("latest")
                .to_owned(),
        ),
        platform: platform.unwrap_or_default().to_owned(),
        ..CreateImageOptions::default()
    }
}

/// The failure that a step tells of: by then the Engine has answered 200.
fn failure(step: &Value) -> Option<&str> {
    step.pointer("/errorDetail/message")
        .or_else(|| step.get("error"))?
        .as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_failure_inside_the_stream_is_seen() {
        assert_eq!(
            failure(&json!({"status": "Pulling fs layer", "id": "ab"})),
            None
        );
        let step = json!({"errorDetail": {"code": 1, "message": "denied"}, "error": "denied"});
        assert_eq!(failure(&step), Some("denied"));
        assert_eq!(
            failure(&json!({"error": "no space left on device"})),
            Some("no space left on device")
        );
    }
}
