//! Makes the environment of a program, from nothing: none of the server's own reaches it.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::allowance::Allowance;
use super::cache::Cache;
use super::room::Room;
use crate::ordered;
use crate::vocabulary::Needs as Program;

/// The variables of a program: its own, and before those these.
pub(super) fn of(
    program: Program,
    room: &Room,
    relay: Option<&str>,
    cache: Option<&Cache>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> BTreeMap<OsString, OsString> {
    let handed = variables
        .into_iter()
        .filter(|(name, _)| !steers(name))
        .map(|(name, value)| (name.into(), value.into()));
    let mut all: BTreeMap<OsString, OsString> = ordered::map(handed);
    // Without an address it would take the Engine's own.
    let address = match relay {
        Some(relay) => relay.into(),
        None => room.no_socket(),
    };
    let folders = [
        ("PATH", room.programs().into()),
        ("HOME", room.home().into()),
        ("DOCKER_CONFIG", room.settings().into()),
        ("TMPDIR", room.scratch().into()),
        ("DOCKER_HOST", address),
    ];
    let fixed: &[(&str, &str)] = match program {
        Program::Compose => &[
            ("DOCKER_BUILDKIT", "0"),
            ("COMPOSE_EXPERIMENTAL_GIT_REMOTE", "0"),
            ("COMPOSE_EXPERIMENTAL_OCI_REMOTE", "0"),
        ],
        // It would ask its plugins what more there is to say.
        Program::Docker => &[("DOCKER_CLI_HINTS", "false")],
        Program::Trivy => &[
            ("TRIVY_DISABLE_TELEMETRY", "true"),
            ("TRIVY_NO_PROGRESS", "true"),
            ("TRIVY_SKIP_VERSION_CHECK", "true"),
        ],
        Program::Grype => &[("GRYPE_CHECK_FOR_APP_UPDATE", "false")],
        Program::Scout => &[
            ("DOCKER_CLI_HINTS", "false"),
            ("DOCKER_SCOUT_NEW_VERSION_WARN", "false"),
        ],
        Program::Syft => &[("SYFT_CHECK_FOR_APP_UPDATE", "false")],
    };
    let fixed = fixed.iter().map(|&(name, value)| (name, value.into()));
    let own = folders.into_iter().chain(fixed);
    all.extend(own.map(|(name, value)| (name.into(), value)));
    if Allowance::of(program).unpacks {
        // What has no folder of its own does not fill up the one it may not write in.
        all.insert("XDG_CACHE_HOME".into(), room.scratch().into());
    }
    if let Some(Cache { variable, folder }) = cache {
        all.insert(variable.into(), folder.into());
    }
    all
}

/// Whether a variable is for the program itself, its runtime or its loader, so that whoever sets it would say
/// what it does. A `.env` beside a project may hold any.
fn steers(name: &str) -> bool {
    const BEGINNINGS: [&str; 8] = [
        "BUILDKIT_",
        "BUILDX_",
        "COMPOSE_",
        "DOCKER_CLI_",
        "GLIBC_",
        "LD_",
        "OTEL_",
        "MALLOC_",
    ];
    const NAMES: [&str; 20] = [
        "DOCKER_API_VERSION",
        "DOCKER_AUTH_CONFIG",
        "DOCKER_BUILDKIT",
        "DOCKER_CERT_PATH",
        "DOCKER_CONFIG",
        "DOCKER_CONTENT_TRUST",
        "DOCKER_CONTEXT",
        "DOCKER_CUSTOM_HEADERS",
        "DOCKER_HOST",
        "DOCKER_TLS",
        "DOCKER_TLS_VERIFY",
        "GCONV_PATH",
        "GOCOVERDIR",
        "GODEBUG",
        "GOGC",
        "GOMAXPROCS",
        "GOMEMLIMIT",
        "GOTRACEBACK",
        "LOCPATH",
        "SSH_AUTH_SOCK",
    ];
    BEGINNINGS.iter().any(|start| name.starts_with(start)) || NAMES.contains(&name)
}
