//! The requests of the methods of `bollard::image`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Body, Docker, Unsent, UnsentStream};

impl Docker {
    /// `GET /images/json`
    pub fn list_images(
        &self,
        options: Option<impl Into<bollard::query_parameters::ListImagesOptions>>,
    ) -> Unsent<Vec<bollard::models::ImageSummary>> {
        Unsent::new(Method::GET, "/images/json").query(options.map(Into::into))
    }

    /// `POST /images/create`
    pub fn create_image(
        &self,
        options: Option<impl Into<bollard::query_parameters::CreateImageOptions>>,
        root_fs: Option<Body>,
        credentials: Option<bollard::auth::DockerCredentials>,
    ) -> UnsentStream<bollard::models::CreateImageInfo> {
        Unsent::new(Method::POST, "/images/create")
            .query(options.map(Into::into))
            .optional_body(root_fs)
            .credentials("x-registry-auth", credentials)
            .stream()
    }

    /// `GET /images/{image_name}/json`
    pub fn inspect_image(&self, image_name: &str) -> Unsent<bollard::models::ImageInspect> {
        Unsent::new(Method::GET, &format!("/images/{image_name}/json"))
    }

    /// `GET /distribution/{image_name}/json`
    pub fn inspect_registry_image(
        &self,
        image_name: &str,
        credentials: Option<bollard::auth::DockerCredentials>,
    ) -> Unsent<bollard::models::DistributionInspect> {
        Unsent::new(Method::GET, &format!("/distribution/{image_name}/json"))
            .credentials("x-registry-auth", credentials)
    }

    /// `POST /images/prune`
    pub fn prune_images(
        &self,
        options: Option<impl Into<bollard::query_parameters::PruneImagesOptions>>,
    ) -> Unsent<bollard::models::ImagePruneResponse> {
        Unsent::new(Method::POST, "/images/prune").query(options.map(Into::into))
    }

    /// `GET /images/{image_name}/history`
    pub fn image_history(
        &self,
        image_name: &str,
    ) -> Unsent<Vec<bollard::models::ImageHistoryResponseItem>> {
        Unsent::new(Method::GET, &format!("/images/{image_name}/history"))
    }

    /// `GET /images/search`
    pub fn search_images(
        &self,
        options: impl Into<bollard::query_parameters::SearchImagesOptions>,
    ) -> Unsent<Vec<bollard::models::ImageSearchResponseItem>> {
        Unsent::new(Method::GET, "/images/search").query(Some(options.into()))
    }

    /// `DELETE /images/{image_name}`
    pub fn remove_image(
        &self,
        image_name: &str,
        options: Option<impl Into<bollard::query_parameters::RemoveImageOptions>>,
        credentials: Option<bollard::auth::DockerCredentials>,
    ) -> Unsent<Vec<bollard::models::ImageDeleteResponseItem>> {
        Unsent::new(Method::DELETE, &format!("/images/{image_name}"))
            .query(options.map(Into::into))
            .credentials("x-registry-auth", credentials)
    }

    /// `POST /images/{image_name}/tag`
    pub fn tag_image(
        &self,
        image_name: &str,
        options: Option<impl Into<bollard::query_parameters::TagImageOptions>>,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/images/{image_name}/tag"))
            .query(options.map(Into::into))
    }

    /// `POST /images/{image_name}/push`
    pub fn push_image(
        &self,
        image_name: &str,
        options: Option<impl Into<bollard::query_parameters::PushImageOptions>>,
        credentials: Option<bollard::auth::DockerCredentials>,
    ) -> UnsentStream<bollard::models::PushImageInfo> {
        Unsent::new(Method::POST, &format!("/images/{image_name}/push"))
            .query(options.map(Into::into))
            .credentials("x-registry-auth", Some(credentials.unwrap_or_default()))
            .stream()
    }

    /// `POST /commit`
    pub fn commit_container(
        &self,
        options: impl Into<bollard::query_parameters::CommitContainerOptions>,
        config: impl Into<bollard::models::ContainerConfig>,
    ) -> Unsent<bollard::models::IdResponse> {
        Unsent::new(Method::POST, "/commit")
            .query(Some(options.into()))
            .json(config.into())
    }

    /// `POST /build/prune`
    pub fn prune_build(
        &self,
        options: Option<impl Into<bollard::query_parameters::PruneBuildOptions>>,
    ) -> Unsent<bollard::models::BuildPruneResponse> {
        Unsent::new(Method::POST, "/build/prune").query(options.map(Into::into))
    }

    /// `GET /images/{image_name}/get`
    pub fn export_image(&self, image_name: &str) -> UnsentStream<bytes::Bytes> {
        Unsent::new(Method::GET, &format!("/images/{image_name}/get")).stream()
    }

    /// `POST /images/load`
    pub fn import_image(
        &self,
        options: impl Into<bollard::query_parameters::ImportImageOptions>,
        root_fs: Body,
        credentials: Option<std::collections::HashMap<String, bollard::auth::DockerCredentials>>,
    ) -> UnsentStream<bollard::models::BuildInfo> {
        Unsent::new(Method::POST, "/images/load")
            .query(Some(options.into()))
            .content_type("application/x-tar")
            .body(root_fs)
            .credentials("x-registry-config", credentials)
            .stream()
    }
}
