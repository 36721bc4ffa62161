//! Tells what the lines of a log point to.

use serde::Serialize;

/// What a line that holds one of these points to.
struct Sign {
    parts: &'static [&'static str],
    what: &'static str,
    next: &'static str,
    network: bool,
}

const fn sign(parts: &'static [&'static str], what: &'static str, next: &'static str) -> Sign {
    Sign {
        parts,
        what,
        next,
        network: false,
    }
}

const fn network(parts: &'static [&'static str], what: &'static str, next: &'static str) -> Sign {
    Sign {
        parts,
        what,
        next,
        network: true,
    }
}

/// Every sign, the more telling before the more general; all in lower case.
const SIGNS: [Sign; 19] = [
    network(
        &["address already in use", "eaddrinuse", "address in use"],
        "The port is in use",
        "two processes listen on one port: in the container's network namespace, or on the host with network mode `host`",
    ),
    sign(
        &[
            "environment variable",
            "env var",
            "parameter not set",
            "unbound variable",
            "os.environ",
            "keyerror: '",
            "must be set",
            "is not set",
        ],
        "An environment variable is missing",
        "compare the name with the variables of the container, and give it when the container is created",
    ),
    sign(
        &[
            "out of memory",
            "outofmemory",
            "cannot allocate memory",
            "heap limit",
            "memoryerror",
            "killed process",
        ],
        "The process ran out of memory",
        "raise the limit, or make the heap smaller than it",
    ),
    sign(
        &["no space left on device", "enospc", "disk quota exceeded"],
        "A disk is full",
        "see docker_system_df and the volumes; free space on the host",
    ),
    sign(
        &["exec format error"],
        "The binary is for another platform",
        "use an image for this CPU",
    ),
    sign(
        &[
            "command not found",
            ": not found",
            "executable file not found",
        ],
        "A command is missing",
        "check the name, the PATH and whether the image has it",
    ),
    sign(
        &[
            "modulenotfounderror",
            "cannot find module",
            "no module named",
            "classnotfoundexception",
            "cannot open shared object",
        ],
        "A module or library is missing",
        "it was not installed into the image, or a mount hides it",
    ),
    sign(
        &["read-only file system", "erofs"],
        "It writes to a read-only file system",
        "give it a tmpfs or a volume where it writes",
    ),
    sign(
        &[
            "permission denied",
            "eacces",
            "operation not permitted",
            "eperm",
        ],
        "It lacks a permission",
        "compare the user it runs as with the owner of the file or volume; low ports and raw sockets need a capability",
    ),
    network(
        &[
            "could not resolve",
            "name resolution",
            "no such host",
            "enotfound",
            "eai_again",
            "unknown host",
            "name or service not known",
            "nodename nor servname",
            "bad address",
        ],
        "A name does not resolve",
        "names of containers resolve on user-defined networks only: both must share one; check the spelling and the DNS servers",
    ),
    network(
        &["connection refused", "econnrefused"],
        "A connection was refused",
        "nothing listens there: the service is not up yet, listens on 127.0.0.1, or `localhost` means this container",
    ),
    network(
        &[
            "no route to host",
            "network is unreachable",
            "ehostunreach",
            "enetunreach",
        ],
        "There is no route",
        "the containers share no network, or a firewall or an internal network is in between",
    ),
    network(
        &["connection reset", "econnreset", "broken pipe", "epipe"],
        "A connection broke",
        "the other side closed it: a crash, a proxy's limit, or an MTU that is too large",
    ),
    network(
        &["timed out", "timeout", "etimedout", "deadline exceeded"],
        "Something took too long",
        "packets are dropped (firewall, MTU) or the other side is slow",
    ),
    network(
        &[
            "x509",
            "certificate",
            "tls handshake",
            "ssl_error",
            "ssl error",
            "ssl handshake",
        ],
        "TLS failed",
        "check the certificate's name, its dates and whether the image trusts its issuer",
    ),
    sign(
        &[
            "authentication failed",
            "access denied",
            "invalid password",
            "unauthorized",
            "forbidden",
        ],
        "A login was refused",
        "check user, password and database; a volume may keep those of its first start",
    ),
    sign(
        &[
            "unknown flag",
            "unrecognized option",
            "invalid option",
            "unknown option",
            "syntax error",
            "parse error",
            "invalid configuration",
        ],
        "An option or a configuration is wrong",
        "compare command and mounted configuration with the version of the application",
    ),
    sign(
        &["no such file or directory", "enoent", "filenotfound"],
        "A file is missing",
        "check the mounts and the working directory",
    ),
    sign(
        &[
            "traceback (most recent",
            "panic:",
            "panicked at",
            "exception",
            "segmentation fault",
            "uncaught",
            "unhandled",
            "fatal",
            "error:",
        ],
        "The application failed",
        "the stack trace in the log names the place",
    ),
];

/// The most causes that are told.
const MOST: usize = 5;

/// What the log points to.
#[derive(Serialize)]
pub(super) struct Cause {
    what: &'static str,
    /// The newest line that does.
    line: String,
    next: &'static str,
}

/// What the lines of a log point to, most telling first.
pub(super) fn causes(log: &str) -> Vec<Cause> {
    let lines: Vec<(&str, String)> = log
        .lines()
        .map(|line| (line.trim(), line.to_ascii_lowercase()))
        .collect();
    let cause = |sign: &Sign| {
        let mut matching = lines.iter().rev().filter(|(_, lower)| sign.is_in(lower));
        let newest = matching.next()?;
        // A trace begins with a line that says nothing; what was thrown is named in its last.
        let telling = std::iter::once(newest)
            .chain(matching)
            .find(|(_, lower)| {
                !lower.starts_with("traceback") && !lower.trim_start().starts_with("at ")
            })
            .or_else(|| lines.last())?;
        Some(Cause {
            what: sign.what,
            line: telling.0.to_owned(),
            next: sign.next,
        })
    };
    let mut causes: Vec<Cause> = SIGNS.iter().filter_map(cause).take(MOST).collect();
    let mut lines: Vec<String> = Vec::new();
    // A line is told once, by its most telling sign.
    causes.retain(|cause| {
        let is_new = !lines.contains(&cause.line);
        lines.push(cause.line.clone());
        is_new
    });
    causes
}

/// The lines that speak of network trouble.
pub(super) fn about_network(log: &str) -> String {
    let lines = log.lines().filter(|line| {
        let lower = line.to_ascii_lowercase();
        SIGNS.iter().any(|sign| sign.network && sign.is_in(&lower))
    });
    lines.collect::<Vec<_>>().join("\n")
}

impl Sign {
    fn is_in(&self, lower: &str) -> bool {
        self.parts.iter().any(|part| lower.contains(part))
    }
}
