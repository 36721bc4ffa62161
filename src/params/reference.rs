//! Reads the names and ids of containers, networks, volumes and what a swarm has.
//!
//! bollard puts them into request paths unescaped, so these rules are what keeps `../` out.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde_json::Value;

use super::json;
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// The longest name or id, in characters.
pub(super) const LONGEST: usize = 255;

/// Declares a type for text that keeps to a rule.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        pub struct $name(String);

        impl Parameter for $name {
            const SCHEMA: Schema = Schema::String;

            fn parse(value: Value) -> Result<Self, Mismatch> {
                $check(json::text(value)?).map(Self)
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self)
            }
        }
    };
}
pub(super) use checked_text;

checked_text!(
    /// The name or id of a container.
    ContainerRef,
    reference
);
checked_text!(
    /// The name or id of a network.
    NetworkRef,
    reference
);
checked_text!(
    /// The name of a volume.
    VolumeRef,
    reference
);
checked_text!(
    /// The name of a swarm's node, which is that of its host, or its id.
    NodeRef,
    reference
);
checked_text!(
    /// The name or id of a swarm's secret.
    SecretRef,
    reference
);
checked_text!(
    /// The name or id of a swarm's config.
    ConfigRef,
    reference
);
checked_text!(
    /// The name of a stack, which is that of a label.
    StackRef,
    reference
);

impl Parameter for Vec<ContainerRef> {
    const SCHEMA: Schema = Schema::Array(&ContainerRef::SCHEMA);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        each(value)
    }
}

/// Reads an array of references, and says of which one is wrong.
pub(super) fn each<T: Parameter>(value: Value) -> Result<Vec<T>, Mismatch> {
    let read = |text: String| {
        let shown = json::clip(&text, 40);
        T::parse(Value::String(text)).map_err(|mismatch| match mismatch {
            Mismatch::Reason(reason) => Mismatch::because(format!("of `{shown}`: {reason}")),
            Mismatch::Kind => Mismatch::Kind,
        })
    };
    json::strings(value)?.into_iter().map(read).collect()
}

/// Refuses what may stand in no reference, whatever it names.
pub(super) fn check_characters(text: &str) -> Result<(), Mismatch> {
    let reason = if text.is_empty() {
        "it is empty".to_owned()
    } else if text.contains("..") {
        "it holds `..`".to_owned()
    } else if text.contains(char::is_whitespace) {
        "it holds whitespace".to_owned()
    } else if text.contains(char::is_control) {
        "it holds a control character".to_owned()
    } else if let Some(found) = text.chars().find(|c| matches!(c, '?' | '#' | '%')) {
        format!("it holds `{found}`")
    } else {
        return Ok(());
    };
    Err(Mismatch::Reason(reason))
}

pub(super) fn reference(text: String) -> Result<String, Mismatch> {
    let text = match text.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    check_characters(&text)?;
    if let Some(found) = text
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))
    {
        return Err(Mismatch::because(format!("it holds `{found}`")));
    }
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(Mismatch::because(
            "it does not start with a letter or digit",
        ));
    }
    // By now every character is one byte.
    if text.len() > LONGEST {
        return Err(Mismatch::because(format!(
            "it is longer than {LONGEST} characters"
        )));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_ids_pass_without_their_slash() {
        for (given, read) in [
            ("db", "db"),
            ("/db", "db"),
            ("7", "7"),
            ("A_b.c-d", "A_b.c-d"),
            ("4fa6e0f0c678", "4fa6e0f0c678"),
        ] {
            assert_eq!(&*ContainerRef::parse(json!(given)).unwrap(), read);
        }
        let longest = "a".repeat(255);
        assert_eq!(
            &*NetworkRef::parse(json!(format!("/{longest}"))).unwrap(),
            longest
        );
    }

    #[test]
    fn nothing_that_could_leave_its_place_in_a_path_passes() {
        for given in [
            "",
            "/",
            "//db",
            "..",
            "../x",
            "a..b",
            "a/b",
            "a?b",
            "a#b",
            "a%2e",
            "a b",
            "a\n",
            "db\n",
            "\tdb",
            "a\0b",
            "a\u{7f}",
            "-a",
            ".a",
            "_a",
            "é",
            "a\u{2028}b",
            "a:b",
            "a@b",
            "a\\b",
        ] {
            assert!(ContainerRef::parse(json!(given)).is_err(), "{given:?}");
            assert!(VolumeRef::parse(json!(given)).is_err(), "{given:?}");
            assert!(SecretRef::parse(json!(given)).is_err(), "{given:?}");
        }
        assert!(NetworkRef::parse(json!("a".repeat(256))).is_err());
        assert_eq!(NetworkRef::parse(json!(5)), Err(Mismatch::Kind));
    }

    #[test]
    fn several_are_read_as_one_is() {
        let read = Vec::<ContainerRef>::parse;
        let names = |read: Vec<ContainerRef>| read.iter().map(|it| it.to_string()).collect();
        let both: Result<Vec<String>, _> = read(json!(["/db", "web"])).map(names);
        assert_eq!(both, Ok(vec!["db".to_owned(), "web".to_owned()]));
        assert_eq!(read(json!("db")).map(names), Ok(vec!["db".to_owned()]));
        assert_eq!(
            read(json!(["db", "../x"])),
            Err(Mismatch::because("of `../x`: it holds `..`"))
        );
    }

    #[test]
    fn the_reason_names_the_offender() {
        for (given, reason) in [
            ("../x", "it holds `..`"),
            ("a/b", "it holds `/`"),
            ("a b", "it holds whitespace"),
            ("-a", "it does not start with a letter or digit"),
        ] {
            assert_eq!(
                ContainerRef::parse(json!(given)),
                Err(Mismatch::because(reason))
            );
        }
    }
}
