//! Looks at which requests the policy knows, past the handlers that make them.

use super::*;

/// Every call that can reach the host, past the handlers that make it.
#[tokio::test]
async fn a_request_that_went_past_its_handler_is_refused() {
    let options = || Some(HashMap::from([("parent".to_owned(), "eth0".to_owned())]));
    let network = NetworkCreateRequest {
        name: "lan".into(),
        options: options(),
        ..Default::default()
    };
    let device = [("type", "none"), ("o", "bind"), ("device", "/etc")];
    let volume = VolumeCreateRequest {
        driver_opts: Some(
            device
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        ),
        ..Default::default()
    };
    let exec = ExecConfig {
        privileged: Some(true),
        ..Default::default()
    };
    let connect = |endpoint: Value| NetworkConnectRequest {
        container: "web".into(),
        endpoint_config: serde_json::from_value(endpoint).unwrap(),
    };
    let (connect, tune) = (
        connect(Value::Null),
        connect(
            json!({"DriverOpts": {"com.docker.network.endpoint.sysctls": "net.ipv4.conf.IFNAME.forwarding=1"}}),
        ),
    );
    let copy = serde_json::from_value(json!({"Name": "lan", "ConfigFrom": {"Network": "other"}}));
    let copy: NetworkCreateRequest = copy.unwrap();
    let update = ContainerUpdateBody {
        devices: Some(vec![DeviceMapping::default()]),
        ..Default::default()
    };
    for (request, word) in [
        (host(json!({"Privileged": true})), "privileged"),
        (
            record(|docker| async move { docker.create_network(network).await }).unwrap(),
            "parent",
        ),
        (
            record(|docker| async move { docker.create_volume(volume).await }).unwrap(),
            "/etc",
        ),
        (
            record(|docker| async move { docker.create_exec("web", exec).await }).unwrap(),
            "privileged",
        ),
        (
            record(|docker| async move { docker.connect_network("host", connect).await }).unwrap(),
            "host",
        ),
        (
            record(|docker| async move { docker.connect_network("lab", tune).await }).unwrap(),
            "sysctls",
        ),
        (
            record(|docker| async move { docker.create_network(copy).await }).unwrap(),
            "ConfigFrom",
        ),
        (
            record(|docker| async move { docker.update_container("web", update).await }).unwrap(),
            "Devices",
        ),
        (build(BuildImageOptions::default()), "not judged"),
        (load(), "not judged"),
    ] {
        let text = refusal(&engine(), request).await;
        assert!(text.contains(word), "{text}");
    }
}

fn load() -> Request {
    record(|docker| async move {
        let body = bollard::body_full(bytes::Bytes::new());
        let mut loaded = docker
            .import_image(ImportImageOptions::default(), body, None)
            .boxed();
        loaded.try_next().await
    })
    .unwrap()
}

fn build(options: BuildImageOptions) -> Request {
    record(|docker| async move {
        let body = bollard::body_full(bytes::Bytes::new());
        let mut built = docker.build_image(options, None, Some(body)).boxed();
        built.try_next().await
    })
    .unwrap()
}

#[tokio::test]
async fn a_build_keeps_to_its_own_network_and_builder() {
    let fake = engine();
    let engine = fake.door();
    let with = |change: fn(&mut BuildImageOptions)| {
        let mut options = BuildImageOptions::default();
        change(&mut options);
        build(options)
    };
    for (request, passes) in [
        (with(|_| {}), true),
        (
            with(|options| options.networkmode = Some("none".into())),
            true,
        ),
        (
            with(|options| options.extrahosts = Some("a:192.0.2.1".into())),
            true,
        ),
        (
            with(|options| options.networkmode = Some("host".into())),
            false,
        ),
        (
            with(|options| options.networkmode = Some(" Host".into())),
            false,
        ),
        (
            with(|options| options.networkmode = Some("container:web".into())),
            false,
        ),
        (
            with(|options| options.networkmode = Some("0ddba11".into())),
            false,
        ),
        (
            with(|options| options.remote = Some("http://192.0.2.1/x".into())),
            false,
        ),
    ] {
        let vetted = engine.vet_context("/tmp/some/new/path").await.unwrap();
        let vetted = engine
            .vet_dockerfile(vetted, b"FROM scratch", [].into_iter())
            .unwrap();
        let what = format!("{:?}", request);
        let sent = engine.json(request.vetted(vetted)).await;
        match (sent, passes) {
            (Ok(_), true) | (Err(EngineError::Refused(_)), false) => {}
            (sent, _) => panic!("{what}: {sent:?}"),
        }
    }
    assert_eq!(changes(&fake).len(), 3);
}

#[tokio::test]
async fn an_endpoint_that_nobody_thought_of_is_refused_even_where_everything_is_allowed() {
    let fake = engine();
    let config = Config {
        safety: SafetyConfig {
            allow_privileged: true,
            ..Default::default()
        },
        ..Default::default()
    };
    let engine = fake.door().with_policy(Policy::new(&config));
    engine
        .json(host(json!({"Privileged": true})))
        .await
        .unwrap();
    let request = record(|docker| async move { docker.leave_swarm(None).await }).unwrap();
    let error = engine.json(request).await.unwrap_err().to_string();
    assert!(
        error.contains("POST /swarm/leave") && error.contains("list"),
        "{error}"
    );
    // Nor is what would only be read: what it tells is not known either.
    let request = record(|docker| async move { docker.inspect_swarm().await }).unwrap();
    let error = engine.json(request).await.unwrap_err();
    assert!(matches!(error, EngineError::Refused(_)), "{error:?}");
    assert!(error.to_string().contains("`GET /swarm`"), "{error}");
    assert_eq!(fake.requests(), ["POST /containers/create"]);
}
