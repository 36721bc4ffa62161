//! Finds what the user's Docker configuration says to a registry: a password, a helper's answer or
//! an identity token.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use bollard::auth::DockerCredentials;
use docker_credential::{CredentialRetrievalError, DockerCredential};
use serde_json::Value;

use super::address::Places;
use crate::files;

/// The key under which the Docker CLI keeps the credentials of Docker Hub.
const HUB: &str = "https://index.docker.io/v1/";

/// What the Docker configuration has for one registry.
#[derive(Clone, Default)]
pub struct Credentials {
    /// What to send, if there is anything.
    pub found: Option<DockerCredentials>,
    /// Why there may be credentials that could not be read.
    pub trouble: Option<String>,
}

impl Credentials {
    /// The credentials for the registry of an image, by the image's name without tag.
    ///
    /// A configuration that cannot be read is not an error, because most pulls need none of it:
    /// what is wrong with it belongs into the text of a failure.
    pub async fn of(name: &str) -> Self {
        let registry = registry(name).to_owned();
        in_background(move || match read() {
            Ok(Some(config)) => look_up(&config, &registry),
            Ok(None) => Self::default(),
            Err(trouble) => Self {
                found: None,
                trouble: Some(trouble),
            },
        })
        .await
    }

    /// The credentials for every registry that the configuration names, as a build needs them.
    pub async fn all() -> HashMap<String, DockerCredentials> {
        in_background(|| {
            let Ok(Some(config)) = read() else {
                return HashMap::new();
            };
            let known =
                |registry: String| Some((registry.clone(), look_up(&config, &registry).found?));
            registries(&config).into_iter().filter_map(known).collect()
        })
        .await
    }
}

/// The registry of an image, as the Docker configuration has it: what stands before the first slash
/// if it looks like a host, else Docker Hub.
pub fn registry(name: &str) -> &str {
    let is_host = |first: &str| {
        first.contains(['.', ':'])
            || first == "localhost"
            || first.contains(|c: char| c.is_ascii_uppercase())
    };
    match name.split_once('/') {
        Some(("docker.io" | "index.docker.io", _)) => HUB,
        Some((first, _)) if is_host(first) => first,
        _ => HUB,
    }
}

/// Files and helper programs may take their time.
async fn in_background<T: Default + Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    tokio::task::spawn_blocking(work).await.unwrap_or_default()
}

/// The text of the configuration, if there is one.
fn read() -> Result<Option<Vec<u8>>, String> {
    let Some(file) = file() else { return Ok(None) };
    match files::read(&file, files::SMALL) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("`{}` cannot be read ({error})", file.display())),
    }
}

fn file() -> Option<PathBuf> {
    Some(Places::of_this_process().docker_config?.join("config.json"))
}

fn look_up(config: &[u8], registry: &str) -> Credentials {
    let empty = || DockerCredentials {
        serveraddress: Some(registry.to_owned()),
        ..DockerCredentials::default()
    };
    let (found, trouble) = match docker_credential::get_credential_from_reader(config, registry) {
        Ok(DockerCredential::UsernamePassword(username, password)) => {
            let found = DockerCredentials {
                username: Some(username),
                password: Some(password),
                ..empty()
            };
            (Some(found), None)
        }
        Ok(DockerCredential::IdentityToken(token)) => {
            let found = DockerCredentials {
                identitytoken: Some(token),
                ..empty()
            };
            (Some(found), None)
        }
        Err(error) => (None, trouble(&error)),
    };
    Credentials { found, trouble }
}

/// What is wrong, unless there just are no credentials.
fn trouble(error: &CredentialRetrievalError) -> Option<String> {
    use CredentialRetrievalError as Error;
    match error {
        Error::NoCredentialConfigured | Error::ConfigNotFound => None,
        // The words of every helper that keeps nothing for a registry.
        Error::HelperFailure { stdout, stderr, .. }
            if [stdout, stderr]
                .iter()
                .any(|text| text.contains("credentials not found")) =>
        {
            None
        }
        // What a helper writes may hold a secret.
        Error::HelperFailure { helper, .. } => Some(format!("`{helper} get` failed")),
        Error::HelperCommunicationError => Some(
            "its credential helper cannot be run, maybe because it is not in the PATH of this server".to_owned(),
        ),
        Error::MalformedHelperResponse => {
            Some("its credential helper answered with something else than credentials".to_owned())
        }
        Error::CredentialDecodingError | Error::CredentialMismatchError => {
            Some("its entry in the Docker `config.json` is damaged".to_owned())
        }
        Error::ConfigReadError => Some("the Docker `config.json` is damaged".to_owned()),
    }
}

/// The registries that the configuration has an entry for. One whose password is in a store has an
/// empty entry beside it.
fn registries(config: &[u8]) -> BTreeSet<String> {
    let config: Value = serde_json::from_slice(config).unwrap_or_default();
    ["auths", "credHelpers"]
        .into_iter()
        .filter_map(|key| config.get(key)?.as_object())
        .flat_map(|entries| entries.keys().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_what_looks_like_a_host() {
        for (name, expected) in [
            ("web", HUB),
            ("library/web", HUB),
            ("docker.io/library/web", HUB),
            ("localhost/web", "localhost"),
            ("127.0.0.1:5000/a/web", "127.0.0.1:5000"),
            ("ghcr.io/a/web", "ghcr.io"),
            ("myhost/web", HUB),
        ] {
            assert_eq!(registry(name), expected, "{name}");
        }
    }

    #[test]
    fn passwords_and_tokens_are_read_for_their_registry_only() {
        // me:abc>>>def???~~~ and an identity token.
        let config = br#"{"auths": {
            "one.example": {"auth": "bWU6YWJjPj4+ZGVmPz8/fn5+"},
            "two.example": {"auth": "bWU6", "identitytoken": "secret"}
        }, "credHelpers": {"three.example": "no-such-helper"}}"#;
        let one = look_up(config, "one.example").found.unwrap();
        assert_eq!(one.username.as_deref(), Some("me"));
        assert_eq!(one.password.as_deref(), Some("abc>>>def???~~~"));
        assert_eq!(one.serveraddress.as_deref(), Some("one.example"));
        let two = look_up(config, "two.example").found.unwrap();
        assert_eq!(two.identitytoken.as_deref(), Some("secret"));
        assert_eq!(two.password, None);
        let three = look_up(config, "three.example");
        assert!(three.found.is_none() && three.trouble.unwrap().contains("PATH"));
        let four = look_up(config, "four.example");
        assert!(four.found.is_none() && four.trouble.is_none());
        assert_eq!(
            Vec::from_iter(registries(config)),
            ["one.example", "three.example", "two.example"]
        );
    }
}
