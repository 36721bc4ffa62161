//! Docker Scout has the login of Docker Hub, and nobody else hears of it.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::*;

const PASSWORD: &str = "its-secret-word-4711";

/// Settings of a Docker CLI that is logged in at Docker Hub.
pub(super) fn config(user: &str, password: &str) -> String {
    let auth = BASE64_STANDARD.encode(format!("{user}:{password}"));
    json!({ "auths": { "https://index.docker.io/v1/": { "auth": auth } } }).to_string()
}

fn logged_in(scanners: FakeScanners) -> FakeScanners {
    let file = Path::new(scanners.path()).join("config.json");
    fs::write(file, config("me", PASSWORD)).unwrap();
    scanners
}

#[tokio::test]
async fn docker_scout_gets_the_login_and_the_answer_says_what_it_sends() {
    let prints = prints(&document("grype.sarif.json").to_string());
    let script = format!(
        "[ \"$DOCKER_SCOUT_HUB_USER $DOCKER_SCOUT_HUB_PASSWORD\" = 'me {PASSWORD}' ] || exit 3\n{prints}"
    );
    let scanners = logged_in(FakeScanners::new().with("scout", &script));
    let found = given(&scanners, VULNERABILITIES, web()).await;
    assert_eq!(
        (&found["scanner"], &found["version"]),
        (&json!("scout"), &json!("1.99.0"))
    );
    let ids = found["vulnerabilities"].as_array().unwrap().iter();
    let told: Vec<_> = ids.map(|it| (&it["id"], &it["severity"])).collect();
    // By their scores, which this scanner gives them.
    assert_eq!(
        json!(told),
        json!([
            ["CVE-1999-0001-package-1", "medium"],
            ["CVE-1999-0002-package-2", "low"]
        ])
    );
    let hint = found["hint"].as_str().unwrap();
    assert!(hint.contains("Docker Scout sent Docker"), "{hint}");
}

#[tokio::test]
async fn without_a_login_docker_scout_is_not_run() {
    let scanners = FakeScanners::new().with("scout", "echo ran >&2; exit 1");
    let said = failed(&scanners, VULNERABILITIES, web()).await;
    assert!(said.contains("`docker login`"), "{said}");
    assert!(!said.contains("Docker Scout: ran"), "{said}");
    let refused = "echo 'ERROR: you are not logged in' >&2; exit 1";
    let scanners = logged_in(FakeScanners::new().with("scout", refused));
    let said = failed(&scanners, VULNERABILITIES, web()).await;
    assert!(said.contains("`docker login`"), "{said}");
}

#[tokio::test]
async fn the_password_stays_with_docker_scout() {
    let tells = "echo \"[[$DOCKER_SCOUT_HUB_PASSWORD]] is wrong\" >&2; exit 1";
    let scanners = logged_in(FakeScanners::new().with("scout", tells));
    let said = failed(&scanners, VULNERABILITIES, web()).await;
    assert!(
        said.contains("is wrong") && !said.contains(PASSWORD),
        "{said}"
    );
    let others = "echo \"[[$DOCKER_SCOUT_HUB_PASSWORD]]\" >&2; exit 1";
    let scanners = logged_in(FakeScanners::new().with("trivy", others));
    let said = failed(&scanners, VULNERABILITIES, web()).await;
    assert!(said.contains("[[]]"), "{said}");
}
