//! Looks at the socket of an Engine on this machine: whether it is one, and how a user comes to open
//! one that is closed to them.

use std::fmt;
use std::fs::{self, Metadata};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

use crate::engine::policy::surroundings::Surroundings;

/// What is wrong with a path that leads to no socket, and what else may help.
pub(super) fn wrong(path: &Path, metadata: &Metadata) -> Option<(&'static str, &'static str)> {
    if metadata.file_type().is_socket() {
        return None;
    }
    let is_empty = || fs::read_dir(path).is_ok_and(|mut folder| folder.next().is_none());
    Some(if path.ends_with("docker.sock") && is_empty() {
        (
            "is an empty folder, as Docker makes one where a socket was to be mounted that was not there",
            "remove it and start Docker, or ",
        )
    } else if metadata.is_dir() {
        ("is a folder and no socket", "")
    } else {
        ("is a file and no socket", "")
    })
}

/// The group that a socket is open to.
#[derive(Debug)]
pub struct SocketGroup {
    number: u32,
    name: Option<String>,
    /// This user was put into it, which counts from the next login on.
    joined: bool,
    /// This process runs in a container, and the socket is from outside.
    mounted: bool,
}

impl SocketGroup {
    /// That of the socket at this path, by the name that `/etc/group` has for it.
    pub fn of(path: &str, socket: &Metadata) -> Self {
        let groups = fs::read_to_string("/etc/group").unwrap_or_default();
        let user = std::env::var("USER").unwrap_or_default();
        let mounted = !Surroundings::of_this_process().hold(path);
        Self::in_file(socket.gid(), &groups, &user, mounted)
    }

    fn in_file(number: u32, groups: &str, user: &str, mounted: bool) -> Self {
        let found = groups.lines().find_map(|line| {
            let mut fields = line.split(':');
            let (name, gid) = (fields.next()?, fields.nth(1)?);
            (gid.parse() == Ok(number)).then(|| (name, fields.next().unwrap_or_default()))
        });
        let is_user = |member| !user.is_empty() && member == user;
        Self {
            number,
            name: found.map(|(name, _)| name.to_owned()),
            joined: found.is_some_and(|(_, members)| members.split(',').any(is_user)),
            mounted,
        }
    }

    /// How this user comes into it.
    pub fn remedy(&self) -> String {
        let number = self.number;
        match &self.name {
            // What is done to the container's own groups is gone with it.
            _ if self.mounted => format!(
                "start this container with `--group-add {number}`, which is the socket's group"
            ),
            Some(name) if self.joined => {
                format!("log in again: you were put into the group `{name}` after you did")
            }
            _ if number == 0 => "run this as root, or use a rootless Engine".to_owned(),
            Some(name) => format!(
                "add yourself to the group `{name}` (`sudo usermod -aG {name} $USER`, then log in again)"
            ),
            None => format!(
                "run this as a user of the group {number}, which has no name on this machine"
            ),
        }
    }
}

impl fmt::Display for SocketGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.write_str(name),
            None => write!(f, "{}", self.number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUPS: &str = "root:x:0:\ndocker:x:106:ada,grace\nbroken\n";

    #[test]
    fn each_user_is_told_what_opens_the_socket_to_them() {
        for (group, user, mounted, shown, remedy) in [
            (
                106,
                "alan",
                false,
                "docker",
                "sudo usermod -aG docker $USER",
            ),
            (106, "grace", false, "docker", "log in again: you were put"),
            (106, "", false, "docker", "sudo usermod -aG docker $USER"),
            (
                107,
                "alan",
                false,
                "107",
                "as a user of the group 107, which has no name",
            ),
            (0, "alan", false, "root", "run this as root"),
            (
                106,
                "ada",
                true,
                "docker",
                "start this container with `--group-add 106`",
            ),
            (
                107,
                "alan",
                true,
                "107",
                "start this container with `--group-add 107`",
            ),
            (
                0,
                "alan",
                true,
                "root",
                "start this container with `--group-add 0`",
            ),
        ] {
            let group = SocketGroup::in_file(group, GROUPS, user, mounted);
            assert_eq!(group.to_string(), shown);
            assert!(
                group.remedy().contains(remedy),
                "{group:?}: {}",
                group.remedy()
            );
        }
    }
}
