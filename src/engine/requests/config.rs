//! The requests of the methods of `bollard::config`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent};

impl Docker {
    /// `GET /configs`
    pub fn list_configs(
        &self,
        options: Option<bollard::query_parameters::ListConfigsOptions>,
    ) -> Unsent<Vec<bollard::models::Config>> {
        Unsent::new(Method::GET, "/configs").query(options)
    }

    /// `POST /configs/create`
    pub fn create_config(
        &self,
        config_spec: bollard::models::ConfigSpec,
    ) -> Unsent<bollard::models::IdResponse> {
        Unsent::new(Method::POST, "/configs/create").json(config_spec)
    }

    /// `GET /configs/{config_id}`
    pub fn inspect_config(&self, config_id: &str) -> Unsent<bollard::models::Config> {
        Unsent::new(Method::GET, &format!("/configs/{config_id}"))
    }

    /// `DELETE /configs/{config_id}`
    pub fn delete_config(&self, config_id: &str) -> Unsent<()> {
        Unsent::new(Method::DELETE, &format!("/configs/{config_id}"))
    }

    /// `POST /configs/{config_id}/update`
    pub fn update_config(
        &self,
        config_id: &str,
        config_spec: bollard::models::ConfigSpec,
        options: bollard::query_parameters::UpdateConfigOptions,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/configs/{config_id}/update"))
            .query(Some(options))
            .json(config_spec)
    }
}
