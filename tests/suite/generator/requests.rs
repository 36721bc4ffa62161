//! Holds the index's word on what each method asks for to the request that bollard makes.

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
use futures_util::{StreamExt, TryStreamExt};
use mcp_docker::engine::{Request, record};

use crate::generator::common::reply::INDEX;
use crate::generator::common::vocabulary::endpoint::Endpoint;

/// The request of a method that gives one reply, or a stream, and the method's name.
macro_rules! recorded {
    ($($method:ident($($argument:expr),*)),* $(,)?) => {
        [$((stringify!($method), record(|docker| async move { docker.$method($($argument),*).await }))),*]
    };
    (stream: $($method:ident($($argument:expr),*)),* $(,)?) => {
        [$((stringify!($method), record(|docker| async move {
            docker.$method($($argument),*).boxed().try_next().await
        }))),*]
    };
}

fn is_same(form: &str, request: &Request) -> bool {
    let sent = format!("{request:?}");
    let sent = sent
        .strip_prefix("Request(")
        .and_then(|it| it.strip_suffix(')'));
    sent == Some(&form.replace('*', "x"))
}

/// Of each method whose request may be sent.
#[tokio::test]
async fn each_method_makes_the_request_that_the_index_says() {
    let empty = || bollard::body_full(bytes::Bytes::new());
    let replies = recorded!(
        attach_container("x", None::<AttachContainerOptions>),
        commit_container(
            CommitContainerOptions::default(),
            ContainerConfig::default()
        ),
        connect_network("x", NetworkConnectRequest::default()),
        container_changes("x"),
        create_container(
            None::<CreateContainerOptions>,
            ContainerCreateBody::default()
        ),
        create_config(Default::default()),
        create_exec("x", ExecConfig::default()),
        create_network(NetworkCreateRequest::default()),
        create_secret(Default::default()),
        create_service(ServiceSpec::default(), None),
        create_volume(VolumeCreateRequest::default()),
        delete_config("x"),
        delete_secret("x"),
        delete_service("x"),
        df(None),
        disconnect_network("x", NetworkDisconnectRequest::default()),
        get_container_archive_info("x", None),
        image_history("x"),
        info(),
        inspect_container("x", None),
        inspect_exec("x"),
        inspect_image("x"),
        inspect_network("x", None),
        inspect_registry_image("x", None),
        inspect_config("x"),
        inspect_node("x"),
        inspect_secret("x"),
        inspect_service("x", None),
        inspect_task("x"),
        inspect_volume("x"),
        kill_container("x", None),
        list_containers(None),
        list_images(None::<ListImagesOptions>),
        list_networks(None),
        list_nodes(None),
        list_configs(None),
        list_secrets(None),
        list_services(None),
        list_tasks(None),
        list_volumes(None::<ListVolumesOptions>),
        pause_container("x"),
        ping(),
        prune_build(None::<PruneBuildOptions>),
        prune_containers(None),
        prune_images(None::<PruneImagesOptions>),
        prune_networks(None),
        prune_volumes(None::<PruneVolumesOptions>),
        remove_container("x", None),
        remove_image("x", None::<RemoveImageOptions>, None),
        remove_network("x"),
        remove_volume("x", None::<RemoveVolumeOptions>),
        rename_container("x", RenameContainerOptions::default()),
        resize_container_tty("x", ResizeContainerTTYOptions::default()),
        resize_exec("x", ResizeExecOptions::default()),
        restart_container("x", None),
        search_images(SearchImagesOptions::default()),
        start_container("x", None),
        start_exec("x", None),
        stop_container("x", None),
        tag_image("x", None::<TagImageOptions>),
        top_processes("x", None::<TopOptions>),
        unpause_container("x"),
        update_config("x", Default::default(), UpdateConfigOptions::default()),
        update_container("x", ContainerUpdateBody::default()),
        update_node("x", NodeSpec::default(), UpdateNodeOptions::default()),
        update_secret("x", Default::default(), UpdateSecretOptions::default()),
        update_service(
            "x",
            ServiceSpec::default(),
            UpdateServiceOptions::default(),
            None
        ),
        upload_to_container("x", None::<UploadToContainerOptions>, empty()),
        version(),
    );
    let streams = recorded!(stream:
        build_image(BuildImageOptions::default(), None, Some(empty())),
        create_image(None::<CreateImageOptions>, None, None),
        download_from_container("x", None::<DownloadFromContainerOptions>),
        events(None),
        export_container("x"),
        export_image("x"),
        export_images(&["x"]),
        import_image(ImportImageOptions::default(), empty(), None),
        import_image_stream(ImportImageOptions::default(), futures_util::stream::empty::<std::io::Result<bytes::Bytes>>(), None),
        logs("x", None),
        push_image("x", None::<PushImageOptions>, None),
        service_logs("x", None::<LogsOptions>),
        stats("x", None),
        task_logs("x", None::<LogsOptions>),
        wait_container("x", None),
    );
    let all: Vec<_> = replies.into_iter().chain(streams).collect();
    for (method, request) in &all {
        let request = request
            .as_ref()
            .unwrap_or_else(|error| panic!("{method}: {error}"));
        let said = INDEX.methods[method].request;
        assert!(
            is_same(said, request),
            "{method}: {request:?}, and not `{said}`"
        );
    }

    let tried = |method: &str| all.iter().any(|(name, _)| *name == method);
    let may_be_sent = |request: &str| {
        let (verb, path) = request.split_once(' ').unwrap();
        Endpoint::of(verb, &path.replace('*', "x")).is_some()
    };
    let rest: Vec<_> = INDEX
        .methods
        .iter()
        .filter(|(method, known)| may_be_sent(known.request) && !tried(method))
        .map(|(method, _)| method)
        .collect();
    // That is `version` under another name, and then something else.
    assert_eq!(rest, [&"negotiate_version"]);
}
