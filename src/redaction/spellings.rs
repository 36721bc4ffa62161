//! Spells a secret as programs write it down that quote what they say.

use std::collections::BTreeSet;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::untrusted;

/// The secret as it is, without what no reader sees, and as JSON and URLs have it.
pub(super) fn spellings(secret: &str) -> BTreeSet<String> {
    let plain = [secret.to_owned(), untrusted::clean(secret).into_owned()];
    let mut all = BTreeSet::from(plain);
    let quoted: Vec<String> = all.iter().flat_map(|plain| quoted(plain)).collect();
    all.extend(quoted);
    all.insert(utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string());
    all
}

/// As JSON has it, also within JSON, and by the libraries of Go, Python and PHP, which escape more.
fn quoted(text: &str) -> [String; 5] {
    let json = json(text);
    let go = json
        .replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e");
    let python = json.chars().map(ascii).collect();
    let php = json.replace('/', "\\/");
    [self::json(&json), go, python, php, json]
}

fn json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let inner = quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

fn ascii(character: char) -> String {
    if character.is_ascii() {
        return character.to_string();
    }
    let mut units = [0; 2];
    let units = character.encode_utf16(&mut units).iter();
    units.map(|unit| format!("\\u{unit:04x}")).collect()
}
