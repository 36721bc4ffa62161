//! Whether the Engine answers, where it was looked for, and what said to look there.

use bollard::query_parameters::ListContainersOptions;
use mcp_docker::config::{Entry, Setting};
use mcp_docker::engine::policy::UnlistedBind;
use mcp_docker::engine::{Address, Certificates, Engine, EngineError, Origin, Reason, record};
use serde_json::Value;
use tokio::time::timeout;

use super::PATIENCE;
use super::report::Check;

/// What the Engine said.
#[derive(Debug)]
pub(super) struct Answers {
    /// Its reply to `GET /version`.
    pub(super) version: Value,
    /// The version agreed with it.
    pub(super) agreed: String,
    /// Its reply to `GET /info`.
    pub(super) info: Result<Value, EngineError>,
    /// What its containers mount that would be refused.
    pub(super) unlisted: Result<Vec<UnlistedBind>, EngineError>,
}

/// Why there is nothing that the Engine said.
#[derive(Debug)]
pub(super) enum Silence {
    /// It failed in a way that has a name.
    Failed(EngineError),
    /// Nothing came.
    Hangs,
}

/// Asks the Engine for what the checks look at.
pub(super) async fn ask(engine: &Engine) -> Result<Answers, Silence> {
    let ask = async {
        let agreed = engine.api_version().await?.to_string();
        let version = record(|docker| async move { docker.version().await })?;
        let version = engine.json(version).await?;
        let info = match record(|docker| async move { docker.info().await }) {
            Ok(info) => engine.json(info).await,
            Err(error) => Err(error),
        };
        Ok(Answers {
            version,
            agreed,
            info,
            unlisted: unlisted(engine).await,
        })
    };
    match timeout(PATIENCE, ask).await {
        Ok(Ok(answers)) => Ok(answers),
        Ok(Err(EngineError::TimedOut { .. })) | Err(_) => Err(Silence::Hangs),
        Ok(Err(error)) => Err(Silence::Failed(error)),
    }
}

async fn unlisted(engine: &Engine) -> Result<Vec<UnlistedBind>, EngineError> {
    let options = ListContainersOptions {
        all: true,
        ..ListContainersOptions::default()
    };
    let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
    let containers = engine.json(request).await?;
    let containers = containers.as_array().map_or(&[][..], Vec::as_slice);
    engine.unlisted_binds(containers).await
}

pub(super) fn check(
    address: &Result<Address, EngineError>,
    certificates: &Result<Option<Certificates>, EngineError>,
    answers: &Result<Answers, Silence>,
    settings: &[Setting],
    entry: Option<&Entry>,
) -> Check {
    const NAME: &str = "connection";
    let address = match address {
        Ok(address) => address,
        Err(error) => return Check::error(NAME, &error.to_string()),
    };
    let said = match (&address.origin, entry) {
        (Origin::Context(name), Some(Entry { name: host, place })) => {
            format!("the Docker context `{name}` (`[hosts.{host}]`, {place})")
        }
        (origin, _) => said_by(origin, settings),
    };
    let check = match answers {
        Ok(_) => Check::ok(NAME, format!("the Engine answers at `{}`", address.shown())),
        Err(Silence::Hangs) => Check::mend(
            NAME,
            format!(
                "the Engine does not answer at `{}` within {} s",
                address.shown(),
                PATIENCE.as_secs()
            ),
            "see whether it is busy or hung, and whether anything between here and there drops what is sent",
        ),
        Err(Silence::Failed(EngineError::Unreachable { reason, .. })) => {
            let nothing = format!("the Engine cannot be reached at `{}`", address.shown());
            match reason {
                Reason::Denied => Check::mend(NAME, nothing, "see `socket`"),
                Reason::Tls(_) => Check::mend(NAME, nothing, "see `tls`"),
                reason => {
                    let (why, mend) = halves(reason.explain(address));
                    Check::mend(NAME, format!("{nothing}: {why}"), mend)
                }
            }
        }
        Err(Silence::Failed(EngineError::Incompatible { .. })) => {
            Check::ok(NAME, format!("the Engine answers at `{}`", address.shown()))
        }
        Err(Silence::Failed(error)) if certificates.as_ref().err() == Some(error) => Check::mend(
            NAME,
            format!("the Engine is not asked at `{}`", address.shown()),
            "see `tls`",
        ),
        Err(Silence::Failed(error)) => Check::error(NAME, &error.to_string()),
    };
    check
        .line(format!("the address is from {said}"))
        .with("address", address.shown())
        .with("origin", said)
}

/// The two sides of the semicolon that stands between what is wrong and what mends it.
pub(super) fn halves(text: String) -> (String, String) {
    match text.split_once("; ") {
        Some((why, mend)) => (why.to_owned(), mend.to_owned()),
        None => (text, String::new()),
    }
}

/// What said where the Engine is, down to the source of the variable.
fn said_by(origin: &Origin, settings: &[Setting]) -> String {
    let source = |name: &str| {
        let setting = settings
            .iter()
            .find(|setting| setting.variable.name == name);
        setting.map(|setting| format!("`{name}`, set by {}", setting.origin))
    };
    let found = match origin {
        Origin::BaseUrl => source("DOCKER_BASE_URL"),
        Origin::Host => source("DOCKER_HOST"),
        Origin::Context(name) => Some(match source("DOCKER_CONTEXT") {
            Some(source) => format!("the Docker context `{name}` ({source})"),
            None => format!("the Docker context `{name}`, which is the current one"),
        }),
        Origin::Entry(_) | Origin::Platform | Origin::Known(_) => None,
    };
    found.unwrap_or_else(|| origin.to_string())
}
