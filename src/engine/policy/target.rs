//! Judges a container that a command is to run in, by what the Engine says of it; keeps the
//! server's own container from harm.

use serde_json::{Map, Value};

use super::container::{check_fields, field, reach};
use super::inspected::mounts;
use super::judge::Judge;
use super::remedy::{Remedy, reaches, refused, shown, text};
use crate::engine::error::EngineError;

/// The settings that give a command in the container the host. Limits, logs and the like matter
/// when a container is made, but not to what runs in it.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "Privileged", "Devices", "DeviceCgroupRules", "DeviceRequests", "CapAdd", "SecurityOpt",
];

/// The namespaces that can be the host's. That of the control groups is not among them: it is on
/// every host with the first version of these.
const NAMESPACES: &[&str] = &["PidMode", "IpcMode", "UTSMode", "UsernsMode", "NetworkMode"];

/// The settings of an exec.
#[rustfmt::skip]
const OF_AN_EXEC: &[&str] = &[
    "AttachStdin", "AttachStdout", "AttachStderr", "ConsoleSize", "Detach", "DetachKeys", "Tty", "Env", "Cmd",
    "Privileged", "User", "WorkingDir",
];

/// How many containers are asked in turn whose namespace one of them has.
const LONGEST_WAY: usize = 4;

impl Judge<'_> {
    /// Judges the settings of an exec itself.
    pub(super) fn exec(&self, body: &Map<String, Value>) -> Result<(), EngineError> {
        check_fields(body, OF_AN_EXEC)?;
        match body.get("Privileged") {
            None | Some(Value::Null | Value::Bool(false)) => Ok(()),
            Some(value) => Err(reaches("`privileged`", shown(value))),
        }
    }

    /// Judges a container that something is to run in or to be written to.
    pub(super) async fn target(&self, reference: &str) -> Result<(), EngineError> {
        let container = self.engine.container(reference).await?;
        let host = container.get("HostConfig").and_then(Value::as_object);
        let Some(host) = host else {
            let why = "the Engine does not say how it was made";
            return Err(beyond(reference, why, Remedy::Privileged));
        };
        for (name, value) in host {
            let reached = match name.as_str() {
                name if TELLING.contains(&name) => reach(name, value).and_then(Result::err),
                name if NAMESPACES.contains(&name) && self.is_of_the_host(name, value).await? => {
                    Some(shown(text(host, name)))
                }
                // An inspect shows the paths that are protected by default; none is a choice.
                "MaskedPaths" if value.as_array().is_some_and(Vec::is_empty) => Some(shown("[]")),
                _ => None,
            };
            if let Some(value) = reached {
                let why = format!("it was made with {}: {value}", field(name));
                return Err(beyond(reference, &why, Remedy::Privileged));
            }
        }
        for mount in mounts(&container) {
            if let Some((why, remedy)) = self.held(mount).await? {
                return Err(beyond(reference, &why, remedy));
            }
        }
        Ok(())
    }

    /// Whether a namespace is the host's, be it by way of other containers. One that cannot be followed
    /// may be.
    async fn is_of_the_host(&self, name: &str, mode: &Value) -> Result<bool, EngineError> {
        let mut mode = mode.clone();
        for _ in 0..LONGEST_WAY {
            let text = mode.as_str().unwrap_or_default().trim();
            if text.eq_ignore_ascii_case("host") {
                return Ok(true);
            }
            let Some(other) = text.strip_prefix("container:") else {
                return Ok(false);
            };
            let mut other = match self.engine.container(other).await {
                Err(EngineError::NotFound { .. }) => return Ok(true),
                other => other?,
            };
            let there = other.pointer_mut(&format!("/HostConfig/{name}"));
            mode = there.map(Value::take).unwrap_or_default();
        }
        Ok(true)
    }

    /// Refuses to touch the container that this server runs in.
    pub(super) async fn not_own(&self, reference: &str) -> Result<(), EngineError> {
        let surroundings = self.policy.surroundings();
        // An Engine that runs beside this process does not have it in a container.
        if self.sees_files || !surroundings.is_container() {
            return Ok(());
        }
        let container = self.engine.container(reference).await?;
        if surroundings.is(&container) {
            return Err(refused(
                format!(
                    "{} is the container that this server runs in; whoever wants to stop, change, connect or enter it does so from outside",
                    shown(reference)
                ),
                Remedy::None,
            ));
        }
        Ok(())
    }
}

fn beyond(reference: &str, why: &str, remedy: Remedy) -> EngineError {
    refused(
        format!(
            "`container_id`: what runs in {} reaches the host ({why}), which this server does not allow",
            shown(reference)
        ),
        remedy,
    )
}
