//! The requests of the methods of bollard that are not like the others.

use std::collections::HashMap;

use bollard::auth::DockerCredentials;
use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::BuildInfo;
use bollard::query_parameters::BuildImageOptions;
use bytes::Bytes;
use http::Method;

use super::{Body, Docker, Unsent, UnsentStream};

impl Docker {
    /// `POST /build`
    pub fn build_image(
        &self,
        options: impl Into<BuildImageOptions>,
        credentials: Option<HashMap<String, DockerCredentials>>,
        tar: Option<Body>,
    ) -> UnsentStream<BuildInfo> {
        Unsent::new(Method::POST, "/build")
            .query(Some(options.into()))
            .content_type("application/x-tar")
            .optional_body(tar)
            .credentials("x-registry-config", credentials)
            .stream()
    }

    /// `GET /images/get`
    pub fn export_images(&self, image_names: &[&str]) -> UnsentStream<Bytes> {
        let names: Vec<(&str, &&str)> = image_names.iter().map(|name| ("names", name)).collect();
        Unsent::new(Method::GET, "/images/get")
            .query(Some(names))
            .stream()
    }

    /// `POST /exec/{exec_id}/start`
    pub fn start_exec(
        &self,
        exec_id: &str,
        config: Option<StartExecOptions>,
    ) -> Unsent<StartExecResults> {
        Unsent::new(Method::POST, &format!("/exec/{exec_id}/start"))
            .json(config.unwrap_or_default())
    }
}
