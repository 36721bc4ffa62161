//! Reads what clients mean whose language writes something else than JSON or MCP has: PHP and Lua an
//! empty array for an empty object, others arguments as text, half a character, or no capabilities.

use memchr::{memchr_iter, memmem};
use rmcp::model::{ConstString as _, InitializeResultMethod};
use serde_json::{Map, Value};

/// Whether an empty array is in a message, which may stand for an empty object.
pub(super) fn holds_an_empty_array(text: &[u8]) -> bool {
    memchr_iter(b'[', text).any(|at| {
        let inside = text.get(at + 1..).unwrap_or_default();
        let next = inside.iter().find(|byte| !byte.is_ascii_whitespace());
        next == Some(&b']')
    })
}

/// Whether there may be half a character in a message.
pub(super) fn may_hold_half_a_character(text: &[u8]) -> bool {
    memmem::find_iter(text, b"\\u").any(|at| matches!(text.get(at + 2), Some(b'd' | b'D')))
        || std::str::from_utf8(text).is_err()
}

/// Makes objects of what stands for one where MCP has nothing else; false where nothing did.
pub(super) fn objects(message: &mut Value) -> bool {
    let mut mended = capabilities(message);
    for key in ["params", "result"] {
        let Some(part) = message.get_mut(key) else {
            continue;
        };
        mended |= empty(part);
        let Value::Object(part) = part else { continue };
        for key in ["_meta", "content", "context", "inputResponses"] {
            mended |= part.get_mut(key).is_some_and(empty);
        }
        mended |= part.get_mut("arguments").is_some_and(arguments);
        mended |= part.get_mut("capabilities").is_some_and(empty_at_any_depth);
        for (within, key) in [
            ("_meta", "io.modelcontextprotocol/clientCapabilities"),
            ("context", "arguments"),
        ] {
            let inner = part.get_mut(within).and_then(|outer| outer.get_mut(key));
            mended |= inner.is_some_and(empty_at_any_depth);
        }
        if let Some(Value::Object(responses)) = part.get_mut("inputResponses") {
            for response in responses.values_mut() {
                mended |= response.get_mut("content").is_some_and(empty);
            }
        }
    }
    mended
}

/// Gives a client that says nothing of what it can do no capabilities; false where that is not the matter.
fn capabilities(message: &mut Value) -> bool {
    if message.get("method").and_then(Value::as_str) != Some(InitializeResultMethod::VALUE) {
        return false;
    }
    let Some(Value::Object(params)) = message.get_mut("params") else {
        return false;
    };
    let capabilities = params.entry("capabilities").or_insert(Value::Null);
    let says_nothing = capabilities.is_null();
    if says_nothing {
        *capabilities = Value::Object(Map::new());
    }
    says_nothing
}

fn empty(value: &mut Value) -> bool {
    let stands_for_an_object = value.as_array().is_some_and(Vec::is_empty);
    if stands_for_an_object {
        *value = Value::Object(Map::new());
    }
    stands_for_an_object
}

/// Capabilities are objects of objects.
fn empty_at_any_depth(value: &mut Value) -> bool {
    let mut mended = empty(value);
    if let Value::Object(object) = value {
        for value in object.values_mut() {
            mended |= empty_at_any_depth(value);
        }
    }
    mended
}

/// Arguments that are an empty array, an empty text, or the text of an object.
fn arguments(value: &mut Value) -> bool {
    let Value::String(text) = value else {
        return empty(value);
    };
    let object = match text.trim() {
        "" | "[]" => Map::new(),
        text => match serde_json::from_str(text) {
            Ok(object) => object,
            Err(_) => return false,
        },
    };
    *value = Value::Object(object);
    true
}

/// The text with U+FFFD in place of each half of a character: of a surrogate pair in escapes, or of
/// bytes that are no UTF-8.
pub(super) fn whole_characters(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut whole = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, escaped)) = rest.split_once('\\') {
        whole.push_str(before);
        let length = match (unit(rest, before.len()), unit(rest, before.len() + 6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
            (Some(0xd800..0xe000), _) => {
                whole.push(char::REPLACEMENT_CHARACTER);
                rest = escaped.get(5..).unwrap_or_default();
                continue;
            }
            // The backslash and what it escapes, be that another backslash.
            _ => 1 + escaped.chars().next().map_or(0, char::len_utf8),
        };
        let (escape, after) = rest
            .get(before.len()..)
            .and_then(|rest| rest.split_at_checked(length))
            .unwrap_or_default();
        whole.push_str(escape);
        rest = after;
    }
    whole.push_str(rest);
    whole
}

/// The unit of UTF-16 that an escape at this place stands for.
fn unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_half_characters_are_replaced() {
        for (text, expected) in [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud800""#, "\"\u{fffd}\""),
            (r#""\uDC00\ud800""#, "\"\u{fffd}\u{fffd}\""),
            (r#""\ud800\ud83d\ude00""#, "\"\u{fffd}\\ud83d\\ude00\""),
            (r#""\\ud800""#, r#""\\ud800""#),
            (r#""\\\ud800x""#, "\"\\\\\u{fffd}x\""),
            (r#""\"\ud8""#, r#""\"\ud8""#),
            ("\"a\\", "\"a\\"),
            ("\"\\ä\"", "\"\\ä\""),
        ] {
            assert_eq!(whole_characters(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(
            whole_characters(b"a\xed\xa0\x80b"),
            "a\u{fffd}\u{fffd}\u{fffd}b"
        );
    }

    #[test]
    fn an_empty_array_is_an_object_only_where_nothing_else_can_be() {
        let mut message = json!({
            "params": {
                "arguments": { "cap_add": [], "fields": [] }, "uris": [], "capabilities": { "a": { "b": [] } },
            },
        });
        assert!(objects(&mut message));
        let params = json!({
            "arguments": { "cap_add": [], "fields": [] }, "uris": [], "capabilities": { "a": { "b": {} } },
        });
        assert_eq!(message["params"], params);
        assert!(!objects(&mut message));
    }
}
