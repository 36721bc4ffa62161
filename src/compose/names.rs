//! Knows which names projects and profiles have.

use super::yaml::shown;

/// Whether a project can be called so.
pub(super) fn is_project(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    name.chars().all(plain) && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

pub(super) fn wrong_project(name: &str) -> String {
    format!(
        "{} is no name of a project, which has small letters, digits, `-` and `_`, and begins with a letter or digit",
        shown(name)
    )
}

/// The name that Compose makes from that of a directory.
pub(super) fn of_directory(name: &str) -> String {
    let name = name.to_lowercase();
    let plain = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let name: String = name.chars().filter(plain).collect();
    name.trim_start_matches(['_', '-']).to_owned()
}

/// Whether a profile can be called so; `*` means all.
pub(super) fn is_profile(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    name == "*" || name.chars().all(plain) && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}
