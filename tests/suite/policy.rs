//! The create policy, through the front door: which spellings pass, which do not, and that a call
//! that is refused changes nothing.

mod door;
mod exec;
mod own;

use std::fs;
use std::os::unix::fs::symlink;

use rmcp::model::CallToolResult;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fake_engine::{FakeEngine, Reply};

/// What a call comes to.
enum Comes {
    To(&'static str, Value, Verdict),
}

#[derive(Clone, Copy)]
enum Verdict {
    Passes,
    /// The refusal has these words: the field, the value, the variable.
    Refused(&'static [&'static str]),
}

use Comes::To;
use Verdict::{Passes, Refused};

const PRIVILEGED: &str = "SAFETY_ALLOW_PRIVILEGED_CONTAINERS";
const ALLOWLIST: &str = "SAFETY_VOLUME_MOUNT_ALLOWLIST";

/// An Engine that does whatever it is asked.
fn engine() -> FakeEngine {
    let made = || Reply::json(201, &json!({"Id": "1", "Name": "v", "Warnings": []}));
    let bound = |device: &str| json!({"Driver": "local", "Options": {"type": "none", "o": "rw,bind", "device": device}});
    FakeEngine::start()
        .on("GET /info", json!({"DockerRootDir": "/data/docker"}))
        .on("GET /containers/*/json", json!({"Id": "1", "Name": "/web", "HostConfig": {}}))
        .on("POST /containers/create", made())
        .on("POST /networks/create", made())
        .on("POST /volumes/create", made())
        .on("POST /networks/*/connect", Reply::empty(200))
        .on("POST /build", json!({"aux": {"ID": "sha256:0"}}))
        .on("GET /networks/*", json!({"Id": "2", "Name": "lab", "Driver": "bridge"}))
        .on("GET /networks/0ddba11", json!({"Id": "0ddba11", "Name": "host", "Driver": "host"}))
        .on("GET /volumes/plain", json!({"Driver": "local", "Options": null}))
        .on("GET /volumes/bound", bound("/etc"))
        .on("GET /volumes/bound-to-data", bound("/srv/data"))
        .on("GET /volumes/overlaid", json!({"Driver": "local", "Options": {"type": "overlay", "device": "overlay", "o": "lowerdir=/etc"}}))
        .on("GET /volumes/of-a-plugin", json!({"Driver": "rexray", "Options": {"device": "/etc"}}))
}

async fn client(engine: &FakeEngine, settings: &[(&str, &str)]) -> Client {
    let address = engine.address();
    let mut env = vec![("DOCKER_BASE_URL", address.as_str())];
    env.extend(settings);
    Client::start(&env).await
}

/// Everything that would change something.
fn changes(engine: &FakeEngine) -> Vec<String> {
    let mut requests = engine.requests();
    requests.retain(|request| !request.starts_with("GET "));
    requests
}

fn said(result: &CallToolResult) -> String {
    let texts = result.content.iter().filter_map(|block| block.as_text());
    texts.map(|text| text.text.clone()).collect()
}

/// Makes each call and holds what comes of it against the table.
async fn hold(engine: &FakeEngine, client: &Client, table: &[Comes]) {
    for To(tool, arguments, verdict) in table {
        let before = changes(engine).len();
        let result = client.call(tool, arguments.clone()).await;
        let sent = &changes(engine)[before..];
        let text = said(&result);
        let what = format!("{tool} {arguments}: {text}");
        match verdict {
            Passes => {
                assert_ne!(result.is_error, Some(true), "{what}");
                assert_eq!(sent.len(), 1, "{what}: {sent:?}");
            }
            Refused(words) => {
                assert_eq!(result.is_error, Some(true), "{what}");
                assert!(sent.is_empty(), "{what}: {sent:?}");
                for word in *words {
                    assert!(text.contains(word), "no {word:?} in: {what}");
                }
                assert!(text.contains("nothing was done"), "{what}");
            }
        }
    }
}

fn create(change: Value) -> (&'static str, Value) {
    let mut arguments = json!({"image": "web:1", "name": "w"});
    for (key, value) in change.as_object().unwrap() {
        arguments[key] = value.clone();
    }
    ("docker_create_container", arguments)
}

fn table(create_with: &[(Value, Verdict)]) -> Vec<Comes> {
    let to = |(change, verdict): &(Value, Verdict)| {
        let (tool, arguments) = create(change.clone());
        To(tool, arguments, *verdict)
    };
    create_with.iter().map(to).collect()
}

fn mounting(sources: &[(&str, Verdict)]) -> Vec<Comes> {
    let mount = |(source, verdict): &(&str, Verdict)| {
        let mut volumes = json!({});
        volumes[*source] = json!({"bind": "/inside", "mode": "ro"});
        (json!({"volumes": volumes}), *verdict)
    };
    table(&sources.iter().map(mount).collect::<Vec<_>>())
}

#[tokio::test]
async fn privileges_and_namespaces_of_the_host_are_refused_in_every_spelling() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let capability = Refused(&["`cap_add`", "CapAdd", PRIVILEGED]);
    let network = Refused(&["`network`", "NetworkMode", PRIVILEGED]);
    let cases = [
        (
            json!({"privileged": true}),
            Refused(&["`privileged`", "`true`", PRIVILEGED]),
        ),
        (
            json!({"privileged": "true"}),
            Refused(&["`privileged`", PRIVILEGED]),
        ),
        (json!({"privileged": false}), Passes),
        (
            json!({"cap_add": ["SYS_ADMIN"]}),
            Refused(&["`cap_add`", "`SYS_ADMIN`", PRIVILEGED]),
        ),
        (json!({"cap_add": ["CAP_SYS_ADMIN"]}), capability),
        (json!({"cap_add": ["cap_sys_ptrace"]}), capability),
        (json!({"cap_add": ["Sys_Module"]}), capability),
        (json!({"cap_add": [" SYS_ADMIN "]}), capability),
        (json!({"cap_add": ["ALL"]}), capability),
        (json!({"cap_add": ["all"]}), capability),
        (json!({"cap_add": ["CAP_ALL"]}), capability),
        (json!({"cap_add": ["CHOWN", "NET_ADMIN"]}), capability),
        (json!({"cap_add": "[\"DAC_READ_SEARCH\"]"}), capability),
        (
            json!({"cap_add": ["CHOWN", "CAP_NET_RAW", "net_bind_service"]}),
            Passes,
        ),
        (json!({"cap_drop": ["ALL"]}), Passes),
        (json!({"network": "host"}), network),
        (json!({"network": "HOST"}), network),
        (json!({"network": " host "}), network),
        (json!({"network": "container:web"}), network),
        (json!({"network": "Container:0"}), network),
        (json!({"network": "ns:/proc/1/ns/net"}), network),
        (json!({"network": "0ddba11"}), network),
        (json!({"network": "none"}), Passes),
        (json!({"network": "bridge"}), Passes),
        (json!({"network": "hostess"}), Passes),
        (json!({"network": "cafe"}), Passes),
        (
            json!({"read_only": true, "init": true, "tty": true, "user": "0", "mem_limit": "64m", "cpus": 1, "remove": true, "ports": {"80": 8080}}),
            Passes,
        ),
    ];
    hold(&engine, &client, &table(&cases)).await;
    client.stop().await;
}

#[tokio::test]
async fn sensitive_paths_are_refused_in_every_spelling_and_others_are_mounted() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let path = Refused(&["`volumes`", ALLOWLIST]);
    let socket = Refused(&["`volumes`", "socket", PRIVILEGED]);
    let own = engine.socket().display().to_string();
    let above_own = engine.socket().parent().unwrap().display().to_string();
    let mut cases = mounting(&[(&own, socket), (&above_own, socket)]);
    cases.extend(mounting(&[
        ("/var/run/docker.sock", socket),
        ("/run/docker.sock", socket),
        ("//var//run/../run/docker.sock", socket),
        ("/./run/./docker.sock", socket),
        ("/srv/../var/run/docker.sock/", socket),
        ("/VAR/RUN/Docker.sock", socket),
        ("/run", socket),
        ("/var/run/", socket),
        ("/var", socket),
        ("/", socket),
        ("//", socket),
        ("/..", socket),
        ("/run/user/1000", socket),
        ("/run/user/1000/docker.sock", socket),
        ("/run/php/fpm.sock", socket),
        ("/run/containerd", socket),
        ("/srv/proxy/docker.sock", socket),
        ("/srv/podman.sock", socket),
        ("/srv/docker.raw.sock", socket),
        ("//./pipe/docker_engine", socket),
        ("/srv/app/app.sock", Passes),
        ("/srv/docker.socket.d", Refused(&["socket"])),
        ("/etc", path),
        ("/etc/", path),
        ("/etc/ssl/../ssl", path),
        ("/srv/../etc/shadow", path),
        ("/ETC", path),
        ("/etcetera", Passes),
        ("/etc/../srv", Passes),
        ("/root", path),
        ("/root/.bashrc", path),
        ("/proc", path),
        ("/proc/1/root", path),
        ("/sys/fs/cgroup", path),
        ("/boot", path),
        ("/dev", path),
        ("/dev/sda", path),
        ("/usr/bin", path),
        ("/bin", path),
        ("/var/spool/cron", path),
        ("/var/lib", path),
        ("/var/lib/docker", path),
        ("/var/lib/docker/volumes/other/_data", path),
        ("/var/lib/dockerish", Passes),
        ("/data/docker", path),
        ("/data/docker/overlay2", path),
        ("/data", path),
        ("/data/dockers", Passes),
        ("/home", path),
        ("/home/me", path),
        ("/home/me/", path),
        ("/home/me/.config/autostart", path),
        ("/home/me/.bashrc", path),
        ("/home/me/project", Passes),
        ("/Users/me", path),
        ("/Users/me/project", Passes),
        ("/host_mnt/Users/me", path),
        ("/mnt/c/Users/me", path),
        ("/mnt/c/Users/me/project", Passes),
        ("/srv/keys/.ssh", path),
        ("/srv/keys/.SSH/id", path),
        ("/srv/.aws/credentials", path),
        ("/srv/.kube", path),
        ("/srv/.docker/config.json", path),
        ("/srv/.gnupg", path),
        ("/srv/.sshd", Passes),
        ("/srv", Passes),
        ("/tmp/some/new/path", Passes),
        ("plain", Passes),
        ("absent", Passes),
        ("bound-to-data", Passes),
        ("of-a-plugin", Passes),
        (
            "bound",
            Refused(&["`volumes`", "`bound`", "`/etc`", ALLOWLIST]),
        ),
        (
            "overlaid",
            Refused(&["`volumes`", "`overlaid`", "`overlay`", PRIVILEGED]),
        ),
    ]));
    assert!(cases.len() >= 70, "{}", cases.len());
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// These never get as far as the policy, and say what a source is.
#[tokio::test]
async fn a_volume_name_that_looks_like_a_path_is_none() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    for source in [
        "./x",
        "../etc",
        "~/.ssh",
        "a/b",
        ".hidden",
        r"C:\data",
        r"\\.\pipe\x",
    ] {
        let (tool, arguments) = create(json!({"volumes": {source: {"bind": "/inside"}}}));
        let result = client.call(tool, arguments).await;
        assert_eq!(result.is_error, Some(true), "{source}");
        assert!(said(&result).contains("`volumes`"), "{}", said(&result));
    }
    assert_eq!(changes(&engine), Vec::<String>::new());
    client.stop().await;
}

#[tokio::test]
async fn links_are_followed_on_the_servers_own_host() {
    let engine = engine();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    symlink("/etc", at("settings")).unwrap();
    symlink(engine.socket(), at("harmless")).unwrap();
    symlink("/etc/cron.d/of-tomorrow", at("dangling")).unwrap();
    symlink(folder.path(), at("itself")).unwrap();
    symlink(at("settings"), at("twice")).unwrap();
    fs::create_dir(at("real")).unwrap();
    let client = client(&engine, &[]).await;
    let path = Refused(&["`volumes`", "leads to", "/etc", ALLOWLIST]);
    let cases = mounting(&[
        (&at("settings"), path),
        (&at("settings/ssl"), path),
        (&at("twice"), path),
        (&at("dangling"), path),
        (
            &at("harmless"),
            Refused(&["`volumes`", "leads to", "docker.sock", PRIVILEGED]),
        ),
        (&at("itself/itself/settings"), path),
        (&at("itself/real"), Passes),
        (&at("real/not/there"), Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

#[tokio::test]
async fn the_allow_list_exempts_paths_and_what_is_below_but_never_a_socket() {
    let engine = engine();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir(at("real")).unwrap();
    symlink(at("real"), at("link")).unwrap();
    symlink("/etc/ssl", at("real/ssl")).unwrap();
    symlink("/etc/hosts", at("hosts")).unwrap();
    let list = format!(
        "/etc/nginx/,/run,//home/./me,/data/docker/volumes,{},{}",
        at("link"),
        at("hosts")
    );
    let client = client(&engine, &[(ALLOWLIST, &list)]).await;
    let path = Refused(&["`volumes`", ALLOWLIST]);
    let socket = Refused(&["`volumes`", "socket", PRIVILEGED]);
    let cases = mounting(&[
        ("/etc/nginx", Passes),
        ("/etc/nginx/conf.d", Passes),
        ("/etc/./nginx/../nginx/x", Passes),
        ("/etc/nginx/../shadow", path),
        ("/etc/nginxx", path),
        ("/etc", path),
        ("/home/me", Passes),
        ("/home/me/.ssh", Passes),
        ("/home/you", path),
        ("/data/docker/volumes", Passes),
        ("/data/docker", path),
        ("/run/lock", Passes),
        ("/run", socket),
        ("/run/docker.sock", socket),
        ("/run/other.sock", socket),
        (&at("link/x"), Passes),
        (&at("real/x"), Passes),
        (&at("real/ssl"), path),
        (&at("hosts"), Passes),
        ("bound", Refused(&["`bound`", ALLOWLIST])),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// What is mounted by an Engine elsewhere cannot be looked at, so that only what was named passes.
#[tokio::test]
async fn an_engine_elsewhere_mounts_only_what_was_named() {
    let engine = engine();
    let port = relay(&engine).await;
    let address = format!("tcp://127.0.0.1:{port}");
    let settings = [
        ("DOCKER_BASE_URL", address.as_str()),
        (ALLOWLIST, "/srv/data"),
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

/// A port that leads to the fake Engine's socket.
async fn relay(engine: &FakeEngine) -> u16 {
    let socket = engine.socket();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = tokio::net::UnixStream::connect(&socket).await.unwrap();
            tokio::spawn(async move {
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    port
}

fn volume(options: Value, verdict: Verdict) -> Comes {
    To(
        "docker_create_volume",
        json!({"name": "v", "driver_opts": options}),
        verdict,
    )
}

#[tokio::test]
async fn a_volume_of_the_local_driver_shows_no_file_of_the_host() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let kind = Refused(&["`driver_opts`", "`type`", PRIVILEGED]);
    let path = Refused(&["`driver_opts`", "`/etc`", ALLOWLIST]);
    let socket = Refused(&["`driver_opts`", "socket", PRIVILEGED]);
    let cases = [
        volume(json!({}), Passes),
        volume(json!({"size": "1g"}), Passes),
        volume(
            json!({"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}),
            Passes,
        ),
        volume(
            json!({"type": "nfs", "device": ":/x", "o": "addr=192.0.2.1,rw"}),
            Passes,
        ),
        volume(
            json!({"type": "cifs", "device": "//192.0.2.1/x", "o": "username=u"}),
            Passes,
        ),
        volume(
            json!({"type": "none", "device": "/srv/data", "o": "bind"}),
            Passes,
        ),
        volume(json!({"type": "none", "device": "/etc", "o": "bind"}), path),
        volume(
            json!({"type": "none", "device": "/etc", "o": "ro,rbind"}),
            path,
        ),
        volume(
            json!({"type": "tmpfs", "device": "/etc", "o": "bind"}),
            path,
        ),
        volume(json!({"device": "/etc", "o": " Bind "}), path),
        volume(json!({"Type": "none", "Device": "/etc", "O": "bind"}), path),
        volume(
            json!({"type": "none", "device": "/run/docker.sock", "o": "bind"}),
            socket,
        ),
        volume(json!({"type": "none", "device": "/", "o": "bind"}), socket),
        volume(
            json!({"type": "none", "device": "/srv/../etc", "o": "bind"}),
            Refused(&["`driver_opts`", "`..`"]),
        ),
        volume(
            json!({"type": "none", "device": "etc", "o": "bind"}),
            Refused(&["`driver_opts`", "absolute"]),
        ),
        volume(
            json!({"type": "overlay", "device": "overlay", "o": "lowerdir=/etc"}),
            kind,
        ),
        volume(json!({"type": "ext4", "device": "/dev/sda1"}), kind),
        volume(json!({"type": "proc", "device": "proc"}), kind),
        volume(json!({"type": "sysfs", "device": "sysfs"}), kind),
        volume(json!({"type": "btrfs", "device": "/dev/sda1"}), kind),
        volume(json!({"type": "TMPFS", "device": "tmpfs"}), kind),
        volume(
            json!({"type": "tmpfs", "o": "remount"}),
            Refused(&["`driver_opts`", "remount", PRIVILEGED]),
        ),
        volume(json!({"type": "none", "device": "/srv/data"}), kind),
        volume(json!({"device": "/srv/data"}), kind),
        volume(json!({"o": "size=1m"}), kind),
        To(
            "docker_create_volume",
            json!({"driver": "rexray", "driver_opts": {"device": "/etc"}}),
            Passes,
        ),
    ];
    hold(&engine, &client, &cases).await;

    let secret = json!({"name": "v", "driver_opts": {"type": "hunter2", "device": "hunter2", "o": "password=hunter2"}});
    let text = said(&client.call("docker_create_volume", secret).await);
    assert!(
        text.contains("`driver_opts`") && !text.contains("hunter2"),
        "{text}"
    );
    client.stop().await;
}

#[tokio::test]
async fn a_network_takes_no_interface_of_the_host() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let network = |change: Value, verdict| {
        let mut arguments = json!({"name": "lab"});
        for (key, value) in change.as_object().unwrap() {
            arguments[key] = value.clone();
        }
        To("docker_create_network", arguments, verdict)
    };
    let option = Refused(&["`options`", PRIVILEGED]);
    let join = |network: &str, verdict| {
        To(
            "docker_connect_container",
            json!({"network_id": network, "container_id": "web"}),
            verdict,
        )
    };
    let cases = [
        network(json!({}), Passes),
        network(json!({"driver": "macvlan"}), Passes),
        network(
            json!({"options": {"com.docker.network.bridge.enable_icc": "false"}}),
            Passes,
        ),
        network(
            json!({"name": "host"}),
            Refused(&["`name`", "`host`", PRIVILEGED]),
        ),
        network(
            json!({"driver": "host"}),
            Refused(&["`driver`", "`host`", PRIVILEGED]),
        ),
        network(
            json!({"driver": "HOST"}),
            Refused(&["`driver`", PRIVILEGED]),
        ),
        network(
            json!({"driver": "macvlan", "options": {"parent": "eth0"}}),
            Refused(&["`options`", "`parent`", PRIVILEGED]),
        ),
        network(
            json!({"driver": "ipvlan", "options": {"Parent": "eth0"}}),
            option,
        ),
        network(json!({"options": {" parent": "eth0"}}), option),
        network(
            json!({"options": {"com.docker.network.bridge.name": "br0"}}),
            option,
        ),
        join("lab", Passes),
        join("host", Refused(&["`network_id`", "`host`", PRIVILEGED])),
        join("HOST", Refused(&["`network_id`", PRIVILEGED])),
        join(
            "0ddba11",
            Refused(&["`network_id`", "`0ddba11`", PRIVILEGED]),
        ),
    ];
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

#[tokio::test]
async fn an_image_is_built_from_no_sensitive_directory() {
    let engine = engine();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir_all(at("project/.ssh")).unwrap();
    fs::write(at("project/Dockerfile"), "FROM scratch\n").unwrap();
    fs::write(at("project/.ssh/Dockerfile"), "FROM scratch\n").unwrap();
    symlink("/etc", at("link")).unwrap();
    symlink(at("project"), at("near")).unwrap();
    let client = client(&engine, &[]).await;
    let build = |path: &str, verdict| To("docker_build_image", json!({"path": path}), verdict);
    let path = Refused(&["`path`", ALLOWLIST]);
    let cases = [
        build(&at("project"), Passes),
        build(&at("near"), Passes),
        build("/etc", Refused(&["`path`", "`/etc`", ALLOWLIST])),
        build("/etc/../etc/ssl", path),
        build("/root", path),
        build("/home", path),
        build("/data/docker", path),
        build(&at("link"), path),
        build(&at("link/ssl"), path),
        build(&at("project/.ssh"), path),
        build("/", Refused(&["`path`", "root"])),
        build("/var/run", path),
    ];
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// The files of this server are what tells on a model: none may change them.
#[tokio::test]
async fn the_servers_own_files_are_not_mounted() {
    let engine = engine();
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit/log.jsonl");
    fs::create_dir(audit.parent().unwrap()).unwrap();
    let audit = audit.to_str().unwrap();
    let client = client(&engine, &[("MCP_DOCKER_AUDIT_LOG", audit)]).await;
    let own = Refused(&["`volumes`", "own", ALLOWLIST]);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let cases = mounting(&[
        (audit, own),
        (&at("audit"), own),
        (&at(""), own),
        (&at("other"), Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

#[tokio::test]
async fn the_operator_can_allow_all_of_it() {
    let engine = engine();
    let client = client(&engine, &[(PRIVILEGED, "true")]).await;
    let mut cases = table(&[
        (json!({"privileged": true}), Passes),
        (json!({"cap_add": ["ALL"], "network": "host"}), Passes),
    ]);
    cases.extend(mounting(&[
        ("/var/run/docker.sock", Passes),
        ("/etc", Passes),
        ("bound", Passes),
    ]));
    cases.push(volume(
        json!({"type": "none", "device": "/etc", "o": "bind"}),
        Passes,
    ));
    cases.push(To(
        "docker_create_network",
        json!({"name": "lan", "driver": "macvlan", "options": {"parent": "eth0"}}),
        Passes,
    ));
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// A refusal comes before anything is done for the call, such as pulling the image.
#[tokio::test]
async fn nothing_is_pulled_for_a_container_that_is_refused() {
    let engine = engine().on(
        "POST /containers/create",
        Reply::error(404, "No such image: web:1"),
    );
    let client = client(&engine, &[]).await;
    let (tool, arguments) = create(json!({"pull": "missing", "privileged": true}));
    let text = said(&client.call(tool, arguments).await);
    assert!(text.contains("`privileged`"), "{text}");
    assert_eq!(changes(&engine), Vec::<String>::new());
    client.stop().await;
}
