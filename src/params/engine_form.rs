//! Writes parameters in the form that the Engine has for them.

use bollard::models::{
    DeviceRequest, HealthConfig, PortBinding, PortMap, ResourcesUlimits,
    RestartPolicy as EngineRestartPolicy,
};

use super::command::Entrypoint;
use super::health::HealthCheck;
use super::host::{Gpus, Ulimit};
use super::mounts::{Mount, Mounts};
use super::ports::{HostPort, Port, Ports};
use super::restart::RestartPolicy;

impl From<&RestartPolicy> for EngineRestartPolicy {
    fn from(policy: &RestartPolicy) -> Self {
        Self {
            name: policy.name.parse().ok(),
            maximum_retry_count: policy.maximum_retry_count,
        }
    }
}

impl From<&Entrypoint> for Vec<String> {
    /// One empty word takes the image's entrypoint away; no word at all would keep it.
    fn from(entrypoint: &Entrypoint) -> Self {
        match entrypoint.0.as_slice() {
            [] => vec![String::new()],
            words => words.to_vec(),
        }
    }
}

impl From<&HealthCheck> for HealthConfig {
    fn from(check: &HealthCheck) -> Self {
        Self {
            test: check.test.clone(),
            interval: HealthCheck::nanoseconds(check.interval),
            timeout: HealthCheck::nanoseconds(check.timeout),
            retries: check.retries,
            start_period: HealthCheck::nanoseconds(check.start_period),
            ..Self::default()
        }
    }
}

impl From<&Ulimit> for ResourcesUlimits {
    fn from(limit: &Ulimit) -> Self {
        Self {
            name: Some(limit.name.clone()),
            soft: Some(limit.soft),
            hard: Some(limit.hard),
        }
    }
}

impl From<&Gpus> for DeviceRequest {
    /// The request that the Docker CLI's `--gpus` makes.
    fn from(gpus: &Gpus) -> Self {
        let (count, devices) = match gpus {
            Gpus::All => (Some(-1), None),
            Gpus::Count(count) => (Some(*count), None),
            Gpus::Devices(ids) => (None, Some(ids.clone())),
        };
        Self {
            count,
            device_ids: devices,
            capabilities: Some(vec![vec!["gpu".to_owned()]]),
            ..Self::default()
        }
    }
}

impl Ports {
    /// Every port, as `80/tcp`.
    pub fn exposed(&self) -> Vec<String> {
        self.0.iter().map(Port::key).collect()
    }

    /// Where the ports are published that are.
    pub fn published(&self) -> PortMap {
        let mut bindings = PortMap::new();
        for port in &self.0 {
            if port.publish.is_empty() {
                continue;
            }
            let binding = |place: &HostPort| PortBinding {
                host_ip: place.ip.map(|ip| ip.to_string()),
                host_port: Some(place.text()),
            };
            let places = port.publish.iter().map(binding).collect();
            bindings.insert(port.key(), Some(places));
        }
        bindings
    }
}

impl Mounts {
    /// The mounts of paths and named volumes, as `source:target:mode`.
    pub fn binds(&self) -> Vec<String> {
        let named = self.0.iter().filter(|mount| !mount.source.is_empty());
        let bind = |mount: &Mount| format!("{}:{}:{}", mount.source, mount.target, mount.mode);
        named.map(bind).collect()
    }

    /// The targets of volumes without a name.
    pub fn nameless(&self) -> Vec<String> {
        let nameless = self.0.iter().filter(|mount| mount.source.is_empty());
        nameless.map(|mount| mount.target.clone()).collect()
    }
}
