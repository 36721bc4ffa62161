//! What cannot be subscribed to, how much can, and when it ends with its session.

use super::*;
use mcp_docker::generated::table;

#[tokio::test]
async fn what_cannot_be_subscribed_to_says_why() {
    let engine = quiet_engine();
    let address = engine.address();
    let env = [
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_DENIED_TOOLS", "docker_container_stats"),
    ];
    let mut client = open(LEGACY, &env).await;
    for (id, uri, code, said) in [
        (
            1,
            "container://logs/nobody",
            -32002,
            "no such container: `nobody`",
        ),
        (
            2,
            "container://nothing/web",
            -32002,
            "container://logs/{container_id}",
        ),
        (3, "container://logs/..%2fweb", -32602, "container_id"),
        (4, "container://stats/web", -32600, "SAFETY_DENIED_TOOLS"),
    ] {
        let answer = subscribe(&mut client, id, uri).await;
        assert_eq!(answer["error"]["code"], code, "{answer}");
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.contains(said), "{text}");
    }
    engine.all_closed().await;
    assert_eq!(count(&engine, "GET /events"), 0);

    let mut client = open(MODERN, &env).await;
    let uris = json!([
        "container://stats/web",
        "file:///x",
        "container://logs/nobody"
    ]);
    let accepted = listen(&mut client, 1, json!({ "resourceSubscriptions": uris })).await;
    assert_eq!(
        accepted,
        json!({ "resourceSubscriptions": ["container://logs/nobody"] })
    );
    // Read, it says what is wrong.
    assert_eq!(
        notified(&mut client).await["params"]["uri"],
        "container://logs/nobody"
    );
}

/// An Engine on which every name is that of a stopped container, whose id the name gives.
fn crowded_engine(id: fn(&str) -> String) -> FakeEngine {
    quiet_engine().answer("GET /containers/*/json", move |seen| {
        let name = seen.target.split('/').nth(2).unwrap();
        let mut document = container(name, false);
        document["Id"] = id(name).into();
        document.into()
    })
}

/// Neither many containers nor many names of one are watched without end.
#[tokio::test]
async fn a_client_cannot_subscribe_without_end() {
    for id in [|name: &str| name.to_owned(), |_: &str| ID.to_owned()] {
        let engine = crowded_engine(id);
        let address = engine.address();
        let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
        for at in 0..=100 {
            let uri = json!({ "uri": format!("container://logs/c{at}") });
            let answer = ask(&mut client, LEGACY, at, "resources/subscribe", uri).await;
            assert_eq!(answer["error"].is_null(), at < 100, "{at}: {answer}");
        }
        let again = json!({ "uri": "container://logs/c0" });
        let answer = ask(
            &mut client,
            LEGACY,
            200,
            "resources/subscribe",
            again.clone(),
        )
        .await;
        assert_eq!(answer["result"], json!({}), "it has that already");
        ask(&mut client, LEGACY, 201, "resources/unsubscribe", again).await;
        let other = json!({ "uri": "container://logs/other" });
        let answer = ask(&mut client, LEGACY, 202, "resources/subscribe", other).await;
        assert_eq!(answer["result"], json!({}), "there is room again");
    }
}

/// What one session may not take, many together may not either.
#[tokio::test]
async fn all_sessions_together_cannot_subscribe_without_end() {
    let engine = crowded_engine(str::to_owned);
    let config = Config {
        docker: engine.config(),
        ..Config::default()
    };
    let subscriptions = Subscriptions::new(Arc::new(Fleet::new(config, table::parse)));
    let mut kept = Vec::new();
    for at in 0..=100 {
        let address = Address::parse(&format!("container://logs/c{at}")).unwrap();
        match subscriptions.subscribe(&address).await {
            Ok(subscription) => kept.push(subscription),
            Err(error) => assert!(error.to_string().contains("100 resources"), "{error}"),
        }
    }
    assert_eq!(kept.len(), 100);
}

/// Over HTTP one server has many sessions, and outlives each.
#[tokio::test]
async fn what_a_session_is_subscribed_to_ends_with_it_though_the_server_goes_on() {
    let engine = quiet_engine();
    let config = Config {
        docker: engine.config(),
        ..Config::default()
    };
    let server = Server::new(Arc::new(Fleet::new(config, table::parse)));
    let logs = format!("GET /containers/{ID}/logs");
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let (near, far) = tokio::io::duplex(4096);
        let running = tokio::spawn(server.clone().serve(far));
        let client = ().serve(near).await.unwrap();
        let running = running.await.unwrap().unwrap();
        let peer = client.peer();
        peer.list_all_resources().await.unwrap();
        #[expect(deprecated, reason = "the older versions have no other way")]
        peer.subscribe(SubscribeRequestParams::new("container://logs/web"))
            .await
            .unwrap();
        engine.asked(&logs).await;
        engine.asked("GET /events").await;
        sessions.push((client, tokio::spawn(running.waiting())));
    }
    let (second, _) = sessions.pop().unwrap();
    second.cancel().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(count(&engine, &logs), 1, "the first is still there");
    let (first, _) = sessions.pop().unwrap();
    first.cancel().await.unwrap();
    engine.all_closed().await;
    drop(server);
}
