//! The requests of the methods of `bollard::node`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent};

impl Docker {
    /// `GET /nodes`
    pub fn list_nodes(
        &self,
        options: Option<bollard::query_parameters::ListNodesOptions>,
    ) -> Unsent<Vec<bollard::models::Node>> {
        Unsent::new(Method::GET, "/nodes").query(options)
    }

    /// `GET /nodes/{node_name}`
    pub fn inspect_node(&self, node_name: &str) -> Unsent<bollard::models::Node> {
        Unsent::new(Method::GET, &format!("/nodes/{node_name}"))
    }

    /// `DELETE /nodes/{node_name}`
    pub fn delete_node(
        &self,
        node_name: &str,
        options: Option<bollard::query_parameters::DeleteNodeOptions>,
    ) -> Unsent<()> {
        Unsent::new(Method::DELETE, &format!("/nodes/{node_name}")).query(options)
    }

    /// `POST /nodes/{node_id}/update`
    pub fn update_node(
        &self,
        node_id: &str,
        spec: bollard::models::NodeSpec,
        options: bollard::query_parameters::UpdateNodeOptions,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/nodes/{node_id}/update"))
            .query(Some(options))
            .json(spec)
    }
}
