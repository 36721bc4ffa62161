//! The requests of the methods of `bollard::secret`. Made from bollard 0.21.1 by `BLESS=1 cargo test --test suite`.

use http::Method;

use super::{Docker, Unsent};

impl Docker {
    /// `GET /secrets`
    pub fn list_secrets(
        &self,
        options: Option<bollard::query_parameters::ListSecretsOptions>,
    ) -> Unsent<Vec<bollard::models::Secret>> {
        Unsent::new(Method::GET, "/secrets").query(options)
    }

    /// `POST /secrets/create`
    pub fn create_secret(
        &self,
        secret_spec: bollard::models::SecretSpec,
    ) -> Unsent<bollard::models::IdResponse> {
        Unsent::new(Method::POST, "/secrets/create").json(secret_spec)
    }

    /// `GET /secrets/{secret_id}`
    pub fn inspect_secret(&self, secret_id: &str) -> Unsent<bollard::models::Secret> {
        Unsent::new(Method::GET, &format!("/secrets/{secret_id}"))
    }

    /// `DELETE /secrets/{secret_id}`
    pub fn delete_secret(&self, secret_id: &str) -> Unsent<()> {
        Unsent::new(Method::DELETE, &format!("/secrets/{secret_id}"))
    }

    /// `POST /secrets/{secret_id}/update`
    pub fn update_secret(
        &self,
        secret_id: &str,
        secret_spec: bollard::models::SecretSpec,
        options: bollard::query_parameters::UpdateSecretOptions,
    ) -> Unsent<()> {
        Unsent::new(Method::POST, &format!("/secrets/{secret_id}/update"))
            .query(Some(options))
            .json(secret_spec)
    }
}
