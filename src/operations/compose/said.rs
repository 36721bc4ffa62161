//! Reads what Compose says besides its result: warnings, and why it ended.

use crate::engine::relay::Account;
use crate::output::text;
use crate::program::{ProgramError, Ran};

/// The most of it that is repeated, in bytes.
const LONGEST: usize = 4000;

/// What was said.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) warnings: Vec<String>,
    /// Why it ended, where it did with an error; empty where it did not say.
    pub(crate) error: String,
}

impl Said {
    /// Reads what it wrote, which is not for programs: warnings as `level=warning msg="…"`, the rest as it is.
    pub(crate) fn read(written: &str) -> Self {
        let mut said = Self::default();
        let mut others: Vec<&str> = Vec::new();
        for line in written.lines().map(str::trim).filter(|it| !it.is_empty()) {
            match message(line) {
                Some(("warning", message)) => said.warn(message),
                Some(("error" | "fatal", _)) | None => others.push(line),
                Some(_) => {}
            }
        }
        let error = others.join("\n");
        text::tail(&error, LONGEST).clone_into(&mut said.error);
        said
    }

    fn warn(&mut self, message: String) {
        const MOST: usize = 50;
        if self.warnings.len() < MOST && !self.warnings.contains(&message) {
            self.warnings.push(message);
        }
    }
}

/// What the program did until it ended, and why it did, where it is not as it should be.
pub(crate) fn why_it_ended(ran: Result<Ran, ProgramError>) -> (Account, String) {
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) => return (Account::default(), error.to_string()),
    };
    let said = Said::read(&ran.stderr).error;
    let why = match ran.code {
        _ if !said.is_empty() => said,
        Some(code) => format!("ended with {code} and did not say why"),
        None => "was ended".to_owned(),
    };
    (ran.account, why)
}

/// The level and the message of a line that has them.
fn message(line: &str) -> Option<(&str, String)> {
    let (_, rest) = line.split_once("level=")?;
    let (level, rest) = rest.split_once(' ')?;
    let message = rest.trim_start().strip_prefix("msg=")?;
    let message = match serde_json::from_str(message) {
        Ok(message) => message,
        Err(_) => message.trim_matches('"').to_owned(),
    };
    Some((level, message))
}

/// Where in a file a mistake is that Compose tells of: `yaml: line 3:`, or ` at L4.C12`.
pub(super) fn line(error: &str) -> Option<usize> {
    let after = |mark: &str| {
        let (_, rest) = error.split_once(mark)?;
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest.get(..digits)?.parse().ok()
    };
    after("line ").or_else(|| after(" at L"))
}

/// The file that it tells of: `validating /srv/web/compose.yaml: …`.
pub(super) fn file(error: &str) -> Option<String> {
    let mut words = error.split_whitespace();
    let named = words.find(|word| {
        let word = word.trim_end_matches(':');
        word.ends_with(".yaml") || word.ends_with(".yml")
    });
    let name = named?.trim_end_matches(':').rsplit('/').next()?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_told_from_why_it_ended() {
        let said = Said::read(
            "time=\"2026-11-28T01:51:01Z\" level=warning msg=\"The \\\"TAG\\\" variable is not set. Defaulting to a blank string.\"\n\
             time=\"2026-11-28T01:51:01Z\" level=warning msg=\"The \\\"TAG\\\" variable is not set. Defaulting to a blank string.\"\n\
             service \"debug\" depends on undefined service \"extra\": invalid compose project\n",
        );
        assert_eq!(
            said.warnings,
            ["The \"TAG\" variable is not set. Defaulting to a blank string."]
        );
        assert_eq!(
            said.error,
            "service \"debug\" depends on undefined service \"extra\": invalid compose project"
        );
        assert_eq!(Said::read(""), Said::default());
    }

    #[test]
    fn a_line_is_found_in_the_words_of_each_version() {
        for (error, expected) in [
            ("yaml: line 3: did not find expected ',' or ']'", Some(3)),
            ("go-yaml load error in parser … at L4.C12-L5.C1: …", Some(4)),
            ("services.web.imag false schema", None),
        ] {
            assert_eq!(line(error), expected, "{error}");
        }
        let said = "validating /srv/web/compose.yaml: services.web additional properties 'imag' not allowed";
        assert_eq!(file(said).as_deref(), Some("compose.yaml"));
        assert_eq!(file("services.web.imag false schema"), None);
    }
}
