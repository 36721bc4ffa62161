//! Holds what is known of an image's registry, and says what a refusal of it has to do with the
//! user's credentials.

use bollard::auth::DockerCredentials;

use super::steps::Failure;
use crate::call::{Call, CallError};
use crate::engine::{Credentials, registry};
use crate::redaction::Redactor;

/// The registry of an image.
pub(crate) struct Registry {
    /// What `docker login` takes; nothing for Docker Hub.
    login: String,
    credentials: Credentials,
}

impl Registry {
    /// The registry of an image, by its name without tag. The redactor of the call learns the credentials,
    /// which a registry may repeat.
    pub(crate) async fn of(image: &str, call: &Call<'_>) -> Self {
        let registry = registry(image);
        let credentials = Credentials::of(image, call.config.docker.timeout).await;
        credentials
            .found
            .iter()
            .for_each(|found| learn(found, &call.redactor));
        Self {
            login: if registry.starts_with("https://") {
                "docker login".to_owned()
            } else {
                format!("docker login {registry}")
            },
            credentials,
        }
    }

    /// What to send along.
    pub(crate) fn credentials(&self) -> Option<DockerCredentials> {
        self.credentials.found.clone()
    }

    /// The failure of an operation, such as "pulling `web:1`", with what to do about it.
    pub(crate) fn explain(&self, failure: Failure, operation: &str) -> CallError {
        match failure.message() {
            Some(message) if is_refusal(message) => {
                CallError::Operation(format!("{operation} failed: {message}; {}", self.advice()))
            }
            _ => failure.of(operation),
        }
    }

    /// What to do where the registry does not let the user in.
    pub(crate) fn advice(&self) -> String {
        let Self { login, credentials } = self;
        match (&credentials.trouble, &credentials.found) {
            (Some(trouble), _) => format!(
                "the credentials for the registry could not be used: {trouble}; mend that, or run `{login}`"
            ),
            (None, Some(found)) => format!(
                "the registry does not accept the credentials{} in the Docker configuration for this; check the image's name, or run `{login}` again",
                found
                    .username
                    .as_deref()
                    .map(|user| format!(" of `{user}`"))
                    .unwrap_or_default()
            ),
            (None, None) => format!(
                "the Docker configuration has no credentials for the registry; check the image's name, or run `{login}` as the user that this server runs as"
            ),
        }
    }
}

/// Has a redactor hide what is secret of credentials.
pub(crate) fn learn(credentials: &DockerCredentials, redactor: &Redactor) {
    let DockerCredentials {
        password,
        auth,
        identitytoken,
        registrytoken,
        ..
    } = credentials;
    let secrets = [password, auth, identitytoken, registrytoken];
    secrets
        .into_iter()
        .flatten()
        .for_each(|secret| redactor.learn(secret));
}

/// Whether credentials are what the registry misses, in its own words or the Engine's.
pub(super) fn is_refusal(message: &str) -> bool {
    // That is the system's word for a file.
    let message = message.to_lowercase().replace("permission denied", "");
    [
        "unauthorized",
        "denied",
        "authentication required",
        "no basic auth",
        "docker login",
    ]
    .iter()
    .any(|word| message.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_from_other_failures() {
        for message in [
            "no basic auth credentials",
            "unauthorized: authentication required",
            "denied: requested access to the resource is denied",
            "pull access denied for web, repository does not exist or may require 'docker login'",
        ] {
            assert!(is_refusal(message), "{message}");
        }
        for message in [
            "manifest for web:9 not found: manifest unknown",
            "open /var/lib/docker/tmp/x: permission denied",
            "no space left on device",
        ] {
            assert!(!is_refusal(message), "{message}");
        }
    }
}
