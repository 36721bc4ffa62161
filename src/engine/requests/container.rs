//! The requests of the methods of `bollard::container`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Body, Docker, Unsent, UnsentStream};

impl Docker {
    /// `GET /containers/json`
    pub fn list_containers(
        &self,
        options: Option<bollard::query_parameters::ListContainersOptions>,
    ) -> Unsent<Vec<bollard::models::ContainerSummary>> {
        Unsent::new(Method::GET, "/containers/json").query(options)
    }

    /// `POST /containers/create`
    pub fn create_container(
        &self,
        options: Option<bollard::query_parameters::CreateContainerOptions>,
        config: bollard::models::ContainerCreateBody,
    ) -> Unsent<bollard::models::ContainerCreateResponse> {
        Unsent::new(Method::POST, "/containers/create")
            .query(options)
            .json(config)
    }

    /// `POST /containers/{container_name}/start`
    pub fn start_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::StartContainerOptions>,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/containers/{container_name}/start")).query(options)
    }

    /// `POST /containers/{container_name}/stop`
    pub fn stop_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::StopContainerOptions>,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/containers/{container_name}/stop")).query(options)
    }

    /// `DELETE /containers/{container_name}`
    pub fn remove_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::RemoveContainerOptions>,
    ) -> Unsent<()> {
        Unsent::new(Method::DELETE, &format!("/containers/{container_name}")).query(options)
    }

    /// `POST /containers/{container_name}/wait`
    pub fn wait_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::WaitContainerOptions>,
    ) -> UnsentStream<bollard::models::ContainerWaitResponse> {
        Unsent::new(Method::POST, &format!("/containers/{container_name}/wait"))
            .query(options)
            .stream()
    }

    /// `POST /containers/{container_name}/attach`
    pub fn attach_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::AttachContainerOptions>,
    ) -> Unsent<bollard::container::AttachContainerResults> {
        Unsent::new(
            Method::POST,
            &format!("/containers/{container_name}/attach"),
        )
        .query(options)
    }

    /// `POST /containers/{container_name}/resize`
    pub fn resize_container_tty(
        &self,
        container_name: &str,
        options: bollard::query_parameters::ResizeContainerTTYOptions,
    ) -> Unsent<()> {
        Unsent::new(
            Method::POST,
            &format!("/containers/{container_name}/resize"),
        )
        .query(Some(options))
    }

    /// `POST /containers/{container_name}/restart`
    pub fn restart_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::RestartContainerOptions>,
    ) -> Unsent<()> {
        Unsent::new(
            Method::POST,
            &format!("/containers/{container_name}/restart"),
        )
        .query(options)
    }

    /// `GET /containers/{container_name}/json`
    pub fn inspect_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::InspectContainerOptions>,
    ) -> Unsent<bollard::models::ContainerInspectResponse> {
        Unsent::new(Method::GET, &format!("/containers/{container_name}/json")).query(options)
    }

    /// `HEAD /containers/{container_name}/archive`
    pub fn get_container_archive_info(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::ContainerArchiveInfoOptions>,
    ) -> Unsent<bollard::container::PathStatResponse> {
        Unsent::new(
            Method::HEAD,
            &format!("/containers/{container_name}/archive"),
        )
        .query(options)
    }

    /// `GET /containers/{container_name}/top`
    pub fn top_processes(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::TopOptions>,
    ) -> Unsent<bollard::models::ContainerTopResponse> {
        Unsent::new(Method::GET, &format!("/containers/{container_name}/top")).query(options)
    }

    /// `GET /containers/{container_name}/logs`
    pub fn logs(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::LogsOptions>,
    ) -> UnsentStream<bollard::container::LogOutput> {
        Unsent::new(Method::GET, &format!("/containers/{container_name}/logs"))
            .query(options)
            .stream()
    }

    /// `GET /containers/{container_name}/changes`
    pub fn container_changes(
        &self,
        container_name: &str,
    ) -> Unsent<Option<Vec<bollard::models::FilesystemChange>>> {
        Unsent::new(
            Method::GET,
            &format!("/containers/{container_name}/changes"),
        )
    }

    /// `GET /containers/{container_name}/stats`
    pub fn stats(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::StatsOptions>,
    ) -> UnsentStream<bollard::models::ContainerStatsResponse> {
        Unsent::new(Method::GET, &format!("/containers/{container_name}/stats"))
            .query(options)
            .stream()
    }

    /// `POST /containers/{container_name}/kill`
    pub fn kill_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::KillContainerOptions>,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/containers/{container_name}/kill")).query(options)
    }

    /// `POST /containers/{container_name}/update`
    pub fn update_container(
        &self,
        container_name: &str,
        config: bollard::models::ContainerUpdateBody,
    ) -> Unsent<()> {
        Unsent::new(
            Method::POST,
            &format!("/containers/{container_name}/update"),
        )
        .json(config)
    }

    /// `POST /containers/{container_name}/rename`
    pub fn rename_container(
        &self,
        container_name: &str,
        options: bollard::query_parameters::RenameContainerOptions,
    ) -> Unsent<()> {
        Unsent::new(
            Method::POST,
            &format!("/containers/{container_name}/rename"),
        )
        .query(Some(options))
    }

    /// `POST /containers/{container_name}/pause`
    pub fn pause_container(&self, container_name: &str) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/containers/{container_name}/pause"))
    }

    /// `POST /containers/{container_name}/unpause`
    pub fn unpause_container(&self, container_name: &str) -> Unsent<()> {
        Unsent::new(
            Method::POST,
            &format!("/containers/{container_name}/unpause"),
        )
    }

    /// `POST /containers/prune`
    pub fn prune_containers(
        &self,
        options: Option<bollard::query_parameters::PruneContainersOptions>,
    ) -> Unsent<bollard::models::ContainerPruneResponse> {
        Unsent::new(Method::POST, "/containers/prune").query(options)
    }

    /// `PUT /containers/{container_name}/archive`
    pub fn upload_to_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::UploadToContainerOptions>,
        tar: Body,
    ) -> Unsent<()> {
        Unsent::new(
            Method::PUT,
            &format!("/containers/{container_name}/archive"),
        )
        .query(options)
        .content_type("application/x-tar")
        .body(tar)
    }

    /// `GET /containers/{container_name}/archive`
    pub fn download_from_container(
        &self,
        container_name: &str,
        options: Option<bollard::query_parameters::DownloadFromContainerOptions>,
    ) -> UnsentStream<bytes::Bytes> {
        Unsent::new(
            Method::GET,
            &format!("/containers/{container_name}/archive"),
        )
        .query(options)
        .stream()
    }

    /// `GET /containers/{container_name}/export`
    pub fn export_container(&self, container_name: &str) -> UnsentStream<bytes::Bytes> {
        Unsent::new(Method::GET, &format!("/containers/{container_name}/export")).stream()
    }

    /// `POST /containers/{container_name}/checkpoints`
    pub fn create_checkpoint(
        &self,
        container_name: &str,
        options: bollard::container::CreateCheckpointOptions,
    ) -> Unsent<()> {
        Unsent::new(
            Method::POST,
            &format!("/containers/{container_name}/checkpoints"),
        )
        .json(options)
    }

    /// `GET /containers/{container_name}/checkpoints`
    pub fn list_checkpoints(
        &self,
        container_name: &str,
        options: Option<bollard::container::ListCheckpointsOptions>,
    ) -> Unsent<Vec<bollard::container::Checkpoint>> {
        Unsent::new(
            Method::GET,
            &format!("/containers/{container_name}/checkpoints"),
        )
        .query(options)
    }

    /// `DELETE /containers/{container_name}/checkpoints/{checkpoint_id}`
    pub fn delete_checkpoint(
        &self,
        container_name: &str,
        checkpoint_id: &str,
        options: Option<bollard::container::DeleteCheckpointOptions>,
    ) -> Unsent<()> {
        Unsent::new(
            Method::DELETE,
            &format!("/containers/{container_name}/checkpoints/{checkpoint_id}"),
        )
        .query(options)
    }
}
