//! What belongs to one host is kept from the containers of every other.

use std::path::Path;

use super::*;
use crate::support::fake_engine::Reply;

async fn mount(client: &Client, host: &str, path: &Path) -> CallToolResult {
    let volumes = json!({ path.to_str().unwrap(): { "bind": "/in", "mode": "rw" } });
    let given = json!({ "image": "shop:1", "host": host, "volumes": volumes });
    call(client, "docker_create_container", given).await
}

/// The policy's list of places would refuse what the tests use; the operator names it.
fn config(hosts: &Hosts, allowed: &Path) -> Config {
    let mut config = hosts.config(Some("nas"));
    for host in &mut config.hosts {
        host.safety.mount_allowlist = vec![allowed.to_owned()];
    }
    config
}

#[tokio::test]
async fn sockets_data_and_keys_of_all_hosts_are_mounted_on_none() {
    let folder = crate::support::workplace::workplace();
    let at = |name: &str| folder.path().join(name);
    for name in ["keys", "data", "free"] {
        std::fs::create_dir(at(name)).unwrap();
    }
    std::fs::write(at("keys/key.pem"), "").unwrap();
    let root = at("data").to_str().unwrap().to_owned();
    let hosts = Hosts(
        Hosts::two()
            .0
            .into_iter()
            .map(|(name, engine)| {
                let root = if name == "office" {
                    root.as_str()
                } else {
                    "/var/lib/docker"
                };
                let created = json!({ "Id": id(&name, "new"), "Warnings": [] });
                let engine = engine
                    .on("GET /info", json!({ "Name": name, "DockerRootDir": root }))
                    .on("POST /containers/create", Reply::json(201, &created));
                (name, engine)
            })
            .collect(),
    );
    let mut config = config(&hosts, Path::new("/nowhere"));
    config.hosts[1].docker.tls_client_key = Some(at("keys/key.pem"));
    let client = open(config).await;
    let socket = hosts.of("office").socket();
    for (path, said) in [
        (socket.as_path(), "socket"),
        (socket.parent().unwrap(), "socket"),
        (&at("keys"), "key.pem"),
        (&at("keys/key.pem"), "key.pem"),
        (&at("data"), "Docker's data"),
        (&at("data/volumes"), "Docker's data"),
        (folder.path(), ""),
    ] {
        for host in ["nas", "office"] {
            let text = failure(&mount(&client, host, path).await);
            assert!(text.contains(said), "{host} {path:?}: {text}");
        }
    }
    done(mount(&client, "nas", &at("free")).await);
    assert_eq!(hosts.changes("office"), Vec::<String>::new());
    assert_eq!(hosts.changes("nas").len(), 1);
}

#[tokio::test]
async fn the_data_of_an_engine_at_a_port_of_this_machine_is_kept_too() {
    let folder = crate::support::workplace::workplace();
    let at = |name: &str| folder.path().join(name);
    for name in ["data", "free"] {
        std::fs::create_dir(at(name)).unwrap();
    }
    let root = at("data").to_str().unwrap().to_owned();
    let [(nas, first), (office, second)] = Hosts::two().0.try_into().ok().unwrap();
    let created = json!({ "Id": id("nas", "new"), "Warnings": [] });
    let first = first.on("POST /containers/create", Reply::json(201, &created));
    let second = second.on(
        "GET /info",
        json!({ "Name": "office", "DockerRootDir": root }),
    );
    let hosts = Hosts(vec![(nas, first), (office, second)]);
    let mut config = config(&hosts, Path::new("/nowhere"));
    config.hosts[1].docker.base_url = Some(hosts.of("office").elsewhere().await);
    let client = open(config).await;
    let text = failure(&mount(&client, "nas", &at("data")).await);
    assert!(text.contains("Docker's data"), "{text}");
    done(mount(&client, "nas", &at("free")).await);
}

/// Nobody waits long for an Engine that another call is not about.
#[tokio::test]
async fn an_engine_that_hangs_keeps_no_mount_on_another() {
    let folder = crate::support::workplace::workplace();
    let hosts = Hosts(
        Hosts::two()
            .0
            .into_iter()
            .map(|(name, engine)| {
                let created = json!({ "Id": id(&name, "new"), "Warnings": [] });
                let engine = engine.on("POST /containers/create", Reply::json(201, &created));
                let engine = match name.as_str() {
                    "office" => engine.on("GET /info", Reply::hang()),
                    _ => engine,
                };
                (name, engine)
            })
            .collect(),
    );
    let client = open(config(&hosts, Path::new("/nowhere"))).await;
    for _ in 0..2 {
        let made = mount(&client, "nas", folder.path()).await;
        assert_eq!(hosts.of("nas").unscripted(), Vec::<String>::new());
        done(made);
    }
    let asked = hosts.of("office").requests();
    assert_eq!(asked, ["GET /info"], "it is left alone then");
}

/// Of the machine of another Engine nothing is known from here, so that only a path that was named is mounted there.
#[tokio::test]
async fn a_path_of_this_machine_is_none_of_an_engine_elsewhere() {
    let folder = crate::support::workplace::workplace();
    let hosts = Hosts(
        Hosts::two()
            .0
            .into_iter()
            .map(|(name, engine)| {
                let created = json!({ "Id": id(&name, "new"), "Warnings": [] });
                let engine = engine.on("POST /containers/create", Reply::json(201, &created));
                (name, engine)
            })
            .collect(),
    );
    let address = hosts.of("office").elsewhere().await;
    for (allowed, is_mounted) in [(Path::new("/nowhere"), false), (folder.path(), true)] {
        let mut config = config(&hosts, allowed);
        config.hosts[1].docker.base_url = Some(address.clone());
        let client = open(config).await;
        done(mount(&client, "nas", folder.path()).await);
        let made = mount(&client, "office", folder.path()).await;
        if is_mounted {
            done(made);
            continue;
        }
        let text = failure(&made);
        for said in [
            folder.path().to_str().unwrap(),
            "the Engine has files of its own",
            "the nearest of these is `/nowhere`",
            "SAFETY_VOLUME_MOUNT_ALLOWLIST",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert_eq!(hosts.changes("office"), Vec::<String>::new());
    }
    assert_eq!(hosts.changes("office").len(), 1);
}
