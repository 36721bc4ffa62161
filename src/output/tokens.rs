//! Estimates what a text costs a model, because clients refuse a result by its tokens and not by its
//! bytes.
//!
//! Claude Code takes 25,000 tokens. Plain text of the budget's 40,000 bytes is far less, but ids,
//! digests and encoded data have few bytes to a token. The estimate is meant to be high: tokenizers
//! differ, and what is held against them is written down in `tests/clients/tokens.mjs`.

use serde_json::{Map, Value};

/// The tokens that a byte of the budget stands for: 25,000 in 40,000, in hundredths of a token.
const HUNDREDTHS_PER_BYTE: f64 = 62.5;
/// The most bytes of the budget that a byte of JSON takes by its tokens; a list of digits comes closest.
pub(super) const MOST_PER_BYTE: usize = 2;
/// What stands around a member or an item: quotes, a colon, a comma.
const AROUND: usize = 150;

/// The bytes of the budget that a text takes by its tokens.
pub(crate) fn bytes_for(text: &str) -> usize {
    (hundredths(text) as f64 / HUNDREDTHS_PER_BYTE).ceil() as usize
}

/// The bytes of the budget that a result takes by its tokens.
pub(super) fn bytes_for_members(members: &Map<String, Value>) -> usize {
    (of_members(members) as f64 / HUNDREDTHS_PER_BYTE).ceil() as usize
}

/// The bytes of the budget that an item of an array takes by its tokens.
pub(super) fn bytes_for_item(item: &Value) -> usize {
    ((AROUND + of_value(item)) as f64 / HUNDREDTHS_PER_BYTE).ceil() as usize
}

fn of_value(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 100,
        Value::Number(number) => hundredths(&number.to_string()),
        Value::String(text) => hundredths(text),
        Value::Array(items) => items.iter().map(|item| AROUND + of_value(item)).sum(),
        Value::Object(members) => of_members(members),
    }
}

fn of_members(members: &Map<String, Value>) -> usize {
    let cost = |(key, value): (&String, &Value)| AROUND + hundredths(key) + of_value(value);
    members.iter().map(cost).sum()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CharClass {
    Digit,
    Lower,
    Upper,
    Other,
}

fn kind(c: char) -> CharClass {
    match c {
        '0'..='9' => CharClass::Digit,
        'a'..='z' => CharClass::Lower,
        'A'..='Z' => CharClass::Upper,
        _ => CharClass::Other,
    }
}

/// The tokens of a text inside a JSON string, in hundredths.
fn hundredths(text: &str) -> usize {
    let mut total = 0;
    let mut run = Run::default();
    for c in text.chars() {
        match kind(c) {
            CharClass::Other => {
                total += std::mem::take(&mut run).hundredths() + single(c);
            }
            kind => run.push(kind),
        }
    }
    total + run.hundredths()
}

/// A character that is neither letter nor digit of ASCII.
fn single(c: char) -> usize {
    match c {
        ' ' => 20,
        '\u{8}' | '\t' | '\n' | '\u{c}' | '\r' | '"' | '\\' => 100,
        '\0'..='\u{1f}' => 400,
        '\u{20}'..='\u{7f}' => 85,
        '\u{80}'..='\u{7ff}' => 150,
        '\u{800}'..='\u{2fff}' => 170,
        '\u{3000}'..='\u{30ff}' => 130,
        '\u{3100}'..='\u{abff}' => 220,
        '\u{ac00}'..='\u{d7ff}' => 265,
        '\u{e000}'..='\u{ffff}' => 220,
        _ => 320,
    }
}

/// Letters and digits without anything between them.
#[derive(Default)]
struct Run {
    length: usize,
    digits: usize,
    /// How often the kind changes; a capital before small letters changes nothing.
    parts: usize,
    last: Option<CharClass>,
}

impl Run {
    fn push(&mut self, kind: CharClass) {
        let goes_on = self.last == Some(kind)
            || (self.last == Some(CharClass::Upper) && kind == CharClass::Lower);
        self.length += 1;
        self.digits += usize::from(kind == CharClass::Digit);
        self.parts += usize::from(!goes_on);
        self.last = Some(kind);
    }

    fn hundredths(&self) -> usize {
        match self {
            Self { length: 0, .. } => 0,
            // A word, of which a long one is none.
            Self {
                parts: 1,
                digits: 0,
                length,
                ..
            } if *length <= 24 => 50 + 14 * length,
            Self {
                parts: 1,
                digits: 0,
                length,
                ..
            } => 55 * length,
            Self { length, digits, .. } if length == digits => 30 + 45 * length,
            // Ids and encoded data.
            Self { length, parts, .. } => (25 + 50 * length + 52 * parts).min(100 * length),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The bytes of the budget that one byte of these texts takes, as far as a rule is wanted.
    fn per_byte(text: &str) -> f64 {
        bytes_for(text) as f64 / text.len() as f64
    }

    #[test]
    fn plain_text_is_bounded_by_its_bytes() {
        for text in [
            "The server keeps handling connections while the disk is being replaced.\n",
            "level=info msg=\"request finished\" method=GET path=/api/v1/orders status=200\n",
            "\tat com.example.shop.OrderService.process(OrderService.java:217)\n",
            "在庫が不足しているため、発送は明日になります。\n",
        ] {
            assert!(per_byte(text) <= 1.0, "{text}: {}", per_byte(text));
        }
    }

    #[test]
    fn ids_and_encoded_data_take_more_than_their_bytes() {
        for text in [
            "0b7c9e3a-51f2-4d8e-9a6c-7e1f2d3c4b5a\n",
            "q83vEjRWeJq83vEjRWeJASNFZ4mrze8BI0VniavN7w==\n",
            "!@#$%^&*()_+-=[]{}|;:,./<>?~",
            "🔥🚀✅❌",
        ] {
            assert!(per_byte(text) > 1.1, "{text}: {}", per_byte(text));
        }
    }

    #[test]
    fn no_json_takes_more_than_so_many_times_its_bytes() {
        let characters = (0..=0x2ff).chain((0x300..=0x10_ffff).step_by(0x61));
        let texts = characters.filter_map(char::from_u32).map(String::from);
        let runs = ["a1A", "00", "0a0", "AB"].map(str::to_owned);
        let texts: Vec<Value> = texts.chain(runs).map(Value::from).collect();
        let numbers = [
            json!(1),
            json!(-1),
            json!(0.5),
            json!(u64::MAX),
            json!(1e-7),
        ];
        let others = [json!(null), json!(true), json!({}), json!([])];
        let costs = |value: &Value| {
            let document = json!({ "": value });
            let bytes = document.to_string().len();
            let most = MOST_PER_BYTE * bytes;
            let costs = bytes_for_members(document.as_object().unwrap());
            assert!(costs <= most, "{costs} > {most}: {document}");
            costs as f64 / bytes as f64
        };
        let values = texts.iter().chain(&numbers).chain(&others);
        let most = values.map(|value| {
            let key = value.as_str().unwrap_or_default();
            let members: Map<String, Value> = (0..9)
                .map(|number| (format!("{number}{key}"), value.clone()))
                .collect();
            let nested = (0..9).fold(value.clone(), |inner, _| json!([inner]));
            costs(&nested)
                .max(costs(&members.into()))
                .max(costs(&vec![value.clone(); 60].into()))
        });
        let most = most.fold(0.0, f64::max);
        assert!(most > 1.7, "{most}: less would do");
    }

    #[test]
    fn a_result_costs_its_keys_and_texts() {
        let text = "0b7c9e3a-51f2-4d8e-9a6c-7e1f2d3c4b5a";
        let value = json!({ "id": [text, text] });
        assert!(bytes_for_members(value.as_object().unwrap()) > 2 * bytes_for(text));
    }
}
