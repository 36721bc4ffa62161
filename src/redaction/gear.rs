//! Finds secrets in the configuration of routers, switches and SNMP: `snmp-server community x`, `enable secret 5 x`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::forms::{self, SETTINGS, SETTINGS_NEAR, Words, set};
use super::names::Name;
use super::pattern::pattern;
use super::{ordinary, values};

/// Finds a part of a setting, for a first look.
static NEAR: LazyLock<Regex> = LazyLock::new(|| {
    let near = SETTINGS_NEAR.iter().map(|it| regex::escape(it));
    pattern(&format!("(?-u){}", near.collect::<Vec<_>>().join("|")))
});

/// How a secret is encoded that follows.
const FORM: &str = r"(?:(?:[0-9]{1,2}|cipher|simple|plain-text|encrypted|hash|sha512|irreversible-cipher|ascii|hex|ascii-text|hexadecimal)\s+){0,2}";

/// What a setting has before its secret, up to the quote.
static SETTING: LazyLock<Regex> = LazyLock::new(|| {
    let settings = SETTINGS.iter().map(|setting| {
        let form = if setting.is_encoded { FORM } else { "" };
        format!("(?:{}{form})", setting.before)
    });
    let settings: Vec<String> = settings.collect();
    pattern(&format!(
        r#"(?x-u)\b(?:{})["']?(?P<value>(?u:[^\s"';])+)"#,
        settings.join("|")
    ))
});

/// A password in plain text that a line ends with.
static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)(?:\A|[\#>]\s*)\s*enable\s+(?:password|secret)\s+(?:level\s+[0-9]+\s+)?(?P<value>(?u:\S)+)\s*\z",
    )
});

/// What may be enabled of passwords and secrets.
static FEATURES: Words = Words::new(|| set(forms::FEATURES));

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    let bytes = line.as_bytes();
    // `password 7`, `key ENC`
    let has_form = memchr::memchr_iter(b' ', bytes).any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        matches!(before, Some(b'd' | b't' | b'y'))
            && matches!(bytes.get(at + 1), Some(b'0' | b'5'..=b'9' | b'E'))
    });
    if !has_form && !NEAR.is_match(line) {
        return;
    }
    for found in SETTING.captures_iter(line) {
        let (Some(whole), Some(value)) = (found.get(0), found.name("value")) else {
            continue;
        };
        // `password 7 times`
        let is_bare = ["password", "secret", "key"]
            .iter()
            .any(|it| whole.as_str().starts_with(it));
        let is_ordinary = ordinary::is_verdict(value.as_str())
            || is_feature(value.as_str())
            || is_bare && !ordinary::looks_made(value.as_str());
        if !is_ordinary {
            spans.extend(values::secret_in(line, Name::Secret, value.range()));
        }
    }
    if !line.contains("enable ") {
        return;
    }
    let value = PLAIN.captures(line).and_then(|it| it.name("value"));
    let value = value.filter(|it| !is_feature(it.as_str()) && !ordinary::is_verdict(it.as_str()));
    spans.extend(value.and_then(|it| values::secret_in(line, Name::Secret, it.range())));
}

fn is_feature(word: &str) -> bool {
    FEATURES.contains(&*word.to_ascii_lowercase())
}
