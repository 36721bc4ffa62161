//! The requests of the methods of `bollard::swarm`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent};

impl Docker {
    /// `POST /swarm/init`
    pub fn init_swarm(&self, config: bollard::models::SwarmInitRequest) -> Unsent<String> {
        Unsent::new(Method::POST, "/swarm/init").json(config)
    }

    /// `GET /swarm`
    pub fn inspect_swarm(&self) -> Unsent<bollard::models::Swarm> {
        Unsent::new(Method::GET, "/swarm")
    }

    /// `POST /swarm/join`
    pub fn join_swarm(&self, config: bollard::models::SwarmJoinRequest) -> Unsent<()> {
        Unsent::new(Method::POST, "/swarm/join").json(config)
    }

    /// `POST /swarm/leave`
    pub fn leave_swarm(
        &self,
        options: Option<bollard::query_parameters::LeaveSwarmOptions>,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, "/swarm/leave").query(options)
    }

    /// `POST /swarm/update`
    pub fn update_swarm(
        &self,
        swarm_spec: bollard::models::SwarmSpec,
        options: bollard::query_parameters::UpdateSwarmOptions,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, "/swarm/update")
            .query(Some(options))
            .json(swarm_spec)
    }
}
