//! The requests of the methods of `bollard::network`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent};

impl Docker {
    /// `POST /networks/create`
    pub fn create_network(
        &self,
        config: bollard::models::NetworkCreateRequest,
    ) -> Unsent<bollard::models::NetworkCreateResponse> {
        Unsent::new(Method::POST, "/networks/create").json(config)
    }

    /// `DELETE /networks/{network_name}`
    pub fn remove_network(&self, network_name: &str) -> Unsent<()> {
        Unsent::new(Method::DELETE, &format!("/networks/{network_name}"))
    }

    /// `GET /networks/{network_name}`
    pub fn inspect_network(
        &self,
        network_name: &str,
        options: Option<bollard::query_parameters::InspectNetworkOptions>,
    ) -> Unsent<bollard::models::NetworkInspect> {
        Unsent::new(Method::GET, &format!("/networks/{network_name}")).query(options)
    }

    /// `GET /networks`
    pub fn list_networks(
        &self,
        options: Option<bollard::query_parameters::ListNetworksOptions>,
    ) -> Unsent<Vec<bollard::models::Network>> {
        Unsent::new(Method::GET, "/networks").query(options)
    }

    /// `POST /networks/{network_name}/connect`
    pub fn connect_network(
        &self,
        network_name: &str,
        config: bollard::models::NetworkConnectRequest,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/networks/{network_name}/connect")).json(config)
    }

    /// `POST /networks/{network_name}/disconnect`
    pub fn disconnect_network(
        &self,
        network_name: &str,
        config: bollard::models::NetworkDisconnectRequest,
    ) -> Unsent<()> {
        Unsent::new(
            Method::POST,
            &format!("/networks/{network_name}/disconnect"),
        )
        .json(config)
    }

    /// `POST /networks/prune`
    pub fn prune_networks(
        &self,
        options: Option<bollard::query_parameters::PruneNetworksOptions>,
    ) -> Unsent<bollard::models::NetworkPruneResponse> {
        Unsent::new(Method::POST, "/networks/prune").query(options)
    }
}
