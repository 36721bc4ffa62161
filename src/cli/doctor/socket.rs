//! Whose the Engine's socket is, and whether this user may open it.

use mcp_docker::engine::{Address, EngineError};

use super::connection::{Answers, Silence};
use super::report::Check;

/// Nothing where the Engine is not behind a socket of this machine.
pub(super) fn check(
    address: &Result<Address, EngineError>,
    answers: &Result<Answers, Silence>,
) -> Option<Check> {
    let path = address.as_ref().ok()?.url.strip_prefix("unix://")?;
    #[cfg(unix)]
    return Some(unix::check(path, answers));
    #[cfg(not(unix))]
    {
        let _ = (path, answers);
        None
    }
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::io;
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};

    use mcp_docker::engine::Reason;

    use super::super::connection::Silence;
    use super::{Answers, Check, EngineError};

    const NAME: &str = "socket";

    pub(super) fn check(path: &str, answers: &Result<Answers, Silence>) -> Check {
        let socket = match fs::metadata(path) {
            Ok(socket) => socket,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Check::mend(
                    NAME,
                    format!("`{path}` is in a folder that is closed to this user"),
                    "run this as the user whose Engine it is, or set `DOCKER_HOST` to your own",
                );
            }
            Err(_) => return Check::unknown(NAME, format!("there is no `{path}`")),
        };
        if !socket.file_type().is_socket() {
            return Check::mend(
                NAME,
                format!("`{path}` is no socket"),
                "remove it and start Docker, or set `DOCKER_HOST` to its socket",
            );
        }
        let group = Group::of(socket.gid());
        let mode = format!("{:o}", socket.mode() & 0o777);
        let owned = format!(
            "`{path}` (user {}, group {}, mode {mode})",
            socket.uid(),
            group.name
        );
        let check = match answers {
            Err(Silence::Failed(EngineError::Unreachable {
                reason: Reason::Denied,
                ..
            })) => Check::mend(
                NAME,
                format!("permission denied: {owned} is closed to this user"),
                group.remedy(),
            ),
            _ => Check::ok(NAME, format!("{owned} can be opened")),
        };
        check
            .with("path", path)
            .with("uid", socket.uid())
            .with("gid", socket.gid())
            .with("mode", mode)
    }

    /// The group that a socket is open to.
    struct Group {
        name: String,
        /// This user was put into it, which counts from the next login on.
        joined: bool,
    }

    impl Group {
        /// The group of that number, as far as `/etc/group` knows it.
        fn of(number: u32) -> Self {
            let file = fs::read_to_string("/etc/group").unwrap_or_default();
            let user = std::env::var("USER").unwrap_or_default();
            let found = file.lines().find_map(|line| {
                let mut fields = line.split(':');
                let (name, gid) = (fields.next()?, fields.nth(1)?);
                let members = fields.next().unwrap_or_default();
                (gid.parse() == Ok(number)).then(|| Self {
                    name: name.to_owned(),
                    joined: !user.is_empty() && members.split(',').any(|member| member == user),
                })
            });
            found.unwrap_or_else(|| Self {
                name: number.to_string(),
                joined: false,
            })
        }

        fn remedy(&self) -> String {
            let name = &self.name;
            if self.joined {
                format!("log in again: you were put into the group `{name}` after you did")
            } else if name == "root" {
                "run this as root, or use a rootless Engine".to_owned()
            } else {
                format!(
                    "add yourself to the group `{name}` (`sudo usermod -aG {name} $USER`, then log in again)"
                )
            }
        }
    }
}
