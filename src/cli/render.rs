//! Writes results for a person: tables for lists, lines for objects, text as it is.

use std::env;
use std::fmt::Write;
use std::io::{self, IsTerminal};

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ContentArrangement, Table};
use mcp_docker::catalog::Output;
use serde_json::{Map, Value};

/// A table without lines, as wide as the terminal at most.
pub(super) fn table<'a>(columns: impl IntoIterator<Item = &'a str>) -> Table {
    let mut table = Table::new();
    // A terminal that does not say how wide it is says 0.
    let arrangement = match table.width() {
        Some(1..) => ContentArrangement::Dynamic,
        _ => ContentArrangement::Disabled,
    };
    table
        .load_style(NOTHING)
        .set_content_arrangement(arrangement)
        .set_header(columns.into_iter().map(|column| {
            let cell = Cell::new(column.to_uppercase());
            if colour() {
                cell.add_attribute(Attribute::Bold)
            } else {
                cell
            }
        }));
    table
}

/// Whether stdout is a terminal whose owner has nothing against colour.
pub(super) fn colour() -> bool {
    let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !unwanted
}

/// The value without what a terminal would obey or not show: names and logs are other people's.
pub(super) fn harmless(value: Value) -> Value {
    match value {
        Value::String(text) => {
            let plain = strip_ansi_escapes::strip_str(&text);
            let shown =
                |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || is_invisible(*c));
            Value::String(plain.chars().filter(shown).collect())
        }
        Value::Array(items) => items.into_iter().map(harmless).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            members
                .map(|(key, member)| (key, harmless(member)))
                .collect()
        }
        other => other,
    }
}

/// Zero-width and bidirectional marks, which make a text look like another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The result of a tool, whose output the catalogue describes.
pub(super) fn result(output: &Output, result: &Value) -> String {
    let Value::Object(result) = &harmless(result.clone()) else {
        return inline(result);
    };
    let mut text = String::new();
    let mut rest = result.clone();
    for (key, value) in result {
        if let Some(items) = items(value) {
            text.push_str(&list(&columns(output, &items), &items));
            text.push_str("\n\n");
            rest.remove(key);
        }
    }
    // Both streams of a command, in the order they came, make each of them a repetition.
    if rest.contains_key("output") {
        rest.remove("stdout");
        rest.remove("stderr");
    }
    for key in ["logs", "output"] {
        if let Some(Value::String(long)) = rest.get(key) {
            text.push_str(long);
            text.push_str(if long.ends_with('\n') { "\n" } else { "\n\n" });
            rest.remove(key);
        }
    }
    lines(&rest, 0, &mut text);
    text.truncate(text.trim_end().len());
    text
}

/// The items of a list, if that is what the value is.
fn items(value: &Value) -> Option<Vec<&Map<String, Value>>> {
    let items = value.as_array()?;
    if items.is_empty() {
        return None;
    }
    items.iter().map(Value::as_object).collect()
}

/// The keys of the items, in the order of the catalogue where it has one.
fn columns<'a>(output: &Output, items: &[&'a Map<String, Value>]) -> Vec<&'a str> {
    let fields = match output {
        Output::List(list) => list.fields,
        _ => &[],
    };
    let mut columns: Vec<&str> = Vec::new();
    for key in items.iter().flat_map(|item| item.keys()) {
        if !columns.contains(&key.as_str()) {
            columns.push(key);
        }
    }
    let place = |column: &str| {
        let place = fields.iter().position(|field| field.key == column);
        place.unwrap_or(fields.len())
    };
    columns.sort_by_key(|column| place(column));
    columns
}

fn list(columns: &[&str], items: &[&Map<String, Value>]) -> String {
    let mut table = table(columns.iter().copied());
    for item in items {
        let cell = |column: &&str| item.get(*column).map(inline).unwrap_or_default();
        table.add_row(columns.iter().map(cell));
    }
    table.trim_fmt()
}

/// One line for each key, what is nested under it indented.
fn lines(object: &Map<String, Value>, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for (key, value) in object {
        // Writing to a string does not fail.
        let _ = match value {
            Value::Object(inner) if !inner.is_empty() => {
                let written = writeln!(text, "{indent}{key}:");
                lines(inner, depth + 1, text);
                written
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                let written = writeln!(text, "{indent}{key}:");
                for item in items {
                    let _ = writeln!(text, "{indent}  - {}", inline(item));
                }
                written
            }
            other => writeln!(text, "{indent}{key}: {}", inline(other)),
        };
    }
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(inline).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use mcp_docker::catalog::{Field, Kind, List, Output, Path, Root, Source};
    use serde_json::{Value, json};

    fn rendered(output: &Output, value: &Value) -> Vec<String> {
        let text = super::result(output, value);
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    const fn field(key: &'static str) -> Field {
        Field {
            key,
            source: Source::Constant("null"),
            kind: Kind::String,
            nullable: false,
            shape: None,
            when: None,
        }
    }

    #[test]
    fn nothing_is_shown_that_a_terminal_would_obey() {
        let text = "A\u{1b}[31mRED\u{1b}]0;title\u{7}\u{202e}B";
        assert_eq!(super::harmless(json!([text])), json!(["AREDB"]));
    }

    #[test]
    fn a_list_is_a_table_in_the_order_of_the_catalogue() {
        static FIELDS: [Field; 2] = [field("name"), field("id")];
        let list = Output::List(List {
            key: "containers",
            from: Path {
                root: Root::Reply,
                segments: &[],
            },
            sort: &[],
            fields: &FIELDS,
        });
        let lines = rendered(
            &list,
            &json!({
                "containers": [
                    {"id": "1", "name": "web", "ports": ["80", "443"]},
                    {"id": "2", "name": "db", "state": null},
                ],
                "count": 2,
            }),
        );
        let [header, web, db, empty, count] = lines.as_slice() else {
            unreachable!("{lines:?}");
        };
        let places: Vec<_> = ["NAME", "ID", "PORTS", "STATE"]
            .map(|column| header.find(column))
            .into();
        assert!(places.is_sorted() && !places.contains(&None), "{header}");
        assert_eq!(
            web.split_whitespace().collect::<Vec<_>>(),
            ["web", "1", "80,", "443"]
        );
        assert_eq!(db.split_whitespace().collect::<Vec<_>>(), ["db", "2"]);
        assert_eq!((empty.as_str(), count.as_str()), ("", "count: 2"));
    }

    #[test]
    fn long_text_is_shown_once_and_as_it_is() {
        let value = json!({
            "exit_code": 1, "output": "a\n  b\n", "stdout": "a\n", "stderr": "  b\n",
        });
        let text = super::result(&Output::Document("details"), &value);
        assert_eq!(text, "a\n  b\n\nexit_code: 1");
    }

    #[test]
    fn an_object_is_one_line_a_key_with_what_is_inside_indented() {
        let value = json!({"details": {
            "Env": ["A=b", "C=d"], "Mounts": [{"Name": "v"}], "State": {"Running": true},
        }});
        let text = super::result(&Output::Document("details"), &value);
        assert_eq!(
            text,
            "details:\n  Env: A=b, C=d\n  Mounts:\n    - {\"Name\":\"v\"}\n  State:\n    Running: true"
        );
    }
}
