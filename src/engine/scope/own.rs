//! Keeps the id by which a user's servers know what they made.
//!
//! It is random, and only its user can read it: a name could be taken from anywhere.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::files;

/// Where it is below what programs keep for a user.
const PLACE: &str = "mcp-docker/server-id";

/// The id of this user's servers; made where there is none yet.
///
/// # Errors
/// Why it cannot be kept, as a refusal says it.
pub(super) fn id() -> Result<String, String> {
    let path = file();
    let path = path.ok_or(
        "SAFETY_SCOPE=mine needs a home directory to keep the server's id in; nothing was done",
    )?;
    kept(&path).map_err(|error| {
        format!(
            "SAFETY_SCOPE=mine needs the server's id, and `{}` {error}; nothing was done",
            path.display()
        )
    })
}

/// The file with the id of this user's servers, and whether it is there.
///
/// # Errors
/// Why it cannot be used; what mends it follows a semicolon.
pub fn server_id_file() -> Result<(PathBuf, bool), String> {
    let path = file().ok_or("there is no home directory to keep the server's id in; set `HOME`")?;
    match read(&path) {
        Ok(id) => Ok((path, id.is_some())),
        Err(why) => {
            let halves = why.split_once(": ");
            let halves = halves.filter(|(why, _)| !why.starts_with("cannot"));
            let (why, mend) = halves.unwrap_or((&why, "correct it"));
            let shown = path.display();
            Err(format!("the server's id in `{shown}` {why}; {mend}"))
        }
    }
}

/// The file with the id.
pub(crate) fn file() -> Option<PathBuf> {
    files::state_of_this_user().map(|folder| folder.join(PLACE))
}

fn kept(path: &Path) -> Result<String, String> {
    // Whoever comes second takes what the first has written.
    match read(path) {
        Ok(None) => {}
        Ok(Some(id)) => return Ok(id),
        Err(error) => return Err(error),
    }
    let unkept = |error: std::io::Error| format!("cannot be made: {error}");
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(unkept)?;
    let id = Uuid::new_v4().simple().to_string();
    let new = folder.join(format!(".server-id-{}", Uuid::new_v4().simple()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new).map_err(unkept)?;
    let written = file.write_all(id.as_bytes()).and_then(|()| file.sync_all());
    // A link and no rename: the first that is there stays.
    let linked = written.and_then(|()| fs::hard_link(&new, path));
    let _ = fs::remove_file(&new);
    match linked {
        Ok(()) => Ok(id),
        Err(error) => read(path)?.ok_or_else(|| unkept(error)),
    }
}

fn read(path: &Path) -> Result<Option<String>, String> {
    if !path.exists() {
        return Ok(None);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
        if metadata.permissions().mode() & 0o022 != 0 {
            return Err("may be written by others: `chmod 600` it".to_owned());
        }
    }
    let text = files::read_text(path, files::SMALL);
    let text = text.map_err(|error| format!("cannot be read: {error}"))?;
    match Uuid::try_parse(text.trim()) {
        Ok(id) => Ok(Some(id.simple().to_string())),
        Err(_) => Err("holds no id: remove it, and a new one is made".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_stays_and_is_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/server-id");
        let id = kept(&path).unwrap();
        assert_eq!(kept(&path).unwrap(), id);
        assert_ne!(kept(&folder.path().join("other")).unwrap(), id);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
            mode(0o666);
            assert!(kept(&path).unwrap_err().contains("chmod 600"));
            mode(0o600);
        }
        fs::write(&path, "no id").unwrap();
        assert!(kept(&path).unwrap_err().contains("remove it"));
    }
}
