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
        (json!(["State.Error"]), json!({}), json!(["State.Error"])),
        (
            json!([
                "Nope",
                "Id",
                "State.Pid.x",
                "",
                "State.",
                ".Nope",
                "id",
                "Mounts.Nope"
            ]),
            json!({"Id": "abc"}),
            json!([
                "Nope",
                "State.Pid.x",
                "",
                "State.",
                ".Nope",
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

/// What is empty would be found nowhere if it were not among what is missing.
#[test]
fn each_path_is_found_or_missing_whatever_it_leads_to() {
    let reply = json!({
        "Text": "", "None": null, "Object": {}, "Array": [], "Nested": {"Inner": {"Text": ""}},
        "Zero": 0, "No": false, "Args": ["", "-c"], "Mounts": [{"Source": ""}, {"Name": null}],
        "ExposedPorts": {"80/tcp": {}}, "Ports": {"80/tcp": null}, "Labels": {"flag": ""},
    });
    for (path, details) in [
        ("Text", None),
        ("None", None),
        ("Object", None),
        ("Array", None),
        ("Array[0]", None),
        ("Array.*", None),
        ("Object.*", None),
        ("Nested", None),
        ("Nested.Inner", None),
        ("Nested.Inner.Text", None),
        ("Nested.*.Text", None),
        ("Args[0]", None),
        ("Mounts.Source", None),
        ("Mounts.*.Source", None),
        ("Mounts[1].Name", None),
        ("Zero", Some(json!({"Zero": 0}))),
        ("No", Some(json!({"No": false}))),
        (
            "ExposedPorts.80/tcp",
            Some(json!({"ExposedPorts": {"80/tcp": {}}})),
        ),
        ("Ports.80/tcp", Some(json!({"Ports": {"80/tcp": null}}))),
        ("Labels.flag", Some(json!({"Labels": {"flag": ""}}))),
        ("Labels.*", Some(json!({"Labels": {"flag": ""}}))),
    ] {
        let made = inspected(&reply, json!([path]));
        let expected = match details {
            Some(details) => json!({ "details": details }),
            None => json!({ "details": {}, "missing": [path] }),
        };
        assert_eq!(made, expected, "{path}");
    }
}

#[test]
fn a_path_reaches_into_arrays_by_place_and_by_star() {
    let reply = json!({
        "Args": ["sh", "-c", "true"], "Deep": [[1, 2], [3]], "a[0]": "literal",
        "Mounts": [{"Source": "/a", "RW": true}, {"Source": "/b", "RW": false}],
        "Networks": {"one": {"IP": "10.0.0.1", "Mac": ""}, "two": {"IP": "10.0.0.2"}, "*": {"Star": 1}},
        "Ports": {"80/tcp": [{"HostPort": "8080"}, {"HostPort": "8081"}]},
    });
    for (path, details) in [
        ("Args[0]", json!({"Args": ["sh"]})),
        ("Args[2]", json!({"Args": ["true"]})),
        ("Args.*", json!({"Args": ["sh", "-c", "true"]})),
        ("Args[*]", json!({"Args": ["sh", "-c", "true"]})),
        ("Deep[0][1]", json!({"Deep": [[2]]})),
        ("Deep.*[0]", json!(null)),
        ("Deep[*][0]", json!({"Deep": [[1], [3]]})),
        ("a[0]", json!({"a[0]": "literal"})),
        (
            "Mounts.*.Source",
            json!({"Mounts": [{"Source": "/a"}, {"Source": "/b"}]}),
        ),
        (
            "Mounts[*].Source",
            json!({"Mounts": [{"Source": "/a"}, {"Source": "/b"}]}),
        ),
        ("Mounts[1].RW", json!({"Mounts": [{"RW": false}]})),
        (
            "Mounts[1]",
            json!({"Mounts": [{"Source": "/b", "RW": false}]}),
        ),
        (
            "Ports.80/tcp[1].HostPort",
            json!({"Ports": {"80/tcp": [{"HostPort": "8081"}]}}),
        ),
        (
            "Ports.*.*.HostPort",
            json!({"Ports": {"80/tcp": [{"HostPort": "8080"}, {"HostPort": "8081"}]}}),
        ),
        ("Networks.*.Star", json!({"Networks": {"*": {"Star": 1}}})),
        (
            "Networks.one.*",
            json!({"Networks": {"one": {"IP": "10.0.0.1"}}}),
        ),
        ("Args[3]", json!(null)),
        ("Args[-1]", json!(null)),
        ("Args[+1]", json!(null)),
        ("Args[]", json!(null)),
        ("Args[0", json!(null)),
        ("Args[0]x", json!(null)),
        ("Args[99999999999999999999999]", json!(null)),
        ("Mounts[0][0]", json!(null)),
        ("Networks[0]", json!(null)),
        ("[0]", json!(null)),
    ] {
        let made = inspected(&reply, json!([path]));
        let expected = match details {
            Value::Null => json!({ "details": {}, "missing": [path] }),
            details => json!({ "details": details }),
        };
        assert_eq!(made, expected, "{path}");
    }
    let without_star =
        json!({"Networks": {"one": {"IP": "10.0.0.1", "Mac": ""}, "two": {"IP": "10.0.0.2"}}});
    assert_eq!(
        inspected(&without_star, json!(["Networks.*.IP", "Networks.*.Mac"])),
        json!({
            "details": {"Networks": {"one": {"IP": "10.0.0.1"}, "two": {"IP": "10.0.0.2"}}},
            "missing": ["Networks.*.Mac"],
        })
    );
}
