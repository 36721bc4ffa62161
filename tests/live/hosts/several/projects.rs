//! Compose projects and builds on the second Engine: the files are read where the server runs, what is made is there,
//! and what a container mounts is of the machine that it is on.

use super::{Several, json};
use crate::compose::chosen;
use crate::compose_up::Files;
use crate::docker::docker;
use crate::projects::Project;

const SETTINGS: &str = "MCP_DOCKER_TOOLSETS = [\"default\", \"compose\"]";

const UP: &str = "docker_compose_up";

/// One that is built, with a volume, a network, and a file that is sent.
const PROJECT: &str = r#"
services:
  web:
    build: web
    command: ["sh", "-c", "WAIT"]
    volumes: ["data:/data"]
    configs: [motd]
volumes: { data: {} }
configs: { motd: { content: "welcome" } }
"#;

const BOUND: &str = r#"
services:
  web:
    image: IMAGE
    command: ["sh", "-c", "WAIT"]
    network_mode: none
    volumes: ["./site:/site:ro"]
"#;

/// Compose mounts a secret of a file.
const SECRET: &str = r#"
services:
  web:
    image: IMAGE
    network_mode: none
    secrets: [password]
secrets: { password: { file: ./password.txt } }
"#;

fn project(compose: &str) -> Files {
    let files = Files::new(compose);
    let at = |name: &str| files.path().join(name);
    std::fs::create_dir(at("web")).unwrap();
    std::fs::create_dir(at("site")).unwrap();
    let dockerfile = format!("FROM {}\nCOPY place /place\n", crate::docker::image());
    std::fs::write(at("web/Dockerfile"), dockerfile).unwrap();
    std::fs::write(at("password.txt"), "opensesame").unwrap();
    std::fs::write(at("web/place"), "of the server\n").unwrap();
    files
}

/// The names of a project's containers on each Engine.
fn there(several: &Several, project: &Project) -> [String; 2] {
    let filter = format!("label=com.docker.compose.project={}", project.name);
    let args = ["ps", "-a", "--format", "{{.Names}}", "--filter", &filter];
    [docker(&args), several.docker("tls", &args)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_comes_up_on_the_second_engine_and_not_on_the_first() {
    let Some(several) = Several::start(SETTINGS, "") else {
        return;
    };
    let _ = chosen();
    let session = several.session(&[]).await;
    let (files, project) = (project(PROJECT), Project::new("several"));
    let web = format!("{}-web-1", project.name);
    let on = |host: &str| json!({ "project_name": project.name, "host": host });

    let up = session
        .ok(UP, files.of(&project, json!({ "host": "tls" })))
        .await;
    assert_eq!(up["failed"], json!([]), "{up}");
    assert_eq!(there(&several, &project), [String::new(), web.clone()]);
    let said = ["exec", &web, "cat", "/place", "/motd"];
    assert_eq!(several.docker("tls", &said), "of the server\nwelcome");
    let image = format!("{}-web", project.name);
    assert_eq!(docker(&["images", "-q", &image]), "", "it was built there");
    let named = format!("name={}_", project.name);
    for kind in ["network", "volume"] {
        assert_eq!(
            docker(&[kind, "ls", "-q", "--filter", &named]),
            "",
            "{kind}"
        );
    }

    let ps = session.ok("docker_compose_ps", on("tls")).await;
    assert_eq!(ps["services"][0]["container"], web.as_str(), "{ps}");
    session.fails("docker_compose_ps", on("here")).await;
    let exec = json!({
        "project_name": project.name, "service": "web", "command": ["cat", "/motd"], "host": "tls",
    });
    let exec = session.ok("docker_compose_exec", exec).await;
    assert_eq!(exec["output"], "welcome", "{exec}");

    // The same project on the other is another.
    session
        .ok(UP, files.of(&project, json!({ "host": "here" })))
        .await;
    assert_eq!(there(&several, &project), [web.clone(), web.clone()]);
    let stop = json!({ "project_name": project.name, "timeout": 1, "host": "tls" });
    session.ok("docker_compose_stop", stop).await;
    let state = ["inspect", "--format", "{{.State.Running}}", &web];
    assert_eq!(
        (docker(&state), several.docker("tls", &state)),
        ("true".to_owned(), "false".to_owned())
    );
    session.close().await;
}

/// The path is of the server's machine; of what the other has there, nothing is known.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_bound_on_an_engine_elsewhere_has_to_be_named() {
    let Some(several) = Several::start(SETTINGS, "") else {
        return;
    };
    let _ = chosen();
    let (files, project) = (project(BOUND), Project::new("bound"));
    let site = files.path().join("site").display().to_string();
    let words = [
        site.as_str(),
        "the Engine has files of its own",
        "SAFETY_VOLUME_MOUNT_ALLOWLIST",
        "nothing was done",
    ];
    let made = |name: &str| {
        json!({
            "image": crate::docker::image(), "name": name, "host": "tls",
            "volumes": { site.as_str(): { "bind": "/site", "mode": "ro" } },
        })
    };
    let session = several.session(&[]).await;
    let name = crate::docker::unique("bound");
    session
        .refuses("docker_create_container", made(&name), &words)
        .await;
    let up = files.of(&project, json!({ "host": "tls" }));
    session.refuses(UP, up.clone(), &words).await;
    let (secret, of_secret) = (self::project(SECRET), Project::new("secret"));
    let words = [
        "secrets.password.file",
        "the Engine has files of its own",
        "nothing was done",
    ];
    let with_secret = secret.of(&of_secret, json!({ "host": "tls" }));
    session.refuses(UP, with_secret, &words).await;
    for project in [&project, &of_secret] {
        assert_eq!(there(&several, project), [String::new(), String::new()]);
    }
    // Where the files are, the same is no question.
    session
        .ok(UP, files.of(&project, json!({ "host": "here" })))
        .await;
    let web = format!("{}-web-1", project.name);
    assert_eq!(there(&several, &project), [web.clone(), String::new()]);
    session.close().await;

    let session = several
        .session(&[("SAFETY_VOLUME_MOUNT_ALLOWLIST", &site)])
        .await;
    session.ok("docker_create_container", made(&name)).await;
    session.ok(UP, up).await;
    let mounts = ["inspect", "--format", "{{range .Mounts}}{{.Source}}{{end}}"];
    for container in [&name, &web] {
        let mounts = [&mounts[..], &[container.as_str()]].concat();
        assert_eq!(several.docker("tls", &mounts), site);
    }
    session.close().await;
}
