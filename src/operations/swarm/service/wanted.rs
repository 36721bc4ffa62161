//! Gathers what a service is to be, as two tools are told it.

use crate::params::{
    Command, ImageRef, Resources, Rollout, ServiceMounts, ServicePorts, TaskRestarts, Variables,
};
use std::collections::BTreeMap;

/// What a service is to be, as far as a call says.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) image: Option<&'a ImageRef>,
    pub(super) replicas: Option<i64>,
    pub(super) command: Option<&'a Command>,
    pub(super) environment: Option<&'a Variables>,
    pub(super) ports: Option<&'a ServicePorts>,
    pub(super) mounts: Option<&'a ServiceMounts>,
    pub(super) networks: Option<&'a [String]>,
    pub(super) constraints: Option<&'a [String]>,
    pub(super) limits: Option<&'a Resources>,
    pub(super) reservations: Option<&'a Resources>,
    pub(super) secrets: Option<&'a [String]>,
    pub(super) configs: Option<&'a [String]>,
    pub(super) labels: Option<&'a BTreeMap<String, String>>,
    pub(super) restart_policy: Option<&'a TaskRestarts>,
    pub(super) update_config: Option<&'a Rollout>,
    pub(super) endpoint_mode: Option<&'a str>,
}

/// What the parameters of a tool say, whose image may be left out or not.
macro_rules! wanted {
    ($params:expr, $image:expr) => {
        Wanted {
            image: $image,
            replicas: $params.replicas,
            command: $params.command.as_ref(),
            environment: $params.environment.as_ref(),
            ports: $params.ports.as_ref(),
            mounts: $params.mounts.as_ref(),
            networks: $params.networks.as_deref(),
            constraints: $params.constraints.as_deref(),
            limits: $params.limits.as_ref(),
            reservations: $params.reservations.as_ref(),
            secrets: $params.secrets.as_deref(),
            configs: $params.configs.as_deref(),
            labels: $params.labels.as_ref(),
            restart_policy: $params.restart_policy.as_ref(),
            update_config: $params.update_config.as_ref(),
            endpoint_mode: $params.endpoint_mode.as_deref(),
        }
    };
}

pub(super) use wanted;
