//! Judges what a volume is: the driver `local` mounts whatever its options name.

use serde_json::{Map, Value};

use super::container::unknown;
use super::{Judge, Remedy, is_unset, refused, text};
use crate::engine::EngineError;

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
        if !matches!(driver.trim(), "" | "local") {
            return Ok(());
        }
        let options = options.as_object().ok_or_else(|| unknown(field))?;
        if let Some(device) = bound(options) {
            if device.split('/').any(|part| part == "..") {
                return Err(refused(
                    format!("{field}: the `device` of a bind mount leaves its place with `..`"),
                    Remedy::None,
                ));
            }
            return self.host_path(&format!("{field}: `device`"), device).await;
        }
        let mounts = ["type", "device", "o"];
        if mounts.iter().all(|key| option(options, key).is_empty()) {
            return Ok(());
        }
        let kind = option(options, "type");
        let moved = flags(options).any(|flag| matches!(flag.as_str(), "remount" | "move"));
        if TAME.contains(&kind) && !moved {
            return Ok(());
        }
        let shown = match KNOWN.iter().find(|known| **known == kind) {
            Some(kind) => format!("`type` `{kind}`"),
            None if kind.is_empty() => "`device` or `o` without a `type`".to_owned(),
            None if moved => "`o` with `remount` or `move`".to_owned(),
            None => "that `type`".to_owned(),
        };
        Err(refused(
            format!(
                "{field}: {shown} can show files of the host, which this server does not allow; \
                 the driver `local` takes `type` `tmpfs`, `nfs` or `cifs`, or `o` `bind` with a path as `device`"
            ),
            Remedy::Privileged,
        ))
    }
}

/// The path that options of the driver `local` bind, whatever `type` they give: the flag decides.
pub(super) fn bound(options: &Map<String, Value>) -> Option<&str> {
    flags(options)
        .any(|flag| matches!(flag.as_str(), "bind" | "rbind"))
        .then(|| option(options, "device"))
}

fn flags(options: &Map<String, Value>) -> impl Iterator<Item = String> {
    let flags = option(options, "o").split(',');
    flags.map(|flag| flag.trim().to_ascii_lowercase())
}

fn option<'a>(options: &'a Map<String, Value>, key: &str) -> &'a str {
    let found = options
        .iter()
        .find(|(name, _)| name.trim().eq_ignore_ascii_case(key));
    found
        .and_then(|(_, value)| value.as_str())
        .unwrap_or_default()
}
