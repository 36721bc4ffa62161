//! Keeps what is written about the catalogue in step with the catalogue.

use std::fs;

use mcp_docker::catalog::{TOOLS, Tier};

use crate::generator::implementation::types;
use crate::golden;

#[test]
fn the_readme_lists_every_tool() {
    let mut table = String::from("| tool | tier | what it does |\n|---|---|---|\n");
    for tool in TOOLS {
        let tier = match tool.tier {
            Tier::Safe => "safe",
            Tier::Moderate => "moderate",
            Tier::Destructive => "destructive",
        };
        table.push_str(&format!(
            "| `{}` | {tier} | {} |\n",
            tool.name, tool.summary
        ));
    }
    section("README.md", "tools", &table);
}

#[test]
fn the_legend_lists_every_type_of_parameter() {
    let mut table = String::from("| type | accepts |\n|---|---|\n");
    for known in types::TYPES {
        table.push_str(&format!("| `{}` | {} |\n", known.name, known.wanted));
    }
    table.push_str("| `engine:Name` | an object in the shape of the Engine's `Name`, a struct of `bollard::models` |\n");
    section("catalog/README.md", "types", &table);
}

/// Compares what stands between the markers of a section with what should.
fn section(path: &str, name: &str, made: &str) {
    let text = fs::read_to_string(golden::at_root(path)).unwrap();
    let open = format!("<!-- {name}: made by `BLESS=1 cargo test --test suite` -->\n");
    let close = format!("<!-- /{name} -->");
    let (before, rest) = text
        .split_once(&open)
        .unwrap_or_else(|| panic!("{path} has no `{open}`"));
    let (_, after) = rest
        .split_once(&close)
        .unwrap_or_else(|| panic!("{path} has no `{close}`"));
    golden::check(path, &format!("{before}{open}\n{made}\n{close}{after}"));
}
