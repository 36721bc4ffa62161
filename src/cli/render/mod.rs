//! Writes results for a person: tables for lists, lines for objects, text as it is.

mod lines;
mod table;

use std::env;
use std::io::{self, IsTerminal};

use mcp_docker::catalog::Output;
use mcp_docker::ordered;
use mcp_docker::untrusted;
use serde_json::{Map, Value};

pub(super) use self::table::Table;
use super::screen;

/// A table without lines, as wide as the terminal at most.
pub(super) fn table<'a>(columns: impl IntoIterator<Item = &'a str>) -> Table {
    Table::new(columns)
}

/// A word of a list, and whether what it stands for is off.
pub(super) fn switched(word: &str, is_on: bool) -> String {
    match is_on {
        true => word.to_owned(),
        false => format!("{word}, off"),
    }
}

/// Whether stdout is a terminal whose owner has nothing against colour.
pub(super) fn colour() -> bool {
    let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !unwanted
}

/// The value without what a terminal would obey or not show: names and logs are other people's.
pub(super) fn harmless(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(untrusted::clean(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(harmless).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            ordered::object(members.map(|(key, member)| (key, harmless(member)))).into()
        }
        other => other,
    }
}

/// The keys that tell the items of a list apart, where the catalogue does not order the keys.
const TELLING: [&str; 8] = [
    "pid",
    "time",
    "id",
    "name",
    "severity",
    "package",
    "type",
    "installed",
];

/// The result of a tool, whose output the catalogue describes.
pub(super) fn result(output: &Output, result: &Value) -> String {
    let Value::Object(mut rest) = harmless(result.clone()) else {
        return lines::inline("", result);
    };
    let mut text = String::new();
    let footer = footer(&mut rest);
    // What a command wrote to stderr stands in its output already.
    if rest.contains_key("output") {
        rest.remove("stderr");
    }
    rest.retain(|key, value| {
        let Some(part) = part(output, key, value) else {
            return true;
        };
        text.push_str(part.trim_end_matches('\n'));
        text.push_str("\n\n");
        false
    });
    let mut below = footer;
    lines::lines(&rest, "", "", &mut below);
    text.push_str(&screen::wrapped(&below, screen::stdout()));
    text.truncate(text.trim_end().len());
    text
}

/// What is said below a result: how much of a list it is, where it is not all of it. Its counts are taken
/// out, for a list shows itself how long it is.
fn footer(result: &mut Map<String, Value>) -> String {
    let cut = result.get("truncated") == Some(&Value::Bool(true));
    if !cut {
        result.remove("truncated");
    }
    let longest = result
        .values()
        .filter_map(|it| Some(it.as_array()?.len() as u64))
        .max();
    let counted = |key: &str| result.get(key).and_then(Value::as_u64);
    let (count, total) = (counted("count"), counted("total"));
    if count.is_none() || count != longest {
        return String::new();
    }
    for key in ["count", "total", "truncated"] {
        result.remove(key);
    }
    match (cut, count, total) {
        (true, Some(count), Some(total)) => format!("{count} of {total} are shown\n"),
        (true, Some(count), None) => format!("{count} are shown, and there are more\n"),
        _ => String::new(),
    }
}

/// A value that does not stand beside its key but above all that do.
fn part(output: &Output, key: &str, value: &Value) -> Option<String> {
    match (key, value) {
        ("logs" | "output", Value::String(long)) => Some(long.clone()),
        ("logs", Value::Array(steps)) => {
            let steps: Vec<String> = steps.iter().map(|step| lines::inline("", step)).collect();
            Some(steps.join("\n"))
        }
        (key, Value::Array(items)) if items.is_empty() => {
            matches!(output, Output::List(list) if list.key == key).then(|| format!("no {key}"))
        }
        (_, Value::Array(items)) => {
            let items: Vec<_> = items.iter().map(Value::as_object).collect::<Option<_>>()?;
            Some(list(&columns(output, &items), &items))
        }
        _ => None,
    }
}

/// The keys of the items: in the order of the catalogue where it has one, else what tells items
/// apart before the rest, and what holds more keys at the end.
fn columns<'a>(output: &Output, items: &[&'a Map<String, Value>]) -> Vec<&'a str> {
    let mut columns: Vec<(&str, &Value)> = Vec::new();
    for (key, value) in items.iter().flat_map(|item| item.iter()) {
        if !columns.iter().any(|(known, _)| known == key) {
            columns.push((key, value));
        }
    }
    ordered::sort_by_key(&mut columns, |(column, value)| match output {
        Output::List(list) => {
            let place = list.fields.iter().position(|field| field.key == *column);
            place.unwrap_or(list.fields.len())
        }
        _ if value.is_object() => TELLING.len() + 1,
        _ => {
            let telling = |key: &&str| column.eq_ignore_ascii_case(key);
            TELLING.iter().position(telling).unwrap_or(TELLING.len())
        }
    });
    columns.into_iter().map(|(column, _)| column).collect()
}

fn list(columns: &[&str], items: &[&Map<String, Value>]) -> String {
    let mut table = table(columns.iter().copied());
    for item in items {
        let cell = |column: &&str| {
            let value = item.get(*column);
            let path = format!(".{column}");
            value.map_or(String::new(), |value| match *column {
                "ports" => ports(value),
                _ => lines::inline(&path, value).replace('\n', " "),
            })
        };
        table.add_row(columns.iter().map(cell));
    }
    table.most()
}

/// Published ports; those that are so at every address of both families once, without the addresses.
fn ports(value: &Value) -> String {
    let ports: Vec<&str> = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let everywhere = |rest: &str| {
        ports
            .iter()
            .any(|port| port.strip_prefix("[::]:") == Some(rest))
    };
    let shown = ports.iter().filter_map(|port| {
        if let Some(rest) = port.strip_prefix("0.0.0.0:") {
            return Some(if everywhere(rest) { rest } else { port });
        }
        let other = port.strip_prefix("[::]:");
        let merged = other.is_some_and(|rest| ports.contains(&format!("0.0.0.0:{rest}").as_str()));
        (!merged).then_some(*port)
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use mcp_docker::catalog::{Field, FieldType, List, Output, Path, Root, Source};
    use serde_json::{Value, json};

    fn rendered(output: &Output, value: &Value) -> Vec<String> {
        let text = super::result(output, value);
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    const fn field(key: &'static str) -> Field {
        Field {
            key,
            source: Source::Constant("null"),
            kind: FieldType::String,
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
        let [header, web, db] = lines.as_slice() else {
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
    }

    /// Whoever sees all of a list needs no count of it.
    #[test]
    fn a_footer_says_how_much_of_a_list_is_there_where_it_is_not_all() {
        let list = |rest: Value| {
            let mut value = json!({ "things": [{ "a": 1 }, { "a": 2 }], "count": 2 });
            let members = value.as_object_mut().unwrap();
            members.extend(rest.as_object().unwrap().clone());
            super::result(&Output::Fields(&[]), &value)
        };
        let table = "A\n1\n2";
        assert_eq!(list(json!({})), table);
        assert_eq!(list(json!({ "total": 2, "truncated": false })), table);
        assert_eq!(
            list(json!({ "total": 9, "truncated": true, "hint": "more" })),
            format!("{table}\n\n2 of 9 are shown\nhint: more")
        );
        assert_eq!(
            list(json!({ "truncated": true })),
            format!("{table}\n\n2 are shown, and there are more")
        );
    }

    #[test]
    fn ports_of_both_families_are_merged() {
        for (ports, shown) in [
            (
                json!(["0.0.0.0:80->80/tcp", "[::]:80->80/tcp", "53/udp"]),
                "80->80/tcp, 53/udp",
            ),
            (
                json!(["[::]:80->80/tcp", "0.0.0.0:80->80/tcp"]),
                "80->80/tcp",
            ),
            (json!(["0.0.0.0:80->80/tcp"]), "0.0.0.0:80->80/tcp"),
            (
                json!(["[::]:80->80/tcp", "127.0.0.1:80->80/tcp"]),
                "[::]:80->80/tcp, 127.0.0.1:80->80/tcp",
            ),
            (json!([]), ""),
        ] {
            assert_eq!(super::ports(&ports), shown);
        }
    }

    #[test]
    fn long_text_is_shown_once_and_as_it_is() {
        let value = json!({
            "exit_code": 1, "output": "a\n  b\n", "stderr": "  b\n",
        });
        let text = super::result(&Output::Document("details"), &value);
        assert_eq!(text, "a\n  b\n\nexit_code: 1");
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let value = json!({"exit_code": null, "warnings": [], "labels": {}, "name": ""});
        let text = super::result(&Output::Fields(&[]), &value);
        assert_eq!(text, "exit_code: none\nlabels: none\nname:\nwarnings: none");
    }

    #[test]
    fn what_has_several_lines_stays_under_its_key() {
        let value = json!({"text": "a\nb\n", "list": ["c\nd", "e"]});
        let text = super::result(&Output::Fields(&[]), &value);
        assert_eq!(text, "list:\n  - c\n    d\n  - e\ntext: a\n  b");
    }

    /// What is less than nothing is not known, and no limit of anything else counts bytes.
    #[test]
    fn only_bytes_are_amounts() {
        let value = json!({
            "size": -1, "space_reclaimed": 999, "memory": {"limit": 2_000_000, "percent": 1.5},
            "pids": {"limit": 2_000_000},
        });
        let text = super::result(&Output::Fields(&[]), &value);
        assert_eq!(
            text,
            "memory:\n  limit: 1.91 MiB\n  percent: 1.5\npids:\n  limit: 2000000\nsize: -1\nspace_reclaimed: 999 B"
        );
    }

    #[test]
    fn an_object_is_one_line_a_key_with_what_is_inside_indented() {
        let value = json!({"details": {
            "Env": ["A=b", "C=d"], "Mounts": [{"Name": "v"}], "State": {"Running": true},
        }});
        let text = super::result(&Output::Document("details"), &value);
        assert_eq!(
            text,
            "details:\n  Env:\n    - A=b\n    - C=d\n  Mounts:\n    - Name: v\n  State:\n    Running: true"
        );
    }
}
