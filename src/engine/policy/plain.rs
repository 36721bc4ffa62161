//! Tells the settings of a host that anybody may read from those that hold credentials: what is
//! mounted of them into a container that others made does not give the host away.

use super::judge::Judge;
use super::paths::{follow, normalise};
use super::sensitive;
use super::spelling::key;
use crate::engine::error::EngineError;

/// Files of `/etc` that are such settings on every host, for one that cannot be looked at.
#[rustfmt::skip]
const WELL_KNOWN: &[&str] = &[
    "group", "host.conf", "hostname", "hosts", "localtime", "machine-id", "nsswitch.conf",
    "os-release", "passwd", "protocols", "resolv.conf", "services", "timezone",
    "pki/tls/certs/ca-bundle.crt", "ssl/cert.pem", "ssl/certs/ca-certificates.crt",
];

/// Where hosts have what such settings lead to: name servers, the release, the time zone.
const LED_TO: &[&str] = &[
    "/run/systemd/resolve/",
    "/run/networkmanager/",
    "/run/resolvconf/",
    "/usr/lib/",
    "/private/var/db/timezone/",
];

impl Judge<'_> {
    /// Whether a path is one regular file of `/etc` that every user of the host may read.
    pub(super) async fn is_plain_setting(&self, path: &str) -> Result<bool, EngineError> {
        let Some(written) = normalise(path) else {
            return Ok(false);
        };
        let Some(name) = setting(&written) else {
            return Ok(false);
        };
        let rules = self.path_rules().await?;
        if rules.keeps(&written).is_some() || sensitive::holds_a_socket(&written, &rules.sockets) {
            return Ok(false);
        }
        if !self.sees_files {
            return Ok(WELL_KNOWN.contains(&name.as_str()));
        }
        let Ok(Some(target)) = follow(&written).await else {
            return Ok(false);
        };
        let led = key(&target);
        let stays = setting(&target).is_some()
            || rules.closed(&target).is_none()
            || LED_TO.iter().any(|place| led.starts_with(place));
        Ok(stays && rules.keeps(&target).is_none() && is_for_everybody(target).await)
    }
}

/// The name of a path below `/etc`.
fn setting(path: &str) -> Option<String> {
    let key = key(path);
    let below = ["/etc/", "/private/etc/"]
        .iter()
        .find_map(|etc| key.strip_prefix(etc))?;
    Some(below.to_owned())
}

#[cfg(unix)]
async fn is_for_everybody(path: String) -> bool {
    use std::os::unix::fs::MetadataExt;

    const READ_BY_OTHERS: u32 = 0o004;

    let looked = tokio::task::spawn_blocking(move || std::fs::symlink_metadata(path));
    let metadata = looked.await.ok().and_then(Result::ok);
    metadata.is_some_and(|file| file.is_file() && file.mode() & READ_BY_OTHERS != 0)
}

#[cfg(not(unix))]
async fn is_for_everybody(_: String) -> bool {
    false
}
