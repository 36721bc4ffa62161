//! Looks at what becomes of lists.

use super::*;

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
        assert_eq!(list.get("hint").is_some(), count < 60);
    }
}

#[test]
fn a_list_is_not_advised_to_ask_for_what_it_cannot_have() {
    let reply: Value = vec![json!({"Id": "a"}); 1001].into();
    let hint = |params: Value| made(&CONTAINERS, &reply, params)["hint"].clone();
    let short = "more matched than the `limit` of";
    for (params, hinted) in [
        (
            json!({"limit": 999}),
            format!("{short} 999 lets in: raise it (1000 at most)"),
        ),
        (json!({"limit": 1000}), format!("{short} 1000 lets in")),
        (
            json!({"limit": 1000, "filters": null}),
            format!("{short} 1000 lets in: narrow the list with `filters`"),
        ),
    ] {
        assert_eq!(hint(params), hinted);
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
