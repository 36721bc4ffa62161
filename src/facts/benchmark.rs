//! Lists the items of the CIS Docker Benchmark 1.6.0 that a container's document can answer.

/// How much harm a finding can do, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    Critical,
    High,
    Medium,
    Low,
}

impl Severity {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// An item of the benchmark.
pub(super) struct Item {
    /// Its number.
    pub id: &'static str,
    /// What it demands, in short.
    pub title: &'static str,
    /// How to comply.
    pub fix: &'static str,
    /// The section of NIST SP 800-190 and the control of NIST SP 800-53 that it serves.
    pub maps: &'static str,
}

const fn item(
    id: &'static str,
    title: &'static str,
    fix: &'static str,
    maps: &'static str,
) -> Item {
    Item {
        id,
        title,
        fix,
        maps,
    }
}

const ISOLATION: &str = "SP 800-190 4.4.3; SP 800-53 SC-39, CM-7";
const PRIVILEGE: &str = "SP 800-190 4.4.3; SP 800-53 AC-6";
const HOST_FILES: &str = "SP 800-190 4.5.5; SP 800-53 AC-6, SC-39";
const NETWORK: &str = "SP 800-190 4.4.2; SP 800-53 SC-7";
const AVAILABILITY: &str = "SP 800-190 4.4.3; SP 800-53 SC-5, SC-6";
const IMAGE: &str = "SP 800-190 4.1.2; SP 800-53 CM-2";
const SECRETS: &str = "SP 800-190 4.1.4; SP 800-53 IA-5";
const ENGINE: &str = "SP 800-190 4.5.2; SP 800-53 SC-39, CM-6";

/// Every item that is looked at.
pub(super) static ITEMS: [Item; 33] = [
    item(
        "2.9",
        "user namespaces or rootless mode for the daemon",
        "set `userns-remap` in daemon.json, or run Docker rootless",
        ENGINE,
    ),
    item(
        "2.14",
        "no new privileges for all containers",
        "set `no-new-privileges` in daemon.json",
        ENGINE,
    ),
    item(
        "2.15",
        "live restore",
        "set `live-restore` in daemon.json",
        "SP 800-53 CP-10",
    ),
    item(
        "2.17",
        "a seccomp profile for the daemon",
        "do not set `seccomp-profile` to `unconfined`",
        ENGINE,
    ),
    item(
        "2.18",
        "no experimental features in production",
        "take `experimental` out of daemon.json",
        "SP 800-53 CM-7",
    ),
    item(
        "4.1",
        "a user that is not root",
        "set `USER` in the image, or `user:`/`--user`",
        PRIVILEGE,
    ),
    item(
        "4.2",
        "a trusted base that is pinned",
        "name a version or a digest",
        IMAGE,
    ),
    item(
        "4.10",
        "no secrets in the image or its variables",
        "hand it over as a file (a secret of Compose, a mount), and keep it out of the Dockerfile",
        SECRETS,
    ),
    item(
        "5.2",
        "an AppArmor profile",
        "leave `apparmor=unconfined` away",
        ISOLATION,
    ),
    item(
        "5.3",
        "SELinux options",
        "leave `label=disable` away",
        ISOLATION,
    ),
    item(
        "5.4",
        "restricted capabilities",
        "`--cap-drop ALL`, then add only what is needed",
        PRIVILEGE,
    ),
    item(
        "5.5",
        "no privileged container",
        "leave `--privileged` away; add the one capability or device that is needed",
        PRIVILEGE,
    ),
    item(
        "5.6",
        "no sensitive host directories mounted",
        "mount the one file that is needed, read-only, or use a volume",
        HOST_FILES,
    ),
    item(
        "5.7",
        "no sshd inside",
        "use `docker exec`",
        "SP 800-190 4.4.1; SP 800-53 CM-7",
    ),
    item(
        "5.8",
        "no privileged host ports",
        "publish a port above 1023, or put a proxy in front",
        NETWORK,
    ),
    item(
        "5.10",
        "a network namespace of its own",
        "leave `--network host` away and publish ports",
        NETWORK,
    ),
    item("5.11", "a memory limit", "`--memory`", AVAILABILITY),
    item(
        "5.12",
        "a CPU limit or weight",
        "`--cpus` or `--cpu-shares`",
        AVAILABILITY,
    ),
    item(
        "5.13",
        "a read-only root file system",
        "`--read-only`, with a tmpfs where it writes",
        ISOLATION,
    ),
    item(
        "5.14",
        "ports bound to one host interface",
        "`-p 127.0.0.1:HOST_PORT:PORT`, or the address that is meant",
        NETWORK,
    ),
    item(
        "5.15",
        "restart policy on-failure, at most 5",
        "`--restart on-failure:5`",
        AVAILABILITY,
    ),
    item(
        "5.16",
        "a process namespace of its own",
        "leave `--pid host` away",
        ISOLATION,
    ),
    item(
        "5.17",
        "an IPC namespace of its own",
        "leave `--ipc host` away",
        ISOLATION,
    ),
    item(
        "5.18",
        "no host devices",
        "leave `--device` away, or restrict it to `r`",
        HOST_FILES,
    ),
    item(
        "5.20",
        "no shared mount propagation",
        "leave `shared` away",
        HOST_FILES,
    ),
    item(
        "5.21",
        "a UTS namespace of its own",
        "leave `--uts host` away",
        ISOLATION,
    ),
    item(
        "5.22",
        "a seccomp profile",
        "leave `seccomp=unconfined` away",
        ISOLATION,
    ),
    item(
        "5.26",
        "no new privileges",
        "`--security-opt no-new-privileges`",
        PRIVILEGE,
    ),
    item(
        "5.27",
        "a health check",
        "`HEALTHCHECK` in the image, or `--health-cmd`",
        AVAILABILITY,
    ),
    item(
        "5.29",
        "a limit of processes",
        "`--pids-limit`",
        AVAILABILITY,
    ),
    item(
        "5.30",
        "a network of its own, not docker0",
        "`docker network create`, `--network`",
        NETWORK,
    ),
    item(
        "5.31",
        "the daemon's user namespace",
        "leave `--userns host` away",
        ISOLATION,
    ),
    item(
        "5.32",
        "no Docker socket inside",
        "take the mount out: whoever holds the socket is root on the host; at the least put a proxy in between that allows single calls",
        HOST_FILES,
    ),
];

/// The item of that number.
pub(super) fn find(id: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.id == id)
}
