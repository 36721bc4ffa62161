//! Knows where people keep their work, which is all that containers mount unless the operator says
//! more: a list of what is allowed, because a list of what is not is never whole.

use super::path_rules::is_a_home;
use super::paths::within;
use super::portion::{NO_HOMES, PlaceKind, in_a_place, on_a_drive, parts};
use super::spelling::{is_of_a_host_with_drives, key, on_drive};

/// The places on every kind of host. What they lead to belongs to them.
#[rustfmt::skip]
const PLACES: &[(PlaceKind, &[&str])] = &[
    (PlaceKind::Homes, &["/home", "/var/home", "/Users"]),
    (PlaceKind::Work, &["/srv", "/data", "/work", "/workspace", "/workspaces", "/projects", "/var/www"]),
    (PlaceKind::Temporary, &[
        "/tmp", "/var/tmp", "/var/folders", "/private/tmp", "/private/var/tmp", "/private/var/folders",
    ]),
    (PlaceKind::Shares, &["/mnt", "/media", "/Volumes"]),
];

/// Directories of keys and credentials, wherever they are.
const KEYS: &[&str] = &[
    ".ssh", ".aws", ".kube", ".docker", ".gnupg", ".azure", "gcloud",
];

/// The places of one host.
#[derive(Debug)]
pub(super) struct Places {
    places: Vec<Place>,
    home: Option<String>,
}

#[derive(Debug)]
struct Place {
    kind: PlaceKind,
    /// As a message shows it.
    shown: String,
    /// Its own, and that of where it leads.
    keys: Vec<String>,
}

/// Why a path is not for containers, in words that follow it, and where the nearest one is that is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outside {
    pub(super) what: String,
    pub(super) nearest: String,
}

impl Places {
    /// The places of a host where `follow` says where a path leads, and of a user with this home.
    pub(super) fn new(home: Option<String>, follow: impl Fn(&str) -> Option<String>) -> Self {
        let all = PLACES
            .iter()
            .flat_map(|(kind, paths)| paths.iter().map(|path| (*kind, (*path).to_owned())))
            .chain(home.clone().map(|home| (PlaceKind::Home, home)));
        let places = all.map(|(kind, shown)| {
            let led = follow(&shown).filter(|led| match kind {
                PlaceKind::Home => is_a_home(led),
                _ => is_a_place(led),
            });
            let mut keys = vec![key(&shown)];
            keys.extend(led.map(|led| key(&led)));
            Place { kind, shown, keys }
        });
        Self {
            places: places.collect(),
            home,
        }
    }

    /// Whether a normalised path is for containers, or else why not.
    pub(super) fn check(&self, path: &str) -> Result<(), Outside> {
        let key = key(path);
        self.fits(&key).map_err(|what| Outside {
            what,
            nearest: self.nearest(path, &key),
        })
    }

    /// Whether a normalised path is for containers only where the host has drives.
    pub(super) fn needs_drives(&self, path: &str) -> bool {
        is_of_a_host_with_drives(path) && self.own_home(&key(path)).is_none()
    }

    /// Whether it is an entry of a directory of temporary files, not one below such an entry.
    pub(super) fn is_temporary(&self, path: &str) -> bool {
        let key = key(path);
        let parent = key.rsplit_once('/').map(|(parent, _)| parent);
        let mut temporary = self
            .places
            .iter()
            .filter(|place| place.kind == PlaceKind::Temporary);
        temporary.any(|place| place.keys.iter().any(|key| Some(key.as_str()) == parent))
    }

    fn fits(&self, key: &str) -> Result<(), String> {
        if let Some(name) = key.split('/').find(|name| KEYS.contains(name)) {
            return Err(format!(
                "lies in a `{name}`, which holds keys or credentials"
            ));
        }
        if key == "/" {
            return Err("is the root of a file system, which holds everything".to_owned());
        }
        let held = self.places.iter().find(|place| {
            let mut keys = place.keys.iter();
            keys.any(|other| key != other && within(other, key))
        });
        if let Some(held) = held {
            return Err(format!("holds all of `{}`", held.shown));
        }
        if let Some((letter, below)) = on_drive(key)
            && self.own_home(key).is_none()
        {
            return on_a_drive(letter, &parts(below)).map_err(str::to_owned);
        }
        let around = self.around(key);
        if around.is_empty() {
            return Err("is on no list of places that containers mount".to_owned());
        }
        let windows = on_drive(key).is_some();
        for (kind, below) in around {
            in_a_place(kind, &parts(below), windows)?;
        }
        Ok(())
    }

    /// The innermost of the places around a path, and the path from there.
    fn around<'a>(&self, path: &'a str) -> Vec<(PlaceKind, &'a str)> {
        let mut around = Vec::new();
        let mut innermost = 0;
        for place in &self.places {
            for key in place.keys.iter().filter(|key| within(path, key)) {
                if key.len() > innermost {
                    around.clear();
                    innermost = key.len();
                }
                if key.len() == innermost {
                    around.push((place.kind, path.get(innermost..).unwrap_or_default()));
                }
            }
        }
        around
    }

    fn own_home(&self, path: &str) -> Option<&Place> {
        let mut homes = self
            .places
            .iter()
            .filter(|place| place.kind == PlaceKind::Home);
        homes.find(|home| home.keys.iter().any(|key| within(path, key)))
    }

    /// The nearest place to a path that is for containers, in words that follow "is".
    fn nearest(&self, path: &str, key: &str) -> String {
        if let Some((letter, below)) = on_drive(key) {
            let drive = letter.to_ascii_uppercase();
            return match parts(below).as_slice() {
                ["users", user, ..] if !NO_HOMES.contains(user) => {
                    format!(
                        "a folder below `{drive}:\\Users\\{}`",
                        written(path, below, 1)
                    )
                }
                _ if letter == 'c' => r"a folder below `C:\Users\NAME`".to_owned(),
                _ => format!("a folder of `{drive}:`"),
            };
        }
        let around = self.places.iter().find_map(|place| {
            let below = place.keys.iter().find_map(|other| {
                let below = key.strip_prefix(other.as_str());
                below.filter(|_| within(key, other))
            })?;
            Some((place, below))
        });
        match (around, &self.home) {
            (
                Some((
                    Place {
                        kind: PlaceKind::Homes,
                        shown,
                        ..
                    },
                    below,
                )),
                _,
            ) => match written(path, below, 0) {
                user if user.is_empty() || user.starts_with('.') => {
                    format!("a folder below `{shown}/NAME`")
                }
                user => format!("a folder below `{shown}/{user}` that is not hidden"),
            },
            (
                Some((
                    Place {
                        kind: PlaceKind::Home,
                        shown,
                        ..
                    },
                    _,
                )),
                _,
            ) => {
                format!("a folder below `{shown}` that is not hidden")
            }
            (
                Some((
                    Place {
                        kind: PlaceKind::Temporary,
                        shown,
                        ..
                    },
                    _,
                )),
                _,
            ) => {
                format!("a folder of your own in `{shown}`")
            }
            (
                Some((
                    Place {
                        kind: PlaceKind::Shares,
                        shown,
                        ..
                    },
                    _,
                )),
                _,
            ) => {
                format!("a folder below a share in `{shown}`")
            }
            (Some((Place { shown, .. }, _)), _) => format!("a folder below `{shown}`"),
            (None, Some(home)) => format!("a folder below `{home}`"),
            (None, None) => "a folder below `/srv`".to_owned(),
        }
    }
}

/// A part of what lies below a place, by its number, as the path has it: keys are in one case.
fn written<'a>(path: &'a str, below: &str, number: usize) -> &'a str {
    let behind = parts(below).len().saturating_sub(number + 1);
    let known = parts(below).len() > number;
    let part = path.rsplit('/').filter(|part| !part.is_empty()).nth(behind);
    part.filter(|_| known).unwrap_or_default()
}

/// Whether what a place leads to can stand for it: not the system's own.
fn is_a_place(led: &str) -> bool {
    // Where `/media` leads on hosts that are updated as a whole.
    const OF_MEDIA: &str = "/run/media";

    super::sensitive::found(led).is_none_or(|_| {
        let key = key(led);
        if key == OF_MEDIA {
            return true;
        }
        PLACES
            .iter()
            .any(|(_, paths)| paths.iter().any(|path| self::key(path) == key))
    })
}
