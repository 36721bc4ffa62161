//! The requests of the methods of `bollard::volume`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent};

impl Docker {
    /// `GET /volumes`
    pub fn list_volumes(
        &self,
        options: Option<impl Into<bollard::query_parameters::ListVolumesOptions>>,
    ) -> Unsent<bollard::models::VolumeListResponse> {
        Unsent::new(Method::GET, "/volumes").query(options.map(Into::into))
    }

    /// `POST /volumes/create`
    pub fn create_volume(
        &self,
        config: impl Into<bollard::models::VolumeCreateRequest>,
    ) -> Unsent<bollard::models::Volume> {
        Unsent::new(Method::POST, "/volumes/create").json(config.into())
    }

    /// `GET /volumes/{volume_name}`
    pub fn inspect_volume(&self, volume_name: &str) -> Unsent<bollard::models::Volume> {
        Unsent::new(Method::GET, &format!("/volumes/{volume_name}"))
    }

    /// `DELETE /volumes/{volume_name}`
    pub fn remove_volume(
        &self,
        volume_name: &str,
        options: Option<impl Into<bollard::query_parameters::RemoveVolumeOptions>>,
    ) -> Unsent<()> {
        Unsent::new(Method::DELETE, &format!("/volumes/{volume_name}"))
            .query(options.map(Into::into))
    }

    /// `POST /volumes/prune`
    pub fn prune_volumes(
        &self,
        options: Option<impl Into<bollard::query_parameters::PruneVolumesOptions>>,
    ) -> Unsent<bollard::models::VolumePruneResponse> {
        Unsent::new(Method::POST, "/volumes/prune").query(options.map(Into::into))
    }
}
