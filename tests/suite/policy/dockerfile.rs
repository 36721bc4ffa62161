//! What the Engine would fetch from its own network for a build is refused, and what is judged is what is
//! sent.

use std::fs;

use serde_json::{Value, json};

use crate::support::exchange::outcome;
use crate::support::fake_engine::FakeEngine;

struct Project {
    folder: tempfile::TempDir,
    engine: FakeEngine,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let engine = FakeEngine::start()
            .on("GET /info", json!({ "DockerRootDir": "/data/docker" }))
            .on("GET /containers/json", json!([]))
            .on("GET /volumes", json!({ "Volumes": [] }))
            .on("POST /build", json!({ "aux": { "ID": "sha256:1" } }));
        Self { folder, engine }
    }

    async fn build(&self, arguments: Value, env: &[(&str, &str)]) -> Result<(), String> {
        let path = fs::canonicalize(self.folder.path()).unwrap();
        let path = path.to_str().unwrap();
        let address = self.engine.address();
        let own = [("SAFETY_VOLUME_MOUNT_ALLOWLIST", path)];
        let mut all = json!({ "path": path });
        for (key, value) in arguments.as_object().unwrap() {
            all[key] = value.clone();
        }
        let built = outcome(&address, &[&own, env].concat(), "docker_build_image", all).await;
        built.map(|_| ())
    }

    /// The Dockerfile in the archive that was sent, by the name that was sent.
    fn sent(&self) -> Option<String> {
        let seen = self.engine.seen();
        let build = seen.iter().find(|seen| seen.target.starts_with("/build"))?;
        let (_, name) = build.target.split_once("dockerfile=")?;
        let name = name.split('&').next()?.replace("%2F", "/");
        let mut archive = tar::Archive::new(&*build.body);
        let mut entries = archive.entries().unwrap().map(Result::unwrap);
        let mut entry = entries.find(|entry| entry.path().unwrap().to_str() == Some(&name))?;
        let mut text = String::new();
        std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
        Some(text)
    }
}

const INWARD: &str = "FROM scratch\nADD http://127.0.0.1:18080/keys /k\n";
const VARIABLE: &str = "FROM scratch\nARG HOST\nADD http://$HOST/x /x\n";
const VARIABLE_ALLOWS: (&str, &str) = ("SAFETY_ALLOW_PRIVILEGED_CONTAINERS", "true");

#[tokio::test]
async fn a_build_that_fetches_from_the_host_is_refused_whichever_file_says_so() {
    for (files, arguments) in [
        (vec![("Dockerfile", INWARD)], json!({})),
        (
            vec![("Dockerfile", "FROM scratch"), ("docker/other", INWARD)],
            json!({ "dockerfile": "docker/other" }),
        ),
        (
            vec![("Dockerfile", "FROM scratch"), ("docker/other", INWARD)],
            json!({ "dockerfile": "./docker/../docker/other" }),
        ),
        (
            vec![("Dockerfile", INWARD), (".dockerignore", "*")],
            json!({}),
        ),
        (vec![("Dockerfile", VARIABLE)], json!({})),
        (
            vec![("Dockerfile", VARIABLE)],
            json!({ "buildargs": { "HOST": "169.254.169.254" } }),
        ),
    ] {
        let project = Project::new(&files);
        let refused = project.build(arguments.clone(), &[]).await;
        let text = refused.expect_err(files[0].1);
        assert!(
            text.contains("SAFETY_ALLOW_PRIVILEGED_CONTAINERS"),
            "{text}"
        );
        assert_eq!(project.sent(), None);
        assert_eq!(project.build(arguments, &[VARIABLE_ALLOWS]).await, Ok(()));
    }
}

/// Sources that no builder of another network could reach, or that nobody can tell.
#[tokio::test]
async fn an_address_of_the_engines_own_network_is_refused_however_it_is_written() {
    for add in [
        "ADD http://127.0.0.1:18080/keys /k",
        "ADD http://127.1/keys /k",
        "ADD http://2130706433/keys /k",
        "ADD http://[::1]/keys /k",
        "ADD http://[::ffff:127.0.0.1]/keys /k",
        "ADD http://169.254.169.254/latest/meta-data /k",
        "ADD http://[fe80::1]/keys /k",
        "ADD http://10.0.0.1/keys /k",
        "ADD http://172.16.0.1/keys /k",
        "ADD https://192.168.1.1/keys /k",
        "ADD http://[fd00:ec2::254]/keys /k",
        "ADD http://0.0.0.0/keys /k",
        "ADD http://localhost/keys /k",
        "ADD http://x.localhost/keys /k",
        "ADD http://registry/keys /k",
        "ADD http://metadata.google.internal/keys /k",
        "ADD http://nas.local/keys /k",
        "ADD git@localhost:x.git /k",
        "ONBUILD ADD http://127.0.0.1/keys /k",
        r#"ADD ["http://127.0.0.1/keys", "/k"]"#,
        r#"ONBUILD ADD ["http:\/\/127.0.0.1/keys", "/k"]"#,
        "ADD --chown=1:1 https://example.com/a http://127.0.0.1/keys /k/",
        "ADD \\\n  http://127.0.0.1/keys /k",
        "ENV HOST=127.0.0.1\nADD http://$HOST/keys /k",
        "ADD http://$HOST/keys /k",
        "ADD $URL /k",
    ] {
        let text = format!("FROM scratch\n{add}\n");
        let project = Project::new(&[("Dockerfile", &text)]);
        let refused = project.build(json!({}), &[]).await.expect_err(add);
        for word in ["`ADD` in line", VARIABLE_ALLOWS.0, "nothing was done"] {
            assert!(refused.contains(word), "no {word} for {add}: {refused}");
        }
        assert_eq!(project.sent(), None, "{add}");
    }
}

#[tokio::test]
async fn a_link_to_a_dockerfile_is_judged_by_what_it_leads_to() {
    let project = Project::new(&[("docker/other", INWARD)]);
    std::os::unix::fs::symlink("docker/other", project.folder.path().join("Dockerfile")).unwrap();
    assert!(project.build(json!({}), &[]).await.is_err());
    assert_eq!(project.sent(), None);
}

#[tokio::test]
async fn what_is_judged_is_what_is_sent() {
    let text = "FROM scratch\nADD https://example.com/x /x\n";
    let project = Project::new(&[("docker/Dockerfile", text), ("a", "b")]);
    let built = project.build(json!({ "dockerfile": "docker/Dockerfile" }), &[]);
    assert_eq!(built.await, Ok(()));
    assert_eq!(project.sent().as_deref(), Some(text));

    let project = Project::new(&[("Dockerfile", VARIABLE)]);
    let buildargs = json!({ "buildargs": { "HOST": "example.com" } });
    assert_eq!(project.build(buildargs, &[]).await, Ok(()));
    assert_eq!(project.sent().as_deref(), Some(VARIABLE));
}
