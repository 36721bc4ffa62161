//! Lists the keys that a stack's model may have: those of `docker stack` from 26.1 to 28.5.
//!
//! What it passes over is not among them, because it is left out before.

use crate::compose::keys::Shape::{Each, Keys, Named, Refused, Source};
use crate::compose::keys::{DEPLOY, MOUNT, NETWORK, Section, Shape, VOLUME, section};

const PLUGIN: &str = "is for a plugin of the swarm, which this server does not allow";

/// A whole model.
pub(super) const STACK: Shape = section(&Section {
    plain: &["version"],
    others: &[
        ("services", Named(&SERVICE)),
        ("networks", Named(&NETWORK)),
        ("volumes", Named(&VOLUME)),
        ("secrets", Named(&SECRET)),
        ("configs", Named(&CONFIG)),
    ],
});

#[rustfmt::skip]
const SERVICE: Shape = section(&Section {
    plain: &[
        "cap_drop", "command", "dns", "dns_search", "entrypoint", "environment", "extra_hosts", "hostname",
        "image", "init", "labels", "read_only", "stdin_open", "stop_grace_period", "stop_signal", "tmpfs",
        "tty", "user", "working_dir",
        // The policy judges them.
        "cap_add", "isolation", "sysctls",
    ],
    others: &[
        ("configs", Each(&GRANT)),
        ("secrets", Each(&GRANT)),
        ("credential_spec", Keys(&["config", "file", "registry"])),
        ("deploy", DEPLOY),
        ("healthcheck", Keys(&[
            "disable", "interval", "retries", "start_interval", "start_period", "test", "timeout",
        ])),
        ("logging", Keys(&["driver", "options"])),
        ("networks", Named(&Keys(&["aliases", "driver_opts", "ipv4_address", "ipv6_address"]))),
        ("ports", Each(&Keys(&["mode", "protocol", "published", "target"]))),
        ("ulimits", Named(&Keys(&["hard", "soft"]))),
        ("volumes", Each(&MOUNT)),
    ],
});

const GRANT: Shape = Keys(&["gid", "mode", "source", "target", "uid"]);

const SECRET: Shape = section(&Section {
    plain: &["labels", "name"],
    others: &[
        ("external", Keys(&["name"])),
        ("file", Source),
        ("driver", Refused(PLUGIN)),
        ("driver_opts", Refused(PLUGIN)),
        ("template_driver", Refused(PLUGIN)),
    ],
});

const CONFIG: Shape = section(&Section {
    plain: &["labels", "name"],
    others: &[
        ("external", Keys(&["name"])),
        ("file", Source),
        ("template_driver", Refused(PLUGIN)),
    ],
});
