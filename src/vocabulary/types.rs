//! Lists the types a parameter can have: what each is in Rust and in words.
//!
//! What clients are told that a type reads is in Rust, beside what reads it. The generator writes a
//! reader of each, by which a test holds the one to the other.

pub(crate) use super::parameter_type::Type;
use super::parameter_type::{plain, reference, text};
pub(crate) use super::values::{Beginning, Json, Words};
use Beginning::{Any, NoHyphen};
use Words::{Each, One, Pairs};

/// The type of that name.
pub(crate) fn find(name: &str) -> Option<&'static Type> {
    TYPES.iter().find(|known| known.name == name)
}

const BOOLEAN: Type = plain(Json::Boolean);
const INTEGER: Type = plain(Json::Integer);
const NUMBER: Type = plain(Json::Number);
const STRING: Type = plain(Json::String);
const INTEGER_OR_STRING: Type = plain(Json::IntegerOrString);
const STRINGS: Type = plain(Json::Array);
const OBJECT: Type = plain(Json::Object);

/// Every type there is, but `engine:` ones.
pub(crate) const TYPES: &[Type] = &[
    Type {
        name: "boolean",
        rust: "bool",
        sets: &["bool"],
        wanted: "`true` or `false`",
        words: One(NoHyphen),
        ..BOOLEAN
    },
    Type {
        name: "integer",
        rust: "i64",
        sets: &["i64", "i32"],
        wanted: "an integer",
        words: One(Any),
        ..INTEGER
    },
    Type {
        name: "seconds",
        rust: "i64",
        sets: &["i64", "i32"],
        wanted: "an integer",
        words: One(Any),
        ..INTEGER
    },
    Type {
        name: "number",
        rust: "f64",
        sets: &["f64"],
        wanted: "a number",
        words: One(Any),
        ..NUMBER
    },
    Type {
        name: "cpus",
        rust: "Cpus",
        sets: &["i64"],
        wanted: "a number",
        doc: Some("Number of processors, such as 1.5."),
        ..NUMBER
    },
    text("string", "String", "a string", None),
    Type {
        words: Words::No,
        ..text("data", "Data", "a text", None)
    },
    text(
        "directory",
        "String",
        "the absolute path of a directory on the server's host",
        None,
    ),
    text(
        "file",
        "String",
        "the absolute path of a file on the server's host",
        None,
    ),
    Type {
        name: "string[]",
        rust: "Vec<String>",
        sets: &["Vec<String>"],
        wanted: "an array of strings",
        words: Each(Any),
        ..STRINGS
    },
    Type {
        name: "string_map",
        rust: "BTreeMap<String, String>",
        sets: &["HashMap<String, String>"],
        wanted: "an object of strings, or `NAME=value`",
        words: Pairs(Any),
        ..OBJECT
    },
    Type {
        name: "variables",
        rust: "Variables",
        sets: &["HashMap<String, String>"],
        wanted: "an object of strings, or `NAME=value`",
        ..OBJECT
    },
    Type {
        name: "ip[]",
        rust: "Vec<IpAddr>",
        sets: &["Vec<String>"],
        wanted: "an array of IP addresses",
        ..STRINGS
    },
    reference(
        "container",
        "ContainerRef",
        "a container name or id",
        "Container name or id.",
    ),
    Type {
        name: "container[]",
        rust: "Vec<ContainerRef>",
        sets: &[],
        wanted: "an array of container names or ids",
        doc: Some("Names or ids."),
        words: Each(NoHyphen),
        ..STRINGS
    },
    reference(
        "image",
        "ImageRef",
        "an image reference or id",
        "Image reference or id.",
    ),
    Type {
        name: "image[]",
        rust: "Vec<ImageRef>",
        sets: &[],
        wanted: "an array of image references or ids",
        doc: Some("References or ids."),
        words: Each(NoHyphen),
        ..STRINGS
    },
    reference(
        "network",
        "NetworkRef",
        "a network name or id",
        "Network name or id.",
    ),
    reference("volume", "VolumeRef", "a volume name", "Volume name."),
    reference(
        "service",
        "ServiceRef",
        "the name of a service",
        "Name of a service.",
    ),
    reference(
        "node",
        "NodeRef",
        "the name or id of a node",
        "Node name or id.",
    ),
    reference(
        "secret",
        "SecretRef",
        "the name or id of a secret",
        "Secret name or id.",
    ),
    reference(
        "config",
        "ConfigRef",
        "the name or id of a config",
        "Config name or id.",
    ),
    Type {
        words: One(NoHyphen),
        ..text(
            "stack",
            "StackRef",
            "the name of a stack",
            Some("Name of a stack."),
        )
    },
    Type {
        name: "service[]",
        rust: "Vec<ServiceRef>",
        wanted: "an array of names of services",
        words: Each(NoHyphen),
        ..STRINGS
    },
    Type {
        name: "replicas",
        rust: "Replicas",
        wanted: "an object of the name of a service to a number of containers, or `web=3`",
        doc: Some("Service to number of containers."),
        words: Pairs(NoHyphen),
        ..OBJECT
    },
    text(
        "repository",
        "Repository",
        "an image reference without tag or digest",
        Some("Image reference without a tag."),
    ),
    text("tag", "Tag", "an image tag", Some("Image tag.")),
    text(
        "search",
        "Search",
        "words to look for on Docker Hub, without the host of another registry",
        Some("Words to look for."),
    ),
    text(
        "platform",
        "Platform",
        "a platform such as `linux/arm64`",
        Some("Platform, such as `linux/arm64`."),
    ),
    text("ipv4", "Ipv4Addr", "an IPv4 address", Some("IPv4 address.")),
    text("ipv6", "Ipv6Addr", "an IPv6 address", Some("IPv6 address.")),
    Type {
        words: Words::No,
        ..text(
            "regex",
            "Pattern",
            "a regular expression",
            Some("Regular expression."),
        )
    },
    Type {
        name: "time",
        rust: "Time",
        sets: &["String"],
        wanted: "Unix seconds, RFC 3339 (UTC without a zone), `now`, or a duration back from now such as `15m`",
        doc: Some("Unix seconds, RFC 3339, `now`, or a duration back from now such as `15m`."),
        ..INTEGER_OR_STRING
    },
    Type {
        name: "tail",
        rust: "Tail",
        sets: &["String"],
        wanted: "a number of lines or `all`",
        doc: Some("Number of lines from the end, or `all`."),
        ..INTEGER_OR_STRING
    },
    Type {
        name: "size",
        rust: "Size",
        sets: &["i64"],
        wanted: "bytes, or a number with `b`, `k`, `m`, `g` or `t` such as `512m`",
        doc: Some("Bytes, or a number with `b`, `k`, `m`, `g` or `t`."),
        ..INTEGER_OR_STRING
    },
    Type {
        name: "swap",
        rust: "Swap",
        sets: &["i64"],
        wanted: "bytes, a number with `b`, `k`, `m`, `g` or `t` such as `2g`, or -1 for no limit",
        doc: Some("Memory and swap together, such as `2g`; -1 for no limit."),
        ..INTEGER_OR_STRING
    },
    Type {
        words: Words::No,
        ..text(
            "signal",
            "Signal",
            "a signal such as `HUP`, `SIGTERM` or `9`",
            Some("Signal, such as `HUP` or `TERM`."),
        )
    },
    Type {
        name: "command",
        rust: "Command",
        sets: &["Vec<String>"],
        wanted: "an array of words, or one string to be split into words",
        ..STRINGS
    },
    Type {
        name: "entrypoint",
        rust: "Entrypoint",
        sets: &["Vec<String>"],
        wanted: "an array of words, or one string to be split into words; empty for none",
        ..STRINGS
    },
    Type {
        name: "filters",
        rust: "Filters",
        sets: &["HashMap<String, Vec<String>>"],
        wanted: "an object of filter name to string, boolean or array of strings, or `name=value`",
        doc: Some("Engine filters: name to string, boolean or array of strings."),
        ..OBJECT
    },
    Type {
        name: "ports",
        rust: "Ports",
        sets: &["Vec<String>", "PortMap"],
        wanted: "an object of container port (`80` or `80/tcp`) to host port, `[host ip, host port]` or null, or `8080:80`",
        doc: Some(
            "Container port (`80`, `53/udp`) to host port (0: a free one), `[host ip, host port]`, or null to expose only.",
        ),
        ..OBJECT
    },
    Type {
        name: "mounts",
        rust: "Mounts",
        sets: &["Vec<String>"],
        wanted: "an object of host path or volume name to `{\"bind\": path, \"mode\": \"rw\"}`, or `data:/data:ro`",
        doc: Some(
            "Host path or volume name to {\"bind\": path in the container, \"mode\": \"rw\" or \"ro\"}.",
        ),
        ..OBJECT
    },
    Type {
        name: "service_ports",
        rust: "ServicePorts",
        wanted: "an array of `8080:80`, or `published=8080,target=80,protocol=udp,mode=host`",
        doc: Some("Such as `8080:80/tcp` or `published=80,target=80,mode=host`."),
        ..STRINGS
    },
    Type {
        name: "service_mounts",
        rust: "ServiceMounts",
        wanted: "an array of `data:/data:ro`, or `type=volume,source=data,target=/data,readonly`",
        doc: Some("Such as `data:/data:ro` or `type=tmpfs,target=/run`."),
        ..STRINGS
    },
    Type {
        name: "resources",
        rust: "Resources",
        wanted: "an object of `cpus`, `memory` and `pids`, or `cpus=0.5,memory=512m`",
        ..OBJECT
    },
    Type {
        name: "rollout",
        rust: "Rollout",
        wanted: "an object of `parallelism`, `delay`, `monitor`, `failure_action`, `max_failure_ratio` and `order`",
        ..OBJECT
    },
    Type {
        name: "task_restarts",
        rust: "TaskRestarts",
        wanted: "`none`, `any`, `on-failure` or `on-failure:n`",
        doc: Some("`none`, `any` or `on-failure[:n]`."),
        ..STRING
    },
    Type {
        name: "tmpfs",
        rust: "Tmpfs",
        sets: &["HashMap<String, String>"],
        wanted: "an array of paths in the container, with options behind a colon such as `/run:size=64m`",
        doc: Some("Paths kept in memory, such as `/run:size=64m`."),
        ..STRINGS
    },
    Type {
        name: "ulimits",
        rust: "Ulimits",
        sets: &["Vec<ResourcesUlimits>"],
        wanted: "an object of limit to a number or `soft:hard`, or `nofile=1024:2048`",
        doc: Some("Limit, such as `nofile`, to `soft:hard`."),
        ..OBJECT
    },
    Type {
        name: "extra_hosts",
        rust: "ExtraHosts",
        sets: &["Vec<String>"],
        wanted: "an array of `name:address`, where the address may be `host-gateway`",
        doc: Some("Names to add, such as `db:10.0.0.2` or `up:host-gateway`."),
        ..STRINGS
    },
    Type {
        sets: &["Vec<DeviceRequest>"],
        words: Words::No,
        ..text(
            "gpus",
            "Gpus",
            "`all`, a count, or `device=0,1`",
            Some("`all`, a count, or `device=0,1`."),
        )
    },
    Type {
        name: "healthcheck",
        rust: "HealthCheck",
        sets: &["HealthConfig"],
        wanted: "an object of `test` (a line, words or `none`), `interval`, `timeout`, `retries` and `start_period`",
        doc: Some(
            "What is left out is the image's; `test` is a line for a shell, or `none`. Times such as `30s`.",
        ),
        ..OBJECT
    },
    Type {
        sets: &["RestartPolicy"],
        words: Words::No,
        ..text(
            "restart_policy",
            "RestartPolicy",
            "`no`, `always`, `unless-stopped`, `on-failure` or `on-failure:n`",
            Some("`no`, `always`, `unless-stopped` or `on-failure[:n]`."),
        )
    },
];
