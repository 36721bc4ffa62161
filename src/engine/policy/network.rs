//! Judges networks: none may be the host's own, take one of its interfaces or the addresses of others.

use serde_json::{Map, Value};

use super::container::{check_fields, unknown};
use super::judge::Judge;
use super::remedy::is_unset;
use super::remedy::{Remedy, reaches, refused, shown, text};
use crate::engine::error::EngineError;

/// Options by which a network takes an interface of the host.
const INTERFACES: &[&str] = &[
    "parent",
    "com.docker.network.bridge.name",
    "com.docker.network.windowsshim.interface",
];

/// The option by which an endpoint sets kernel parameters.
const ENDPOINT_SYSCTLS: &str = "com.docker.network.endpoint.sysctls";

/// The settings of a network.
#[rustfmt::skip]
const OF_A_NETWORK: &[&str] = &[
    "Name", "CheckDuplicate", "Driver", "Scope", "Internal", "Attachable", "Ingress", "ConfigOnly",
    "ConfigFrom", "IPAM", "EnableIPv4", "EnableIPv6", "Options", "Labels",
];

/// The settings of a container on a network, those that only an inspect has included.
#[rustfmt::skip]
const OF_AN_ENDPOINT: &[&str] = &[
    "IPAMConfig", "Links", "MacAddress", "Aliases", "DriverOpts", "GwPriority", "NetworkID",
    "EndpointID", "Gateway", "IPAddress", "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address",
    "GlobalIPv6PrefixLen", "DNSNames",
];

impl Judge<'_> {
    /// Judges the network that a container is to be on: a name, or a mode with a meaning of its own.
    pub(super) async fn network_mode(&self, field: &str, mode: &str) -> Result<(), EngineError> {
        let name = mode.trim().to_ascii_lowercase();
        // `container:web`; Podman knows `ns:/proc/1/ns/net` and more.
        if name == "host" || name.contains([':', '/']) {
            return Err(reaches(field, shown(mode)));
        }
        // The network `host` has an id too.
        let may_be_id = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if may_be_id && let Some(network) = self.engine.network(&name).await? {
            let is_host = |key| network.get(key).and_then(Value::as_str) == Some("host");
            if is_host("Driver") || is_host("Name") {
                return Err(reaches(field, shown(mode)));
            }
        }
        Ok(())
    }

    /// Judges the networks of a container to create.
    pub(super) async fn networking(&self, body: &Map<String, Value>) -> Result<(), EngineError> {
        for (name, value) in body.iter().filter(|(_, value)| !is_unset(value)) {
            let endpoints = match (name.as_str(), value) {
                ("EndpointsConfig", Value::Object(endpoints)) => endpoints,
                _ => return Err(unknown(name)),
            };
            for (network, endpoint) in endpoints {
                let field = "`network` (NetworkingConfig.EndpointsConfig)";
                self.network_mode(field, network).await?;
                check_endpoint(field, endpoint)?;
            }
        }
        Ok(())
    }

    /// Judges the network that a container is to join.
    pub(super) async fn connect(
        &self,
        network: &str,
        body: &Map<String, Value>,
    ) -> Result<(), EngineError> {
        check_fields(body, &["Container", "EndpointConfig"])?;
        self.network_mode("`network_id`", network).await?;
        check_endpoint(
            "`network_id`",
            body.get("EndpointConfig").unwrap_or(&Value::Null),
        )
    }

    /// Judges the body of a network to create.
    pub(super) async fn create_network(
        &self,
        body: &Map<String, Value>,
    ) -> Result<(), EngineError> {
        check_fields(body, OF_A_NETWORK)?;
        for (key, parameter) in [("Name", "`name`"), ("Driver", "`driver`")] {
            let value = text(body, key);
            if value.trim().eq_ignore_ascii_case("host") {
                return Err(reaches(parameter, shown(value)));
            }
        }
        if body.get("ConfigFrom").is_some_and(|from| !is_unset(from)) {
            return Err(reaches("`ConfigFrom`", "another network's configuration"));
        }
        self.addresses(body.get("IPAM").unwrap_or(&Value::Null))
            .await?;
        let options = match body.get("Options").unwrap_or(&Value::Null) {
            Value::Null => return Ok(()),
            Value::Object(options) => options,
            _ => return Err(unknown("Options")),
        };
        let takes = |name: &&String| INTERFACES.contains(&&*name.trim().to_ascii_lowercase());
        match options.keys().find(takes) {
            Some(option) => Err(refused(
                format!(
                    "`options`: {} gives the network an interface of the host, which this server does not allow",
                    shown(option)
                ),
                Remedy::Privileged,
            )),
            None => Ok(()),
        }
    }
}

fn check_endpoint(field: &str, endpoint: &Value) -> Result<(), EngineError> {
    let endpoint = match endpoint {
        Value::Null => return Ok(()),
        Value::Object(endpoint) => endpoint,
        _ => return Err(unknown("EndpointConfig")),
    };
    check_fields(endpoint, OF_AN_ENDPOINT)?;
    check_options(field, endpoint)
}

/// Refuses an endpoint that sets kernel parameters.
pub(super) fn check_options(field: &str, endpoint: &Map<String, Value>) -> Result<(), EngineError> {
    let options = endpoint.get("DriverOpts").and_then(Value::as_object);
    match options.is_some_and(|options| options.contains_key(ENDPOINT_SYSCTLS)) {
        true => Err(reaches(field, shown(ENDPOINT_SYSCTLS))),
        false => Ok(()),
    }
}
