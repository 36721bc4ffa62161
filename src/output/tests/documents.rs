//! Looks at what becomes of whole documents.

use super::*;

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
