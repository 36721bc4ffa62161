//! Which arguments are accepted, and what is said of the others.

use serde_json::json;

use super::*;
use crate::catalog::{Deadline, Hints, Output, Tier};
use crate::params::{Command, ContainerRef, Filters, Schema, Tail, Variables};

const PARAM: Param = Param {
    name: "",
    doc: "",
    kind: "",
    schema: &Schema::String,
    keys: None,
    wanted: "",
    required: false,
    secret: false,
    stays: false,
    by_name: false,
    default: None,
    min: None,
    max: None,
    values: &[],
    aliases: &[],
    unrecorded: false,
    empty: false,
    since: None,
};

static STOP: Tool = tool(&[
    Param {
        name: "container_id",
        wanted: "a container name or id",
        required: true,
        ..PARAM
    },
    Param {
        name: "timeout",
        wanted: "an integer from 0 to 3600",
        default: Some("10"),
        min: Some(0.0),
        max: Some(3600.0),
        ..PARAM
    },
    Param {
        name: "stream",
        wanted: "one of `all`, `stdout`, `stderr`",
        values: &["all", "stdout", "stderr"],
        default: Some(r#""all""#),
        ..PARAM
    },
    Param {
        name: "token",
        wanted: "a string",
        secret: true,
        ..PARAM
    },
    Param {
        name: "environment",
        wanted: "an object of strings",
        secret: true,
        ..PARAM
    },
    Param {
        name: "filters",
        wanted: "an object of filters",
        ..PARAM
    },
    Param {
        name: "prune_filters",
        wanted: "an object of filters, each of them `label` or `label!`",
        values: &["label", "label!"],
        ..PARAM
    },
    Param {
        name: "text",
        wanted: "a string",
        aliases: &["content"],
        empty: true,
        ..PARAM
    },
    Param {
        name: "command",
        wanted: "a command",
        ..PARAM
    },
    Param {
        name: "tail",
        wanted: "an integer of at least 0, or \"all\"",
        min: Some(0.0),
        ..PARAM
    },
]);

static BARE: Tool = tool(&[]);

const fn tool(params: &'static [Param]) -> Tool {
    Tool {
        name: "docker_stop_container",
        toolset: "containers",
        source: "catalog/containers/stop_container.toml",
        title: "",
        summary: "",
        description: "",
        tier: Tier::Moderate,
        hints: Hints {
            destructive: false,
            idempotent: true,
            open_world: false,
        },
        params,
        output_schema: "{}",
        output: Output::Fields(&[]),
        across: None,
        command: None,
        plan: None,
        carrier: false,
        task: false,
        view: None,
        since: None,
        deadline: Deadline::Standard,
        examples: &[],
    }
}

fn arguments(given: Value) -> Arguments {
    let Value::Object(given) = given else {
        panic!("{given}")
    };
    Arguments::new(&STOP, given).unwrap()
}

fn refused(tool: &'static Tool, given: Value) -> String {
    let Value::Object(given) = given else {
        panic!("{given}")
    };
    Arguments::new(tool, given).unwrap_err().to_string()
}

fn message<T: Parameter>(name: &str, value: Value) -> String {
    match arguments(json!({ name: value })).required::<T>(name) {
        Ok(_) => panic!("{name} was accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_unknown_argument_is_refused_with_the_nearest_known_one() {
    for (given, nearest) in [
        ("container", "container_id"),
        ("contaner_id", "container_id"),
        ("time_out", "timeout"),
        ("filter", "filters"),
    ] {
        assert_eq!(
            refused(&STOP, json!({ given: 1 })),
            format!("unknown argument `{given}`, did you mean `{nearest}`?")
        );
    }
}

#[test]
fn without_a_near_one_all_known_ones_are_listed() {
    let text = refused(&STOP, json!({"zzz": null}));
    assert!(
        text.starts_with(
            "unknown argument `zzz`: `docker_stop_container` takes `container_id`, `timeout`"
        ),
        "{text}"
    );
    assert_eq!(
        refused(&BARE, json!({"a": 1, "b": 2})),
        "unknown argument `a`: `docker_stop_container` takes none; unknown argument `b`: `docker_stop_container` takes none"
    );
    assert!(refused(&STOP, json!({"x".repeat(1 << 20): 1})).len() < 1000);
}

#[test]
fn a_filter_that_is_not_listed_is_refused_by_name() {
    let text = message::<Filters>("prune_filters", json!({"label": "a", "until": "1h"}));
    assert_eq!(
        text,
        "`prune_filters` must be an object of filters, each of them `label` or `label!`, got `until`"
    );
    let mut given = arguments(json!({"prune_filters": {"label": "a", "label!": ["b"]}}));
    assert!(given.required::<Filters>("prune_filters").is_ok());
}

#[test]
fn null_counts_as_not_given() {
    let mut given = arguments(json!({"timeout": null, "container_id": null, "filters": null}));
    assert_eq!(given.required::<i64>("timeout"), Ok(10));
    assert_eq!(given.optional::<Filters>("filters"), Ok(None));
    assert_eq!(
        given
            .required::<ContainerRef>("container_id")
            .unwrap_err()
            .to_string(),
        "`container_id` is required: a container name or id"
    );
}

#[test]
fn an_empty_string_counts_as_not_given_where_it_is_no_value() {
    let mut given = arguments(json!({"timeout": "", "container_id": "", "text": ""}));
    assert_eq!(given.required::<i64>("timeout"), Ok(10));
    let refused = given.required::<ContainerRef>("container_id").unwrap_err();
    assert!(refused.to_string().contains("required"), "{refused}");
    assert_eq!(given.optional::<String>("text"), Ok(Some(String::new())));
}

#[test]
fn an_alias_is_the_parameter_that_has_it() {
    let mut given = arguments(json!({"content": "a"}));
    assert_eq!(
        given.optional::<String>("text").unwrap().as_deref(),
        Some("a")
    );
    let text = refused(&STOP, json!({"content": "a", "text": ""}));
    assert!(
        text.contains("`content` is another name of `text`"),
        "{text}"
    );
    // Of one that says nothing the other is taken.
    let mut given = arguments(json!({"content": null, "text": "b"}));
    assert_eq!(
        given.optional::<String>("text").unwrap().as_deref(),
        Some("b")
    );
}

#[test]
fn what_was_given_wins_over_the_default() {
    let mut given = arguments(json!({"timeout": "60", "stream": "stderr"}));
    assert_eq!(given.required::<i64>("timeout"), Ok(60));
    assert_eq!(given.required::<String>("stream").as_deref(), Ok("stderr"));
}

#[test]
fn a_misfit_says_which_what_was_got_and_what_is_wanted() {
    for (text, expected) in [
        (
            message::<i64>("timeout", json!("abc")),
            r#"`timeout` must be an integer from 0 to 3600, got the string "abc""#,
        ),
        (
            message::<i64>("timeout", json!(1.5)),
            "`timeout` must be an integer from 0 to 3600, got 1.5",
        ),
        (
            message::<i64>("timeout", json!(3601)),
            "`timeout` must be an integer from 0 to 3600, got 3601",
        ),
        (
            message::<i64>("timeout", json!("-1")),
            r#"`timeout` must be an integer from 0 to 3600, got "-1""#,
        ),
        (
            message::<String>("stream", json!("out")),
            r#"`stream` must be one of `all`, `stdout`, `stderr`, got "out""#,
        ),
        (
            message::<ContainerRef>("container_id", json!("../x")),
            r#"`container_id` must be a container name or id, got "../x": it holds `..`"#,
        ),
        (
            message::<ContainerRef>("container_id", json!(["a"])),
            r#"`container_id` must be a container name or id, got ["a"]"#,
        ),
    ] {
        assert_eq!(text, expected);
    }
}

#[test]
fn a_range_does_not_bind_a_word() {
    let mut given = arguments(json!({"tail": "all"}));
    assert_eq!(given.required::<Tail>("tail"), Ok(Tail::All));
}

#[test]
fn long_values_are_clipped_and_messages_keep_to_one_line() {
    let text = message::<ContainerRef>("container_id", json!("a\n".repeat(100_000)));
    assert!(text.len() < 300 && !text.contains('\n'), "{text}");
    let text = message::<Command>("command", json!(format!("echo 'ä{}", "\n".repeat(500))));
    assert!(text.len() < 400 && !text.contains('\n'), "{text}");
}

#[test]
fn a_secret_is_never_quoted() {
    for text in [
        message::<i64>("token", json!("hunter2")),
        message::<Command>("token", json!("hunter2; x")),
        message::<String>("token", json!(["hunter2"])),
        message::<Variables>("environment", json!({"A": ["hunter2"]})),
        message::<Variables>("environment", json!(["A=1", "hunter2"])),
    ] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    assert_eq!(
        message::<i64>("token", json!("hunter2")),
        "`token` must be a string, got a string"
    );
}
