//! Gives each place one key, so that places are compared and not the ways to write them.
//!
//! Some hosts tell no case apart, and a drive of Windows has a spelling for each of the ways to it.

/// The key of a normalised path: in one case, a drive of Windows as `/c:`.
pub(super) fn key(path: &str) -> String {
    let folded = fold(path);
    match drive(&folded) {
        Some((letter, rest)) => format!("/{letter}:{rest}"),
        None => match folded.strip_prefix("/host_mnt/") {
            Some(rest) => format!("/{rest}"),
            None => folded,
        },
    }
}

/// The drive that a path in one case leads to, and the path on it.
fn drive(path: &str) -> Option<(char, &str)> {
    // A shell of Windows, WSL, and the virtual machines of Docker Desktop.
    const WAYS: &[&str] = &[
        "/",
        "/cygdrive/",
        "/mnt/",
        "/media/",
        "/volumes/",
        "/host_mnt/",
        "/run/desktop/mnt/host/",
    ];
    WAYS.iter().find_map(|way| {
        let below = path.strip_prefix(way)?;
        let (name, rest) = below.split_at(below.find('/').unwrap_or(below.len()));
        let mut letters = name.strip_suffix(':').unwrap_or(name).chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) if letter.is_ascii_alphabetic() => Some((letter, rest)),
            _ => None,
        }
    })
}

/// Whether a normalised path leads to a drive, or to what Docker Desktop shows of its host, in a way that
/// hosts of no such kind give another meaning.
pub(super) fn is_of_a_host_with_drives(path: &str) -> bool {
    let plain = fold(path);
    let shares = ["/mnt/", "/media/", "/volumes/"];
    let says_so = plain.as_bytes().get(2) == Some(&b':');
    !says_so
        && !shares.iter().any(|share| plain.starts_with(share))
        && (plain.starts_with("/host_mnt/") || drive(&plain).is_some())
}

/// The drive of a key, and the path on it.
pub(super) fn on_drive(key: &str) -> Option<(char, &str)> {
    match key.as_bytes() {
        [b'/', letter, b':'] | [b'/', letter, b':', b'/', ..] => {
            Some((char::from(*letter), key.get(3..)?))
        }
        _ => None,
    }
}

/// The text as a file system reads it that tells no case apart: to that, `.ſsh` is `.ssh`, and so is
/// one with a character in it that shows nothing.
fn fold(text: &str) -> String {
    let shown = text.chars().filter(|c| !is_ignorable(*c));
    let upper: String = shown.flat_map(char::to_uppercase).collect();
    upper.to_lowercase()
}

fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What keeps the name of a file or folder from meaning just that, on Windows at least.
pub(super) fn oddity(name: &str) -> Option<&'static str> {
    if name.contains(':') {
        Some("has a `:` in it, which names a stream of a file")
    } else if name.contains('\\') {
        Some("has a `\\` in it, which separates folders elsewhere")
    } else if name.ends_with(['.', ' ']) {
        Some("has a name in it that ends in a dot or a space, which another name may stand for")
    } else if is_short(name) {
        Some("has a short name in it, such as `PROGRA~1`, which stands for another")
    } else {
        None
    }
}

/// Whether `..` in a path takes away a name that Windows may have taken for another `..`.
pub(super) fn is_roundabout(path: &str) -> bool {
    let parts = || path.split(['/', '\\']);
    parts().any(|part| part == "..")
        && parts().any(|part| !matches!(part, "." | "..") && part.ends_with(['.', ' ']))
}

/// Whether it is what Windows makes of a long name for old programs: `DOCUME~1`, `INDEX~1.HTM`.
fn is_short(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    stem.rsplit_once('~').is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_a_drive_has_its_key() {
        for path in [
            "/C:/Users/Me",
            "/c/users/me",
            "/mnt/c/Users/me",
            "/cygdrive/c/Users/me",
            "/host_mnt/c/Users/me",
            "/run/desktop/mnt/host/c/Users/me",
        ] {
            assert_eq!(key(path), "/c:/users/me", "{path}");
        }
        assert_eq!(key("/host_mnt/Users/Me"), "/users/me");
        assert_eq!(key("/mnt/data/Users"), "/mnt/data/users");
        assert_eq!(on_drive("/c:"), Some(('c', "")));
        assert_eq!(on_drive("/c:/x"), Some(('c', "/x")));
        assert_eq!(on_drive("/c"), None);
    }

    #[test]
    fn what_a_file_system_does_not_tell_apart_has_one_key() {
        for path in [
            "/srv/.SSH",
            "/srv/.\u{17f}sh",
            "/srv/.\u{df}h",
            "/srv/.s\u{200c}sh",
        ] {
            assert_eq!(key(path), "/srv/.ssh", "{path}");
        }
    }

    #[test]
    fn a_name_that_may_stand_for_another_is_odd() {
        for name in ["PROGRA~1", "index~1.htm", "a.", "a ", "a:b", "a\\b", "..."] {
            assert!(oddity(name).is_some(), "{name}");
        }
        for name in ["a~", "a~b", "~1x", "a.b", "a b", ".git", "main.rs.~1~"] {
            assert_eq!(oddity(name), None, "{name}");
        }
    }
}
