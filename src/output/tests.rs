use serde_json::json;

use super::*;
use crate::catalog::{List, Path, Root, Shape, Source};

const fn reply(segments: &'static [&'static str]) -> Path {
    Path {
        root: Root::Reply,
        segments,
    }
}

const fn field(key: &'static str, kind: Kind, segments: &'static [&'static str]) -> Field {
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
    kind: Kind,
    segments: &'static [&'static str],
    shape: Shape,
) -> Field {
    Field {
        shape: Some(shape),
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
    shaped("id", Kind::String, &["Id"], Shape::ShortId),
    shaped("name", Kind::String, &["Names"], Shape::ContainerName),
    field("image", Kind::String, &["Image"]),
    shaped("ports", Kind::Array, &["Ports"], Shape::Ports),
    shaped("created", Kind::String, &["Created"], Shape::Time),
    Field {
        source: Source::Join(
            &[
                reply(&["Labels", "com.docker.compose.project"]),
                reply(&["Labels", "com.docker.compose.service"]),
            ],
            "/",
        ),
        ..field("compose", Kind::String, &[])
    },
    Field {
        when: Some("labels"),
        ..field("labels", Kind::Object, &["Labels"])
    },
];

fn made(output: &Output, reply: &Value, params: Value) -> Value {
    project(
        output,
        Known {
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
        (Kind::String, json!("")),
        (Kind::Integer, json!(0)),
        (Kind::Number, json!(0)),
        (Kind::Boolean, json!(false)),
        (Kind::Object, json!({})),
        (Kind::Array, json!([])),
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
        (Kind::String, json!(5), json!("5")),
        (Kind::String, json!(true), json!("true")),
        (Kind::String, json!(["a"]), json!("")),
        (Kind::Integer, json!("5"), json!(0)),
        (Kind::Integer, json!(1.5), json!(0)),
        (Kind::Number, json!(1.5), json!(1.5)),
        (Kind::Array, json!("a"), json!([])),
        (Kind::Object, json!([]), json!({})),
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
        field("all", Kind::Array, &[]),
        Field {
            source: Source::Path(Path {
                root: Root::Params,
                segments: &["volumes"],
            }),
            ..field("volumes", Kind::Boolean, &[])
        },
        Field {
            source: Source::Path(Path {
                root: Root::Look,
                segments: &["container", "Id"],
            }),
            ..field("id", Kind::String, &[])
        },
        Field {
            source: Source::Path(Path {
                root: Root::Look,
                segments: &["users", "Id"],
            }),
            ..field("users", Kind::Array, &[])
        },
        Field {
            source: Source::Constant("\"connected\""),
            ..field("status", Kind::String, &[])
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
            ..field("target", Kind::String, &[])
        },
    ]);
    let made = project(
        &OUTPUT,
        Known {
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
            Kind::String,
            json!(hex),
            json!("0123456789ab"),
        ),
        (Shape::ShortId, Kind::String, json!("abc"), json!("abc")),
        (
            Shape::ImageId,
            Kind::String,
            json!(format!("sha256:{hex}")),
            json!("sha256:0123456789ab"),
        ),
        (
            Shape::ImageId,
            Kind::String,
            json!(hex),
            json!("sha256:0123456789ab"),
        ),
        (Shape::ImageId, Kind::String, json!(""), json!("")),
        (
            Shape::ContainerName,
            Kind::String,
            json!(["/web/db", "/db"]),
            json!("db"),
        ),
        (
            Shape::ContainerName,
            Kind::String,
            json!(["db"]),
            json!("db"),
        ),
        (
            Shape::ContainerName,
            Kind::String,
            json!(["/a/b"]),
            json!("a/b"),
        ),
        (
            Shape::ContainerName,
            Kind::String,
            json!("/db"),
            json!("db"),
        ),
        (Shape::ContainerName, Kind::String, json!([]), json!("")),
        (
            Shape::Tags,
            Kind::Array,
            json!(["<none>:<none>", "a:1", "b:<none>"]),
            json!(["a:1"]),
        ),
        (Shape::Tags, Kind::Array, json!(null), json!([])),
        (
            Shape::Ports,
            Kind::Array,
            json!([{"PrivatePort": 80, "Type": "tcp"}]),
            json!(["80/tcp"]),
        ),
        (Shape::Ports, Kind::Array, json!(null), json!([])),
        (
            Shape::Time,
            Kind::String,
            json!(1_700_000_000),
            json!("2023-11-14T22:13:20Z"),
        ),
        (
            Shape::Time,
            Kind::String,
            json!(0),
            json!("1970-01-01T00:00:00Z"),
        ),
        (
            Shape::Time,
            Kind::String,
            json!("2023-11-14T22:13:20.5+01:00"),
            json!("2023-11-14T22:13:20.5+01:00"),
        ),
        (
            Shape::Time,
            Kind::String,
            json!("0001-01-01T00:00:00Z"),
            json!(""),
        ),
        (
            Shape::Time,
            Kind::String,
            json!(-62_135_596_800_i64),
            json!(""),
        ),
        (Shape::Time, Kind::String, json!(i64::MAX), json!("")),
        (
            Shape::List,
            Kind::Array,
            json!("careful"),
            json!(["careful"]),
        ),
        (Shape::List, Kind::Array, json!(""), json!([])),
        (Shape::List, Kind::Array, json!(["a"]), json!(["a"])),
        (Shape::List, Kind::Array, json!(null), json!([])),
        (Shape::Count, Kind::Integer, json!([1, 2]), json!(2)),
        (Shape::Count, Kind::Integer, json!({"a": 1}), json!(1)),
        (Shape::Count, Kind::Integer, json!(null), json!(0)),
    ] {
        assert_eq!(
            one(shaped("x", kind, &["X"], shape), json!({"X": given})),
            made,
            "{shape:?} {given}"
        );
    }
}

#[test]
fn a_list_leaves_out_what_an_item_does_not_have() {
    let reply = json!([
        {"Id": "b", "Names": ["/b"], "Image": "", "Ports": [], "Labels": {"com.docker.compose.project": "shop"}},
        {"Id": "a", "Names": ["/a"], "Image": "x", "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "db"}},
    ]);
    assert_eq!(
        made(&CONTAINERS, &reply, json!({"labels": false})),
        json!({
            "containers": [
                {"id": "a", "name": "a", "image": "x", "compose": "shop/db"},
                {"id": "b", "name": "b"},
            ],
            "count": 2, "total": 2, "truncated": false,
        })
    );
    let labelled = made(&CONTAINERS, &reply, json!({"labels": true}));
    assert_eq!(
        labelled["containers"][1]["labels"],
        json!({"com.docker.compose.project": "shop"})
    );
}

#[test]
fn a_list_keeps_to_its_limit_and_says_so() {
    let reply: Value = (0..60).map(|i| json!({"Id": format!("{i:03}")})).collect();
    for (params, count) in [
        (json!({}), 50),
        (json!({"limit": 7}), 7),
        (json!({"limit": 1000}), 60),
    ] {
        let list = made(&CONTAINERS, &reply, params);
        assert_eq!(list["containers"].as_array().unwrap().len(), count);
        assert_eq!(list["count"], count);
        assert_eq!(list["total"], 60);
        assert_eq!(list["truncated"], count < 60);
    }
}

#[test]
fn a_reply_without_a_list_is_an_empty_one() {
    for reply in [json!(null), json!({}), json!("text"), json!([])] {
        assert_eq!(
            made(&CONTAINERS, &reply, json!({})),
            json!({"containers": [], "count": 0, "total": 0, "truncated": false})
        );
    }
}

#[test]
fn the_order_does_not_depend_on_the_engines() {
    let mut reply = vec![
        json!({"Id": "2", "Names": ["/b"], "Created": 5}),
        json!({"Id": "1", "Names": ["/b"], "Created": 5}),
        json!({"Id": "3", "Names": ["/a"], "Created": 7}),
        json!({"Id": "4"}),
    ];
    let ids = |output, reply: &[Value]| -> Vec<String> {
        made(output, &json!(reply), json!({}))["containers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    for _ in 0..reply.len() {
        reply.rotate_left(1);
        assert_eq!(ids(&CONTAINERS, &reply), ["3", "1", "2", "4"]);
        assert_eq!(ids(&NEWEST, &reply), ["3", "1", "2", "4"]);
    }
}

fn inspected(reply: &Value, fields: Value) -> Value {
    made(
        &Output::Document("details"),
        reply,
        json!({ "fields": fields }),
    )
}

#[test]
fn a_document_leaves_out_what_says_nothing() {
    let reply = json!({
        "Id": "abc", "Domainname": "", "Mounts": [], "Config": {"Volumes": null, "Labels": {}},
        "State": {"Running": false, "ExitCode": 0, "Error": ""},
        "Cmd": ["sh", "-c", ""], "Config2": [{"A": null}, {"B": 1, "C": {}}],
    });
    let pruned = json!({
        "Id": "abc", "State": {"Running": false, "ExitCode": 0},
        "Cmd": ["sh", "-c", ""], "Config2": [{}, {"B": 1}],
    });
    for fields in [json!(null), json!([])] {
        assert_eq!(inspected(&reply, fields), json!({ "details": pruned }));
    }
    assert_eq!(inspected(&json!(null), json!(null)), json!({"details": {}}));
}

/// An exposed port or a label says all it has to say with its key.
#[test]
fn a_document_keeps_the_keys_that_are_data() {
    let reply = json!({
        "ExposedPorts": {"443/tcp": {}}, "Volumes": {"/data": {}},
        "Ports": {"80/tcp": null, "443/tcp": [{"HostIp": "", "HostPort": "8443"}]},
        "Labels": {"com.example.flag": ""}, "Annotations": {},
    });
    let kept = json!({
        "ExposedPorts": {"443/tcp": {}}, "Volumes": {"/data": {}},
        "Ports": {"80/tcp": null, "443/tcp": [{"HostPort": "8443"}]},
        "Labels": {"com.example.flag": ""},
    });
    assert_eq!(inspected(&reply, json!(null)), json!({ "details": kept }));
}

#[test]
fn fields_narrow_a_document_and_keep_its_nesting() {
    let reply = json!({
        "Id": "abc",
        "State": {"Status": "running", "Pid": 7, "Error": ""},
        "NetworkSettings": {"Networks": {"my.net": {"IPAddress": "10.0.0.2"}, "bridge": {"IPAddress": "10.0.0.3"}}},
        "Labels": {"a": {"b": 1}, "a.b": 2, "a.b.c": {"d": 3}},
        "Mounts": [{"Source": "/a", "Mode": "ro", "RW": false}, {"Source": "/b"}, {"Name": "v"}],
    });
    for (fields, details, missing) in [
        (
            json!(["State"]),
            json!({"State": {"Status": "running", "Pid": 7}}),
            json!(null),
        ),
        (
            json!(["State.Pid", "Id"]),
            json!({"State": {"Pid": 7}, "Id": "abc"}),
            json!(null),
        ),
        (
            json!(["State.Pid", "State"]),
            json!({"State": {"Status": "running", "Pid": 7}}),
            json!(null),
        ),
        (
            json!(["NetworkSettings.Networks.bridge.IPAddress"]),
            json!({"NetworkSettings": {"Networks": {"bridge": {"IPAddress": "10.0.0.3"}}}}),
            json!(null),
        ),
        (
            json!(["NetworkSettings.Networks.my.net.IPAddress"]),
            json!({"NetworkSettings": {"Networks": {"my.net": {"IPAddress": "10.0.0.2"}}}}),
            json!(null),
        ),
        (
            json!(["Labels.a.b"]),
            json!({"Labels": {"a.b": 2}}),
            json!(null),
        ),
        (
            json!(["Labels.a.b.c.d"]),
            json!({"Labels": {"a.b.c": {"d": 3}}}),
            json!(null),
        ),
        (
            json!(["Mounts.Source"]),
            json!({"Mounts": [{"Source": "/a"}, {"Source": "/b"}]}),
            json!(null),
        ),
        (
            json!(["Mounts.Mode", "Mounts.Source"]),
            json!({"Mounts": [{"Source": "/a", "Mode": "ro"}, {"Source": "/b"}]}),
            json!(null),
        ),
        (json!(["State.Error"]), json!({}), json!(null)),
        (
            json!([
                "Nope",
                "Id",
                "State.Pid.x",
                "",
                "State.",
                ".Id",
                "id",
                "Mounts.Nope"
            ]),
            json!({"Id": "abc"}),
            json!([
                "Nope",
                "State.Pid.x",
                "",
                "State.",
                ".Id",
                "id",
                "Mounts.Nope"
            ]),
        ),
    ] {
        let made = inspected(&reply, fields.clone());
        assert_eq!(made["details"], details, "{fields}");
        assert_eq!(
            made.get("missing"),
            Some(&missing).filter(|paths| !paths.is_null()),
            "{fields}"
        );
    }
}

/// A shorter key is tried where the longest leads no further.
#[test]
fn a_longer_key_that_leads_nowhere_does_not_hide_a_shorter_one() {
    let reply = json!({"a.b": 1, "a": {"b": {"c": 2}}});
    assert_eq!(
        inspected(&reply, json!(["a.b.c"])),
        json!({"details": {"a": {"b": {"c": 2}}}})
    );
}
