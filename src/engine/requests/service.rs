//! The requests of the methods of `bollard::service`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent, UnsentStream};

impl Docker {
    /// `GET /services`
    pub fn list_services(
        &self,
        options: Option<bollard::query_parameters::ListServicesOptions>,
    ) -> Unsent<Vec<bollard::models::Service>> {
        Unsent::new(Method::GET, "/services").query(options)
    }

    /// `POST /services/create`
    pub fn create_service(
        &self,
        service_spec: bollard::models::ServiceSpec,
        credentials: Option<bollard::auth::DockerCredentials>,
    ) -> Unsent<bollard::models::ServiceCreateResponse> {
        Unsent::new(Method::POST, "/services/create")
            .json(service_spec)
            .credentials("x-registry-auth", credentials)
    }

    /// `GET /services/{service_name}`
    pub fn inspect_service(
        &self,
        service_name: &str,
        options: Option<bollard::query_parameters::InspectServiceOptions>,
    ) -> Unsent<bollard::models::Service> {
        Unsent::new(Method::GET, &format!("/services/{service_name}")).query(options)
    }

    /// `DELETE /services/{service_name}`
    pub fn delete_service(&self, service_name: &str) -> Unsent<()> {
        Unsent::new(Method::DELETE, &format!("/services/{service_name}"))
    }

    /// `POST /services/{service_name}/update`
    pub fn update_service(
        &self,
        service_name: &str,
        service_spec: bollard::models::ServiceSpec,
        options: bollard::query_parameters::UpdateServiceOptions,
        credentials: Option<bollard::auth::DockerCredentials>,
    ) -> Unsent<bollard::models::ServiceUpdateResponse> {
        Unsent::new(Method::POST, &format!("/services/{service_name}/update"))
            .query(Some(options))
            .json(service_spec)
            .credentials("x-registry-auth", credentials)
    }

    /// `GET /services/{service_id}/logs`
    pub fn service_logs(
        &self,
        service_id: &str,
        options: Option<impl Into<bollard::query_parameters::LogsOptions>>,
    ) -> UnsentStream<bollard::container::LogOutput> {
        Unsent::new(Method::GET, &format!("/services/{service_id}/logs"))
            .query(options.map(Into::into))
            .stream()
    }
}
