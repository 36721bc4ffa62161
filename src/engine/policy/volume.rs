//! Judges what a volume is: the driver `local` mounts whatever its options name.

use serde_json::{Map, Value};

use super::container::unknown;
use super::judge::Judge;
use super::mounts::is_volume_name;
use super::remedy::is_unset;
use super::remedy::{Remedy, refused, text};
use crate::engine::error::EngineError;

/// The kinds of file system that a volume may be: none of them shows a file of the host.
const TAME: &[&str] = &["tmpfs", "nfs", "cifs"];

/// Kinds that a refusal may repeat. Driver options can be secrets, so nothing else is.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "none", "bind", "overlay", "overlay2", "aufs", "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs",
    "vfat", "ntfs", "iso9660", "squashfs", "proc", "sysfs", "devtmpfs", "devpts", "debugfs",
    "tracefs", "securityfs", "cgroup", "cgroup2", "fuse", "9p", "virtiofs", "nfs4", "ceph",
    "glusterfs",
];

impl Judge<'_> {
    /// Judges the body of a volume to create.
    pub(super) async fn create_volume(&self, body: &Map<String, Value>) -> Result<(), EngineError> {
        for (name, value) in body.iter().filter(|(_, value)| !is_unset(value)) {
            match name.as_str() {
                "Name" | "Labels" | "Driver" => {}
                "DriverOpts" => {
                    self.driver("`driver_opts`", text(body, "Driver"), Some(value))
                        .await?;
                }
                name => return Err(unknown(name)),
            }
        }
        Ok(())
    }

    /// Judges a volume's driver with its options.
    ///
    /// Other drivers than `local` are plugins, which an administrator installed: what their options
    /// mean only they know, and what they may reach was decided when they were installed.
    pub(super) async fn driver(
        &self,
        field: &str,
        driver: &str,
        options: Option<&Value>,
    ) -> Result<(), EngineError> {
        let options = match options {
            Some(options) if !is_unset(options) => options,
            _ => return Ok(()),
        };
        if !is_local(driver) {
            return Ok(());
        }
        let options = options.as_object().ok_or_else(|| unknown(field))?;
        match mounted(options) {
            Mounted::Nothing => Ok(()),
            Mounted::Path(device) if device.split('/').any(|part| part == "..") => Err(refused(
                format!("{field}: the `device` of a bind mount leaves its place with `..`"),
                Remedy::None,
            )),
            Mounted::Path(device) => self.host_path(&format!("{field}: `device`"), device).await,
            Mounted::Other(what) => Err(refused(
                format!(
                    "{field}: {what} can show files of the host, which this server does not allow; \
                     the driver `local` takes `type` `tmpfs`, `nfs` or `cifs`, or `o` `bind` with a path as `device`"
                ),
                Remedy::Privileged,
            )),
        }
    }

    /// The options of a volume that exists, where they are for the driver `local`.
    pub(super) async fn local_options(
        &self,
        name: &str,
    ) -> Result<Option<Map<String, Value>>, EngineError> {
        let mut volume = match is_volume_name(name) {
            true => self.engine.volume(name).await?.unwrap_or_default(),
            false => return Ok(None),
        };
        let driver = volume.get("Driver").and_then(Value::as_str);
        if !is_local(driver.unwrap_or_default()) {
            return Ok(None);
        }
        Ok(match volume.get_mut("Options").map(Value::take) {
            Some(Value::Object(options)) => Some(options),
            _ => None,
        })
    }
}

/// What the driver `local` mounts by a volume's options.
pub(super) enum Mounted<'a> {
    /// No file of the host.
    Nothing,
    /// That path.
    Path(&'a str),
    /// What can show files of the host, in words.
    Other(String),
}

pub(super) fn mounted(options: &Map<String, Value>) -> Mounted<'_> {
    let mut keys: Vec<String> = options.keys().map(|key| plain(key)).collect();
    keys.sort();
    // Which of the two an Engine takes is its own affair.
    if keys
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if one == other))
    {
        return Mounted::Other("an option in two spellings".to_owned());
    }
    // Whatever `type` they give: the flag decides.
    if flags(options).any(|flag| matches!(flag.as_str(), "bind" | "rbind")) {
        return Mounted::Path(option(options, "device"));
    }
    let mounts = ["type", "device", "o"];
    if mounts.iter().all(|key| option(options, key).is_empty()) {
        return Mounted::Nothing;
    }
    let kind = option(options, "type");
    let moved = flags(options).any(|flag| matches!(flag.as_str(), "remount" | "move"));
    if TAME.contains(&kind) && !moved {
        return Mounted::Nothing;
    }
    Mounted::Other(match KNOWN.iter().find(|known| **known == kind) {
        Some(kind) => format!("`type` `{kind}`"),
        None if kind.is_empty() => "`device` or `o` without a `type`".to_owned(),
        None if moved => "`o` with `remount` or `move`".to_owned(),
        None => "that `type`".to_owned(),
    })
}

fn is_local(driver: &str) -> bool {
    matches!(driver.trim(), "" | "local")
}

/// A key as it is compared: Podman takes some in any case.
fn plain(key: &str) -> String {
    key.trim().to_ascii_lowercase()
}

fn flags(options: &Map<String, Value>) -> impl Iterator<Item = String> {
    let flags = option(options, "o").split(',');
    flags.map(|flag| flag.trim().to_ascii_lowercase())
}

fn option<'a>(options: &'a Map<String, Value>, key: &str) -> &'a str {
    let found = options.iter().find(|(name, _)| plain(name) == key);
    found
        .and_then(|(_, value)| value.as_str())
        .unwrap_or_default()
}
