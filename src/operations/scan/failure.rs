//! Says why a scanner gave no result, and what to do about it.

use crate::call::CallError;
use crate::output::text::tail;
use crate::program::{Program, Ran};
use crate::untrusted::clean;

/// The most of what a scanner says that is repeated, in bytes.
const LONGEST: usize = 2000;

/// What a scanner says where it has no database, in small letters.
const NO_DATABASE: [&str; 6] = [
    "db error",
    "vulnerability db",
    "vulnerability database",
    "java db",
    "failed to load vulnerability",
    "cannot be specified on the first run",
];

/// What Docker Scout says where nobody is logged in, in small letters.
const NOBODY: [&str; 4] = ["not logged in", "log in", "login", "unauthorized"];

/// Why a scanner ended as it did.
pub(super) fn of(program: Program, ran: &Ran) -> CallError {
    let title = program.title();
    let said = said(&ran.stderr);
    let small = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| small.contains(word));
    let mut parts: Vec<String> = Vec::new();
    if has(&NO_DATABASE) {
        parts.extend(without_database(program).map(str::to_owned));
    }
    if program == Program::Scout && has(&NOBODY) {
        parts.push(NO_LOGIN.to_owned());
    }
    // What it was not given is often why.
    parts.extend(
        ran.account
            .refusals
            .iter()
            .map(|it| format!("refused: {it}")),
    );
    parts.push(match (said.is_empty(), ran.code) {
        (false, _) => format!("{title}: {said}"),
        (true, Some(code)) => format!("{title} ended with {code} and did not say why"),
        (true, None) => format!("{title} was ended"),
    });
    CallError::Operation(parts.join("\n"))
}

/// That there is nobody to ask Docker for.
pub(super) const NO_LOGIN: &str = "Docker Scout wants a login at Docker Hub: `docker login`, as the user whom this server runs as, or install \
     Trivy or Grype, which need none";

/// How a scanner comes to its database.
fn without_database(program: Program) -> Option<&'static str> {
    Some(match program {
        Program::Trivy => {
            "Trivy has no database of vulnerabilities here and could not fetch one: let this machine reach \
             mirror.gcr.io or ghcr.io, or run `trivy image --download-db-only` as the user whom this server runs as"
        }
        Program::Grype => {
            "Grype has no database of vulnerabilities here and could not fetch one: let this machine reach \
             grype.anchore.io, or run `grype db update` as the user whom this server runs as"
        }
        _ => return None,
    })
}

/// That what it wrote is not what it was to write.
pub(super) fn unreadable(program: Program, why: &str) -> CallError {
    let title = program.title();
    CallError::Operation(format!(
        "what {title} wrote is not what it was to write: {why}"
    ))
}

/// The end of what it said; only what it calls an error, where it does.
fn said(stderr: &str) -> String {
    let whole = clean(stderr);
    let is_error = |line: &&str| {
        ["FATAL", "ERROR", "level=error"]
            .iter()
            .any(|it| line.contains(it))
    };
    let errors: Vec<&str> = whole.lines().filter(is_error).collect();
    let said = match errors.is_empty() {
        true => whole.trim().to_owned(),
        // What stands behind the last of them belongs to it.
        false => {
            let first = whole.find(errors.first().copied().unwrap_or_default());
            whole
                .get(first.unwrap_or_default()..)
                .unwrap_or_default()
                .trim()
                .to_owned()
        }
    };
    tail(&said, LONGEST).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::relay::Account;

    fn told(program: Program, code: Option<i32>, stderr: &str) -> String {
        let ran = Ran {
            code,
            stdout: Vec::new(),
            stderr: stderr.to_owned(),
            account: Account::default(),
        };
        of(program, &ran).to_string()
    }

    #[test]
    fn what_a_scanner_says_is_told_from_what_it_reports_on_the_way() {
        let said = "2026-01-01T00:00:00Z\tINFO\t[vuln] on\n2026-01-01T00:00:01Z\tFATAL\tFatal error\tbad image\n  - because";
        let text = told(Program::Trivy, Some(1), said);
        assert!(
            text.starts_with("Trivy: 2026-01-01T00:00:01Z\tFATAL"),
            "{text}"
        );
        assert!(text.ends_with("- because"), "{text}");
        let text = told(
            Program::Grype,
            Some(1),
            "\u{1b}[31m1 error occurred\u{1b}[0m:\n",
        );
        assert_eq!(text, "Grype: 1 error occurred:");
        assert_eq!(
            told(Program::Syft, Some(3), " \n"),
            "Syft ended with 3 and did not say why"
        );
        assert_eq!(told(Program::Syft, None, ""), "Syft was ended");
        let long = told(Program::Syft, Some(1), &"x".repeat(100_000));
        assert!(long.len() < LONGEST + 20, "{}", long.len());
    }
}
