//! What results of each kind lose where they are larger than the budget.

use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::catalog::{List, Path, Root};

static FIELDS: Output = Output::Fields(&[]);
static DOCUMENT: Output = Output::Document("details");
static LIST: Output = Output::List(List {
    key: "containers",
    from: Path {
        root: Root::Reply,
        segments: &[],
    },
    sort: &[],
    fields: &[],
});

/// Cuts a result and checks what holds for every one.
fn cut(result: &Value, output: &Output, budget: usize) -> Value {
    let fitted = fit(result.clone(), output, budget);
    let text = fitted.to_string();
    assert!(text.len() <= budget, "{} > {budget}: {text}", text.len());
    assert_eq!(fitted["truncated"], true);
    for (key, value) in result.as_object().unwrap() {
        let kind = |value: &Value| std::mem::discriminant(value);
        assert_eq!(kind(value), kind(&fitted[key]), "{key}");
    }
    fitted
}

fn paths(fitted: &Value) -> Vec<&str> {
    fitted["cut"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| path.as_str().unwrap())
        .collect()
}

#[test]
fn ids_take_more_of_the_budget_than_their_bytes() {
    let ids = |id: &str| json!({"ids": vec![id; 200]});
    let dense = ids("0b7c9e3a-51f2-4d8e-9a6c-7e1f2d3c4b5a");
    let budget = dense.to_string().len();
    let fitted = cut(&dense, &FIELDS, budget);
    let kept = fitted["ids"].as_array().unwrap().len();
    assert!((100..190).contains(&kept), "{kept}");
    assert!(bytes_for_members(fitted.as_object().unwrap()) <= budget);

    let plain = ids("a plain sentence of the same length.");
    assert_eq!(fit(plain.clone(), &FIELDS, plain.to_string().len()), plain);
}

#[test]
fn what_fits_is_left_alone() {
    let result = json!({"container_id": "a", "status": "running"});
    let exact = result.to_string().len();
    assert_eq!(fit(result.clone(), &FIELDS, exact), result);
    assert_ne!(fit(json!({"a": "x".repeat(2000)}), &FIELDS, 1000), result);
}

#[test]
fn what_an_operation_says_of_its_own_cut_stays_unless_it_is_too_much() {
    let result = json!({"logs": "a", "truncated": true});
    let mut advised = result.clone();
    advised["hint"] = json!("the newest lines are kept");
    let exact = advised.to_string().len();
    assert_eq!(fit(advised.clone(), &FIELDS, exact), advised);
    assert_eq!(fit(advised, &FIELDS, exact - 1), result);
}

#[test]
fn a_list_loses_its_last_items_and_counts_the_others() {
    let items: Vec<Value> = (0..1000)
        .map(|i| json!({"id": i, "name": format!("name-{i}")}))
        .collect();
    let result = json!({"containers": items, "count": 1000, "total": 1500, "truncated": false});
    let fitted = cut(&result, &LIST, 8192);
    let left = fitted["containers"].as_array().unwrap();
    assert!(left.len() > 150, "{}", left.len());
    assert_eq!(left[..], items[..left.len()]);
    assert_eq!(fitted["count"], left.len());
    assert_eq!(fitted["total"], 1500);
    assert!(fitted["hint"].as_str().unwrap().contains("`filters`"));
}

#[test]
fn one_item_that_is_too_large_loses_its_largest_part_and_hides_no_other() {
    let result = json!({"containers": [{"id": "a", "labels": {"x": "y".repeat(9000), "k": "v"}}, {"id": "b"}], "count": 2, "total": 2, "truncated": false});
    let fitted = cut(&result, &LIST, 2048);
    assert_eq!(fitted["count"], 2);
    assert_eq!(fitted["containers"][0]["id"], "a");
    assert_eq!(fitted["containers"][0]["labels"]["k"], "v");
    assert_eq!(fitted["containers"][1]["id"], "b");
    assert_eq!(paths(&fitted), ["containers.labels.x"]);
}

#[test]
fn a_document_loses_the_largest_parts_first() {
    let result = json!({"details": {
        "Id": "abc",
        "Config": {"Env": vec!["KEY=value"; 2000], "Image": "nginx"},
        "Log": "l".repeat(50_000),
        "State": {"Status": "running"},
    }});
    let fitted = cut(&result, &DOCUMENT, 4096);
    assert_eq!(fitted["details"]["Id"], "abc");
    assert_eq!(fitted["details"]["State"]["Status"], "running");
    assert_eq!(fitted["details"]["Config"]["Image"], "nginx");
    assert!(fitted["details"]["Config"]["Env"].as_array().unwrap().len() > 100);
    let log = fitted["details"]["Log"].as_str().unwrap();
    assert!(
        log.starts_with("llll") && log.ends_with(" bytes cut]"),
        "{log}"
    );
    assert_eq!(paths(&fitted), ["Config.Env", "Log"]);
    assert!(fitted["hint"].as_str().unwrap().contains("`fields`"));
    assert!(
        fitted.to_string().len() > 3000,
        "room was wasted: {}",
        fitted.to_string().len()
    );
}

#[test]
fn an_object_of_many_members_keeps_the_small_ones() {
    let labels: Map<String, Value> = (0..2000)
        .map(|i| (format!("label-{i}"), json!("v".repeat(i % 100))))
        .collect();
    let fitted = cut(&json!({"details": {"Labels": labels}}), &DOCUMENT, 4096);
    let left = fitted["details"]["Labels"].as_object().unwrap();
    assert!(left.len() > 50, "{}", left.len());
    assert!(
        left.values()
            .all(|value| value.as_str().unwrap().len() < 20)
    );
    assert!(paths(&fitted).len() <= NAMED);
    assert!(paths(&fitted)[0].starts_with("Labels.label-"));
}

#[test]
fn a_text_is_cut_between_characters_and_counts_its_escapes() {
    for unit in ["x", "ä", "🐳", "\n", "\u{1}", "\"", "\u{1b}[0m", "\u{7f}"] {
        for budget in [1024, 1500, 4096] {
            let text = unit.repeat(10_000);
            let fitted = cut(&json!({"logs": text, "lines": 3}), &FIELDS, budget);
            let shown = fitted["logs"].as_str().unwrap();
            let (start, note) = shown.split_once('…').unwrap();
            assert!(text.starts_with(start));
            assert_eq!(note, format!(" [{} bytes cut]", text.len() - start.len()));
            assert_eq!(fitted["lines"], 3);
        }
    }
}

#[test]
fn every_budget_from_a_kilobyte_on_is_kept() {
    let result = json!({
        "stdout": "o".repeat(5000), "stderr": "e\n".repeat(5000), "exit_code": null, "timed_out": false,
        "warnings": vec!["w".repeat(300); 40], "stats": {"a": {"b": {"c": "d".repeat(3000)}}},
        "failed": [{"id": "x".repeat(4000)}], "truncated": false,
    });
    for budget in (1024..20_000).step_by(97) {
        cut(&result, &FIELDS, budget);
    }
}

#[test]
fn a_tiny_budget_keeps_the_keys() {
    let result = json!({"logs": "x".repeat(5000), "lines": 7});
    let fitted = fit(result, &FIELDS, 10);
    assert_eq!(fitted, json!({"logs": "", "lines": 7, "truncated": true}));
}

#[test]
fn what_was_cut_once_fits_the_same_budget() {
    let fitted = cut(&json!({"details": {"a": vec!["x"; 9000]}}), &DOCUMENT, 2000);
    assert_eq!(fit(fitted.clone(), &DOCUMENT, 2000), fitted);
}

/// Five megabytes of every unfavourable form at once; quadratic work would take minutes.
#[test]
fn five_megabytes_are_quick() {
    let mut deep = json!("x".repeat(500_000));
    for _ in 0..100 {
        deep = json!({"inner": deep, "more": [1, 2, 3]});
    }
    let wide: Map<String, Value> = (0..40_000)
        .map(|i| (format!("key-{i}"), json!(i)))
        .collect();
    let long = vec![json!({"id": "abc", "name": "def"}); 60_000];
    let result = json!({"details": {"deep": deep, "wide": wide, "long": long, "text": "t\n".repeat(500_000)}});
    assert!(result.to_string().len() > 3_000_000);
    let start = Instant::now();
    cut(&result, &DOCUMENT, 65_536);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}
