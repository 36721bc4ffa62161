//! Judges what is mounted into a container: paths of the host, volumes, other containers' mounts.

use serde_json::{Map, Value};

use super::container::{check_fields, unknown};
use super::exposure::Exposure;
use super::inspected::mounts;
use super::judge::Judge;
use super::paths::has_drive;
use super::remedy::is_unset;
use super::remedy::{Remedy, reaches, refused, shown, text};
use super::volume::{Mounted, mounted};
use crate::engine::error::EngineError;

/// The settings of a mount.
#[rustfmt::skip]
const OF_A_MOUNT: &[&str] = &[
    "Type", "Source", "Target", "ReadOnly", "Consistency", "BindOptions", "VolumeOptions",
    "ImageOptions", "TmpfsOptions",
];

/// The settings of a volume that a mount makes.
const OF_A_VOLUME: &[&str] = &["NoCopy", "Labels", "DriverConfig", "Subpath"];

impl Judge<'_> {
    /// Judges one of `Binds`: `source:target[:mode]`, or a target alone for a volume without a name.
    pub(super) async fn bind(&self, field: &str, bind: &str) -> Result<(), EngineError> {
        let Some(source) = source(bind) else {
            return Ok(());
        };
        // `upperdir=/etc` and the like, which Podman has.
        if bind
            .rsplit(':')
            .next()
            .is_some_and(|mode| mode.contains('='))
        {
            return Err(reaches(field, shown(bind)));
        }
        if is_path(source) {
            self.host_path(field, source).await
        } else {
            self.volume(field, source).await
        }
    }

    /// Judges one of `Mounts`.
    pub(super) async fn mount(&self, field: &str, mount: &Value) -> Result<(), EngineError> {
        let mount = mount
            .as_object()
            .ok_or_else(|| unknown("HostConfig.Mounts"))?;
        check_fields(mount, OF_A_MOUNT)?;
        let source = text(mount, "Source");
        match text(mount, "Type") {
            "tmpfs" | "image" => Ok(()),
            "bind" => self.host_path(field, source).await,
            "volume" => {
                let options = part(mount, "VolumeOptions", OF_A_VOLUME)?;
                if let Some(options) = options
                    && let Some(driver) = part(options, "DriverConfig", &["Name", "Options"])?
                {
                    self.driver(field, text(driver, "Name"), driver.get("Options"))
                        .await?;
                }
                if source.is_empty() {
                    return Ok(());
                }
                self.volume(field, source).await
            }
            kind => Err(reaches(field, format!("a mount of type {}", shown(kind)))),
        }
    }

    /// Judges one of `VolumesFrom`: a container whose mounts are taken over.
    pub(super) async fn volumes_from(&self, field: &str, source: &str) -> Result<(), EngineError> {
        let name = source.split(':').next().unwrap_or_default();
        let container = self.engine.container(name).await?;
        for mount in mounts(&container) {
            if let Some((why, remedy)) = self.held(mount).await? {
                return Err(refused(
                    format!(
                        "{field}: of {}, {why}, which this server does not allow",
                        shown(name)
                    ),
                    remedy,
                ));
            }
        }
        Ok(())
    }

    /// Judges a volume by its name: it may be there already, and a bind mount by its options.
    async fn volume(&self, field: &str, name: &str) -> Result<(), EngineError> {
        if !is_volume_name(name) {
            return Err(refused(
                format!(
                    "{field}: {} is no volume's name, and a path of the host is absolute: it starts with `/`, or `C:\\` on Windows, and has no `~`",
                    shown(name)
                ),
                Remedy::None,
            ));
        }
        if let Some((what, remedy)) = self.kept_in_volume(name).await? {
            return Err(refused(format!("{field}: {what}"), remedy));
        }
        match self.engine.volume(name).await? {
            Some(volume) => {
                let driver = volume.get("Driver").and_then(Value::as_str);
                let field = format!("{field}: volume {}", shown(name));
                self.driver(&field, driver.unwrap_or_default(), volume.get("Options"))
                    .await
            }
            None => Ok(()),
        }
    }

    /// What a mount of a container that exists gives away, in words that follow "reaches the host",
    /// and what would allow it.
    pub(super) async fn held(
        &self,
        mount: &Value,
    ) -> Result<Option<(String, Remedy)>, EngineError> {
        let empty = Map::new();
        let mount = mount.as_object().unwrap_or(&empty);
        let options;
        let source = match text(mount, "Type") {
            "bind" => text(mount, "Source"),
            "volume" => {
                let name = text(mount, "Name");
                if let Some((what, remedy)) = self.kept_in_volume(name).await? {
                    return Ok(Some((format!("its {what}"), remedy)));
                }
                options = self.local_options(name).await?.unwrap_or_default();
                match mounted(&options) {
                    Mounted::Nothing => return Ok(None),
                    Mounted::Path(device) => device,
                    Mounted::Other(what) => {
                        let volume = shown(name);
                        let why =
                            format!("by {what}, its volume {volume} can show the host's files");
                        return Ok(Some((why, Remedy::Privileged)));
                    }
                }
            }
            "npipe" => {
                let pipe = shown(text(mount, "Source"));
                return Ok(Some((
                    format!("it holds the pipe {pipe}"),
                    Remedy::Privileged,
                )));
            }
            _ => return Ok(None),
        };
        let read_only = mount.get("RW") == Some(&Value::Bool(false));
        let exposure = self.exposure_in_use(source, read_only).await?;
        Ok(exposure.map(|Exposure { path, what, remedy }| {
            (format!("it mounts {path}, which {what}"), remedy)
        }))
    }
}

/// A part of a mount, which has no field but those.
fn part<'a>(
    object: &'a Map<String, Value>,
    name: &str,
    known: &[&str],
) -> Result<Option<&'a Map<String, Value>>, EngineError> {
    let part = match object.get(name) {
        Some(part) if !is_unset(part) => part.as_object().ok_or_else(|| unknown(name))?,
        _ => return Ok(None),
    };
    check_fields(part, known)?;
    Ok(Some(part))
}

/// The source of a bind; a drive of Windows has a colon of its own.
pub(super) fn source(bind: &str) -> Option<&str> {
    let skipped = if has_drive(bind) { 2 } else { 0 };
    let colon = bind.get(skipped..)?.find(':')?;
    bind.get(..skipped + colon)
}

pub(super) fn is_path(source: &str) -> bool {
    source.starts_with(['/', '\\']) || has_drive(source)
}

pub(super) fn is_volume_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_of_a_bind_is_what_stands_before_its_target() {
        for (bind, expected) in [
            ("/a:/b", Some("/a")),
            ("/a:/b:ro", Some("/a")),
            ("data:/b", Some("data")),
            ("C:\\a:/b", Some("C:\\a")),
            ("c:/a:/b:ro", Some("c:/a")),
            ("/only", None),
        ] {
            assert_eq!(source(bind), expected, "{bind}");
        }
    }
}
