//! Says which objects calls may change.

use std::fmt;

/// The words before the value.
const PROJECT: &str = "project:";
const LABEL: &str = "label:";

/// The objects that calls may change; anything else is only read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scope {
    /// Every object.
    #[default]
    All,
    /// What this server made, or another of the same user.
    Mine,
    /// What belongs to the Compose project or the stack of that name.
    Project(String),
    /// What has that label.
    Label {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    },
}

impl Scope {
    /// What is accepted.
    pub(super) const ACCEPTED: &'static str = "`all`, `mine`, `project:NAME` or `label:KEY=VALUE`";

    /// The scope that a text names, if it names one.
    pub fn named(text: &str) -> Option<Self> {
        if let Some(name) = text.strip_prefix(PROJECT) {
            let mut characters = name.chars();
            let first = characters.next()?;
            let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
            let is_name = first.is_ascii_alphanumeric() && characters.all(known);
            return is_name.then(|| Self::Project(name.to_owned()));
        }
        if let Some(label) = text.strip_prefix(LABEL) {
            let (key, value) = label.split_once('=')?;
            let shows = |part: &str| {
                !part.is_empty() && !part.chars().any(|c| c.is_control() || c.is_whitespace())
            };
            return (shows(key) && shows(value)).then(|| Self::Label {
                key: key.to_owned(),
                value: value.to_owned(),
            });
        }
        match text.to_ascii_lowercase().as_str() {
            "all" => Some(Self::All),
            "mine" => Some(Self::Mine),
            _ => None,
        }
    }

    /// Whose what is in it is, to follow "what".
    pub fn whose(&self) -> String {
        match self {
            Self::All => "is there".to_owned(),
            Self::Mine => "this user's servers made".to_owned(),
            Self::Project(name) => format!("belongs to project `{name}`"),
            Self::Label { key, value } => format!("has the label `{key}={value}`"),
        }
    }

    /// Whether it holds nothing back.
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }
}

/// As the setting is written.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Mine => f.write_str("mine"),
            Self::Project(name) => write!(f, "{PROJECT}{name}"),
            Self::Label { key, value } => write!(f, "{LABEL}{key}={value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn a_scope_is_written_as_it_is_read() {
        for text in [
            "all",
            "mine",
            "project:shop",
            "project:Shop_1.x",
            "label:a.b/c=d=e",
        ] {
            assert_eq!(Scope::named(text).unwrap().to_string(), text);
        }
        assert_eq!(Scope::named("ALL"), Some(Scope::All));
        for text in [
            "",
            "everything",
            "project:",
            "project:-a",
            "project:a b",
            "project:a/b",
            "label:a",
            "label:=b",
            "label:a=",
            "label:a b=c",
            "label:a=\u{1b}[0m",
            "Project:shop",
            "mine:me",
        ] {
            assert_eq!(Scope::named(text), None, "{text}");
        }
    }
}
