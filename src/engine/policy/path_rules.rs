//! Gathers what every path is held against, in each spelling that is known of it.

use super::judge::Judge;
use super::paths::{Trail, normalise, trail, within};
use super::places::Places;
use super::remedy::shown;
use super::sensitive;
use super::spelling::{key, oddity};
use crate::engine::error::EngineError;

/// What every path is held against; paths by their keys.
#[derive(Debug)]
pub(super) struct PathRules {
    /// What the operator named.
    allowed: Vec<String>,
    /// Files of this server's own, and by which keys.
    kept: Vec<(String, Vec<String>)>,
    /// The sockets of all hosts, as they are written, and where they lead.
    pub(super) sockets: Vec<String>,
    pub(super) places: Places,
    home: Option<String>,
    /// What the operator named, as it is shown.
    named: Vec<String>,
}

/// What it is gathered from.
struct Sources {
    allowed: Vec<String>,
    kept: Vec<String>,
    sockets: Vec<String>,
    sees_files: bool,
}

impl Judge<'_> {
    pub(super) async fn path_rules(&self) -> Result<&PathRules, EngineError> {
        let gather = async {
            let mut kept = self.policy.kept.clone();
            kept.extend_from_slice(&self.held_for_this_server().await?.paths);
            let sources = Sources {
                allowed: self.policy.allowed.clone(),
                kept,
                sockets: {
                    let in_use = self.engine.socket().map(str::to_owned);
                    self.policy.sockets.iter().cloned().chain(in_use).collect()
                },
                sees_files: self.sees_files,
            };
            // Beside the protocol, because a file system may take its time.
            let gathered = tokio::task::spawn_blocking(move || PathRules::gather(sources)).await;
            gathered.map_err(|error| {
                let reason = format!("the paths of this host could not be looked at ({error})");
                super::remedy::refused(reason, super::remedy::Remedy::None)
            })
        };
        self.path_rules.get_or_try_init(|| gather).await
    }
}

impl PathRules {
    fn gather(sources: Sources) -> Self {
        let Sources {
            allowed,
            kept,
            sockets,
            sees_files,
        } = sources;
        let follow = |path: &str| match sees_files {
            true => trail(path).ok().flatten(),
            false => None,
        };
        let all = |paths: &[String]| {
            let mut all = Vec::new();
            for written in paths.iter().filter_map(|path| normalise(path)) {
                if let Some(Trail { target, links }) = follow(&written) {
                    all.push(target);
                    all.extend(links);
                }
                all.push(written);
            }
            all
        };
        let home = std::env::home_dir().and_then(|home| normalise(home.to_str()?));
        let home = home.filter(|home| is_a_home(home));
        let led = |path: &str| Some(follow(path)?.target);
        Self {
            kept: kept
                .into_iter()
                .map(|path| {
                    let keys = all(std::slice::from_ref(&path));
                    let keys = keys.iter().map(|path| key(path)).collect();
                    (path, keys)
                })
                .collect(),
            sockets: all(&sockets),
            places: Places::new(home.clone(), led),
            home,
            named: allowed.clone(),
            allowed: allowed
                .iter()
                .filter_map(|path| normalise(path))
                .flat_map(|path| [led(&path), Some(path)])
                .flatten()
                .map(|path| key(&path))
                .collect(),
        }
    }

    /// Whether the operator named a normalised path or one above it.
    pub(super) fn names(&self, path: &str) -> bool {
        let path = key(path);
        self.allowed.iter().any(|allowed| within(&path, allowed))
    }

    /// Which of what the operator named is the nearest, in words that end a sentence.
    pub(super) fn nearest_named(&self, path: &str) -> String {
        let path = key(path);
        let shared = |named: &&String| {
            let other = normalise(named)
                .map(|named| key(&named))
                .unwrap_or_default();
            path.split('/')
                .zip(other.split('/'))
                .take_while(|(one, other)| one == other)
                .count()
        };
        match self.named.iter().max_by_key(shared) {
            Some(nearest) => format!("; the nearest of these is {}", shown(nearest)),
            None => "; none is named yet".to_owned(),
        }
    }

    /// What of this server's own a normalised path is, holds or lies in, unless the operator named that
    /// itself.
    pub(super) fn keeps(&self, path: &str) -> Option<&str> {
        let path = key(path);
        let touched = |kept: &String| {
            let named =
                |named: &String| named == kept || within(named, kept) && within(&path, named);
            (within(&path, kept) || within(kept, &path)) && !self.allowed.iter().any(named)
        };
        let mut all = self.kept.iter();
        let (file, _) = all.find(|(_, keys)| keys.iter().any(touched))?;
        Some(file)
    }

    /// Whether one of two normalised paths is, holds or lies in the other.
    pub(super) fn touches(&self, path: &str, other: &str) -> bool {
        let (path, other) = (key(path), key(other));
        within(&path, &other) || within(&other, &path)
    }

    /// What keeps a normalised path from meaning what it says, beyond what the operator named.
    pub(super) fn oddity(&self, path: &str) -> Option<&'static str> {
        // A share of another machine is no name of a file here.
        if path.starts_with("/unc:/") {
            return None;
        }
        let key = key(path);
        let named = self.allowed.iter().filter(|allowed| within(&key, allowed));
        let known = named.map(String::len).max().unwrap_or_default();
        let behind = key.get(known..).unwrap_or_default();
        let drive = super::spelling::on_drive(behind).map(|(_, rest)| rest);
        drive.unwrap_or(behind).split('/').find_map(oddity)
    }

    /// What gives the host away by the closed list, in words that follow the path.
    pub(super) fn closed(&self, path: &str) -> Option<String> {
        let of_home = || {
            let home = self.home.as_deref()?;
            sensitive::found_of_home(path, home).map(str::to_owned)
        };
        sensitive::found(path).or_else(of_home)
    }
}

/// Whether a directory can be somebody's home: a service may have been given the system's own.
pub(super) fn is_a_home(home: &str) -> bool {
    const OF_ROOT: &[&str] = &["/root", "/var/roothome", "/var/root", "/private/var/root"];
    if OF_ROOT.contains(&home) {
        return runs_as_root();
    }
    let closed = sensitive::found(home);
    closed.is_none_or(|what| what == sensitive::A_HOME)
}

#[cfg(target_os = "linux")]
fn runs_as_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    ids.and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
}

/// Nobody else may look there.
#[cfg(not(target_os = "linux"))]
fn runs_as_root() -> bool {
    std::fs::read_dir("/var/root").is_ok()
}
