//! How a reply becomes a result, field by field.

mod documents;
mod lists;

use serde_json::json;

use super::*;
use crate::catalog::{As, Field, FieldType, List, Path, Root, Shape, Source};

const fn reply(segments: &'static [&'static str]) -> Path {
    Path {
        root: Root::Reply,
        segments,
    }
}

const fn field(key: &'static str, kind: FieldType, segments: &'static [&'static str]) -> Field {
    Field {
        key,
        source: Source::Path(reply(segments)),
        kind,
        nullable: false,
        shape: None,
        when: None,
    }
}

const fn shaped(
    key: &'static str,
    kind: FieldType,
    segments: &'static [&'static str],
    shape: Shape,
) -> Field {
    Field {
        shape: Some(As::Shape(shape)),
        ..field(key, kind, segments)
    }
}

static CONTAINERS: Output = Output::List(List {
    key: "containers",
    from: reply(&[]),
    sort: &["name"],
    fields: CONTAINER,
});

static NEWEST: Output = Output::List(List {
    key: "containers",
    from: reply(&[]),
    sort: &["-created"],
    fields: CONTAINER,
});

static CONTAINER: &[Field] = &[
    shaped("id", FieldType::String, &["Id"], Shape::ShortId),
    shaped("name", FieldType::String, &["Names"], Shape::ContainerName),
    field("image", FieldType::String, &["Image"]),
    shaped("ports", FieldType::Strings, &["Ports"], Shape::Ports),
    shaped("created", FieldType::String, &["Created"], Shape::Time),
    Field {
        source: Source::Join(
            &[
                reply(&["Labels", "com.docker.compose.project"]),
                reply(&["Labels", "com.docker.compose.service"]),
            ],
            "/",
        ),
        ..field("compose", FieldType::String, &[])
    },
    Field {
        when: Some("labels"),
        ..field("labels", FieldType::Object, &["Labels"])
    },
];

fn made(output: &Output, reply: &Value, params: Value) -> Value {
    project(
        output,
        ProjectionInput {
            reply,
            params: &params,
            look: &json!({}),
        },
    )
}

fn one(field: Field, reply: Value) -> Value {
    let fields = Box::leak(Box::new([field]));
    let key = fields[0].key;
    made(&Output::Fields(fields), &reply, json!({}))[key].clone()
}

#[test]
fn every_field_is_there_and_of_its_type() {
    for (kind, empty) in [
        (FieldType::String, json!("")),
        (FieldType::Integer, json!(0)),
        (FieldType::Number, json!(0)),
        (FieldType::Boolean, json!(false)),
        (FieldType::Object, json!({})),
        (FieldType::Strings, json!([])),
    ] {
        for unknown in [json!({}), json!({"X": null}), json!(null), json!("text")] {
            assert_eq!(
                one(field("x", kind, &["X"]), unknown.clone()),
                empty,
                "{unknown}"
            );
            let nullable = Field {
                nullable: true,
                ..field("x", kind, &["X"])
            };
            assert_eq!(one(nullable, unknown), Value::Null);
        }
    }
}

#[test]
fn a_value_of_another_type_keeps_to_the_schema() {
    for (kind, given, made) in [
        (FieldType::String, json!(5), json!("5")),
        (FieldType::String, json!(true), json!("true")),
        (FieldType::String, json!(["a"]), json!("")),
        (FieldType::Integer, json!("5"), json!(0)),
        (FieldType::Integer, json!(1.5), json!(0)),
        (FieldType::Number, json!(1.5), json!(1.5)),
        (FieldType::Strings, json!("a"), json!([])),
        (FieldType::Object, json!([]), json!({})),
    ] {
        assert_eq!(
            one(field("x", kind, &["X"]), json!({"X": given})),
            made,
            "{given}"
        );
    }
}

#[test]
fn sources_reach_into_reply_params_and_looks() {
    static OUTPUT: Output = Output::Fields(&[
        field("all", FieldType::Strings, &[]),
        Field {
            source: Source::Path(Path {
                root: Root::Params,
                segments: &["volumes"],
            }),
            ..field("volumes", FieldType::Boolean, &[])
        },
        Field {
            source: Source::Path(Path {
                root: Root::Look,
                segments: &["container", "Id"],
            }),
            ..field("id", FieldType::String, &[])
        },
        Field {
            source: Source::Path(Path {
                root: Root::Look,
                segments: &["users", "Id"],
            }),
            ..field("users", FieldType::Strings, &[])
        },
        Field {
            source: Source::Constant("\"connected\""),
            ..field("status", FieldType::String, &[])
        },
        Field {
            source: Source::Join(
                &[
                    Path {
                        root: Root::Params,
                        segments: &["repository"],
                    },
                    Path {
                        root: Root::Params,
                        segments: &["tag"],
                    },
                ],
                ":",
            ),
            ..field("target", FieldType::String, &[])
        },
    ]);
    let made = project(
        &OUTPUT,
        ProjectionInput {
            reply: &json!([1]),
            params: &json!({"volumes": true, "repository": "web", "tag": 1}),
            look: &json!({"container": {"Id": "abc"}, "users": [{"Id": "a"}, {}, {"Id": "b"}]}),
        },
    );
    assert_eq!(
        made,
        json!({"all": [1], "volumes": true, "id": "abc", "users": ["a", "b"], "status": "connected", "target": "web:1"})
    );
}

#[test]
fn shapes_rewrite_what_the_engine_says() {
    let hex = "0123456789abcdef";
    for (shape, kind, given, made) in [
        (
            Shape::ShortId,
            FieldType::String,
            json!(hex),
            json!("0123456789ab"),
        ),
        (
            Shape::ShortId,
            FieldType::String,
            json!("abc"),
            json!("abc"),
        ),
        (
            Shape::ImageId,
            FieldType::String,
            json!(format!("sha256:{hex}")),
            json!("sha256:0123456789ab"),
        ),
        (
            Shape::ImageId,
            FieldType::String,
            json!(hex.repeat(4)),
            json!("sha256:0123456789ab"),
        ),
        (
            Shape::ImageId,
            FieldType::String,
            json!("registry.example:5000/team/nginx:1.27"),
            json!("registry.example:5000/team/nginx:1.27"),
        ),
        (Shape::ImageId, FieldType::String, json!(""), json!("")),
        (
            Shape::ContainerName,
            FieldType::String,
            json!(["/web/db", "/db"]),
            json!("db"),
        ),
        (
            Shape::ContainerName,
            FieldType::String,
            json!(["db"]),
            json!("db"),
        ),
        (
            Shape::ContainerName,
            FieldType::String,
            json!(["/a/b"]),
            json!("a/b"),
        ),
        (
            Shape::ContainerName,
            FieldType::String,
            json!("/db"),
            json!("db"),
        ),
        (
            Shape::ContainerName,
            FieldType::String,
            json!([]),
            json!(""),
        ),
        (
            Shape::Tags,
            FieldType::Strings,
            json!(["<none>:<none>", "a:1", "b:<none>"]),
            json!(["a:1"]),
        ),
        (Shape::Tags, FieldType::Strings, json!(null), json!([])),
        (
            Shape::Ports,
            FieldType::Strings,
            json!([{"PrivatePort": 80, "Type": "tcp"}]),
            json!(["80/tcp"]),
        ),
        (Shape::Ports, FieldType::Strings, json!(null), json!([])),
        (
            Shape::Time,
            FieldType::String,
            json!(1_700_000_000),
            json!("2023-11-14T22:13:20Z"),
        ),
        (
            Shape::Time,
            FieldType::String,
            json!(0),
            json!("1970-01-01T00:00:00Z"),
        ),
        (
            Shape::Time,
            FieldType::String,
            json!("2023-11-14T22:13:20.5+01:00"),
            json!("2023-11-14T22:13:20.5+01:00"),
        ),
        (
            Shape::Time,
            FieldType::String,
            json!("0001-01-01T00:00:00Z"),
            json!(""),
        ),
        (
            Shape::Time,
            FieldType::String,
            json!(-62_135_596_800_i64),
            json!(""),
        ),
        (Shape::Time, FieldType::String, json!(i64::MAX), json!("")),
        (
            Shape::List,
            FieldType::Strings,
            json!("careful"),
            json!(["careful"]),
        ),
        (Shape::List, FieldType::Strings, json!(""), json!([])),
        (Shape::List, FieldType::Strings, json!(["a"]), json!(["a"])),
        (Shape::List, FieldType::Strings, json!(null), json!([])),
        (Shape::Count, FieldType::Integer, json!([1, 2]), json!(2)),
        (Shape::Count, FieldType::Integer, json!({"a": 1}), json!(1)),
        (Shape::Count, FieldType::Integer, json!(null), json!(0)),
    ] {
        assert_eq!(
            one(shaped("x", kind, &["X"], shape), json!({"X": given})),
            made,
            "{shape:?} {given}"
        );
    }
}
