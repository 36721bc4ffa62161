//! The requests of the methods of `bollard::system`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent, UnsentStream};

impl Docker {
    /// `GET /version`
    pub fn version(&self) -> Unsent<bollard::models::SystemVersion> {
        Unsent::new(Method::GET, "/version")
    }

    /// `GET /info`
    pub fn info(&self) -> Unsent<bollard::models::SystemInfo> {
        Unsent::new(Method::GET, "/info")
    }

    /// `GET /_ping`
    pub fn ping(&self) -> Unsent<String> {
        Unsent::new(Method::GET, "/_ping")
    }

    /// `GET /events`
    pub fn events(
        &self,
        options: Option<bollard::query_parameters::EventsOptions>,
    ) -> UnsentStream<bollard::models::EventMessage> {
        Unsent::new(Method::GET, "/events").query(options).stream()
    }

    /// `GET /system/df`
    pub fn df(
        &self,
        options: Option<bollard::query_parameters::DataUsageOptions>,
    ) -> Unsent<bollard::models::SystemDataUsageResponse> {
        Unsent::new(Method::GET, "/system/df").query(options)
    }
}
