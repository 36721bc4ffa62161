//! What this server is made of and trusts is not for containers: none may change it.

use std::path::Path;

use super::*;
use crate::policy::Comes::{self, To};
use crate::policy::{Verdict, volume};
use crate::support::workplace::workplace;

/// Every form in which a container could get at a path.
fn every_form(path: &str, verdict: Verdict) -> Vec<Comes> {
    let mut cases = mounting(&[(path, verdict)]);
    let options = json!({"type": "none", "o": "bind", "device": path});
    cases.push(volume(options, verdict));
    if Path::new(path).is_dir() {
        cases.push(To("docker_build_image", json!({"path": path}), verdict));
    }
    cases
}

#[tokio::test]
async fn the_files_that_the_server_trusts_are_kept_in_every_form() {
    for variable in [
        "MCP_DOCKER_AUDIT_LOG",
        "MCP_DOCKER_LOG_PATH",
        "MCP_DOCKER_PROMPTS_DIR",
        "DOCKER_CERT_PATH",
        "DOCKER_TLS_CA_CERT",
        "DOCKER_TLS_CLIENT_CERT",
        "DOCKER_TLS_CLIENT_KEY",
        "MCP_DOCKER_TLS_CERT",
        "MCP_DOCKER_TLS_KEY",
        "MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE",
        "MCP_DOCKER_OAUTH_CA",
        "DOCKER_CONFIG",
    ] {
        let engine = engine();
        let folder = workplace();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        for name in ["conf", "other", "conf/beside"] {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(&format!("{name}/Dockerfile")), "FROM scratch\n").unwrap();
        }
        let file = at("conf/file");
        let mut settings = vec![(variable, file.as_str())];
        if variable.starts_with("MCP_DOCKER_TLS") {
            settings = vec![
                ("MCP_DOCKER_TLS_CERT", &file),
                ("MCP_DOCKER_TLS_KEY", &file),
            ];
        }
        if variable.starts_with("MCP_DOCKER_OAUTH") {
            settings = vec![
                ("MCP_DOCKER_OAUTH_ISSUER", "https://id.example.com"),
                (
                    "MCP_DOCKER_OAUTH_AUDIENCE",
                    "https://docker.example.com/mcp",
                ),
                (variable, &file),
            ];
        }
        if variable.ends_with("SECRET_FILE") {
            settings.push(("MCP_DOCKER_OAUTH_CLIENT_ID", "mcp-docker"));
        }
        let client = client(&engine, &settings).await;
        let kept = Refused(&["own", "conf/file", ALLOWLIST]);
        let mut cases = every_form(&file, kept);
        cases.extend(every_form(&at("conf"), kept));
        cases.extend(every_form(&at(""), kept));
        cases.extend(every_form(&at("conf/../conf"), Refused(&[])));
        cases.extend(every_form(&at("other"), Passes));
        cases.extend(every_form(&at("conf/beside"), Passes));
        hold(&engine, &client, &cases).await;
        client.stop().await;
    }
}

/// Those of all hosts, wherever the call goes: by a socket a container would control that Engine.
#[tokio::test]
async fn the_sockets_and_certificates_of_all_hosts_are_kept() {
    let engine = engine();
    let folder = workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["conf", "certs", "run", "other"] {
        fs::create_dir(at(name)).unwrap();
    }
    let hosts = "[hosts.far]\naddress = 'https://far:2376'\ntls_ca_cert = '../certs/file'\n";
    let near = format!("[hosts.near]\naddress = 'unix://{}'\n", at("run/engine"));
    let file = at("conf/hosts.toml");
    fs::write(&file, format!("{hosts}{near}")).unwrap();
    let client = client(&engine, &[("MCP_DOCKER_CONFIG", &file)]).await;
    let kept = Refused(&["own", ALLOWLIST]);
    let socket = Refused(&["socket"]);
    let cases = mounting(&[
        (&at("certs/file"), kept),
        (&at("certs"), kept),
        (&at("run/engine"), socket),
        (&at("run"), socket),
        (&at("conf"), kept),
        (&at("other"), Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// The one who can write to it decides what the server allows when it starts again.
#[tokio::test]
async fn the_named_file_of_settings_is_kept_and_so_are_the_links_to_it() {
    let engine = engine();
    let folder = workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["conf", "links", "real", "other"] {
        fs::create_dir(at(name)).unwrap();
    }
    fs::write(
        at("real/env"),
        format!("DOCKER_HOST={}\n", engine.address()),
    )
    .unwrap();
    symlink(at("links/env"), at("conf/env")).unwrap();
    symlink(at("real/env"), at("links/env")).unwrap();
    let file = at("conf/env");
    let client = Client::start_by(|command| {
        command.args(["--env-file", &file]);
        command.env(COMPOSE_TOO.0, COMPOSE_TOO.1);
    })
    .await;
    let kept = Refused(&["`volumes`", "own", ALLOWLIST]);
    let cases = mounting(&[
        (&file, kept),
        (&at("conf"), kept),
        (&at("links"), kept),
        (&at("real"), kept),
        (&at("real/env"), kept),
        (&at(""), kept),
        (&at("other"), Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

#[tokio::test]
async fn naming_a_folder_does_not_name_what_is_kept_in_it() {
    let engine = engine();
    let folder = workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["conf", "prompts"] {
        fs::create_dir(at(name)).unwrap();
    }
    let (log, prompts) = (at("conf/log"), at("prompts"));
    let list = [at("conf"), at("prompts")].join(",");
    let settings = [
        ("MCP_DOCKER_AUDIT_LOG", log.as_str()),
        ("MCP_DOCKER_PROMPTS_DIR", &prompts),
        (ALLOWLIST, &list),
    ];
    let client = client(&engine, &settings).await;
    let cases = mounting(&[
        (&at("conf"), Refused(&["own", "conf/log", ALLOWLIST])),
        (&log, Refused(&["own", ALLOWLIST])),
        (&prompts, Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

#[tokio::test]
async fn the_program_itself_is_kept() {
    let engine = engine();
    let program = Path::new(env!("CARGO_BIN_EXE_mcp-docker"));
    let folder = program.parent().unwrap().to_str().unwrap();
    let list = [folder, "/opt"].join(",");
    // By a name alone, as from a search path.
    let client = Client::start_by(|command| {
        command
            .arg0("mcp-docker")
            .env("DOCKER_BASE_URL", engine.address())
            .env(ALLOWLIST, &list)
            .env(COMPOSE_TOO.0, COMPOSE_TOO.1);
    })
    .await;
    let cases = mounting(&[
        (program.to_str().unwrap(), Refused(&["own", "mcp-docker"])),
        (folder, Refused(&["own", "mcp-docker"])),
        ("/opt/app", Passes),
    ]);
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// Whoever may replace a link to the program has another one started the next time.
#[tokio::test]
async fn the_link_that_the_program_was_started_by_is_kept() {
    let engine = engine();
    let folder = workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["bin", "beside"] {
        std::fs::create_dir(at(name)).unwrap();
    }
    let link = at("bin/mcp-docker");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_mcp-docker"), &link).unwrap();
    let client = Client::start_by(|command| {
        command.arg0(&link).env("DOCKER_BASE_URL", engine.address());
        command.env(COMPOSE_TOO.0, COMPOSE_TOO.1);
    })
    .await;
    let own = Refused(&["own", "bin/mcp-docker"]);
    let mut cases = every_form(&at("bin"), own);
    cases.extend(mounting(&[
        (&link, own),
        (&at(""), own),
        (&at("beside"), Passes),
    ]));
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// They can only make settings stricter, and the project is what containers are for.
#[tokio::test]
async fn the_working_directory_and_a_found_env_are_for_containers() {
    let engine = engine();
    let folder = workplace();
    let env = folder.path().join(".env");
    fs::write(&env, "SAFETY_DENIED_TOOLS=docker_prune_images\n").unwrap();
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    let client = Client::start_by(|command| {
        command.current_dir(folder.path());
        command.env("DOCKER_BASE_URL", engine.address());
        command.env(COMPOSE_TOO.0, COMPOSE_TOO.1);
    })
    .await;
    let mut cases = every_form(folder.path().to_str().unwrap(), Passes);
    cases.extend(every_form(env.to_str().unwrap(), Passes));
    hold(&engine, &client, &cases).await;
    client.stop().await;
}
