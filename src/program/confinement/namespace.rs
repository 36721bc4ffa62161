//! Hides the Engine's own sockets in a mount namespace: Landlock leaves sockets open up to its version 8.

use std::fs;
use std::io;
use std::path::PathBuf;

use nix::sched::{CloneFlags, unshare};
use rustix::mount::{MountPropagationFlags, mount_bind, mount_change};
use rustix::process::{getegid, geteuid};

/// Puts `/dev/null` in the place of each of these, for this process and what it becomes.
///
/// # Errors
/// The system has no such namespace for this user.
pub(super) fn hide(sockets: &[PathBuf]) -> io::Result<()> {
    enter()?;
    mount_change(
        "/",
        MountPropagationFlags::REC | MountPropagationFlags::PRIVATE,
    )?;
    for socket in sockets {
        mount_bind("/dev/null", socket)?;
    }
    Ok(())
}

/// As root as it is; as a user in a namespace of users, in which they are themselves.
fn enter() -> io::Result<()> {
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    if user == 0 && unshare(CloneFlags::CLONE_NEWNS).is_ok() {
        return Ok(());
    }
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}
