//! Knows the containers that this program makes for a volume that no other mounts, and when one of them was
//! left behind: a carrier is never started, and goes with the call that made it.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::Engine;
use super::error::EngineError;
use super::record::record;
use super::told::{Part, Told};
use crate::params::Now;

/// The label that carriers have, and who made them.
pub(crate) const CARRIER: &str = "mcp-docker.carrier";

/// No call that has a carrier takes this many seconds.
const LONGEST: i64 = 600;

/// What says of a container whether it is a carrier that was left behind.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Container {
    id: Told<String>,
    created: Told<String>,
    config: Part<Config>,
    state: Part<State>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Config {
    labels: Part<std::collections::HashMap<String, Told<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct State {
    status: Told<String>,
}

impl Container {
    /// It is a carrier, was never started, and nobody needs it any more.
    fn is_left(&self, now: Now) -> bool {
        let maker = self.config.labels.get(CARRIER).map(Told::text);
        let is_carrier = maker.is_some() && self.state.status.text() == "created";
        let created: Option<Timestamp> = self.created.text().parse().ok();
        let is_old = created.is_some_and(|created| now.ahead_of(created) > LONGEST);
        is_carrier && (is_old || maker.is_some_and(is_gone))
    }
}

impl Engine {
    /// Counts a carrier that was left behind among what the call made, so that it may remove it. Gives its
    /// full id, where it is one.
    ///
    /// # Errors
    /// Those of asking the Engine.
    pub(crate) async fn adopt(&self, reference: &str) -> Result<Option<String>, EngineError> {
        let request =
            record(|docker| async move { docker.inspect_container(reference, None).await })?;
        let container: Container = self.told(request.about("container", reference)).await?;
        if !container.is_left(self.now().await?) {
            return Ok(None);
        }
        let id = container.id.0.unwrap_or_default();
        self.scope.adopt(&id);
        Ok(Some(id))
    }
}

/// This process, as others that see the same processes tell it from theirs.
pub(crate) fn maker() -> String {
    let process = std::process::id();
    match processes() {
        Some(processes) => format!("{processes} {process}"),
        None => "elsewhere".to_owned(),
    }
}

/// Which processes are seen here: those of one boot and one namespace. None but on Linux.
fn processes() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), namespace.display()))
}

/// Whether a maker is surely no more: it would be seen here.
fn is_gone(maker: &str) -> bool {
    let Some((place, process)) = maker.rsplit_once(' ') else {
        return false;
    };
    let is_number = !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        && processes().is_some_and(|here| here == place)
        && !Path::new("/proc").join(process).exists()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn container(status: &str, created: &str, labels: &Value) -> Container {
        let document = json!({
            "Id": "c1", "Created": created, "State": { "Status": status }, "Config": { "Labels": labels },
        });
        serde_json::from_value(document).unwrap()
    }

    #[test]
    fn a_carrier_is_left_where_its_maker_is_gone_or_it_is_too_old() {
        let (old, young) = ("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z");
        let now = Now::at("2026-01-01T11:05:00Z".parse().unwrap());
        let gone = format!("{} 4294967295", processes().unwrap());
        for (maker, status, created, left) in [
            (Some(&*maker()), "created", young, false),
            (Some(&*maker()), "created", old, true),
            (Some(&*gone), "created", young, true),
            (Some(&*gone), "running", young, false),
            (Some(&*gone), "exited", old, false),
            (
                Some("another-boot pid:[1] 4294967295"),
                "created",
                young,
                false,
            ),
            (Some("another-boot pid:[1] 1"), "created", old, true),
            (Some("elsewhere"), "created", young, false),
            (Some("elsewhere"), "created", old, true),
            (Some(""), "created", "no time", false),
            (None, "created", old, false),
        ] {
            let labels = maker.map_or(json!(null), |maker| json!({ CARRIER: maker }));
            let found = container(status, created, &labels).is_left(now);
            assert_eq!(found, left, "{maker:?} {status} {created}");
        }
    }
}
