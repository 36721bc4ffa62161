//! The requests of the methods of `bollard::exec`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent};

impl Docker {
    /// `POST /containers/{container_name}/exec`
    pub fn create_exec(
        &self,
        container_name: &str,
        config: impl Into<bollard::models::ExecConfig>,
    ) -> Unsent<bollard::exec::CreateExecResults> {
        Unsent::new(Method::POST, &format!("/containers/{container_name}/exec")).json(config.into())
    }

    /// `GET /exec/{exec_id}/json`
    pub fn inspect_exec(&self, exec_id: &str) -> Unsent<bollard::models::ExecInspectResponse> {
        Unsent::new(Method::GET, &format!("/exec/{exec_id}/json"))
    }

    /// `POST /exec/{exec_id}/resize`
    pub fn resize_exec(
        &self,
        exec_id: &str,
        options: impl Into<bollard::query_parameters::ResizeExecOptions>,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/exec/{exec_id}/resize")).query(Some(options.into()))
    }
}
