//! Puts parameters into the fields of bollard's options and bodies.
//!
//! The generated code calls [`assign()`] for each line of a TOML file's `options` or `body`, so a
//! parameter that cannot set its field does not compile.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bollard::models::{
    DeviceRequest, HealthConfig, PortMap, ResourcesUlimits, RestartPolicy as EngineRestartPolicy,
};
use jiff::Timestamp;

use super::command::{Command, Entrypoint};
use super::data::Data;
use super::filters::Filters;
use super::health::HealthCheck;
use super::host::{ExtraHosts, Gpus, Tmpfs, Ulimits};
use super::image::{ImageRef, Platform, Repository, Tag};
use super::model::EngineModel;
use super::mounts::Mounts;
use super::pairs::Variables;
use super::pattern::Pattern;
use super::ports::Ports;
use super::reference::{
    ConfigRef, ContainerRef, NetworkRef, NodeRef, SecretRef, StackRef, VolumeRef,
};
use super::restart::RestartPolicy;
use super::scalar::{Cpus, Tail};
use super::search::Search;
use super::service::ServiceRef;
use super::signal::Signal;
use super::size::{Size, Swap};
use super::time::unix_text;

/// A value that its field has no room for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAssignable(pub String);

/// A field that a parameter of type `S` can set.
#[diagnostic::on_unimplemented(
    message = "a parameter of type `{S}` cannot set a field of type `{Self}`",
    label = "this field is `{Self}`"
)]
pub trait Assign<S: ?Sized> {
    /// Sets the field.
    ///
    /// # Errors
    /// The value does not fit in the field.
    fn assign(&mut self, value: &S) -> Result<(), NotAssignable>;
}

/// Sets a field of a request from a parameter or a constant.
///
/// # Errors
/// The value does not fit in the field.
pub fn assign<T: Assign<S>, S: ?Sized>(target: &mut T, value: &S) -> Result<(), NotAssignable> {
    target.assign(value)
}

/// Implements [`Assign`] for a field and for the same field where it is optional.
macro_rules! assign_from {
    ($($source:ty => $target:ty: $convert:expr;)*) => {$(
        impl Assign<$source> for $target {
            fn assign(&mut self, value: &$source) -> Result<(), NotAssignable> {
                let convert: fn(&$source) -> Result<$target, NotAssignable> = $convert;
                *self = convert(value)?;
                Ok(())
            }
        }

        impl Assign<$source> for Option<$target> {
            fn assign(&mut self, value: &$source) -> Result<(), NotAssignable> {
                let convert: fn(&$source) -> Result<$target, NotAssignable> = $convert;
                *self = Some(convert(value)?);
                Ok(())
            }
        }
    )*};
}

assign_from! {
    bool => bool: |value| Ok(*value);
    i64 => i64: |value| Ok(*value);
    i64 => i32: |value| narrow(*value);
    f64 => f64: |value| Ok(*value);
    Size => i64: |value| Ok(value.0);
    Swap => i64: |value| Ok(value.0);
    Signal => String: |value| Ok(value.0.clone());
    str => String: |value| Ok(value.to_owned());
    String => String: |value| Ok(value.clone());
    ContainerRef => String: |value| Ok(value.to_string());
    NetworkRef => String: |value| Ok(value.to_string());
    VolumeRef => String: |value| Ok(value.to_string());
    ServiceRef => String: |value| Ok(value.to_string());
    Data => String: |value| Ok(value.encoded());
    NodeRef => String: |value| Ok(value.to_string());
    SecretRef => String: |value| Ok(value.to_string());
    ConfigRef => String: |value| Ok(value.to_string());
    StackRef => String: |value| Ok(value.to_string());
    ImageRef => String: |value| Ok(value.to_string());
    Search => String: |value| Ok(value.to_string());
    Repository => String: |value| Ok(value.to_string());
    Tag => String: |value| Ok(value.to_string());
    Platform => String: |value| Ok(value.to_string());
    Ipv4Addr => String: |value| Ok(value.to_string());
    Ipv6Addr => String: |value| Ok(value.to_string());
    Timestamp => String: |value| Ok(unix_text(*value));
    Vec<String> => Vec<String>: |value| Ok(value.clone());
    Command => Vec<String>: |value| Ok(value.words.clone());
    BTreeMap<String, String> => HashMap<String, String>: |value| Ok(hashed(value));
    Variables => HashMap<String, String>: |value| Ok(hashed(&value.0));
    Filters => HashMap<String, Vec<String>>: |value| Ok(hashed(&value.0));
    Entrypoint => Vec<String>: |value| Ok(value.into());
    Vec<IpAddr> => Vec<String>: |value| Ok(value.iter().map(ToString::to_string).collect());
    ExtraHosts => Vec<String>: |value| Ok(value.0.clone());
    Tmpfs => HashMap<String, String>: |value| Ok(hashed(&value.0));
    Ulimits => Vec<ResourcesUlimits>: |value| Ok(value.0.iter().map(Into::into).collect());
    Gpus => Vec<DeviceRequest>: |value| Ok(vec![value.into()]);
    HealthCheck => HealthConfig: |value| Ok(value.into());
    RestartPolicy => EngineRestartPolicy: |value| Ok(value.into());
    Pattern => String: |value| Ok(value.0.as_str().to_owned());
    Tail => String: |value| Ok(value.to_string());
    // The ports that are exposed, and where they are published.
    Ports => Vec<String>: |value| Ok(value.exposed());
    Ports => PortMap: |value| Ok(value.published());
    Mounts => Vec<String>: binds;
    // Billionths of a processor.
    Cpus => i64: |value| Ok(value.billionths());
}

impl<T: Clone> Assign<EngineModel<T>> for T {
    fn assign(&mut self, value: &EngineModel<T>) -> Result<(), NotAssignable> {
        *self = value.0.clone();
        Ok(())
    }
}

impl<T: Clone> Assign<EngineModel<T>> for Option<T> {
    fn assign(&mut self, value: &EngineModel<T>) -> Result<(), NotAssignable> {
        *self = Some(value.0.clone());
        Ok(())
    }
}

/// A volume without a name belongs into another field, which no assignment reaches.
fn binds(mounts: &Mounts) -> Result<Vec<String>, NotAssignable> {
    match mounts.nameless().first() {
        None => Ok(mounts.binds()),
        Some(target) => Err(NotAssignable(format!(
            "the volume at {target} needs a name: `data:{target}`"
        ))),
    }
}

fn narrow(value: i64) -> Result<i32, NotAssignable> {
    i32::try_from(value).map_err(|_| NotAssignable(format!("{value} does not fit in 32 bits")))
}

fn hashed<V: Clone>(map: &BTreeMap<String, V>) -> HashMap<String, V> {
    map.iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use bollard::models::{
        ContainerCreateBody, ContainerUpdateBody, Ipam, NetworkConnectRequest,
        NetworkCreateRequest, VolumeCreateRequest,
    };
    use bollard::query_parameters::{
        ListContainersOptions, LogsOptions, StopContainerOptions, TagImageOptions,
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::params::Parameter;

    fn read<T: Parameter>(value: Value) -> T {
        T::parse(value).unwrap()
    }

    #[test]
    fn options_take_parameters_and_constants() {
        let mut options = ListContainersOptions::default();
        assign(&mut options.all, &true).unwrap();
        assign(
            &mut options.filters,
            &read::<Filters>(json!({"label": "a"})),
        )
        .unwrap();
        assert!(options.all);
        assert_eq!(options.filters.unwrap()["label"], ["a"]);

        let mut options = TagImageOptions::default();
        assign(&mut options.repo, &read::<Repository>(json!("web"))).unwrap();
        assign(&mut options.tag, "latest").unwrap();
        assert_eq!(
            (options.repo.as_deref(), options.tag.as_deref()),
            (Some("web"), Some("latest"))
        );
    }

    #[test]
    fn a_number_too_large_for_its_field_is_said() {
        let mut options = StopContainerOptions::default();
        assign(&mut options.t, &60_i64).unwrap();
        assert_eq!(options.t, Some(60));
        let refused = assign(&mut options.t, &99_999_999_999_i64).unwrap_err();
        assert_eq!(refused.to_string(), "99999999999 does not fit in 32 bits");
        assert_eq!(options.t, Some(60));
    }

    #[test]
    fn bodies_take_parameters_at_any_depth() {
        let mut body = NetworkCreateRequest::default();
        assign(&mut body.name, &read::<NetworkRef>(json!("lab"))).unwrap();
        assign(&mut body.driver, &read::<String>(json!("bridge"))).unwrap();
        assign(&mut body.internal, &false).unwrap();
        assign(
            &mut body.options,
            &read::<BTreeMap<String, String>>(json!({"a": "b"})),
        )
        .unwrap();
        assign(
            &mut body.ipam,
            &read::<EngineModel<Ipam>>(json!({"Driver": "default"})),
        )
        .unwrap();
        assert_eq!(
            serde_json::to_value(body).unwrap(),
            json!({"Name": "lab", "Driver": "bridge", "Internal": false, "Options": {"a": "b"}, "IPAM": {"Driver": "default"}})
        );

        let mut body = NetworkConnectRequest::default();
        assign(&mut body.container, &read::<ContainerRef>(json!("db"))).unwrap();
        let endpoint = body.endpoint_config.get_or_insert_default();
        assign(&mut endpoint.aliases, &read::<Vec<String>>(json!(["pg"]))).unwrap();
        let ipam = endpoint.ipam_config.get_or_insert_default();
        assign(&mut ipam.ipv4_address, &read::<Ipv4Addr>(json!("10.9.0.2"))).unwrap();
        assert_eq!(
            serde_json::to_value(body).unwrap(),
            json!({"Container": "db", "EndpointConfig": {"Aliases": ["pg"], "IPAMConfig": {"IPv4Address": "10.9.0.2"}}})
        );

        let mut body = VolumeCreateRequest::default();
        assign(&mut body.name, &read::<VolumeRef>(json!("data"))).unwrap();
        assert_eq!(body.name.as_deref(), Some("data"));
    }

    #[test]
    fn what_a_container_is_made_of_has_a_field_each() {
        let mut body = ContainerCreateBody::default();
        let ports: Ports = read(json!({"80": 8080, "53/udp": null}));
        assign(&mut body.exposed_ports, &ports).unwrap();
        assign(&mut body.entrypoint, &read::<Entrypoint>(json!(""))).unwrap();
        assign(
            &mut body.healthcheck,
            &read::<HealthCheck>(json!({"test": "none"})),
        )
        .unwrap();
        let host = body.host_config.get_or_insert_default();
        assign(&mut host.port_bindings, &ports).unwrap();
        assign(&mut host.binds, &read::<Mounts>(json!("data:/data:ro"))).unwrap();
        assign(
            &mut host.restart_policy,
            &read::<RestartPolicy>(json!("on-failure:3")),
        )
        .unwrap();
        assign(&mut host.nano_cpus, &read::<Cpus>(json!(1.5))).unwrap();
        assign(&mut host.tmpfs, &read::<Tmpfs>(json!(["/run:size=64m"]))).unwrap();
        assign(&mut host.ulimits, &read::<Ulimits>(json!("nofile=10:20"))).unwrap();
        assign(
            &mut host.extra_hosts,
            &read::<ExtraHosts>(json!(["db:10.0.0.2"])),
        )
        .unwrap();
        assign(&mut host.dns, &read::<Vec<IpAddr>>(json!(["10.0.0.3"]))).unwrap();
        assign(&mut host.device_requests, &read::<Gpus>(json!("all"))).unwrap();
        assert_eq!(
            serde_json::to_value(body).unwrap(),
            json!({
                "ExposedPorts": {"53/udp": {}, "80/tcp": {}}, "Entrypoint": [""], "Healthcheck": {"Test": ["NONE"]},
                "HostConfig": {
                    "PortBindings": {"80/tcp": [{"HostPort": "8080"}]}, "Binds": ["data:/data:ro"],
                    "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}, "NanoCpus": 1_500_000_000,
                    "Tmpfs": {"/run": "size=64m"}, "Ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 20}],
                    "ExtraHosts": ["db:10.0.0.2"], "Dns": ["10.0.0.3"],
                    "DeviceRequests": [{"Count": -1, "Capabilities": [["gpu"]]}],
                },
            })
        );

        let mut body = ContainerUpdateBody::default();
        assign(&mut body.nano_cpus, &read::<Cpus>(json!(0.25))).unwrap();
        assert_eq!(body.nano_cpus, Some(250_000_000));
        let mut options = LogsOptions::default();
        assign(&mut options.tail, &read::<Tail>(json!(20))).unwrap();
        assert_eq!(options.tail, "20");
        let mut volume = VolumeCreateRequest::default();
        assign(&mut volume.name, &read::<Pattern>(json!("^a|b$"))).unwrap();
        assert_eq!(volume.name.as_deref(), Some("^a|b$"));
    }

    #[test]
    fn a_volume_without_a_name_has_no_field() {
        let mut binds = None::<Vec<String>>;
        let refused = assign(&mut binds, &read::<Mounts>(json!(["/data"]))).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the volume at /data needs a name: `data:/data`"
        );
        assert_eq!(binds, None);
    }
}
