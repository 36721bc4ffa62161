//! Lists the keys of Compose files that are known: those of Compose 2.26, 2.40 and 5.6 together.
//!
//! What is on no list is refused, because nobody knows what a newer Compose does for it. A key is plain
//! where Compose hands its value to the Engine, or does nothing for it on the host; judged where the
//! create policy says what its value may be.

/// What may stand under a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A mapping with these keys, or what is short for it.
    Section(&'static Section),
    /// The same where the values may be anything.
    Keys(&'static [&'static str]),
    /// A mapping from names of the author's own, or a list of such names.
    Named(&'static Shape),
    /// A list, or one item that stands for a list of one.
    Each(&'static Shape),
    /// Other Compose files.
    Include,
    /// A service of this file or another.
    Extends,
    /// Files of variables.
    EnvFile,
    /// Files of labels.
    LabelFile,
    /// A file that a container gets.
    Source,
    /// What this server never lets Compose do, and why.
    Refused(&'static str),
    /// The same unless it is false.
    RefusedIfTrue(&'static str),
}

/// A mapping with known keys.
#[derive(Debug)]
pub(super) struct Section {
    /// Keys whose values may be anything: nothing in them makes Compose open a file or start a program.
    pub(super) plain: &'static [&'static str],
    pub(super) others: &'static [(&'static str, Shape)],
}

use Shape::{
    Each, EnvFile, Extends, Include, Keys, LabelFile, Named, Refused, RefusedIfTrue, Source,
};

pub(super) const fn section(section: &'static Section) -> Shape {
    Shape::Section(section)
}

const PROGRAM: &str = "makes Compose run a program of the host, which this server does not allow";
const MODEL: &str =
    "makes Compose run its plugin for models on the host, which this server does not allow";
const SOCKET: &str =
    "gives the container Docker's own socket and credentials, which this server does not allow";
const BUILDKIT: &str = "is for BuildKit's own channel, which this server does not carry; \
    builds go through the Engine's builder";
const PLUGIN: &str = "is for a plugin of a swarm, which this server does not allow";

/// A whole file.
pub(super) const FILE: Shape = section(&Section {
    plain: &["version", "name"],
    others: &[
        ("include", Include),
        ("services", Named(&SERVICE)),
        ("networks", Named(&NETWORK)),
        ("volumes", Named(&VOLUME)),
        ("secrets", Named(&SECRET)),
        ("configs", Named(&CONFIG)),
        ("models", Refused(MODEL)),
    ],
});

#[rustfmt::skip]
const SERVICE: Shape = section(&Section {
    plain: &[
        // They concern the container's inside, or limits that the Engine sets.
        "attach", "cap_drop", "command", "container_name", "cpu_count", "cpu_percent", "cpu_period",
        "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpus", "cpuset", "dns", "dns_opt",
        "dns_search", "domainname", "entrypoint", "environment", "expose", "external_links",
        "extra_hosts", "group_add", "hostname", "image", "init", "labels", "links", "mac_address",
        "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "oom_kill_disable",
        "pids_limit", "platform", "profiles", "pull_policy", "pull_refresh_after", "read_only", "restart",
        "scale", "shm_size", "stdin_open", "stop_grace_period", "stop_signal", "storage_opt", "tmpfs",
        "tty", "user", "working_dir",
        // The policy judges them.
        "annotations", "cap_add", "cgroup", "cgroup_parent", "device_cgroup_rules", "ipc", "isolation",
        "network_mode", "oom_score_adj", "pid", "privileged", "runtime", "security_opt", "sysctls",
        "userns_mode", "uts", "volumes_from",
    ],
    others: &[
        ("extends", Extends),
        ("env_file", EnvFile),
        ("label_file", LabelFile),
        ("provider", Refused(PROGRAM)),
        ("models", Refused(MODEL)),
        ("use_api_socket", RefusedIfTrue(SOCKET)),
        ("build", BUILD),
        ("blkio_config", section(&Section {
            plain: &["weight"],
            others: &[
                ("device_read_bps", Each(&LIMIT)), ("device_read_iops", Each(&LIMIT)),
                ("device_write_bps", Each(&LIMIT)), ("device_write_iops", Each(&LIMIT)),
                ("weight_device", Each(&LIMIT)),
            ],
        })),
        ("configs", Each(&GRANT)),
        ("secrets", Each(&GRANT)),
        ("credential_spec", Keys(&["config", "file", "registry"])),
        ("depends_on", Named(&Keys(&["condition", "required", "restart"]))),
        ("deploy", DEPLOY),
        // Only `watch` does anything with it.
        ("develop", section(&Section {
            plain: &[],
            others: &[("watch", Each(&Keys(&[
                "action", "exec", "ignore", "include", "initial_sync", "path", "target",
            ])))],
        })),
        ("devices", Each(&Keys(&["permissions", "source", "target"]))),
        ("gpus", Each(&DEVICE)),
        ("healthcheck", Keys(&[
            "disable", "interval", "retries", "start_interval", "start_period", "test", "timeout",
        ])),
        ("logging", Keys(&["driver", "options"])),
        ("networks", Named(&Keys(&[
            "aliases", "driver_opts", "gw_priority", "interface_name", "ipv4_address", "ipv6_address",
            "link_local_ips", "mac_address", "priority",
        ]))),
        ("ports", Each(&Keys(&[
            "app_protocol", "host_ip", "mode", "name", "protocol", "published", "target",
        ]))),
        ("post_start", Each(&HOOK)),
        ("pre_start", Each(&HOOK)),
        ("pre_stop", Each(&HOOK)),
        ("ulimits", Named(&Keys(&["hard", "soft"]))),
        ("volumes", Each(&MOUNT)),
    ],
});

#[rustfmt::skip]
const BUILD: Shape = section(&Section {
    plain: &[
        "args", "cache_from", "context", "dockerfile", "dockerfile_inline", "extra_hosts", "isolation",
        "labels", "network", "no_cache", "no_cache_filter", "platforms", "provenance", "pull", "sbom",
        "shm_size", "tags", "target",
    ],
    others: &[
        ("additional_contexts", Refused(BUILDKIT)),
        ("cache_to", Refused(BUILDKIT)),
        ("entitlements", Refused(BUILDKIT)),
        ("privileged", RefusedIfTrue(BUILDKIT)),
        ("secrets", Refused(BUILDKIT)),
        ("ssh", Refused(BUILDKIT)),
        ("ulimits", Named(&Keys(&["hard", "soft"]))),
    ],
});

const LIMIT: Shape = Keys(&["path", "rate", "weight"]);
const GRANT: Shape = Keys(&["gid", "mode", "source", "target", "uid"]);
const HOOK: Shape = Keys(&[
    "command",
    "environment",
    "image",
    "per_replica",
    "privileged",
    "user",
    "working_dir",
]);
const DEVICE: Shape = Keys(&["capabilities", "count", "device_ids", "driver", "options"]);

#[rustfmt::skip]
pub(super) const MOUNT: Shape = section(&Section {
    plain: &["consistency", "read_only", "source", "target", "type"],
    others: &[
        ("bind", Keys(&["create_host_path", "propagation", "recursive", "selinux"])),
        ("image", Keys(&["subpath"])),
        ("tmpfs", Keys(&["mode", "size"])),
        ("volume", Keys(&["labels", "nocopy", "subpath"])),
    ],
});

#[rustfmt::skip]
const UPDATE: Shape = Keys(&[
    "delay", "failure_action", "max_failure_ratio", "monitor", "order", "parallelism",
]);

#[rustfmt::skip]
pub(super) const DEPLOY: Shape = section(&Section {
    plain: &["endpoint_mode", "labels", "mode", "replicas"],
    others: &[
        ("placement", section(&Section {
            plain: &["constraints", "max_replicas_per_node"],
            others: &[("preferences", Each(&Keys(&["spread"])))],
        })),
        ("resources", section(&Section {
            plain: &[],
            others: &[
                ("limits", Keys(&["cpus", "memory", "pids"])),
                ("reservations", section(&Section {
                    plain: &["cpus", "memory"],
                    others: &[
                        ("devices", Each(&DEVICE)),
                        ("generic_resources", Each(&section(&Section {
                            plain: &[],
                            others: &[("discrete_resource_spec", Keys(&["kind", "value"]))],
                        }))),
                    ],
                })),
            ],
        })),
        ("restart_policy", Keys(&["condition", "delay", "max_attempts", "window"])),
        ("rollback_config", UPDATE),
        ("update_config", UPDATE),
    ],
});

#[rustfmt::skip]
pub(super) const NETWORK: Shape = section(&Section {
    plain: &[
        "attachable", "driver", "driver_opts", "enable_ipv4", "enable_ipv6", "internal", "labels", "name",
    ],
    others: &[
        ("external", Keys(&["name"])),
        ("ipam", section(&Section {
            plain: &["driver", "options"],
            others: &[("config", Each(&Keys(&["aux_addresses", "gateway", "ip_range", "subnet"])))],
        })),
    ],
});

pub(super) const VOLUME: Shape = section(&Section {
    plain: &["driver", "driver_opts", "labels", "name"],
    others: &[("external", Keys(&["name"]))],
});

const SECRET: Shape = section(&Section {
    plain: &["environment", "labels", "name"],
    others: &[
        ("external", Keys(&["name"])),
        ("file", Source),
        ("driver", Refused(PLUGIN)),
        ("driver_opts", Refused(PLUGIN)),
        ("template_driver", Refused(PLUGIN)),
    ],
});

const CONFIG: Shape = section(&Section {
    plain: &["content", "environment", "labels", "name"],
    others: &[
        ("external", Keys(&["name"])),
        ("file", Source),
        ("template_driver", Refused(PLUGIN)),
    ],
});

/// What stands under `include`, `extends` and `env_file` beside short forms.
pub(super) const OF_INCLUDE: Shape = Keys(&["env_file", "path", "project_directory"]);
pub(super) const OF_EXTENDS: Shape = Keys(&["file", "service"]);
pub(super) const OF_ENV_FILE: Shape = Keys(&["format", "path", "required"]);
