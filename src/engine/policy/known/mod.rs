//! Lists the keys of what an Engine is sent, as it spells them: the closed list that the JSON of a program, and
//! what a swarm is to run, is held against.
//!
//! What a key may hold is for the policy to judge; here is only which ones there are, so that nothing stands
//! there under a name that the policy does not know and the Engine does.

mod swarm;

use serde_json::{Map, Value};

pub(crate) use swarm::{NODE, SECRET, SERVICE};

/// What stands at a place of a document.
pub(crate) enum Shape {
    /// Texts, numbers and the like, and lists of them.
    Plain,
    /// Keys that somebody chose, each with what is plain.
    Texts,
    /// Keys that somebody chose, each with something of that shape.
    Each(&'static Shape),
    /// A list of something of that shape.
    List(&'static Shape),
    /// These keys: the plain ones, and those with a shape.
    Object(
        &'static [&'static str],
        &'static [(&'static str, &'static Shape)],
    ),
}

use Shape::{Each, List, Object, Plain, Texts};

impl Shape {
    /// The first key that has no place there.
    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        match (self, value) {
            (_, Value::Null) => Ok(()),
            (Plain, Value::Array(items)) => items.iter().try_for_each(|item| self.check(item)),
            (Plain, Value::Object(object)) => Err(first(object)),
            (List(shape), Value::Array(items)) => {
                items.iter().try_for_each(|item| shape.check(item))
            }
            (Texts, Value::Object(object)) => {
                object.values().try_for_each(|value| Plain.check(value))
            }
            (Each(shape), Value::Object(object)) => {
                object.values().try_for_each(|value| shape.check(value))
            }
            (Object(..), Value::Object(object)) => self.check_members(object),
            // Something else than belongs there: nothing of it has a name.
            (_, Value::Array(_) | Value::Object(_)) => Err("(a list or an object)".to_owned()),
            (_, Value::Bool(_) | Value::Number(_) | Value::String(_)) => Ok(()),
        }
    }

    /// The first key of an object that has no place there.
    pub(crate) fn check_members(&self, object: &Map<String, Value>) -> Result<(), String> {
        let (plain, shaped) = match self {
            Object(plain, shaped) => (*plain, *shaped),
            _ => (&[][..], &[][..]),
        };
        object.iter().try_for_each(|(key, value)| {
            let known = shaped.iter().find(|(name, _)| name == key);
            match known {
                Some((_, shape)) => shape.check(value),
                None if plain.contains(&key.as_str()) => Plain.check(value),
                None => Err(shown(key)),
            }
        })
    }
}

fn first(object: &Map<String, Value>) -> String {
    object
        .keys()
        .next()
        .map_or_else(|| "{}".to_owned(), |key| shown(key))
}

fn shown(key: &str) -> String {
    key.escape_debug().take(60).collect()
}

/// A container to create.
#[rustfmt::skip]
pub(crate) static CONTAINER: Shape = Object(
    &[
        "Hostname", "Domainname", "User", "AttachStdin", "AttachStdout", "AttachStderr", "Tty",
        "OpenStdin", "StdinOnce", "Env", "Cmd", "ArgsEscaped", "Image", "WorkingDir", "Entrypoint",
        "NetworkDisabled", "MacAddress", "OnBuild", "StopSignal", "StopTimeout", "Shell",
    ],
    &[
        ("ExposedPorts", &NAMES), ("Volumes", &NAMES), ("Labels", &Texts),
        ("Healthcheck", &HEALTHCHECK),
        ("HostConfig", &HOST),
        ("NetworkingConfig", &Object(&[], &[("EndpointsConfig", &Each(&ENDPOINT))])),
    ],
);

static HEALTHCHECK: Shape = Object(
    &[
        "Test",
        "Interval",
        "Timeout",
        "StartPeriod",
        "StartInterval",
        "Retries",
    ],
    &[],
);

/// Names with nothing at them.
static NAMES: Shape = Each(&Object(&[], &[]));

#[rustfmt::skip]
static HOST: Shape = Object(
    &[
        "Binds", "ContainerIDFile", "NetworkMode", "AutoRemove", "VolumeDriver", "VolumesFrom",
        "ConsoleSize", "CapAdd", "CapDrop", "CgroupnsMode", "Cgroup", "Dns", "DnsOptions", "DnsSearch",
        "ExtraHosts", "GroupAdd", "IpcMode", "Links", "OomScoreAdj", "PidMode", "Privileged",
        "PublishAllPorts", "ReadonlyRootfs", "SecurityOpt", "UTSMode", "UsernsMode", "ShmSize", "Runtime",
        "Isolation", "CpuShares", "Memory", "NanoCpus", "CgroupParent", "BlkioWeight", "CpuPeriod",
        "CpuQuota", "CpuRealtimePeriod", "CpuRealtimeRuntime", "CpusetCpus", "CpusetMems",
        "DeviceCgroupRules", "KernelMemory", "KernelMemoryTCP", "MemoryReservation", "MemorySwap",
        "MemorySwappiness", "OomKillDisable", "PidsLimit", "CpuCount", "CpuPercent", "IOMaximumIOps",
        "IOMaximumBandwidth", "MaskedPaths", "ReadonlyPaths", "Init",
    ],
    &[
        ("LogConfig", &Object(&["Type"], &[("Config", &Texts)])),
        ("PortBindings", &Each(&List(&Object(&["HostIp", "HostPort"], &[])))),
        ("RestartPolicy", &Object(&["Name", "MaximumRetryCount"], &[])),
        ("Annotations", &Texts), ("StorageOpt", &Texts), ("Sysctls", &Texts), ("Tmpfs", &Texts),
        ("BlkioWeightDevice", &List(&Object(&["Path", "Weight"], &[]))),
        ("BlkioDeviceReadBps", &RATES), ("BlkioDeviceWriteBps", &RATES),
        ("BlkioDeviceReadIOps", &RATES), ("BlkioDeviceWriteIOps", &RATES),
        ("Devices", &List(&Object(&["PathOnHost", "PathInContainer", "CgroupPermissions"], &[]))),
        ("DeviceRequests", &List(&Object(&["Driver", "Count", "DeviceIDs", "Capabilities"], &[("Options", &Texts)]))),
        ("Ulimits", &ULIMITS),
        ("Mounts", &List(&MOUNT)),
    ],
);

static ULIMITS: Shape = List(&Object(&["Name", "Hard", "Soft"], &[]));

static RATES: Shape = List(&Object(&["Path", "Rate"], &[]));

#[rustfmt::skip]
static MOUNT: Shape = Object(
    &["Type", "Source", "Target", "ReadOnly", "Consistency"],
    &[
        ("BindOptions", &Object(
            &["Propagation", "NonRecursive", "CreateMountpoint", "ReadOnlyNonRecursive", "ReadOnlyForceRecursive"],
            &[],
        )),
        ("VolumeOptions", &Object(
            &["NoCopy", "Subpath"],
            &[("Labels", &Texts), ("DriverConfig", &Object(&["Name"], &[("Options", &Texts)]))],
        )),
        ("ImageOptions", &Object(&["Subpath"], &[])),
        ("TmpfsOptions", &Object(&["SizeBytes", "Mode", "Options"], &[])),
    ],
);

#[rustfmt::skip]
static ENDPOINT: Shape = Object(
    &[
        "Links", "MacAddress", "Aliases", "GwPriority", "NetworkID", "EndpointID", "Gateway", "IPAddress",
        "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "DNSNames",
    ],
    &[
        ("IPAMConfig", &Object(&["IPv4Address", "IPv6Address", "LinkLocalIPs"], &[])),
        ("DriverOpts", &Texts),
    ],
);

/// A network to create.
#[rustfmt::skip]
pub(crate) static NETWORK: Shape = Object(
    &[
        "Name", "CheckDuplicate", "Driver", "Scope", "EnableIPv4", "EnableIPv6", "Internal", "Attachable",
        "Ingress", "ConfigOnly",
    ],
    &[
        ("ConfigFrom", &Object(&["Network"], &[])),
        ("IPAM", &Object(&["Driver"], &[
            ("Options", &Texts),
            ("Config", &List(&Object(&["Subnet", "IPRange", "Gateway"], &[("AuxiliaryAddresses", &Texts)]))),
        ])),
        ("Options", &Texts), ("Labels", &Texts),
    ],
);

/// A volume to create.
pub(crate) static VOLUME: Shape = Object(
    &["Name", "Driver"],
    &[("DriverOpts", &Texts), ("Labels", &Texts)],
);

/// A command to run in a container.
#[rustfmt::skip]
pub(crate) static EXEC: Shape = Object(
    &[
        "User", "Privileged", "Tty", "AttachStdin", "AttachStderr", "AttachStdout", "Detach", "DetachKeys",
        "Env", "WorkingDir", "Cmd", "ConsoleSize",
    ],
    &[],
);

/// How that is started.
pub(crate) static EXEC_START: Shape = Object(&["Detach", "Tty", "ConsoleSize"], &[]);

/// A container that is put on a network.
pub(crate) static CONNECT: Shape = Object(&["Container"], &[("EndpointConfig", &ENDPOINT)]);

/// A container that is taken off a network.
pub(crate) static DISCONNECT: Shape = Object(&["Container", "Force"], &[]);
