//! Puts parameters into the fields of bollard's options and bodies.
//!
//! The generated code calls [`assign()`] for each line of a TOML file's `options` or `body`, so a
//! parameter that cannot set its field does not compile.

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;

use super::command::Command;
use super::filters::Filters;
use super::image::{ImageRef, Platform, Repository, Tag};
use super::model::EngineModel;
use super::pairs::Variables;
use super::reference::{ContainerRef, NetworkRef, VolumeRef};
use super::search::Search;
use super::size::Size;
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
    str => String: |value| Ok(value.to_owned());
    String => String: |value| Ok(value.clone());
    ContainerRef => String: |value| Ok(value.to_string());
    NetworkRef => String: |value| Ok(value.to_string());
    VolumeRef => String: |value| Ok(value.to_string());
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
    use bollard::models::{Ipam, NetworkConnectRequest, NetworkCreateRequest, VolumeCreateRequest};
    use bollard::query_parameters::{ListContainersOptions, StopContainerOptions, TagImageOptions};
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
}
