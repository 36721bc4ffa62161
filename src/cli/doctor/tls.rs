//! Whether the way to the Engine is protected, and by which certificates.

use mcp_docker::config::DockerConfig;
use mcp_docker::engine::{Address, Certificates, EngineError, Reason};

use super::connection::{Answers, Silence, halves};
use super::report::Check;

const NAME: &str = "tls";

pub(super) fn check(
    address: &Result<Address, EngineError>,
    certificates: &Result<Option<Certificates>, EngineError>,
    answers: &Result<Answers, Silence>,
    docker: &DockerConfig,
) -> Check {
    let Ok(address) = address else {
        return Check::unknown(NAME, "no address, so nothing to protect");
    };
    let certificates = match certificates {
        Ok(certificates) => certificates,
        Err(error) => return Check::error(NAME, &error.to_string()),
    };
    if let Err(Silence::Failed(EngineError::Unreachable { reason, .. })) = answers
        && let Reason::Tls(_) = reason
    {
        let (why, mend) = halves(reason.explain(address));
        return describe(Check::mend(NAME, why, mend), certificates.as_ref());
    }
    match (address.url.split_once("://"), certificates) {
        (_, Some(certificates)) => {
            let text = match answers {
                Ok(_) => "the Engine's certificate was verified",
                Err(_) => "on, and not tried because the Engine was not reached",
            };
            let check = if answers.is_ok() {
                Check::ok
            } else {
                Check::unknown
            };
            describe(check(NAME, text), Some(certificates))
        }
        (Some(("tcp" | "http", _)), None) => Check::note(
            NAME,
            "off: whoever can reach this address, or listen on the way, is root where the Engine runs",
            format!(
                "have the Engine ask for certificates (`dockerd --tlsverify`) and set {} and {}, or use `ssh://`",
                docker.called("DOCKER_TLS_VERIFY"),
                docker.called("DOCKER_CERT_PATH"),
            ),
        ),
        (Some(("ssh", _)), None) => Check::ok(NAME, "not needed: ssh protects the way"),
        _ => Check::ok(NAME, "not needed: the Engine is on this machine"),
    }
}

fn describe(check: Check, certificates: Option<&Certificates>) -> Check {
    let Some(certificates) = certificates else {
        return check;
    };
    let ca = match &certificates.ca {
        Some(file) => format!("`{}` and the system's", file.display()),
        None => "the system's alone".to_owned(),
    };
    let client = match &certificates.client {
        Some(client) => format!("`{}`", client.cert.display()),
        None => "none".to_owned(),
    };
    let path = |path: &std::path::Path| path.display().to_string();
    check
        .line(format!("authorities: {ca}; client certificate: {client}"))
        .with("ca", certificates.ca.as_deref().map(path))
        .with(
            "client_certificate",
            certificates
                .client
                .as_ref()
                .map(|client| path(&client.cert)),
        )
}
