//! Looks through a project's `.env` for what steers Compose itself rather than the files.

/// What every such variable begins with.
const PREFIX: &str = "COMPOSE_";

/// Those that change nothing but how Compose talks, or that this server sets itself.
const HARMLESS: &[&str] = &[
    "COMPOSE_ANSI",
    "COMPOSE_CONVERT_WINDOWS_PATHS",
    "COMPOSE_HTTP_TIMEOUT",
    "COMPOSE_IGNORE_ORPHANS",
    "COMPOSE_MENU",
    "COMPOSE_PARALLEL_LIMIT",
    "COMPOSE_PROGRESS",
    "COMPOSE_PROJECT_NAME",
    "COMPOSE_PROFILES",
    "COMPOSE_STATUS_STDOUT",
];

/// What a `.env` says of the project.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Steering {
    pub(super) project_name: Option<String>,
    pub(super) profiles: Vec<String>,
    /// The other variables that steer Compose, with the lines.
    pub(super) others: Vec<(String, usize)>,
}

/// Reads it more widely than any version of Compose: a name counts wherever it stands, but in a
/// comment.
pub(super) fn steering(text: &str) -> Steering {
    let mut steering = Steering::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        // In a line with a quote, what looks like a comment may lie within a value.
        if line.starts_with('#') && !line.contains(['"', '\'']) {
            continue;
        }
        let assigned = line.strip_prefix("export ").unwrap_or(line);
        for (at, _) in line.match_indices(PREFIX) {
            let name: String = line
                .get(at..)
                .unwrap_or_default()
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            let value = assigned
                .trim_start()
                .strip_prefix(name.as_str())
                .and_then(|rest| rest.trim_start().strip_prefix(['=', ':']))
                .map(unquoted);
            match (name.as_str(), value) {
                ("COMPOSE_PROJECT_NAME", Some(value)) => steering.project_name = Some(value),
                ("COMPOSE_PROFILES", Some(value)) => {
                    let profiles = value.split(',').filter(|profile| !profile.is_empty());
                    steering.profiles = profiles.map(|profile| profile.trim().to_owned()).collect();
                }
                (known, _) if HARMLESS.contains(&known) => {}
                _ => steering.others.push((name, number + 1)),
            }
        }
    }
    steering
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let quoted = ['"', '\''].iter().find_map(|quote| {
        let inner = value.strip_prefix(*quote)?;
        inner.split(*quote).next()
    });
    let plain = || value.split(" #").next().unwrap_or_default().trim();
    quoted.unwrap_or_else(plain).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_compose_is_found_however_it_is_written() {
        for (text, expected) in [
            ("COMPOSE_FILE=a.yml:b.yml", "COMPOSE_FILE"),
            ("  export COMPOSE_FILE = x", "COMPOSE_FILE"),
            ("COMPOSE_ENV_FILES: /etc/x", "COMPOSE_ENV_FILES"),
            ("A=\"x\" COMPOSE_FILE=y", "COMPOSE_FILE"),
            ("A=\"x\n# \" COMPOSE_FILE=y", "COMPOSE_FILE"),
            ("COMPOSE_REMOVE_ORPHANS=1", "COMPOSE_REMOVE_ORPHANS"),
            (
                "COMPOSE_EXPERIMENTAL_GIT_REMOTE=1",
                "COMPOSE_EXPERIMENTAL_GIT_REMOTE",
            ),
        ] {
            let found = steering(text).others;
            assert_eq!(
                found.first().map(|(name, _)| name.as_str()),
                Some(expected),
                "{text}"
            );
        }
        let tame = "# COMPOSE_FILE=x\nTAG=1\nexport COMPOSE_PROJECT_NAME='shop'\nCOMPOSE_PROFILES=a, b\nCOMPOSE_PARALLEL_LIMIT=2\n";
        let tame = steering(tame);
        assert_eq!(tame.project_name.as_deref(), Some("shop"));
        assert_eq!(tame.profiles, ["a", "b"]);
        assert_eq!(tame.others, []);
    }
}
