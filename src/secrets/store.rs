//! Reads the values of secrets from where the operator keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::Metadata;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use cap_fs_ext::FollowSymlinks;
use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::error::SecretError;
use super::limits::Bounds;
use crate::config::{Limits, SecretsConfig};
use crate::confined::{leads_out, open_file};
use crate::files;
use crate::redaction::Redactor;
use crate::vocabulary::is_secret_name;

/// As short as a secret may be: what is shorter occurs by chance, and is guessed.
const SHORTEST: usize = 8;

/// As long as one may be.
const LONGEST: usize = 64 << 10;

/// As many names are told, and as many files looked through for what has changed.
const TOLD: usize = 50;
const MOST: usize = 1000;

/// How often a file is read anew that changes while it is read.
const READS: usize = 5;

/// The secrets that calls may name. Clones share what they know.
#[derive(Debug, Clone)]
pub struct Secrets(Arc<Store>);

struct Store {
    config: SecretsConfig,
    redactor: Redactor,
    /// How the files were when the redactor was told of them.
    seen: Mutex<BTreeMap<String, Stamp>>,
}

/// How a file was when it was read.
#[derive(Clone, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// Its number and when that was last changed, where there are such.
    number: (u64, i64, i64),
}

/// The values of secrets by their names.
#[derive(Clone, Default)]
pub struct Values(BTreeMap<String, String>);

impl Secrets {
    /// The secrets that the configuration leads to; the redactor is told of each value that is read.
    pub fn new(config: &SecretsConfig, redactor: &Redactor) -> Self {
        let given = config.variables.values().flatten();
        let usable = given.map(crate::config::Token::as_str);
        let usable = usable.filter(|value| (SHORTEST..=LONGEST).contains(&value.len()));
        let mut usable = usable.peekable();
        if usable.peek().is_some() {
            redactor.keep(usable);
        }
        Self(Arc::new(Store {
            config: config.clone(),
            redactor: redactor.clone(),
            seen: Mutex::default(),
        }))
    }

    /// Has the redactor know what has changed since it was told last, so that a value is hidden which this
    /// server did not put anywhere.
    pub async fn refresh(&self) {
        let Some(directory) = self.0.config.dir.clone() else {
            return;
        };
        let store = Arc::clone(&self.0);
        // What cannot be read now is said when somebody names it.
        let _ = files::aside(move || store.look_through(&directory)).await;
    }

    /// The values of secrets, as they are now.
    ///
    /// # Errors
    /// [`SecretError::Unknown`] or [`SecretError::Unusable`] for the first.
    pub async fn read(&self, names: &BTreeSet<String>) -> Result<Values, SecretError> {
        let (store, names) = (Arc::clone(&self.0), names.clone());
        let read = files::aside(move || {
            let read = |name: String| Ok((name.clone(), store.value(&name)?));
            Ok(names.into_iter().map(read).collect::<Result<_, _>>())
        });
        let values = read.await.unwrap_or_else(|error| {
            Err(SecretError::Unusable {
                name: String::new(),
                why: error.to_string(),
            })
        })?;
        Ok(Values(values))
    }

    /// Those of the names that may not go everywhere.
    pub fn bounds(&self, names: &BTreeSet<String>) -> Bounds {
        let limits = |name: &String| -> Option<(String, Limits)> {
            Some((name.clone(), self.0.config.limits.get(name)?.clone()))
        };
        Bounds(names.iter().filter_map(limits).collect())
    }

    /// The names that there are.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn names(&self) -> io::Result<BTreeSet<String>> {
        self.0.names()
    }
}

impl Store {
    fn value(&self, name: &str) -> Result<String, SecretError> {
        let unusable = |why: String| SecretError::Unusable {
            name: name.to_owned(),
            why,
        };
        if let Some(directory) = &self.config.dir {
            match read(directory, name) {
                Ok((value, _)) => {
                    self.redactor.keep([value.as_str()]);
                    return Ok(value);
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(unusable(error.to_string())),
            }
        }
        match self.config.variables.get(name) {
            Some(Some(value)) => {
                let value = checked(value.as_str().as_bytes().to_vec());
                let value = value.map_err(|error| unusable(error.to_string()))?;
                self.redactor.keep([value.as_str()]);
                Ok(value)
            }
            Some(None) => Err(unusable("its variable is no UTF-8 text".to_owned())),
            None => Err(SecretError::Unknown {
                name: name.to_owned(),
                there: self.there(),
            }),
        }
    }

    /// What there is, in words.
    fn there(&self) -> String {
        let names = match self.names() {
            Ok(names) => names,
            Err(error) => return format!(", and the directory of secrets cannot be read: {error}"),
        };
        if names.is_empty() {
            return ", nor any other: the operator puts a file of that name into the directory that \
                    MCP_DOCKER_SECRETS_DIR names"
                .to_owned();
        }
        let more = names.len().saturating_sub(TOLD);
        let named = names.iter().take(TOLD).map(|name| format!("`{name}`"));
        let named = named.collect::<Vec<_>>().join(", ");
        match more {
            0 => format!("; there are {named}"),
            more => format!("; there are {named} and {more} more"),
        }
    }

    fn names(&self) -> io::Result<BTreeSet<String>> {
        let variables = self.config.variables.keys();
        let variables = variables.filter(|name| is_secret_name(name)).cloned();
        let mut names: BTreeSet<String> = variables.collect();
        if let Some(directory) = &self.config.dir {
            names.extend(stamps(&opened(directory)?)?.into_keys());
        }
        Ok(names)
    }

    fn look_through(&self, directory: &Path) -> io::Result<()> {
        let now = stamps(&opened(directory)?)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = now
            .iter()
            .filter(|(name, stamp)| seen.get(*name) != Some(stamp));
        let mut values = Vec::new();
        for (name, _) in changed {
            if let Ok((value, stamp)) = read(directory, name) {
                values.push((name.clone(), value, stamp));
            }
        }
        if !values.is_empty() {
            let texts = values.iter().map(|(_, value, _)| value.as_str());
            self.redactor.keep(texts);
            let stamps = values.into_iter().map(|(name, _, stamp)| (name, stamp));
            seen.extend(stamps);
        }
        Ok(())
    }
}

impl Values {
    /// The value of that name.
    pub(super) fn of(&self, name: &str) -> Result<&str, SecretError> {
        let value = self.0.get(name).map(String::as_str);
        value.ok_or_else(|| SecretError::Unknown {
            name: name.to_owned(),
            there: String::new(),
        })
    }
}

/// The directory, into which the operator's own path may lead by links.
fn opened(path: &Path) -> io::Result<Dir> {
    let directory = Dir::open_ambient_dir(path, ambient_authority())?;
    let metadata = directory.try_clone()?.into_std_file().metadata()?;
    // Where it is sticky, nobody changes another's file: so Kubernetes mounts it.
    if is_writable_by_others(&metadata) && !is_sticky(&metadata) {
        return Err(io::Error::other(
            "others may write to the directory of secrets (`chmod go-w` it)",
        ));
    }
    Ok(directory)
}

/// The files that have the name of a secret, with how they are.
fn stamps(directory: &Dir) -> io::Result<BTreeMap<String, Stamp>> {
    let mut names = BTreeSet::new();
    for entry in directory.entries()? {
        let name = entry?.file_name().into_string();
        names.extend(name.ok().filter(|name| is_secret_name(name)));
    }
    let stamp = |name: String| {
        let metadata = directory.metadata(&name).ok().filter(|it| it.is_file())?;
        #[cfg(unix)]
        let number = {
            use cap_std::fs::MetadataExt as _;

            (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let number = (0, 0, 0);
        let stamp = Stamp {
            length: metadata.len(),
            modified: metadata
                .modified()
                .ok()
                .map(cap_std::time::SystemTime::into_std),
            number,
        };
        Some((name, stamp))
    };
    Ok(names.into_iter().take(MOST).filter_map(stamp).collect())
}

/// The value that a file holds, and how the file was.
fn read(directory: &Path, name: &str) -> io::Result<(String, Stamp)> {
    let directory = opened(directory)?;
    for _ in 0..READS {
        let opened = open_file(&directory, Path::new(name), FollowSymlinks::Yes);
        let (file, before) = opened.map_err(|error| match leads_out(&error) {
            true => {
                io::Error::other("its file is a link that leads out of the directory of secrets")
            }
            false => error,
        })?;
        if is_writable_by_others(&before) {
            return Err(io::Error::other(
                "others may write to its file (`chmod go-w` it)",
            ));
        }
        let mut bytes = Vec::new();
        let most = LONGEST as u64 + 3;
        (&file).take(most).read_to_end(&mut bytes)?;
        let after = Stamp::of(&file.metadata()?);
        // One that is written meanwhile may be read in part.
        if after == Stamp::of(&before)
            && (after.length == bytes.len() as u64 || after.length >= most)
        {
            let ends = [b"\r\n".as_slice(), b"\n"].into_iter();
            let mut ends = ends.filter_map(|end| bytes.strip_suffix(end).map(<[u8]>::len));
            bytes.truncate(ends.next().unwrap_or(bytes.len()));
            return Ok((checked(bytes)?, after));
        }
    }
    Err(io::Error::other("its file changes while it is read"))
}

/// The bytes as a value that can be put into a variable.
fn checked(bytes: Vec<u8>) -> io::Result<String> {
    let wrong = |why: &str| Err(io::Error::other(why));
    if bytes.len() < SHORTEST {
        return wrong("it has less than 8 bytes");
    }
    if bytes.len() > LONGEST {
        return wrong("it has more than 64 KiB");
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => wrong("it holds a NUL, which no variable can"),
        Ok(text) => Ok(text),
        Err(_) => wrong("it is no UTF-8 text"),
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let number = {
            use std::os::unix::fs::MetadataExt as _;

            (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let number = (0, 0, 0);
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            number,
        }
    }
}

#[cfg(unix)]
fn is_writable_by_others(metadata: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o022 != 0
}

#[cfg(unix)]
fn is_sticky(metadata: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o1000 != 0
}

/// Modes say nothing there.
#[cfg(not(unix))]
fn is_writable_by_others(_: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn is_sticky(_: &Metadata) -> bool {
    false
}

impl fmt::Debug for Store {
    /// Says nothing of what they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Values {
    /// Says nothing of what they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
