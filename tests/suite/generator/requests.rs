//! Holds the requests of this project's methods, and the index's word on them, to those that bollard makes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use bollard::BollardRequest;
use bollard::models::{
    ContainerConfig, ContainerCreateBody, ContainerUpdateBody, ExecConfig, NetworkConnectRequest,
    NetworkCreateRequest, NetworkDisconnectRequest, NodeSpec, ServiceSpec, VolumeCreateRequest,
};
use bollard::query_parameters::{
    AttachContainerOptions, BuildImageOptions, CommitContainerOptions, CreateContainerOptions,
    CreateImageOptions, DownloadFromContainerOptions, ImportImageOptions, ListImagesOptions,
    ListVolumesOptions, LogsOptions, PruneBuildOptions, PruneImagesOptions, PruneVolumesOptions,
    PushImageOptions, RemoveImageOptions, RemoveVolumeOptions, RenameContainerOptions,
    ResizeContainerTTYOptions, ResizeExecOptions, SearchImagesOptions, TagImageOptions, TopOptions,
    UpdateConfigOptions, UpdateNodeOptions, UpdateSecretOptions, UpdateServiceOptions,
    UploadToContainerOptions,
};
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use http_body_util::BodyExt;
use mcp_docker::engine::Docker;

use crate::generator::common::reply::INDEX;
use crate::generator::common::vocabulary::endpoint::Endpoint;

/// The requests of a method that gives one reply, or a stream: this project's and bollard's own, and the method's name.
macro_rules! both {
    ($($method:ident($($argument:expr),*)),* $(,)?) => {
        [$((
            stringify!($method),
            Docker::default().$method($($argument),*).await.err(),
            by_bollard(|docker| async move { docker.$method($($argument),*).await.err() }),
        )),*]
    };
    (stream: $($method:ident($($argument:expr),*)),* $(,)?) => {
        [$((
            stringify!($method),
            Docker::default().$method($($argument),*).boxed().try_next().await.err(),
            by_bollard(|docker| async move { docker.$method($($argument),*).boxed().try_next().await.err() }),
        )),*]
    };
}

/// What bollard's client sends, before it sends it.
fn by_bollard<F: Future>(call: impl FnOnce(bollard::Docker) -> F) -> BollardRequest {
    let sent = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&sent);
    let transport = move |request: BollardRequest| {
        *keep.lock().unwrap() = Some(request);
        std::future::ready(Err(bollard::errors::Error::RequestTimeoutError))
    };
    let docker = bollard::Docker::connect_with_custom_transport(
        transport,
        Some("http://docker"),
        1,
        bollard::API_DEFAULT_VERSION,
    );
    call(docker.unwrap()).now_or_never();
    sent.lock().unwrap().take().unwrap()
}

/// All of a request, as it is after bollard's is mended: credentials in the alphabet that the Engine reads, one
/// type of the body, and no upgrade.
async fn whole(request: BollardRequest) -> (String, Vec<(String, String)>, String) {
    let (head, body) = request.into_parts();
    let mut headers = Vec::new();
    for name in head.headers.keys() {
        let value = head.headers[name].to_str().unwrap();
        match name.as_str() {
            "connection" | "upgrade" => continue,
            "x-registry-auth" | "x-registry-config" => {
                headers.push((name.to_string(), value.replace('+', "-").replace('/', "_")));
            }
            _ => headers.push((name.to_string(), value.to_owned())),
        }
    }
    headers.sort();
    let body = body.collect().await.unwrap().to_bytes();
    let line = format!("{} {}", head.method, head.uri);
    (line, headers, String::from_utf8(body.to_vec()).unwrap())
}

/// Of each method whose request may be sent.
#[tokio::test]
async fn each_method_makes_the_request_that_bollard_makes_and_the_index_says() {
    let empty = || bollard::body_full(bytes::Bytes::new());
    let replies = both!(
        attach_container("x", Some(AttachContainerOptions::default())),
        commit_container(
            CommitContainerOptions::default(),
            ContainerConfig::default()
        ),
        connect_network("x", NetworkConnectRequest::default()),
        container_changes("x"),
        create_container(
            Some(CreateContainerOptions::default()),
            ContainerCreateBody::default()
        ),
        create_config(Default::default()),
        create_exec("x", ExecConfig::default()),
        create_network(NetworkCreateRequest::default()),
        create_secret(Default::default()),
        create_service(ServiceSpec::default(), Some(Default::default())),
        create_volume(VolumeCreateRequest::default()),
        delete_config("x"),
        delete_secret("x"),
        delete_service("x"),
        df(Some(Default::default())),
        disconnect_network("x", NetworkDisconnectRequest::default()),
        get_container_archive_info("x", Some(Default::default())),
        image_history("x"),
        info(),
        inspect_container("x", Some(Default::default())),
        inspect_exec("x"),
        inspect_image("x"),
        inspect_network("x", Some(Default::default())),
        inspect_registry_image("x", Some(Default::default())),
        inspect_config("x"),
        inspect_node("x"),
        inspect_secret("x"),
        inspect_service("x", Some(Default::default())),
        inspect_task("x"),
        inspect_volume("x"),
        kill_container("x", Some(Default::default())),
        list_containers(Some(Default::default())),
        list_images(Some(ListImagesOptions::default())),
        list_networks(Some(Default::default())),
        list_nodes(Some(Default::default())),
        list_configs(Some(Default::default())),
        list_secrets(Some(Default::default())),
        list_services(Some(Default::default())),
        list_tasks(Some(Default::default())),
        list_volumes(Some(ListVolumesOptions::default())),
        pause_container("x"),
        ping(),
        prune_build(Some(PruneBuildOptions::default())),
        prune_containers(Some(Default::default())),
        prune_images(Some(PruneImagesOptions::default())),
        prune_networks(Some(Default::default())),
        prune_volumes(Some(PruneVolumesOptions::default())),
        remove_container("x", Some(Default::default())),
        remove_image(
            "x",
            Some(RemoveImageOptions::default()),
            Some(Default::default())
        ),
        remove_network("x"),
        remove_volume("x", Some(RemoveVolumeOptions::default())),
        rename_container("x", RenameContainerOptions::default()),
        resize_container_tty("x", ResizeContainerTTYOptions::default()),
        resize_exec("x", ResizeExecOptions::default()),
        restart_container("x", Some(Default::default())),
        search_images(SearchImagesOptions::default()),
        start_container("x", Some(Default::default())),
        start_exec("x", Some(Default::default())),
        stop_container("x", Some(Default::default())),
        tag_image("x", Some(TagImageOptions::default())),
        top_processes("x", Some(TopOptions::default())),
        unpause_container("x"),
        update_config("x", Default::default(), UpdateConfigOptions::default()),
        update_container("x", ContainerUpdateBody::default()),
        update_node("x", NodeSpec::default(), UpdateNodeOptions::default()),
        update_secret("x", Default::default(), UpdateSecretOptions::default()),
        update_service(
            "x",
            ServiceSpec::default(),
            UpdateServiceOptions::default(),
            Some(Default::default())
        ),
        upload_to_container("x", Some(UploadToContainerOptions::default()), empty()),
        version(),
    );
    let streams = both!(stream:
        build_image(BuildImageOptions::default(), Some(Default::default()), Some(empty())),
        create_image(Some(CreateImageOptions::default()), Some(empty()), Some(Default::default())),
        download_from_container("x", Some(DownloadFromContainerOptions::default())),
        events(Some(Default::default())),
        export_container("x"),
        export_image("x"),
        export_images(&["x"]),
        import_image(ImportImageOptions::default(), empty(), Some(Default::default())),
        logs("x", Some(Default::default())),
        push_image("x", Some(PushImageOptions::default()), Some(Default::default())),
        service_logs("x", Some(LogsOptions::default())),
        stats("x", Some(Default::default())),
        task_logs("x", Some(LogsOptions::default())),
        wait_container("x", Some(Default::default())),
    );
    let all: Vec<_> = replies.into_iter().chain(streams).collect();
    let mut tried = BTreeSet::new();
    for (method, unanswered, bollard) in all {
        let request = unanswered.unwrap().into_request();
        let request = request.unwrap_or_else(|error| panic!("{method}: {error}"));
        let said = INDEX.methods[method].request.replace('*', "x");
        let line = format!("{} {}", request.method(), request.uri().path());
        assert_eq!(line, said, "{method}");
        assert_eq!(whole(request).await, whole(bollard).await, "{method}");
        tried.insert(method);
    }

    let may_be_sent = |request: &str| {
        let (verb, path) = request.split_once(' ').unwrap();
        Endpoint::of(verb, &path.replace('*', "x")).is_some()
    };
    let rest: Vec<_> = INDEX
        .methods
        .iter()
        .filter(|(method, known)| may_be_sent(known.request) && !tried.contains(*method))
        .map(|(method, _)| method)
        .collect();
    // These are `import_image` with another body, and `version` under another name and then something else.
    assert_eq!(rest, [&"import_image_stream", &"negotiate_version"]);
}
