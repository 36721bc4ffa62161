//! Which paths are kept on the host of the Engine, of the server, and of the person who runs it.

use super::*;
use crate::policy::Comes::To;

/// What is mounted by an Engine elsewhere cannot be looked at, so that only what was named passes.
#[tokio::test]
async fn an_engine_elsewhere_mounts_only_what_was_named() {
    let engine = engine();
    let address = engine.elsewhere().await;
    let settings = [
        ("DOCKER_BASE_URL", address.as_str()),
        (ALLOWLIST, "/srv/data"),
        COMPOSE_TOO,
    ];
    let client = Client::start(&settings).await;
    let cases = mounting(&[
        ("/srv/data/x", Passes),
        (
            "/srv/other",
            Refused(&["`volumes`", "`/srv/other`", ALLOWLIST]),
        ),
        ("/srv/data/../other", Refused(&["`volumes`", ALLOWLIST])),
        ("/etc", Refused(&["`volumes`", ALLOWLIST])),
        ("plain", Passes),
        ("bound-to-data", Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// Beside the usual places of homes there is the one that this server's own user has.
#[tokio::test]
async fn the_home_of_the_servers_user_is_not_mounted_wherever_it_is() {
    let engine = engine();
    let client = client(&engine, &[("HOME", "/srv/house")]).await;
    let cases = mounting(&[
        ("/srv/house", Refused(&["`volumes`", "home", ALLOWLIST])),
        ("/srv", Refused(&["`volumes`", ALLOWLIST])),
        (
            "/srv/house/.config",
            Refused(&["`volumes`", "home", ALLOWLIST]),
        ),
        ("/srv/houses", Passes),
        ("/srv/house/project", Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// Docker restarts a container without a request that could be judged, and follows links anew.
#[tokio::test]
async fn what_a_container_can_replace_is_not_mounted_into_one_that_docker_restarts() {
    let bind = |source: &str, rw: bool| json!({"Type": "bind", "Source": source, "RW": rw});
    let named =
        json!({"Type": "volume", "Name": "bound-to-shop", "Source": "/x/_data", "RW": true});
    let engine = engine()
        .on(
            "GET /containers/json",
            json!([
                {"Id": "writes", "Mounts": [bind("/srv/shared", true), bind("/srv/read", false), named]},
                {"Id": "restarts", "Mounts": [bind("/srv/own/conf", false)]},
                {"Id": "stays", "Mounts": [bind("/srv/free/conf", false)]},
                {"Id": "task", "Labels": {"com.docker.swarm.service.id": "1"}, "Mounts": [bind("/srv/swarm/conf", false)]},
            ]),
        )
        .on(
            "GET /volumes",
            json!({"Volumes": [{"Name": "bound-to-shop", "Driver": "local",
                "Options": {"type": "none", "o": "bind", "device": "/srv/shop"}}]}),
        )
        .on(
            "GET /containers/restarts/json",
            json!({"HostConfig": {"RestartPolicy": {"Name": "always"}}}),
        )
        .on(
            "GET /containers/stays/json",
            json!({"HostConfig": {"RestartPolicy": {"Name": "no"}}}),
        );
    let client = client(&engine, &[]).await;
    let mounted = |volumes: &[(&str, &str)], policy: &str| {
        let volumes: serde_json::Value = volumes
            .iter()
            .enumerate()
            .map(|(number, (source, mode))| {
                let mount = json!({"bind": format!("/m{number}"), "mode": mode});
                ((*source).to_owned(), mount)
            })
            .collect();
        let (tool, arguments) = create(json!({"volumes": volumes, "restart_policy": policy}));
        move |verdict| To(tool, arguments, verdict)
    };
    let policy = Refused(&["`restart_policy`", "`ro`", PRIVILEGED]);
    let above = Refused(&["`volumes`", "`ro`", PRIVILEGED]);
    let cases = [
        mounted(&[("/srv/shared/sub", "rw")], "always")(policy),
        mounted(&[("/srv/shared/a/../sub", "ro")], "on-failure:3")(policy),
        mounted(&[("/srv/shop/sub", "rw")], "unless-stopped")(policy),
        mounted(&[("/srv/new", "rw"), ("/srv/new/sub", "rw")], "always")(policy),
        mounted(&[("/srv/new", "ro"), ("/srv/new/sub", "rw")], "always")(Passes),
        mounted(&[("/srv/shared/sub", "rw")], "no")(Passes),
        mounted(&[("/srv/shared", "rw")], "always")(Passes),
        mounted(&[("/srv/sharedness", "rw")], "always")(Passes),
        mounted(&[("/srv/read/sub", "rw")], "always")(Passes),
        mounted(&[("/srv/own", "rw")], "no")(above),
        mounted(&[("/srv/own", "ro")], "no")(Passes),
        mounted(&[("/srv/swarm", "rw")], "no")(above),
        mounted(&[("/srv/free", "rw")], "no")(Passes),
    ];
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// It was made without such a policy, so that its mounts were judged for a container that nobody restarts.
#[tokio::test]
async fn a_container_gets_no_policy_under_which_docker_mounts_again_what_another_can_replace() {
    let bind = |source: &str| json!({"Type": "bind", "Source": source, "RW": true});
    let engine = engine()
        .on("GET /containers/json", json!([{"Id": "writes", "Mounts": [bind("/srv/shared")]}]))
        .on("GET /volumes", json!({"Volumes": []}))
        .on("POST /containers/*/update", json!({"Warnings": []}))
        .on(
            "GET /containers/within/json",
            json!({"Id": "1", "HostConfig": {"Binds": ["/srv/shared/sub:/a"], "RestartPolicy": {"Name": "no"}}}),
        )
        .on(
            "GET /containers/beside/json",
            json!({"Id": "2", "HostConfig": {"Binds": ["/srv/beside:/a"]}}),
        );
    let client = client(&engine, &[crate::support::client::EVERYTHING]).await;
    let update = |name: &str, policy: &str| {
        let arguments = json!({"container_id": name, "restart_policy": policy, "cpu_shares": 8});
        move |verdict| To("docker_update_container", arguments, verdict)
    };
    let policy = Refused(&["`restart_policy`", "`ro`", PRIVILEGED]);
    let cases = [
        update("within", "always")(policy),
        update("within", "on-failure:2")(policy),
        update("within", "no")(Passes),
        update("beside", "always")(Passes),
    ];
    hold(&engine, &client, &cases).await;
    client.stop().await;
}
