//! Says which part of a place that people keep their work in is for containers.

/// What kind of place it is, and by that which part of it is for containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceKind {
    /// It holds home directories.
    Homes,
    /// It is one.
    Home,
    /// Whatever lies below it is work.
    Work,
    /// Its folders are, where they are nobody's in particular.
    Temporary,
    /// It holds disks and shares, and what lies below those is work.
    Shares,
}

/// Entries of a home directory from which programs are run, or where they keep what is theirs.
const OF_PROGRAMS: &[&str] = &[
    "bin",
    "sbin",
    "go",
    "snap",
    "library",
    "applications",
    "appdata",
];

/// What Windows has beside them, most of it links into `AppData`.
#[rustfmt::skip]
const OF_WINDOWS: &[&str] = &[
    "application data", "cookies", "local settings", "nethood", "printhood", "recent", "sendto",
    "start menu", "templates",
];

/// Directories beside the homes of Windows that are nobody's.
pub(super) const NO_HOMES: &[&str] = &["all users", "default", "default user"];

/// What programs keep in a directory of temporary files for themselves.
#[rustfmt::skip]
const OF_SESSIONS: &[&str] = &[
    "ssh-", "tmux-", "systemd-private-", "snap-", "podman-run-", "storage-run-", "mcp-docker-",
];

/// Names among the shares that lead to the system's own files.
const NO_SHARES: &[&str] = &["wsl", "wslg", "host", "bootcamp"];

/// What Windows keeps at the root of a drive.
#[rustfmt::skip]
const OF_THE_SYSTEM: &[&str] = &[
    "windows", "winnt", "program files", "program files (x86)", "programdata", "perflogs",
    "documents and settings", "system volume information", "recovery", "boot", "efi", "msocache",
];

const HIDDEN: &str = "is hidden, as are settings, keys and what runs at login";

/// The names in what lies below a place.
pub(super) fn parts(below: &str) -> Vec<&str> {
    below.split('/').filter(|part| !part.is_empty()).collect()
}

/// Whether what lies so far below a place is for containers, or else why not, in words that follow it.
pub(super) fn in_a_place(
    kind: PlaceKind,
    below: &[&str],
    windows: bool,
) -> Result<(), &'static str> {
    match (kind, below) {
        (PlaceKind::Homes, []) => Err("holds home directories"),
        (PlaceKind::Homes, [user, ..]) if user.starts_with('.') => Err(HIDDEN),
        (PlaceKind::Homes, [_, entry @ ..]) | (PlaceKind::Home, entry) => in_a_home(entry, windows),
        (PlaceKind::Work, []) => {
            Err("is a place for many people's work, and what is mounted lies below it")
        }
        (PlaceKind::Work, _) => Ok(()),
        (PlaceKind::Temporary, []) => Err("holds everybody's temporary files"),
        (PlaceKind::Temporary, [name, ..]) if name.starts_with('.') => Err(HIDDEN),
        (PlaceKind::Temporary, [name, ..]) => {
            let of_a_session = OF_SESSIONS.iter().any(|prefix| name.starts_with(prefix));
            if of_a_session {
                return Err("is what a program keeps for itself");
            }
            Ok(())
        }
        (PlaceKind::Shares, [] | [_]) => Err("is or holds a whole disk or share"),
        (PlaceKind::Shares, [share, ..]) => {
            let leads_to_the_system =
                NO_SHARES.contains(share) || share.starts_with("macintosh hd");
            match leads_to_the_system {
                true => Err("is of the system's own files"),
                false if share.starts_with('.') => Err(HIDDEN),
                false => Ok(()),
            }
        }
    }
}

fn in_a_home(entry: &[&str], windows: bool) -> Result<(), &'static str> {
    match entry {
        [] => return Err("is a home directory"),
        [name, ..] if name.starts_with('.') => return Err(HIDDEN),
        [name, ..] if OF_PROGRAMS.contains(name) => {
            return Err("is where a home directory has programs and what is theirs");
        }
        [name, ..] if windows && (OF_WINDOWS.contains(name) || name.starts_with("ntuser")) => {
            return Err("is where a home directory has programs and what is theirs");
        }
        _ => {}
    }
    // PowerShell runs a profile that it finds there.
    let is_documents = |name: &str| matches!(name, "documents" | "my documents");
    let profiles = entry.windows(2).any(|pair| match pair {
        [above, name] => is_documents(above) && name.ends_with("powershell"),
        _ => false,
    });
    match entry.last() {
        _ if profiles => Err("is where PowerShell has what it runs when it starts"),
        Some(last) if windows && is_documents(last) => {
            Err("holds what PowerShell runs when it starts; a folder below it does not")
        }
        _ => Ok(()),
    }
}

/// The same for a drive of Windows.
pub(super) fn on_a_drive(letter: char, below: &[&str]) -> Result<(), &'static str> {
    match below {
        [] => Err("is a whole drive"),
        ["users"] => Err("holds home directories"),
        ["users", user, ..] if NO_HOMES.contains(user) || user.starts_with('.') => {
            Err("is of the system's own files")
        }
        ["users", _, entry @ ..] => in_a_home(entry, true),
        _ if letter == 'c' => Err("is on the drive of the system, and of nobody's home directory"),
        [name, ..] if OF_THE_SYSTEM.contains(name) || name.starts_with('$') => {
            Err("is of the system's own files")
        }
        [name] if [".sys", ".bin"].iter().any(|end| name.ends_with(end)) => {
            Err("is of the system's own files")
        }
        _ => Ok(()),
    }
}
