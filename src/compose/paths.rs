//! Reads the paths of Compose files as Compose does, where it is known beforehand which file they mean.

use std::path::{Component, Path, PathBuf};

/// What Compose fetches instead of opening it.
const REMOTE: &[&str] = &["://", ".git#", "oci:"];

/// What it takes for an address of git without saying so.
const HOSTS: &[&str] = &["github.com/", "gitlab.com/", "bitbucket.org/"];

/// The path that a text means to Compose, absolute and without `.` and `..`; or what is wrong with it.
pub(super) fn path(base: &Path, text: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err("a path is wanted here".to_owned());
    }
    if text.contains('$') {
        return Err(
            "has a variable in it, so which file Compose would open is not known before it is started; write the path out"
                .to_owned(),
        );
    }
    if text.chars().any(char::is_control) {
        return Err("has a control character in it".to_owned());
    }
    if is_remote(text) {
        return Err(
            "is fetched from elsewhere, which this server does not allow; put the file into the project directory"
                .to_owned(),
        );
    }
    if text.starts_with('~') {
        return Err(
            "begins with `~`, and Compose is started without a home; write the path out".to_owned(),
        );
    }
    if text == "-" {
        return Err("is Compose's own input and no file".to_owned());
    }
    Ok(join(base, text))
}

/// A path from a directory on, without `.` and `..`: they are taken out before links are followed.
pub(super) fn join(base: &Path, text: &str) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in base.join(text).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    whole
}

pub(super) fn is_remote(text: &str) -> bool {
    let folded = text.to_ascii_lowercase();
    REMOTE.iter().any(|mark| folded.contains(mark))
        || HOSTS.iter().any(|host| folded.starts_with(host))
        || folded.ends_with(".git")
        // `me@host:path` is an address of SSH, whoever `me` is.
        || folded
            .split_once('@')
            .is_some_and(|(_, host)| host.contains(':'))
}
