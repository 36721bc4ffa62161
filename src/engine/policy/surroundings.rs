//! Tells whether this process runs in a container, in which, and whose files it sees.

use std::path::Path;

use serde_json::Value;

/// What a process can know of where it runs. The default is that of a process in no container.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The text of `/proc/self/mountinfo`.
    pub mountinfo: String,
    /// The text of `/proc/self/cgroup`.
    pub cgroup: String,
    /// The host name.
    pub hostname: String,
    /// A container engine left its mark: `/.dockerenv` or `/run/.containerenv`.
    pub marked: bool,
    /// The texts of `/proc/net/route` and `/proc/net/ipv6_route`; none where they are yet to be read.
    pub routes: Option<(String, String)>,
}

/// The files that container engines mount from outside.
const MOUNTED: &[&str] = &["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];

/// One line of mountinfo: which part of a file system is mounted where.
struct Mounted<'a> {
    root: &'a str,
    at: &'a str,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_this_process() -> Self {
        Self {
            mountinfo: read("/proc/self/mountinfo"),
            cgroup: read("/proc/self/cgroup"),
            hostname: read("/proc/sys/kernel/hostname").trim().to_owned(),
            marked: ["/.dockerenv", "/run/.containerenv"]
                .iter()
                .any(|mark| Path::new(mark).exists()),
            routes: None,
        }
    }

    /// The routes of the host, which come and go.
    pub(super) fn routes(&self) -> (String, String) {
        let now = || (read("/proc/net/route"), read("/proc/net/ipv6_route"));
        self.routes.clone().unwrap_or_else(now)
    }

    /// Whether the process runs in a container of any kind.
    pub(super) fn is_container(&self) -> bool {
        let mounted = self.mounts().any(|mount| MOUNTED.contains(&mount.at));
        self.marked || mounted || self.id().is_some()
    }

    /// What an Engine knows the container by, where the process runs in one.
    pub(super) fn reference(&self) -> Option<&str> {
        let name = Some(self.hostname.as_str()).filter(|name| !name.is_empty());
        self.id().or(name).filter(|_| self.is_container())
    }

    /// Whether that container is the one of this inspect. The host name is weak evidence, taken only
    /// where there is no better: two containers of one name are both spared.
    pub(super) fn is(&self, container: &Value) -> bool {
        let text = |pointer| container.pointer(pointer).and_then(Value::as_str);
        match self.id() {
            Some(id) => text("/Id") == Some(id),
            None => {
                !self.hostname.is_empty() && text("/Config/Hostname") == Some(&*self.hostname)
                    || self.hostname.len() >= 12
                        && text("/Id").is_some_and(|id| id.starts_with(&self.hostname))
            }
        }
    }

    /// Whether an Engine at that socket has the same files as this process: a container's own files
    /// hold no socket but that of an Engine that runs in it.
    pub(crate) fn hold(&self, socket: &str) -> bool {
        if cfg!(not(unix)) {
            return false;
        }
        if !self.is_container() {
            return true;
        }
        let socket = std::fs::canonicalize(socket).unwrap_or_else(|_| socket.into());
        let above = self.mounts().filter(|mount| socket.starts_with(mount.at));
        let nearest = above.max_by_key(|mount| mount.at.len());
        nearest.is_some_and(|mount| mount.at == "/")
    }

    /// The id of the container, as the mounts or the control groups of the process give it.
    fn id(&self) -> Option<&str> {
        let from_mounts = self
            .mounts()
            .filter(|mount| MOUNTED.contains(&mount.at))
            .flat_map(|mount| mount.root.split('/'));
        let from_groups = self
            .cgroup
            .lines()
            .filter_map(|line| line.splitn(3, ':').nth(2))
            .flat_map(|group| group.split(['/', '-', '.', ':']));
        from_mounts.chain(from_groups).find(|part| is_id(part))
    }

    fn mounts(&self) -> impl Iterator<Item = Mounted<'_>> {
        self.mountinfo.lines().filter_map(|line| {
            let mut fields = line.split(' ').skip(3);
            Some(Mounted {
                root: fields.next()?,
                at: fields.next()?,
            })
        })
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn is_id(part: &str) -> bool {
    part.len() == 64 && part.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

    fn mounted(root: &str, at: &str) -> String {
        format!("700 1 254:1 {root} {at} rw,relatime - ext4 /dev/vda1 rw\n")
    }

    #[test]
    fn the_id_of_the_container_is_found_where_engines_leave_it() {
        for (mountinfo, cgroup) in [
            (
                mounted(
                    &format!("/var/lib/docker/containers/{ID}/hostname"),
                    "/etc/hostname",
                ),
                String::new(),
            ),
            (
                mounted(
                    &format!("/containers/overlay-containers/{ID}/userdata/hosts"),
                    "/etc/hosts",
                ),
                String::new(),
            ),
            (String::new(), format!("4:memory:/docker/{ID}\n0::/\n")),
            (
                String::new(),
                format!("0::/system.slice/docker-{ID}.scope\n"),
            ),
            (
                String::new(),
                format!("0::/machine.slice/libpod-{ID}.scope/container\n"),
            ),
        ] {
            let inside = Surroundings {
                mountinfo,
                cgroup,
                ..Surroundings::default()
            };
            assert_eq!(inside.id(), Some(ID), "{inside:?}");
            assert!(inside.is_container());
            assert!(inside.is(&json!({"Id": ID})));
            assert!(!inside.is(&json!({"Id": ID.replace('4', "5")})));
        }
    }

    /// A host sees the mounts of its containers too, but not as its own host name.
    #[test]
    fn a_host_with_containers_is_none() {
        let root = format!("/var/lib/docker/containers/{ID}/mounts/shm");
        let host = Surroundings {
            mountinfo: mounted("/", "/") + &mounted("/", &root),
            cgroup: "0::/user.slice/user-1000.slice/session-1.scope\n".to_owned(),
            hostname: "laptop".to_owned(),
            ..Surroundings::default()
        };
        assert!(!host.is_container());
        // Without sockets there is no Engine that has the same files.
        assert_eq!(host.hold("/run/docker.sock"), cfg!(unix));
    }

    #[test]
    fn the_host_name_stands_in_for_an_id_that_is_not_told() {
        let inside = Surroundings {
            hostname: ID[..12].to_owned(),
            marked: true,
            ..Surroundings::default()
        };
        assert!(inside.is(&json!({"Id": ID, "Config": {"Hostname": "other"}})));
        assert!(inside.is(&json!({"Id": "0", "Config": {"Hostname": ID[..12]}})));
        assert!(!inside.is(&json!({"Id": "0", "Config": {"Hostname": "other"}})));
        assert!(!Surroundings::default().is(&json!({"Id": "", "Config": {"Hostname": ""}})));
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_that_was_mounted_into_the_container_is_of_an_engine_outside() {
        let with = |mounts: &[&str]| Surroundings {
            mountinfo: mounts.iter().map(|at| mounted("/", at)).collect(),
            marked: true,
            ..Surroundings::default()
        };
        assert!(!with(&["/", "/nonexistent/docker.sock"]).hold("/nonexistent/docker.sock"));
        assert!(!with(&["/", "/nonexistent"]).hold("/nonexistent/docker.sock"));
        assert!(with(&["/", "/nonexistent/other"]).hold("/nonexistent/docker.sock"));
        assert!(!with(&[]).hold("/nonexistent/docker.sock"));
    }
}
