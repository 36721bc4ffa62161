//! Asks registries, through the Engine, what their tags lead to by now; nothing is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;

use super::registry::{Registry, is_refusal};
use crate::call::Call;
use crate::engine::{EngineError, Part, Told, record, registry};
use crate::ordered;
use crate::output::text;

/// How many registries are asked at once, so that one that is slow holds up no other.
const REGISTRIES: usize = 16;

/// How many questions one registry gets at once.
const OF_ONE: usize = 4;

/// How long a registry has for an answer, unless the Engine has less.
const PATIENCE: Duration = Duration::from_secs(15);

/// The most of a registry's words that is repeated, in bytes.
const LONGEST_MESSAGE: usize = 300;

/// What a tag leads to by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Newest {
    /// Nothing where the Engine tells none.
    pub(crate) digest: Option<String>,
    /// It is a list of images, one for each platform.
    pub(crate) is_index: bool,
}

/// What a registry says of a tag, or why it says nothing.
pub(crate) type Answer = Result<Newest, String>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Distribution {
    descriptor: Part<Descriptor>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Descriptor {
    media_type: Told<String>,
    digest: Told<String>,
}

/// The name of a repository with all that may be left out, as `docker.io/library/web`.
pub(crate) fn whole_name(name: &str) -> String {
    let hub = registry("");
    match name.split_once('/') {
        _ if registry(name) != hub => name.to_owned(),
        Some(("docker.io" | "index.docker.io", path)) if path.contains('/') => {
            format!("docker.io/{path}")
        }
        Some(("docker.io" | "index.docker.io", path)) => format!("docker.io/library/{path}"),
        Some(_) => format!("docker.io/{name}"),
        None => format!("docker.io/library/{name}"),
    }
}

/// What each of these tags leads to, by its [whole name](whole_name), a colon and itself. One request
/// for each; the registries are asked side by side.
///
/// # Errors
/// The Engine itself cannot be asked.
pub(crate) async fn look_up(
    call: &Call<'_>,
    tags: BTreeSet<String>,
) -> Result<BTreeMap<String, Answer>, EngineError> {
    let (all, done) = (tags.len(), AtomicUsize::new(0));
    let mut by_registry: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for tag in tags {
        let of = by_registry.entry(registry(&tag).to_owned()).or_default();
        of.push(tag);
    }
    let asked: Vec<_> = by_registry
        .into_values()
        .map(|tags| Asking::all(call, tags, all, &done))
        .collect();
    let answers = stream::iter(asked).buffer_unordered(REGISTRIES);
    let answers: Vec<_> = answers.try_collect().await?;
    Ok(ordered::map(answers.into_iter().flatten()))
}

/// The questions to one registry.
struct Asking<'a> {
    call: &'a Call<'a>,
    registry: Registry,
    /// Why it is not asked any more.
    given_up: OnceLock<String>,
    all: usize,
    done: &'a AtomicUsize,
}

impl<'a> Asking<'a> {
    async fn all(
        call: &'a Call<'a>,
        tags: Vec<String>,
        all: usize,
        done: &'a AtomicUsize,
    ) -> Result<Vec<(String, Answer)>, EngineError> {
        let first = tags.first().map_or("", String::as_str);
        let asking = Self {
            call,
            registry: Registry::of(first, call).await,
            given_up: OnceLock::new(),
            all,
            done,
        };
        let asked: Vec<_> = tags.into_iter().map(|tag| asking.one(tag)).collect();
        stream::iter(asked).buffered(OF_ONE).try_collect().await
    }

    async fn one(&self, tag: String) -> Result<(String, Answer), EngineError> {
        let answer = match self.given_up.get() {
            Some(why) => Err(why.clone()),
            None => match self.ask(&tag).await {
                Ok(newest) => Ok(newest),
                Err(error) => Err(self.explain(error)?),
            },
        };
        let done = self.done.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        #[expect(clippy::cast_precision_loss, reason = "nobody has so many images")]
        let (part, whole) = (done as f64, self.all as f64);
        let message = format!("{done} of {} images looked up", self.all);
        self.call.progress.report(part, Some(whole), message);
        Ok((tag, answer))
    }

    async fn ask(&self, tag: &str) -> Result<Newest, EngineError> {
        let credentials = self.registry.credentials();
        let request =
            record(|docker| async move { docker.inspect_registry_image(tag, credentials).await })?;
        let patience = PATIENCE.min(self.call.config.docker.timeout);
        let engine = self.call.engine.with_deadline(patience);
        let found: Distribution = engine.told(request.about("image", tag)).await?;
        let Descriptor { media_type, digest } = found.descriptor.0;
        Ok(Newest {
            is_index: ["index", "manifest.list"]
                .iter()
                .any(|word| media_type.text().contains(word)),
            digest: digest.0,
        })
    }

    /// Why a registry gave no answer, in words for whoever asked.
    ///
    /// # Errors
    /// It is the Engine that gave none.
    fn explain(&self, error: EngineError) -> Result<String, EngineError> {
        let (status, message) = match &error {
            EngineError::NotFound { message, .. } => (404, message),
            EngineError::Conflict { message } => (409, message),
            EngineError::Rejected { status, message } | EngineError::Failed { status, message } => {
                (*status, message)
            }
            EngineError::TimedOut { limit, .. } => {
                let seconds = limit.as_secs_f32();
                let why = format!("the registry did not answer within {seconds} s");
                return Ok(self.give_up(why));
            }
            EngineError::NotSent(_) | EngineError::Unreadable { .. } => {
                return Ok(error.to_string());
            }
            _ => return Err(error),
        };
        let said = self.call.redactor.text(message);
        let said = text::head(&said, LONGEST_MESSAGE);
        Ok(match Trouble::of(status, message) {
            Trouble::Limited => self.give_up(format!(
                "the registry limits how often it is asked: {said}; try again later"
            )),
            Trouble::Credentials => {
                format!("credentials needed: {said}; {}", self.registry.advice())
            }
            Trouble::NoLookUp => "this Engine cannot look into registries".to_owned(),
            Trouble::Gone => {
                format!("the registry has no such tag, any more or at all: {said}")
            }
            Trouble::Unreachable => format!("the registry cannot be reached: {said}"),
            Trouble::Other => format!("the registry could not be asked: {said}"),
        })
    }

    /// Asks the registry nothing more: it would only take time, or make matters worse.
    fn give_up(&self, why: String) -> String {
        self.given_up.get_or_init(|| why).clone()
    }
}

/// What an Engine means that could not ask; its statuses for it differ from version to version.
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    Limited,
    Credentials,
    NoLookUp,
    Gone,
    Unreachable,
    Other,
}

impl Trouble {
    fn of(status: u16, message: &str) -> Self {
        let lower = message.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if status == 429 || says(&["toomanyrequests", "too many requests", "rate limit"]) {
            Self::Limited
        } else if matches!(status, 401 | 403) || is_refusal(message) {
            Self::Credentials
        } else if status == 404 && says(&["page not found"]) {
            Self::NoLookUp
        } else if status == 404 || says(&["manifest unknown", "name unknown"]) {
            Self::Gone
        } else if says(&[
            "dial tcp",
            "lookup ",
            "timeout",
            "deadline exceeded",
            "tls",
            "x509",
            "http response to https",
            "eof",
            "connection re",
        ]) {
            Self::Unreachable
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form_however_much_of_it_was_left_out() {
        for (name, expected) in [
            ("web", "docker.io/library/web"),
            ("library/web", "docker.io/library/web"),
            ("docker.io/web", "docker.io/library/web"),
            ("docker.io/library/web", "docker.io/library/web"),
            ("index.docker.io/me/web", "docker.io/me/web"),
            ("me/web", "docker.io/me/web"),
            ("127.0.0.1:5000/web", "127.0.0.1:5000/web"),
            ("localhost/web", "localhost/web"),
            ("ghcr.io/me/web", "ghcr.io/me/web"),
        ] {
            assert_eq!(whole_name(name), expected, "{name}");
        }
    }

    #[test]
    fn what_engines_say_of_a_look_up_means_the_same_whatever_their_status() {
        for (status, message, expected) in [
            (404, "manifest unknown: manifest unknown", Trouble::Gone),
            (500, "manifest unknown: manifest unknown", Trouble::Gone),
            (404, "docker.io/me/web:9: not found", Trouble::Gone),
            (
                404,
                "name unknown: repository name not known to registry",
                Trouble::Gone,
            ),
            (404, "page not found", Trouble::NoLookUp),
            (
                500,
                "Head \"http://127.0.0.1:5000/v2/a/web/manifests/1\": no basic auth credentials",
                Trouble::Credentials,
            ),
            (
                401,
                "unauthorized: authentication required",
                Trouble::Credentials,
            ),
            (
                403,
                "denied: requested access to the resource is denied",
                Trouble::Credentials,
            ),
            (403, "Forbidden", Trouble::Credentials),
            (
                429,
                "toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating",
                Trouble::Limited,
            ),
            (
                500,
                "toomanyrequests: Rate exceeded, unauthorized",
                Trouble::Limited,
            ),
            (
                500,
                "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused",
                Trouble::Unreachable,
            ),
            (
                500,
                "Get \"https://a.invalid/v2/\": dial tcp: lookup a.invalid on 10.0.0.1:53: no such host",
                Trouble::Unreachable,
            ),
            (
                500,
                "Get \"https://a.example/v2/\": net/http: TLS handshake timeout",
                Trouble::Unreachable,
            ),
            (400, "invalid reference format", Trouble::Other),
        ] {
            assert_eq!(Trouble::of(status, message), expected, "{status} {message}");
        }
    }
}
