//! Finds secrets in the configuration of routers, switches and SNMP: `snmp-server community x`, `enable secret 5 x`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::{Name, Words, words_of};
use super::{ordinary, pattern, values};

/// A part of each setting, for a first look.
static PART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "(?-u)communit|snmp-server|com2sec|username|user |neighbor|peer|enable |super |root-auth|tacacs|radius|key-string\
        |authentication-key|wpa-psk|message-digest|pre-shared|isakmp|auth |priv ",
    )
});

/// How a secret is encoded that follows.
const FORM: &str = r"(?:(?:[0-9]{1,2}|cipher|simple|plain-text|encrypted|hash|sha512|irreversible-cipher|ascii|hex|ascii-text|hexadecimal)\s+){0,2}";

/// What a setting has before its secret, up to the quote.
static SETTINGS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?x-u)\b(?:
            snmp(?:-server|-agent)?\ community\s+(?:(?:read|write)\s+)?{FORM}
          | snmp-server\ host\s+(?u:\S)+\s+(?:(?:traps|informs)\s+)?version\s+(?:1|2c)\s+
          | r[ow]community6?\s+ | com2sec6?\s+(?:-Cn\s+(?u:\S)+\s+)?(?u:\S)+\s+(?u:\S)+\s+
          | (?:(?:username|user|local-user|neighbor|peer)\s+(?u:\S)+(?:\s+(?:privilege|role|class|group|view)\s+(?u:\S)+)*
                | enable(?:\s+algorithm-type\s+(?u:\S)+)? | super | root-authentication)\s+
                (?:password|secret|encrypted-password)\s+(?:level\s+[0-9]+\s+)?(?:[0-9]{{1,2}}|cipher|irreversible-cipher|hash|sha512|encrypted)\s+
          | (?:tacacs|radius)(?:-server)?\s(?u:.){{0,60}}?\bkey\s+{FORM}
          | (?:key-string|authentication-key|wpa-psk|message-digest-key\s+[0-9]+\s+md5|pre-shared-key(?:\s+(?:local|remote))?)\s+{FORM}
          | isakmp\ key\s+{FORM}
          | auth\s+(?:md5|sha(?:-?[0-9]+)?)\s+ | priv\s+(?:des|3des|aes)(?:\s*[0-9]{{3}})?\s+
          | (?:password|secret|key)\s+(?:[05-9]|ENC)\s+
        )["']?(?P<value>(?u:[^\s"';])+)"#
    ))
});

/// A password in plain text that a line ends with.
static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u)(?:\A|[\#>]\s*)\s*enable\s+(?:password|secret)\s+(?:level\s+[0-9]+\s+)?(?P<value>(?u:\S)+)\s*\z",
    )
});

/// What may be enabled of passwords and secrets.
static FEATURES: Words = Words::new(|| {
    words_of(
        "\
    auth authentication caching encryption expiration expiry hashing history login manager mode policies policy prompt \
    protection recovery reset rotation scanning sharing store storage support sync validation",
    )
});

/// Adds where the secrets of a line are.
pub(super) fn find(line: &str, spans: &mut Vec<Range<usize>>) {
    let bytes = line.as_bytes();
    // `password 7`, `key ENC`
    let has_form = memchr::memchr_iter(b' ', bytes).any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        matches!(before, Some(b'd' | b't' | b'y'))
            && matches!(bytes.get(at + 1), Some(b'0' | b'5'..=b'9' | b'E'))
    });
    if !has_form && !PART.is_match(line) {
        return;
    }
    for found in SETTINGS.captures_iter(line) {
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
