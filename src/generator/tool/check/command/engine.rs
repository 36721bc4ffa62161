//! Checks what a program may ask of the Engine.

use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::vocabulary::endpoint::{ENDPOINTS, Effect, Endpoint};
use crate::generator::common::vocabulary::{Tier, nearest};

/// The lines, each of which is an endpoint that a program may ask for.
pub(super) fn checked(
    lines: &[At<String>],
    tier: Option<Tier>,
    findings: &mut Findings,
) -> Vec<String> {
    for (at, line) in lines.iter().enumerate() {
        let is_again = lines.iter().take(at).any(|other| **other == **line);
        match ENDPOINTS.iter().find(|known| self::line(known) == **line) {
            _ if is_again => {
                findings.error(line.span(), format!("`{}` is there twice", **line), "again");
            }
            None => unknown(line, findings),
            Some(endpoint) if !endpoint.is_for_programs() => {
                findings.error(
                    line.span(),
                    format!("`{}` is not for programs", **line),
                    "always refused",
                );
                findings.help("a handler asks the Engine for it itself, where the tool needs it");
            }
            Some(endpoint) if tier == Some(Tier::Safe) && endpoint.effect != Effect::Reads => {
                findings.error(
                    line.span(),
                    format!("a safe tool does not let its program ask for `{}`", **line),
                    endpoint.effect.words(),
                );
                findings.help("take it out, or write `tier = \"moderate\"`");
            }
            Some(_) => {}
        }
    }
    lines.iter().map(ToString::to_string).collect()
}

/// An endpoint as a file writes it.
fn line(endpoint: &Endpoint) -> String {
    format!(
        "{} {}",
        endpoint.method,
        endpoint.path.trim_start_matches('/')
    )
}

fn unknown(line: &At<String>, findings: &mut Findings) {
    findings.error(
        line.span(),
        format!("`{}` is none of the Engine's requests", **line),
        "unknown request",
    );
    let (method, path) = line.split_once(' ').unwrap_or_default();
    let known = ENDPOINTS.iter().filter(|known| known.is_for_programs());
    let known: Vec<String> = known.map(self::line).collect();
    let plain = format!("{} {}", method.to_uppercase(), path.trim_start_matches('/'));
    findings.help(match nearest(&plain, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write a method and a path as `src/vocabulary/endpoint.rs` has them: `POST containers/*/start`"
            .to_owned(),
    });
}
