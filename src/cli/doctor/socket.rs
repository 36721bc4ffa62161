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

    use mcp_docker::engine::{Reason, SocketGroup};

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
            return Check::mend(NAME, format!("`{path}` is no socket"), "see `connection`");
        }
        let group = SocketGroup::of(path, &socket);
        let mode = format!("{:o}", socket.mode() & 0o777);
        let owned = format!(
            "`{path}` (user {}, group {group}, mode {mode})",
            socket.uid()
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
            Err(
                Silence::Hangs
                | Silence::Failed(EngineError::Unreachable { .. } | EngineError::Interrupted { .. }),
            ) => Check::unknown(
                NAME,
                format!("{owned} is there, and nothing answers behind it"),
            ),
            Ok(_) | Err(Silence::Failed(_)) => Check::ok(NAME, format!("{owned} can be opened")),
        };
        check
            .with("path", path)
            .with("uid", socket.uid())
            .with("gid", socket.gid())
            .with("mode", mode)
    }
}
