//! Says what a secret may be called.

/// Whether a secret can be called so: no more than one part of a path, and none that leads elsewhere.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(plain) && ![".", ".."].contains(&name)
}
