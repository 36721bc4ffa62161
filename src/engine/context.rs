//! Reads the Docker contexts that the Docker CLI keeps beside its configuration.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use serde_json::Value;

use super::address::{Address, Origin};
use super::error::EngineError;
use crate::config::Entry;
use crate::files;
use crate::vocabulary::nearest;

/// The context that `docker context use` chose.
///
/// A file that is there but cannot be read is an error: it may choose another Engine than the
/// default one, and a call must never reach an Engine that was not meant.
pub(super) fn current(folder: &Path) -> Result<Option<String>, EngineError> {
    let file = folder.join("config.json");
    let text = match files::read(&file, files::SMALL) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&file, &error)),
    };
    let config: Value = serde_json::from_slice(&text).map_err(|error| unreadable(&file, &error))?;
    Ok(config
        .get("currentContext")
        .and_then(Value::as_str)
        .map(str::to_owned))
}

fn unreadable(file: &Path, error: &dyn fmt::Display) -> EngineError {
    EngineError::Misconfigured(format!(
        "the current Docker context is unknown, because `{}` cannot be read ({error}); mend the file, or set `DOCKER_HOST`",
        file.display()
    ))
}

/// What helps where a context that the settings choose is not as it should be.
const CHOOSE: &str =
    "choose another with `docker context use` or `DOCKER_CONTEXT`, or set `DOCKER_HOST`";

/// The address that a Docker context holds, found by its name rather than by the hash of it; where a host of the
/// configuration file names it, what is wrong is said of that.
pub(super) fn find(
    name: &str,
    folder: &Path,
    entry: Option<&Entry>,
) -> Result<Address, EngineError> {
    let remedy = match entry {
        Some(Entry { name, place }) => format!("correct `context` of `[hosts.{name}]` ({place})"),
        None => CHOOSE.to_owned(),
    };
    let wrong = |what: &str| {
        EngineError::Misconfigured(format!("the Docker context `{name}` {what}; {remedy}"))
    };
    let all: Vec<(OsString, Value)> = std::fs::read_dir(folder.join("contexts/meta"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let text = files::read(&entry.path().join("meta.json"), files::SMALL).ok()?;
            Some((entry.file_name(), serde_json::from_slice(&text).ok()?))
        })
        .collect();
    let called = |meta: &Value| Some(meta.get("Name")?.as_str()?.to_owned());
    let names: Vec<String> = all.iter().filter_map(|(_, meta)| called(meta)).collect();
    let mut all = all.into_iter();
    let (id, meta) = all
        .find(|(_, meta)| called(meta).as_deref() == Some(name))
        .ok_or_else(|| match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => wrong(&format!("does not exist, did you mean `{near}`?")),
            None => wrong("does not exist"),
        })?;
    let endpoint = meta.pointer("/Endpoints/docker");
    let url = endpoint
        .and_then(|endpoint| endpoint.get("Host")?.as_str())
        .filter(|url| !url.is_empty())
        .ok_or_else(|| wrong("has no Docker endpoint"))?;
    if endpoint.and_then(|endpoint| endpoint.get("SkipTLSVerify")?.as_bool()) == Some(true) {
        return Err(wrong(
            "skips the verification of TLS, which is not supported",
        ));
    }
    let certificates = folder.join("contexts/tls").join(id).join("docker");
    Ok(Address {
        certificates: certificates.is_dir().then_some(certificates),
        ..Address::new(url, Origin::Context(name.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn write(file: &Path, text: &str) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Contexts in folders whose names are not the hashes of theirs.
    fn docker_config() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let meta = folder.path().join("contexts/meta");
        write(
            &meta.join("1111/meta.json"),
            r#"{"Name":"near","Endpoints":{"docker":{"Host":"unix:///near.sock","SkipTLSVerify":false}}}"#,
        );
        write(
            &meta.join("2222/meta.json"),
            r#"{"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:2376"}}}"#,
        );
        write(
            &meta.join("3333/meta.json"),
            r#"{"Name":"lax","Endpoints":{"docker":{"Host":"tcp://far:2376","SkipTLSVerify":true}}}"#,
        );
        write(&meta.join("4444/meta.json"), "{");
        write(&folder.path().join("contexts/tls/2222/docker/ca.pem"), "");
        folder
    }

    #[test]
    fn a_context_is_found_by_its_name_and_brings_its_certificates() {
        let folder = docker_config();
        let near = find("near", folder.path(), None).unwrap();
        assert_eq!(
            (near.url.as_str(), near.certificates),
            ("unix:///near.sock", None)
        );
        let far = find("far", folder.path(), None).unwrap();
        let certificates = folder.path().join("contexts/tls/2222/docker");
        assert_eq!(
            (far.url.as_str(), far.certificates),
            ("tcp://far:2376", Some(certificates))
        );
        assert_eq!(far.origin, Origin::Context("far".to_owned()));
    }

    #[test]
    fn a_context_that_cannot_be_used_is_an_error_and_says_why() {
        let folder = docker_config();
        for (name, reason) in [
            ("gone", "does not exist"),
            ("lax", "skips the verification"),
        ] {
            let text = find(name, folder.path(), None).unwrap_err().to_string();
            assert!(text.contains(name) && text.contains(reason), "{text}");
        }
    }

    #[test]
    fn a_configuration_that_cannot_be_read_is_an_error_and_not_the_default_context() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(current(folder.path()), Ok(None));
        write(
            &folder.path().join("config.json"),
            r#"{"currentContext":"far"}"#,
        );
        assert_eq!(current(folder.path()), Ok(Some("far".to_owned())));
        write(&folder.path().join("config.json"), "{");
        let text = current(folder.path()).unwrap_err().to_string();
        assert!(
            text.contains("config.json") && text.contains("`DOCKER_HOST`"),
            "{text}"
        );
    }
}
