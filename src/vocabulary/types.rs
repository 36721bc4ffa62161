//! Lists the types a parameter can have: what each is in Rust, in JSON Schema and in words.
//!
//! The generator writes a reader of each, by which a test holds the schema to what is read.

use serde_json::{Value, json};

/// A type a parameter can have.
pub(crate) struct Type {
    /// Its name in the TOML file.
    pub name: &'static str,
    /// Its type in Rust, by the names that generated code imports.
    pub rust: &'static str,
    /// What a `default` must be.
    pub default: Json,
    /// The types of bollard's fields that it sets, each as it is or as an option.
    pub sets: &'static [&'static str],
    /// What is accepted, for error messages.
    pub wanted: &'static str,
    /// What a parameter of the type is for, where that goes without saying.
    pub doc: Option<&'static str>,
    /// The name of an Engine object, so that the value may stand in a request's path.
    pub reference: bool,
    /// Its JSON Schema: the one type that holds whatever may be wanted, as clients refuse lists of
    /// types. What is accepted is wider.
    pub schema: fn() -> Value,
}

/// The JSON types a `default` may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Json {
    Boolean,
    Integer,
    Number,
    String,
    IntegerOrString,
    Array,
    Object,
}

impl Json {
    /// What it is in words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::IntegerOrString => "an integer or a string",
            Self::Array => "an array",
            Self::Object => "a table",
        }
    }
}

/// The type of that name.
pub(crate) fn find(name: &str) -> Option<&'static Type> {
    TYPES.iter().find(|known| known.name == name)
}

fn string() -> Value {
    json!({ "type": "string" })
}

fn strings() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn object() -> Value {
    json!({ "type": "object" })
}

const fn text(
    name: &'static str,
    rust: &'static str,
    wanted: &'static str,
    doc: Option<&'static str>,
) -> Type {
    Type {
        name,
        rust,
        default: Json::String,
        sets: &["String"],
        wanted,
        doc,
        reference: false,
        schema: string,
    }
}

const fn reference(
    name: &'static str,
    rust: &'static str,
    wanted: &'static str,
    doc: &'static str,
) -> Type {
    Type {
        reference: true,
        ..text(name, rust, wanted, Some(doc))
    }
}

/// Every type there is, but `engine:` ones.
pub(crate) const TYPES: &[Type] = &[
    Type {
        name: "boolean",
        rust: "bool",
        default: Json::Boolean,
        sets: &["bool"],
        wanted: "`true` or `false`",
        doc: None,
        reference: false,
        schema: || json!({ "type": "boolean" }),
    },
    Type {
        name: "integer",
        rust: "i64",
        default: Json::Integer,
        sets: &["i64", "i32"],
        wanted: "an integer",
        doc: None,
        reference: false,
        schema: || json!({ "type": "integer" }),
    },
    Type {
        name: "seconds",
        rust: "i64",
        default: Json::Integer,
        sets: &["i64", "i32"],
        wanted: "an integer",
        doc: None,
        reference: false,
        schema: || json!({ "type": "integer" }),
    },
    Type {
        name: "number",
        rust: "f64",
        default: Json::Number,
        sets: &["f64"],
        wanted: "a number",
        doc: None,
        reference: false,
        schema: || json!({ "type": "number" }),
    },
    Type {
        name: "cpus",
        rust: "Cpus",
        default: Json::Number,
        sets: &["i64"],
        wanted: "a number",
        doc: Some("Number of processors, such as 1.5."),
        reference: false,
        schema: || json!({ "type": "number" }),
    },
    text("string", "String", "a string", None),
    text(
        "directory",
        "String",
        "the absolute path of a directory on the server's host",
        None,
    ),
    Type {
        name: "string[]",
        rust: "Vec<String>",
        default: Json::Array,
        sets: &["Vec<String>"],
        wanted: "an array of strings",
        doc: None,
        reference: false,
        schema: strings,
    },
    Type {
        name: "string_map",
        rust: "BTreeMap<String, String>",
        default: Json::Object,
        sets: &["HashMap<String, String>"],
        wanted: "an object of strings, or `NAME=value`",
        doc: None,
        reference: false,
        schema: || json!({ "type": "object", "additionalProperties": { "type": "string" } }),
    },
    Type {
        name: "variables",
        rust: "Variables",
        default: Json::Object,
        sets: &["HashMap<String, String>"],
        wanted: "an object of strings, or `NAME=value`",
        doc: None,
        reference: false,
        schema: || json!({ "type": "object", "additionalProperties": { "type": "string" } }),
    },
    Type {
        name: "ip[]",
        rust: "Vec<IpAddr>",
        default: Json::Array,
        sets: &["Vec<String>"],
        wanted: "an array of IP addresses",
        doc: None,
        reference: false,
        schema: strings,
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
        default: Json::Array,
        sets: &[],
        wanted: "an array of container names or ids",
        doc: Some("Names or ids."),
        reference: false,
        schema: strings,
    },
    reference(
        "image",
        "ImageRef",
        "an image reference or id",
        "Image reference or id.",
    ),
    reference(
        "network",
        "NetworkRef",
        "a network name or id",
        "Network name or id.",
    ),
    reference("volume", "VolumeRef", "a volume name", "Volume name."),
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
    text(
        "regex",
        "Pattern",
        "a regular expression",
        Some("Regular expression."),
    ),
    Type {
        name: "time",
        rust: "Time",
        default: Json::IntegerOrString,
        sets: &["String"],
        wanted: "Unix seconds, RFC 3339 (UTC without a zone), `now`, or a duration back from now such as `15m`",
        doc: Some("Unix seconds, RFC 3339, `now`, or a duration back from now such as `15m`."),
        reference: false,
        schema: string,
    },
    Type {
        name: "tail",
        rust: "Tail",
        default: Json::IntegerOrString,
        sets: &["String"],
        wanted: "a number of lines or `all`",
        doc: Some("Number of lines from the end, or `all`."),
        reference: false,
        schema: string,
    },
    Type {
        name: "size",
        rust: "Size",
        default: Json::IntegerOrString,
        sets: &["i64"],
        wanted: "bytes, or a number with `b`, `k`, `m`, `g` or `t` such as `512m`",
        doc: Some("Bytes, or a number with `b`, `k`, `m`, `g` or `t`."),
        reference: false,
        schema: string,
    },
    Type {
        name: "swap",
        rust: "Swap",
        default: Json::IntegerOrString,
        sets: &["i64"],
        wanted: "bytes, a number with `b`, `k`, `m`, `g` or `t` such as `2g`, or -1 for no limit",
        doc: Some("Memory and swap together, such as `2g`; -1 for no limit."),
        reference: false,
        schema: string,
    },
    text(
        "signal",
        "Signal",
        "a signal such as `HUP`, `SIGTERM` or `9`",
        Some("Signal, such as `HUP` or `TERM`."),
    ),
    Type {
        name: "command",
        rust: "Command",
        default: Json::Array,
        sets: &["Vec<String>"],
        wanted: "an array of words, or one string to be split into words",
        doc: None,
        reference: false,
        schema: strings,
    },
    Type {
        name: "entrypoint",
        rust: "Entrypoint",
        default: Json::Array,
        sets: &["Vec<String>"],
        wanted: "an array of words, or one string to be split into words; empty for none",
        doc: None,
        reference: false,
        schema: strings,
    },
    Type {
        name: "filters",
        rust: "Filters",
        default: Json::Object,
        sets: &["HashMap<String, Vec<String>>"],
        wanted: "an object of filter name to string, boolean or array of strings, or `name=value`",
        doc: Some("Engine filters: name to string, boolean or array of strings."),
        reference: false,
        schema: object,
    },
    Type {
        name: "ports",
        rust: "Ports",
        default: Json::Object,
        sets: &["Vec<String>", "PortMap"],
        wanted: "an object of container port (`80` or `80/tcp`) to host port, `[host ip, host port]` or null, or `8080:80`",
        doc: Some(
            "Container port (`80`, `53/udp`) to host port (0: a free one), `[host ip, host port]`, or null to expose only.",
        ),
        reference: false,
        schema: object,
    },
    Type {
        name: "mounts",
        rust: "Mounts",
        default: Json::Object,
        sets: &["Vec<String>"],
        wanted: "an object of host path or volume name to `{\"bind\": path, \"mode\": \"rw\"}`, or `data:/data:ro`",
        doc: Some(
            "Host path or volume name to {\"bind\": path in the container, \"mode\": \"rw\" or \"ro\"}.",
        ),
        reference: false,
        schema: object,
    },
    Type {
        name: "tmpfs",
        rust: "Tmpfs",
        default: Json::Array,
        sets: &["HashMap<String, String>"],
        wanted: "an array of paths in the container, with options behind a colon such as `/run:size=64m`",
        doc: Some("Paths kept in memory, such as `/run:size=64m`."),
        reference: false,
        schema: strings,
    },
    Type {
        name: "ulimits",
        rust: "Ulimits",
        default: Json::Object,
        sets: &["Vec<ResourcesUlimits>"],
        wanted: "an object of limit to a number or `soft:hard`, or `nofile=1024:2048`",
        doc: Some("Limit, such as `nofile`, to `soft:hard`."),
        reference: false,
        schema: || json!({ "type": "object", "additionalProperties": { "type": "string" } }),
    },
    Type {
        name: "extra_hosts",
        rust: "ExtraHosts",
        default: Json::Array,
        sets: &["Vec<String>"],
        wanted: "an array of `name:address`, where the address may be `host-gateway`",
        doc: Some("Names to add, such as `db:10.0.0.2` or `up:host-gateway`."),
        reference: false,
        schema: strings,
    },
    Type {
        sets: &["Vec<DeviceRequest>"],
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
        default: Json::Object,
        sets: &["HealthConfig"],
        wanted: "an object of `test` (a line, words or `none`), `interval`, `timeout`, `retries` and `start_period`",
        doc: Some(
            "What is left out is the image's; `test` is a line for a shell, or `none`. Times such as `30s`.",
        ),
        reference: false,
        schema: || {
            json!({ "type": "object", "properties": {
                "test": { "type": "string" },
                "interval": { "type": "string" },
                "timeout": { "type": "string" },
                "retries": { "type": "integer" },
                "start_period": { "type": "string" },
            } })
        },
    },
    Type {
        sets: &["RestartPolicy"],
        ..text(
            "restart_policy",
            "RestartPolicy",
            "`no`, `always`, `unless-stopped`, `on-failure` or `on-failure:n`",
            Some("`no`, `always`, `unless-stopped` or `on-failure[:n]`."),
        )
    },
];
