//! Knows the paths of a host that are not for containers: the system's own, keys, and the sockets
//! that Docker is controlled through.
//!
//! Case does not matter here: some hosts have file systems that do not tell it apart.

use super::paths::within;

/// What makes a host what it is, on Linux, on macOS (`/private`) and on Windows behind its drive.
#[rustfmt::skip]
const SYSTEM: &[&str] = &[
    "/etc", "/root", "/proc", "/sys", "/boot", "/dev", "/run", "/var/run",
    "/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet",
    // Who may write there runs programs on the host.
    "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/var/spool",
    "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/libexec",
    "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/usr/local/libexec",
    // Where the system itself is on hosts that are updated as a whole.
    "/sysroot", "/ostree", "/var/roothome",
    "/private/etc", "/private/var/run", "/private/var/root", "/private/var/db",
    "/windows", "/program files", "/program files (x86)", "/programdata",
];

/// The directories that hold home directories.
const HOMES: &[&str] = &["/home", "/users", "/var/home"];

/// Directories of keys and credentials, wherever they are.
const KEYS: &[&str] = &[".ssh", ".aws", ".kube", ".docker", ".gnupg"];

/// Where the sockets usually are; whoever has a directory above one has the socket.
const SOCKETS: &[&str] = &[
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/private/var/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
];

/// Where sockets are gathered; each of them counts as one of Docker's.
const SOCKET_DIRECTORIES: &[&str] = &["/run", "/var/run", "/private/var/run"];

/// What is wrong with a home directory itself.
pub(super) const A_HOME: &str = "is a home directory";

/// What the name of a socket elsewhere says of it.
const ENGINES: &[&str] = &["docker", "podman", "containerd", "crio", "buildkit"];

/// Whether a normalised path is a socket that controls an Engine, or has one below it.
pub(super) fn holds_a_socket(path: &str, in_use: &[String]) -> bool {
    let lower = path.to_ascii_lowercase();
    let known = SOCKETS.iter().any(|socket| within(socket, &lower));
    let used = in_use.iter().any(|socket| within(socket, path));
    let name = lower.rsplit('/').next().unwrap_or_default();
    let gathered = SOCKET_DIRECTORIES
        .iter()
        .any(|directory| within(&lower, directory));
    let named = match name.split_once(".sock") {
        Some((_, "")) if gathered => true,
        Some(_) => is_of_an_engine(name),
        None => false,
    };
    // A user's own Engine has its socket in `/run/user/1000`.
    let rootless = matches!(
        lower.split('/').collect::<Vec<_>>().as_slice(),
        ["", "run", "user"]
            | ["", "run", "user", _]
            | ["", "var", "run", "user"]
            | ["", "var", "run", "user", _]
    );
    // `//./pipe/docker_engine` is the socket of Windows.
    known || used || named || rootless || within(&lower, "/pipe")
}

/// Whether the name of a socket says that an Engine is controlled through it.
pub(super) fn is_of_an_engine(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ENGINES.iter().any(|engine| name.contains(engine))
}

/// What a normalised path gives away, in words that follow it.
pub(super) fn found(path: &str) -> Option<String> {
    let lower = path.to_ascii_lowercase();
    let mut path = lower.as_str();
    loop {
        if let Some(what) = found_in(path) {
            return Some(what);
        }
        path = without_drive(path)?;
    }
}

fn found_in(path: &str) -> Option<String> {
    if path == "/" {
        return Some("is the root of a file system, which holds everything".to_owned());
    }
    for system in SYSTEM {
        if path == *system {
            return Some("is a sensitive path of the host".to_owned());
        }
        if within(path, system) {
            return Some(format!("lies in `{system}`, a sensitive path of the host"));
        }
        if within(system, path) {
            return Some(format!("holds `{system}`, a sensitive path of the host"));
        }
    }
    for homes in HOMES {
        if within(homes, path) {
            return Some("holds home directories".to_owned());
        }
        let below = path
            .strip_prefix(homes)
            .and_then(|rest| rest.strip_prefix('/'));
        let user = below.map(|below| below.split('/').next().unwrap_or(below));
        let home = user.map(|user| format!("{homes}/{user}"));
        if let Some(what) = home.and_then(|home| found_of_home(path, &home)) {
            return Some(what.to_owned());
        }
    }
    let key = path.split('/').find(|part| KEYS.contains(part))?;
    Some(format!(
        "lies in a `{key}`, which holds keys or credentials"
    ))
}

/// What a normalised path gives away of the home directory of one user.
pub(super) fn found_of_home(path: &str, home: &str) -> Option<&'static str> {
    if within(home, path) {
        return Some(if path == home {
            A_HOME
        } else {
            "holds a home directory"
        });
    }
    let below = path.strip_prefix(home.trim_end_matches('/'))?;
    below.starts_with("/.").then_some(
        "is of the hidden files of a home directory, which hold settings, keys and what runs at login",
    )
}

/// The path within a drive of Windows or the host's files behind a virtual machine, where it seems
/// to be of one: `/c:/`, `/c/`, `/mnt/c/` and `/host_mnt/`.
fn without_drive(path: &str) -> Option<&str> {
    let is_drive = |name: &str| {
        let letter = name.strip_suffix(':').unwrap_or(name);
        letter.len() == 1 && letter.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let (first, rest) = first_part(path);
    if first == "host_mnt" || is_drive(first) {
        return Some(rest);
    }
    let (second, rest) = first_part(rest);
    (first == "mnt" && is_drive(second)).then_some(rest)
}

/// The first part of a normalised path, and the path from there.
fn first_part(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    match path.find('/') {
        Some(end) => path.split_at(end),
        None => (path, "/"),
    }
}
