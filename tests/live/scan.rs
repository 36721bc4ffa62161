//! Real scanners look into an image of the Engine, through the socket of the call.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::docker::{docker, image, run, unique};
use crate::session::{Session, says};
use crate::workplace::workplace;

const TOOL: &str = "docker_image_sbom";

/// What the package manager of Debian knows of itself, with packages that are in no image otherwise.
const STATUS: &str = "\
Package: bash
Status: install ok installed
Maintainer: Nobody <nobody@example.com>
Architecture: amd64
Version: 5.2.15-2+b7
Description: a shell

Package: libssl3
Status: install ok installed
Maintainer: Nobody <nobody@example.com>
Architecture: amd64
Source: openssl
Version: 3.0.11-1~deb12u2
Description: a library
";

const RELEASE: &str =
    "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";

/// The folder of the scanners that `tests/scanners.sh` unpacks.
pub(crate) fn scanners() -> PathBuf {
    let folder = env::var_os("MCP_DOCKER_TEST_SCANNERS").map(PathBuf::from);
    let folder =
        folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/scanners"));
    for scanner in ["trivy", "syft"] {
        assert!(
            folder.join(scanner).is_file(),
            "no {scanner} in {}: run tests/run.sh or tests/scanners.sh",
            folder.display()
        );
    }
    folder
}

/// An image of packages, which is gone when the test ends.
struct Packages(String);

impl Packages {
    fn new() -> Self {
        let name = unique("packages");
        let files = workplace();
        fs::create_dir_all(files.path().join("var/lib/dpkg")).unwrap();
        fs::create_dir_all(files.path().join("etc")).unwrap();
        fs::write(files.path().join("var/lib/dpkg/status"), STATUS).unwrap();
        fs::write(files.path().join("etc/os-release"), RELEASE).unwrap();
        fs::write(files.path().join("etc/debian_version"), "12.5\n").unwrap();
        let container = docker(&["create", &image(), "true"]);
        for folder in ["var", "etc"] {
            let from = files.path().join(folder);
            let to = format!("{container}:/");
            docker(&["cp", from.to_str().unwrap(), &to]);
        }
        let made = Self(format!("{name}:1"));
        docker(&["commit", &container, &made.0]);
        docker(&["rm", &container]);
        made
    }
}

impl Drop for Packages {
    fn drop(&mut self) {
        let _ = run(&["rmi", "-f", &self.0]);
    }
}

/// A session whose server finds the scanners, and keeps what they keep in that folder.
async fn session(caches: &Path) -> Option<Session> {
    if !crate::docker::wanted() {
        return None;
    }
    let (scanners, caches) = (scanners(), caches.to_str().unwrap());
    let settings = [
        ("PATH", scanners.to_str().unwrap()),
        ("XDG_CACHE_HOME", caches),
        ("MCP_DOCKER_TOOLSETS", "scan"),
    ];
    Session::with(&settings).await
}

#[tokio::test]
async fn the_packages_of_an_image_are_told_by_any_of_its_names() {
    let caches = tempfile::tempdir().unwrap();
    let Some(session) = session(caches.path()).await else {
        return;
    };
    let packages = Packages::new();
    let id = docker(&["image", "inspect", "--format", "{{.Id}}", &packages.0]);
    let short: String = id.trim_start_matches("sha256:").chars().take(12).collect();
    let wanted = [
        json!({ "name": "bash", "version": "5.2.15-2+b7", "type": "deb" }),
        json!({ "name": "libssl3", "version": "3.0.11-1~deb12u2", "type": "deb" }),
    ];
    for (scanner, version) in [("trivy", "0.76.0"), ("syft", "1.18.1")] {
        for name in [&packages.0, &id, &short] {
            let arguments = json!({ "image": name, "scanner": scanner });
            let found = session.ok(TOOL, arguments).await;
            assert_eq!(
                (&found["scanner"], &found["version"]),
                (&json!(scanner), &json!(version))
            );
            let packages = found["packages"].as_array().unwrap();
            let debs: Vec<&Value> = packages.iter().filter(|it| it["type"] == "deb").collect();
            assert_eq!(
                debs,
                wanted.iter().collect::<Vec<_>>(),
                "{scanner} of {name}: {found}"
            );
        }
    }
    session.close().await;
}

/// What is not here is not fetched by a scanner either.
#[tokio::test]
async fn an_image_that_is_not_here_is_missing() {
    let caches = tempfile::tempdir().unwrap();
    let Some(session) = session(caches.path()).await else {
        return;
    };
    let said = session
        .fails(
            TOOL,
            json!({ "image": "mcp-docker/none:1", "scanner": "syft" }),
        )
        .await;
    says(&said, &["mcp-docker/none:1"]);
    session.close().await;
}
