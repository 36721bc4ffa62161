//! Finds what the user's Docker configuration says to a registry: a password, a helper's answer or
//! an identity token.

mod helper;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use bollard::auth::DockerCredentials;
use docker_credential::{CredentialRetrievalError, DockerCredential};
use futures_util::future::join_all;
use serde_json::Value;

use super::address::SearchFolders;
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
    /// The credentials for the registry of an image, by the image's name without tag. A helper program may
    /// take so long for its answer.
    ///
    /// A configuration that cannot be read is not an error, because most pulls need none of it:
    /// what is wrong with it belongs into the text of a failure.
    pub async fn of(name: &str, limit: Duration) -> Self {
        match read().await {
            Ok(Some(config)) => look_up(&config, registry(name), limit).await,
            Ok(None) => Self::default(),
            Err(trouble) => Self {
                found: None,
                trouble: Some(trouble),
            },
        }
    }

    /// The credentials for every registry that the configuration names, as a build needs them, and the
    /// same of helpers.
    pub async fn all(limit: Duration) -> HashMap<String, DockerCredentials> {
        let Ok(Some(config)) = read().await else {
            return HashMap::new();
        };
        let registries = registries(&config).into_iter();
        let known = registries.map(async |registry| {
            let found = look_up(&config, &registry, limit).await.found;
            Some((registry, found?))
        });
        join_all(known).await.into_iter().flatten().collect()
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

/// The configuration, if there is one; `null` where it is no JSON.
async fn read() -> Result<Option<Value>, String> {
    let Some(file) = file() else { return Ok(None) };
    let path = file.clone();
    let read = move || files::read(&path, files::SMALL);
    let text = tokio::task::spawn_blocking(read).await;
    match text.unwrap_or_else(|error| Err(error.into())) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text).unwrap_or_default())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("`{}` cannot be read ({error})", file.display())),
    }
}

fn file() -> Option<PathBuf> {
    Some(
        SearchFolders::of_this_process()
            .docker_config?
            .join("config.json"),
    )
}

async fn look_up(config: &Value, registry: &str, limit: Duration) -> Credentials {
    let empty = || DockerCredentials {
        serveraddress: Some(registry.to_owned()),
        ..DockerCredentials::default()
    };
    let (found, trouble) = match retrieve(config, registry, limit).await {
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
        Err(helper::Failure::Failed(error)) => (None, trouble(&error)),
        Err(helper::Failure::Late(limit)) => {
            let seconds = limit.as_secs_f32();
            let trouble = format!(
                "its credential helper did not answer within {seconds} s, maybe because it asks for a password; \
                 `DOCKER_TIMEOUT` gives it more time"
            );
            (None, Some(trouble))
        }
    };
    Credentials { found, trouble }
}

/// What the configuration has for a registry, in the order of `docker_credential`: the registry's own
/// helper, the entry of the file, the helper of all.
async fn retrieve(
    config: &Value,
    registry: &str,
    limit: Duration,
) -> Result<DockerCredential, helper::Failure> {
    let helpers = config.get("credHelpers");
    let own = helpers.and_then(|helpers| helpers.get(registry)?.as_str());
    if let Some(own) = own {
        return helper::ask(own, registry, limit).await;
    }
    let store = config.get("credsStore").and_then(Value::as_str);
    let store = store.filter(|store| !store.is_empty());
    let mut file = config.clone();
    if let Value::Object(file) = &mut file {
        file.retain(|key, _| key == "auths");
    }
    let text = file.to_string();
    match docker_credential::get_credential_from_reader(text.as_bytes(), registry) {
        Err(CredentialRetrievalError::NoCredentialConfigured) => match store {
            Some(store) => helper::ask(store, registry, limit).await,
            None => Err(helper::Failure::Failed(
                CredentialRetrievalError::NoCredentialConfigured,
            )),
        },
        entry => entry.map_err(helper::Failure::Failed),
    }
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
fn registries(config: &Value) -> BTreeSet<String> {
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

    #[tokio::test]
    async fn passwords_and_tokens_are_read_for_their_registry_only() {
        // me:abc>>>def???~~~ and an identity token.
        let config = &serde_json::json!({"auths": {
            "one.example": {"auth": "bWU6YWJjPj4+ZGVmPz8/fn5+"},
            "two.example": {"auth": "bWU6", "identitytoken": "secret"}
        }, "credHelpers": {"three.example": "no-such-helper"}});
        let look_up = |registry| look_up(config, registry, Duration::from_secs(60));
        let one = look_up("one.example").await.found.unwrap();
        assert_eq!(one.username.as_deref(), Some("me"));
        assert_eq!(one.password.as_deref(), Some("abc>>>def???~~~"));
        assert_eq!(one.serveraddress.as_deref(), Some("one.example"));
        let two = look_up("two.example").await.found.unwrap();
        assert_eq!(two.identitytoken.as_deref(), Some("secret"));
        assert_eq!(two.password, None);
        let three = look_up("three.example").await;
        assert!(three.found.is_none() && three.trouble.unwrap().contains("PATH"));
        let four = look_up("four.example").await;
        assert!(four.found.is_none() && four.trouble.is_none());
        assert_eq!(
            Vec::from_iter(registries(config)),
            ["one.example", "three.example", "two.example"]
        );
    }
}
