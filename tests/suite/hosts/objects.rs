//! Resources, prompts and completions of the host that is meant.

use std::time::Duration;

use rmcp::model::{
    ArgumentInfo, CompleteRequestParams, CompletionContext, GetPromptRequestParams,
    ReadResourceRequestParams, Reference, ResourceContents,
};

use super::*;
use crate::support::fake_engine::{Reply, frame};

/// Two Engines, each with a `web` and a container of its own name, whose logs say where they are.
fn talking() -> Hosts {
    let on = |(name, engine): (String, FakeEngine)| {
        let listed: Value = ["web", &name]
            .iter()
            .map(|it| {
                json!({ "Id": id(&name, it), "Names": [format!("/{it}")], "State": "running", "Image": "shop:1" })
            })
            .collect();
        let running = json!({
            "Id": id(&name, "web"), "Name": "/web", "Image": "sha256:0", "Mounts": [], "HostConfig": {},
            "Config": { "Image": "shop:1", "Tty": false }, "State": { "Status": "running", "Running": true },
        });
        let engine = engine
            .on("GET /containers/json", listed)
            .on(
                "GET /containers/*/logs",
                Reply::chunks([frame(1, &format!("here is {name}\n"))]),
            )
            .on("GET /containers/*/json", running)
            .on("GET /events", Reply::chunks::<Vec<u8>>([]).then_hang());
        (name, engine)
    };
    Hosts(Hosts::two().0.into_iter().map(on).collect())
}

async fn read(client: &Client, uri: &str) -> Result<String, String> {
    let read = client
        .read_resource(ReadResourceRequestParams::new(uri))
        .await;
    let contents = read.map_err(|error| error.to_string())?.contents.remove(0);
    match contents {
        ResourceContents::TextResourceContents { text, .. } => Ok(text),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_resource_is_that_of_its_host_and_those_of_all_are_listed() {
    let mut hosts = talking();
    let client = open(hosts.config(Some("nas"))).await;
    for (uri, said) in [
        ("container://logs/web", "here is nas"),
        ("container://logs/web?host=nas", "here is nas"),
        ("container://logs/web?host=office", "here is office"),
    ] {
        assert_eq!(read(&client, uri).await.as_deref(), Ok(said), "{uri}");
    }
    for host in ["offise", "*"] {
        let uri = format!("container://logs/web?host={host}");
        let error = read(&client, &uri).await.unwrap_err();
        assert!(error.contains("`nas`, `office`"), "{error}");
    }
    let templates = client.list_all_resource_templates().await.unwrap();
    assert!(
        templates
            .iter()
            .all(|it| it.uri_template.ends_with("{?host}")),
        "{templates:?}"
    );

    let listed = |client: Client| async move {
        let resources = client.list_all_resources().await.unwrap();
        let mut uris: Vec<String> = resources.into_iter().map(|it| it.uri.clone()).collect();
        uris.sort();
        (client, uris)
    };
    let (client, uris) = listed(client).await;
    let of = |host: &str| {
        let uri = |kind: &str, name: &str| format!("container://{kind}/{name}?host={host}");
        [
            uri("logs", host),
            uri("logs", "web"),
            uri("stats", host),
            uri("stats", "web"),
        ]
    };
    let mut all = [of("nas"), of("office")].concat();
    all.sort();
    assert_eq!(uris, all);
    read(&client, &uris[0]).await.unwrap();

    hosts.0[0].1.kill().await;
    let (_, uris) = listed(client).await;
    assert_eq!(uris, of("office"));
}

/// A list without anything would say that there is nothing.
#[tokio::test]
async fn a_host_whose_resources_are_not_listed_is_named_and_where_none_is_left_that_is_an_error() {
    let mut hosts = talking();
    let client = open(hosts.config(Some("nas"))).await;
    let page = async || client.list_resources(None).await;
    let failed = "io.mcp-docker/failed";
    let whole = page().await.unwrap();
    assert!(whole.meta.is_none_or(|meta| !meta.contains_key(failed)));

    hosts.0[0].1.kill().await;
    let part = page().await.unwrap();
    assert_eq!(part.resources.len(), 4);
    let named = &part.meta.unwrap()[failed];
    assert_eq!(named.as_array().unwrap().len(), 1, "{named}");
    let (host, kind) = (&named[0]["host"], &named[0]["kind"]);
    assert_eq!((host, kind), (&json!("nas"), &json!("unreachable")));
    assert_ne!(named[0]["error"], "");

    hosts.0[1].1.kill().await;
    let error = page().await.unwrap_err().to_string();
    for said in ["no host gave a result", "nas: ", "office: "] {
        assert!(error.contains(said), "{error}");
    }
}

#[tokio::test]
async fn a_list_of_resources_has_pages_over_all_hosts() {
    let many = |(name, engine): (String, FakeEngine)| {
        let listed: Value = (0..80)
            .map(|at| json!({ "Id": id(&name, "x"), "Names": [format!("/c{at:02}")], "State": "exited" }))
            .collect();
        (name, engine.on("GET /containers/json", listed))
    };
    let hosts = Hosts(Hosts::two().0.into_iter().map(many).collect());
    let client = open(hosts.config(Some("nas"))).await;
    let resources = client.list_all_resources().await.unwrap();
    let mut uris: Vec<&str> = resources.iter().map(|it| it.uri.as_str()).collect();
    uris.sort_unstable();
    uris.dedup();
    assert_eq!(uris.len(), 160);
}

#[tokio::test]
async fn a_prompt_looks_at_its_host_and_says_which() {
    // What has happened ends where a prompt asks for it.
    let past = |(name, engine): (String, FakeEngine)| {
        (name, engine.on("GET /events", Reply::chunks::<Vec<u8>>([])))
    };
    let hosts = Hosts(talking().0.into_iter().map(past).collect());
    let client = open(hosts.config(Some("nas"))).await;
    let prompts = client.list_all_prompts().await.unwrap();
    for prompt in &prompts {
        let arguments = prompt.arguments.as_ref().unwrap();
        let host = arguments.last().unwrap();
        assert_eq!(
            (host.name.as_str(), host.required),
            ("host", Some(false)),
            "{}",
            prompt.name
        );
    }
    for (host, expected) in [(Some("office"), "office"), (None, "nas")] {
        let mut arguments = json!({ "container_id": "web" });
        if let Some(host) = host {
            arguments["host"] = host.into();
        }
        let mut params = GetPromptRequestParams::new("troubleshoot_container");
        params.arguments = arguments.as_object().cloned();
        let result = client.get_prompt(params).await.unwrap();
        let text = serde_json::to_value(&result.messages).unwrap().to_string();
        assert!(text.contains(&format!("`host` = `{expected}`")), "{text}");
        assert!(text.contains(&format!("here is {expected}")), "{text}");
    }
    let mut params = GetPromptRequestParams::new("troubleshoot_container");
    params.arguments = json!({ "container_id": "web", "host": "*" })
        .as_object()
        .cloned();
    let error = client.get_prompt(params).await.unwrap_err().to_string();
    assert!(error.contains("`nas`, `office`"), "{error}");
}

async fn complete(
    client: &Client,
    of: Reference,
    argument: &str,
    typed: &str,
    host: Option<&str>,
) -> Vec<String> {
    let argument = ArgumentInfo::new(argument, typed);
    let mut params = CompleteRequestParams::new(of, argument);
    params.context = host.map(|host| {
        CompletionContext::with_arguments([("host".to_owned(), host.to_owned())].into())
    });
    client.complete(params).await.unwrap().completion.values
}

#[tokio::test]
async fn names_are_completed_on_the_host_that_was_chosen_and_hosts_by_name() {
    let hosts = talking();
    let client = open(hosts.config(Some("nas"))).await;
    for of in [
        Reference::for_resource("container://logs/{container_id}{?host}"),
        Reference::for_resource("container://logs/{container_id}"),
        Reference::for_prompt("troubleshoot_container"),
    ] {
        let names =
            |typed: &'static str, host| complete(&client, of.clone(), "container_id", typed, host);
        assert_eq!(names("", Some("office")).await, ["office", "web"]);
        assert_eq!(names("", None).await, ["nas", "web"]);
        assert_eq!(names("", Some("nobody")).await, Vec::<String>::new());
        let known = complete(&client, of.clone(), "host", "of", None).await;
        assert_eq!(known, ["office"]);
        assert_eq!(
            complete(&client, of.clone(), "host", "", None).await,
            ["nas", "office"]
        );
    }
}

/// What is subscribed to is on its host, and what happens on another is none of its news.
#[tokio::test]
async fn a_subscription_watches_its_host() {
    let hosts = talking();
    let client = open(hosts.config(Some("nas"))).await;
    #[expect(deprecated, reason = "the older versions have no other way")]
    client
        .subscribe(rmcp::model::SubscribeRequestParams::new(
            "container://logs/web?host=office",
        ))
        .await
        .unwrap();
    hosts.of("office").asked("GET /events").await;
    hosts.of("office").asked("GET /containers/*/logs").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(hosts.of("nas").requests(), Vec::<String>::new());
    #[expect(deprecated, reason = "the older versions have no other way")]
    let unknown = client
        .subscribe(rmcp::model::SubscribeRequestParams::new(
            "container://logs/web?host=else",
        ))
        .await;
    assert!(unknown.unwrap_err().to_string().contains("`nas`, `office`"));

    // The list is that of all.
    client.list_all_resources().await.unwrap();
    hosts.of("nas").asked("GET /events").await;
}
