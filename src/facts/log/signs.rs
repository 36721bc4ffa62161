//! The signs of trouble in a log, and what each points to.
//!
//! They are phrases of the programs that failed, not words that a line may hold for other reasons:
//! a log names timeouts, certificates and exceptions while all is well.

use std::sync::LazyLock;

use regex::Regex;

/// What a line that holds one of these phrases points to.
pub(super) struct Sign {
    phrases: Regex,
    pub(super) what: &'static str,
    pub(super) next: &'static str,
    pub(super) network: bool,
}

impl Sign {
    pub(super) fn is_in(&self, line: &str) -> bool {
        self.phrases.is_match(line)
    }
}

/// Whether a line says no more than that a request came and how it was answered; its path is the
/// client's and its status that of one request.
pub(super) fn tells_of_a_request(line: &str) -> bool {
    REQUEST.is_match(line)
}

/// The requests in the logs of web servers and frameworks; of lines that have room for a reason
/// only those whose status is that of no failure of the server.
static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    let method = "(?-i:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|PROPFIND)";
    phrases(&[
        &format!(r#""{method} [^"]*" [1-5]\d\d\b"#),
        &format!(r"\b{method} /\S*(?: \S+){{0,2}} [1-5]\d\d(?:\s|$)"),
        &format!(r#"[\s|][1-5]\d\d[\s|].*\s"?{method}\s+"?/"#),
        r"\bcode [1-5]\d\d, message ",
        r"\bcompleted [1-5]\d\d ",
        &format!(r#""method": ?"{method}".*"status(?:_?code)?": ?"?[1-4]\d\d\b"#),
        &format!(r#""status(?:_?code)?": ?"?[1-4]\d\d\b.*"method": ?"{method}""#),
        &format!(r"\bmethod={method}\b.*\bstatus(?:_?code)?=[1-4]\d\d\b"),
        &format!(r"\bstatus(?:_?code)?=[1-4]\d\d\b.*\bmethod={method}\b"),
    ])
});

/// Every sign, the more telling before the more general.
pub(super) static SIGNS: LazyLock<[Sign; 19]> = LazyLock::new(|| {
    [
        network(
            &[r"\baddress (?:already )?in use\b", r"\bEADDRINUSE\b"],
            "The port is in use",
            "two processes listen on one port: in the container's network namespace, or on the host with network mode `host`",
        ),
        sign(
            &[
                r"\b(?:missing|required|undefined|unset)\b.{0,40}\b(?:environment|env) var",
                r"\b(?:environment|env) var(?:iable)?s?\b.{0,60}\b(?:missing|required|undefined|unset|empty|must be|not (?:set|found|defined|provided))\b",
                r"\b(?:specify|set|provide|define)\b.{0,80}\benvironment variable",
                r"\bmust (?:specify|set|provide|define) (?-i:[A-Z][A-Z0-9_]{2,})\b",
                r#"\b(?-i:[A-Z][A-Z0-9]*_[A-Z0-9_]+)['"`]? (?:(?:is|was|are) (?:not set|not defined|required|missing|undefined|unset)|must be (?:set|defined|provided|specified))\b"#,
                // As shells say it of `${NAME:?words}`, whatever the words are.
                r"(?:^|[\s/])(?:sh|bash|ash|dash|zsh): (?:(?:line )?\d+: )?(?-i:[A-Z][A-Z0-9_]{2,}): ",
                r": (?:line )?\d+: (?-i:[A-Z][A-Z0-9]*_[A-Z0-9_]+): ",
                r"\bparameter (?:null or )?not set\b",
                r"\bunbound variable\b",
                r"\b(?-i:KeyError: '[A-Z][A-Z0-9_]*')",
            ],
            "An environment variable is missing",
            "compare the name with the variables of the container, and give it when the container is created",
        ),
        sign(
            &[
                r"\bout of memory\b",
                r"\bOutOfMemory(?:Error|Exception)?\b",
                r"\bcannot allocate memory\b",
                r"\b(?:near|reached) heap limit\b",
                r"\bMemoryError\b",
                r"\bkilled process \d",
            ],
            "The process ran out of memory",
            "raise the limit, or make the heap smaller than it",
        ),
        sign(
            &[
                r"\bno space left on device\b",
                r"\bENOSPC\b",
                r"\bdisk quota exceeded\b",
            ],
            "A disk is full",
            "see docker_system_df and the volumes; free space on the host",
        ),
        sign(
            &[r"\bexec format error\b"],
            "The binary is for another platform",
            "use an image for this CPU",
        ),
        sign(
            &[
                r": command not found\b",
                r"\bexecutable file not found\b",
                // As shells say it: `sh: servr: not found`, `./run: line 3: servr: not found`.
                r"(?:^|[\s/])(?:sh|bash|ash|dash|zsh|env|exec): (?:(?:line )?\d+: )?[^\s:]+: not found\b",
                r": (?:line )?\d+: [^\s:]+: not found\b",
                r"\bspawn \S+ ENOENT\b",
            ],
            "A command is missing",
            "check the name, the PATH and whether the image has it",
        ),
        sign(
            &[
                r"\bModuleNotFoundError\b",
                r"\bcannot find (?:module|package)\b",
                r"\bno module named\b",
                r"\bClassNotFoundException\b",
                r"\bNoClassDefFoundError\b",
                r"\bcannot open shared object\b",
                r"\berror loading shared library\b",
            ],
            "A module or library is missing",
            "it was not installed into the image, or a mount hides it",
        ),
        sign(
            &[r"\bread-only file system\b", r"\bEROFS\b"],
            "It writes to a read-only file system",
            "give it a tmpfs or a volume where it writes",
        ),
        sign(
            &[
                r"\bpermission denied\b",
                r"\bEACCES\b",
                r"\boperation not permitted\b",
                r"\bEPERM\b",
            ],
            "It lacks a permission",
            "compare the user it runs as with the owner of the file or volume; low ports and raw sockets need a capability",
        ),
        network(
            &[
                r"\bcould(?: not|n't) resolve host",
                r"\bcould not translate host name\b",
                r"\bhost not found in upstream\b",
                r"\bfailure in name resolution\b",
                r"\bname resolution failed\b",
                r"\bno such host\b",
                r"\bENOTFOUND\b",
                r"\bEAI_AGAIN\b",
                r"\bunknown ?host",
                r"\bname or service not known\b",
                r"\bnodename nor servname\b",
                r"\bbad address\b",
            ],
            "A name does not resolve",
            "names of containers resolve on user-defined networks only: both must share one; check the spelling and the DNS servers",
        ),
        network(
            &[r"\bconnection ?refused", r"\bECONNREFUSED\b"],
            "A connection was refused",
            "nothing listens there: the service is not up yet, listens on 127.0.0.1, or `localhost` means this container",
        ),
        network(
            &[
                r"\bno route to host\b",
                r"\bnetwork is unreachable\b",
                r"\bEHOSTUNREACH\b",
                r"\bENETUNREACH\b",
            ],
            "There is no route",
            "the containers share no network, or a firewall or an internal network is in between",
        ),
        network(
            &[
                r"\bconnection (?:was )?reset\b",
                r"\bECONNRESET\b",
                r"\bbroken ?pipe",
                r"\bEPIPE\b",
            ],
            "A connection broke",
            "the other side closed it: a crash, a proxy's limit, or an MTU that is too large",
        ),
        network(
            &[
                r"\btimed out\b",
                r"\btimeout (?:exceeded|expired|reached|error|occurred|waiting|while|after|of \d)",
                r"\b(?:i/o|socket|read|connect|connection|handshake) timeout\b[^=:]*$",
                r"\btimeout(?:error|exception)\b",
                r"\bETIMEDOUT\b",
                r"\bdeadline exceeded\b",
            ],
            "Something took too long",
            "packets are dropped (firewall, MTU) or the other side is slow",
        ),
        network(
            &[
                r"\bx509: ",
                r"\bcertificate (?:verify failed|verification failed|has expired|expired|is not (?:yet )?valid|is not trusted|unknown|required)\b",
                r"\b(?:self[- ]signed|bad|expired|invalid|untrusted|revoked|(?:local )?issuer) certificate\b",
                r"\btls handshake (?:error|fail|timeout)",
                r"\btls: (?:bad|fail|handshake|internal|protocol|unknown|first record)",
                r"\bssl_error",
                r"\bssl (?:error|routines|handshake (?:error|fail))",
                r"\bSSLHandshakeException\b",
                r"\bhandshake failure\b",
            ],
            "TLS failed",
            "check the certificate's name, its dates and whether the image trusts its issuer",
        ),
        sign(
            &[
                r"\bauthentication failed\b",
                r"\baccess denied\b",
                r"\binvalid (?:user ?name or )?password\b",
                r"\blogin (?:failed|incorrect)\b",
                r"\bWRONGPASS\b",
                r"\b401 unauthorized\b",
                r"\b403 forbidden\b",
            ],
            "A login was refused",
            "check user, password and database; a volume may keep those of its first start",
        ),
        sign(
            &[
                r"\bunknown (?:flag|option|argument|directive)\b",
                r"\bunrecogni[sz]ed (?:option|argument)",
                r"\binvalid (?:option|configuration)\b",
                r"\bsyntax ?error\b",
                r"\bparse error\b",
            ],
            "An option or a configuration is wrong",
            "compare command and mounted configuration with the version of the application",
        ),
        sign(
            &[
                r"\bno such file or directory\b",
                r"\bENOENT\b",
                r"\bFileNotFound(?:Error|Exception)\b",
            ],
            "A file is missing",
            "check the mounts and the working directory",
        ),
        sign(
            &[
                r"\btraceback \(most recent",
                r"\bpanic: ",
                r"\bpanicked at\b",
                r"\bsegmentation fault\b",
                r"\b(?:uncaught|unhandled) (?:\w*exception|\w*error|promise|rejection|signal)\b",
                r"\bexception in thread\b",
                // `ValueError: the answer`, and not `error: 0` or `error: null`.
                r"(?:error|exception): [^\d\s].{5,}",
                r"\b(?-i:\w+(?:\.\w+)*\.[A-Z]\w*(?:Exception|Error))\b",
                r"\bfatal(?: error\b|: )",
                r#"[\[="](?:fatal|panic|emerg|crit)["\]\s]"#,
            ],
            "The application failed",
            "the stack trace in the log names the place",
        ),
    ]
});

fn sign(parts: &[&str], what: &'static str, next: &'static str) -> Sign {
    Sign {
        phrases: phrases(parts),
        what,
        next,
        network: false,
    }
}

fn network(parts: &[&str], what: &'static str, next: &'static str) -> Sign {
    Sign {
        network: true,
        ..sign(parts, what, next)
    }
}

/// Any of these, in any case.
#[expect(
    clippy::expect_used,
    reason = "every pattern is written here, and any test of a log reads them all"
)]
fn phrases(parts: &[&str]) -> Regex {
    Regex::new(&format!("(?i){}", parts.join("|"))).expect("a sign can be read")
}
