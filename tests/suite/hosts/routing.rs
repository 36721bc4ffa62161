//! Which Engine a call goes to.

use super::*;

#[tokio::test]
async fn a_call_goes_to_the_host_that_it_names_or_to_the_default() {
    let hosts = Hosts::two();
    let client = open(hosts.config(Some("nas"))).await;
    for (arguments, expected) in [
        (json!({ "container_id": "web", "host": "office" }), "office"),
        (json!({ "container_id": "web", "host": "nas" }), "nas"),
        (json!({ "container_id": "web" }), "nas"),
        (json!({ "container_id": "web", "host": "" }), "nas"),
        (json!({ "container_id": "web", "host": null }), "nas"),
    ] {
        let result = done(call(&client, "docker_inspect_container", arguments.clone()).await);
        assert_eq!(result["details"]["Id"], id(expected, "web"), "{arguments}");
    }
    done(
        call(
            &client,
            "docker_stop_container",
            json!({ "container_id": "web", "host": "office" }),
        )
        .await,
    );
    assert_eq!(hosts.changes("nas"), Vec::<String>::new());
    assert_eq!(hosts.changes("office").len(), 1);
}

#[tokio::test]
async fn where_no_host_is_the_default_each_call_has_to_name_one() {
    let hosts = Hosts::two();
    let client = open(hosts.config(None)).await;
    for (tool, arguments) in [
        ("docker_stop_container", json!({ "container_id": "web" })),
        ("docker_inspect_container", json!({ "container_id": "web" })),
    ] {
        let text = failure(&call(&client, tool, arguments).await);
        assert!(text.contains("`nas`, `office`"), "{text}");
    }
    let tools = client.list_all_tools().await.unwrap();
    let schema = &tool(&tools, "docker_stop_container").input_schema;
    assert_eq!(schema["required"], json!(["container_id", "host"]));
    assert!(hosts.of("nas").requests().is_empty() && hosts.of("office").requests().is_empty());
}

#[tokio::test]
async fn an_unknown_host_is_refused_with_the_nearest_and_recorded() {
    let hosts = Hosts::two();
    let folder = tempfile::tempdir().unwrap();
    let mut config = hosts.config(Some("nas"));
    config.server.audit_log = Some(folder.path().join("audit.jsonl"));
    let client = open(config).await;
    for (host, said) in [
        (json!("offise"), "did you mean `office`?"),
        (json!("else"), "there are `nas`, `office`"),
        (json!(["nas"]), "must be the name of a host"),
        (json!("*"), "host"),
    ] {
        let arguments = json!({ "container_id": "web", "host": host });
        let text = failure(&call(&client, "docker_stop_container", arguments).await);
        assert!(text.contains(said), "{text}");
    }
    let given = json!({ "container_id": "web", "host": "office" });
    done(call(&client, "docker_stop_container", given).await);

    let lines = std::fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let decided: Vec<_> = lines
        .iter()
        .map(|line| (&line["decision"], &line["host"]))
        .collect();
    let (refused, none) = (json!("refused"), Value::Null);
    let (allowed, office) = (json!("allowed"), json!("office"));
    let no = (&refused, &none);
    assert_eq!(decided, [no, no, no, no, (&allowed, &office)]);
}

#[tokio::test]
async fn a_host_is_listed_where_there_are_several_and_by_name_up_to_eight() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let hosts = Hosts::named(names);
    for (several, listed) in [(8, true), (9, false)] {
        let mut config = hosts.config(Some("b"));
        config.hosts.truncate(several);
        let tools = open(config).await.list_all_tools().await.unwrap();
        for tool in &tools {
            let host = &tool.input_schema["properties"]["host"];
            assert_eq!(host["type"], "string", "{}", tool.name);
            assert_eq!(host["enum"].is_array(), listed, "{}", tool.name);
            assert!(host["description"].as_str().unwrap().contains("`b`"));
        }
        let enumerated = &tool(&tools, "docker_stop_container").input_schema["properties"]["host"];
        if listed {
            assert_eq!(enumerated["enum"], json!(names[..8]));
        }
    }
}

/// A client of one Engine sees nothing of hosts, whether the configuration names it or not.
#[tokio::test]
async fn one_host_is_none() {
    let hosts = Hosts::named(["nas"]);
    let plain = Config {
        docker: hosts.of("nas").config(),
        ..Config::default()
    };
    let of_a_file = Config {
        hosts: hosts.config(Some("nas")).hosts,
        ..Config::default()
    };
    let (plain, named) = (open(plain).await, open(of_a_file).await);
    assert_eq!(
        serde_json::to_value(plain.list_all_tools().await.unwrap()).unwrap(),
        serde_json::to_value(named.list_all_tools().await.unwrap()).unwrap()
    );
    assert_eq!(
        plain.peer_info().unwrap().instructions,
        named.peer_info().unwrap().instructions
    );
    for client in [plain, named] {
        let given = json!({ "container_id": "web", "host": "nas" });
        let text = failure(&call(&client, "docker_stop_container", given).await);
        assert!(text.contains("`host`"), "{text}");
        done(
            call(
                &client,
                "docker_stop_container",
                json!({ "container_id": "web" }),
            )
            .await,
        );
    }
    assert_eq!(hosts.changes("nas").len(), 2);
}

/// What the server allows, a host may still refuse, and says who would have to change what.
#[tokio::test]
async fn a_ceiling_holds_for_its_host_alone() {
    let hosts = Hosts::two();
    let mut config = hosts.config(Some("nas"));
    config.hosts[1].safety.allow_moderate = false;
    let client = open(config).await;
    let on = |host: &str| json!({ "container_id": "web", "host": host });
    let text = failure(&call(&client, "docker_stop_container", on("office")).await);
    assert!(text.contains("[hosts.office]"), "{text}");
    done(call(&client, "docker_stop_container", on("nas")).await);
    assert_eq!(hosts.changes("office"), Vec::<String>::new());

    let mut config = hosts.config(Some("nas"));
    config.safety.hide_refused = true;
    for host in &mut config.hosts {
        host.safety.hide_refused = true;
        host.safety.allow_moderate = false;
    }
    let listed = |tools: Vec<Tool>| tools.iter().any(|it| it.name == "docker_stop_container");
    assert!(!listed(
        open(config.clone()).await.list_all_tools().await.unwrap()
    ));
    config.hosts[1].safety.allow_moderate = true;
    assert!(listed(open(config).await.list_all_tools().await.unwrap()));
}
