//! The doctor says which scanners are here, and how to get one.

use super::*;
use crate::support::client::command;

/// What the doctor says of the toolset.
async fn check(scanners: &FakeScanners) -> Value {
    let home = tempfile::tempdir().unwrap();
    let mut doctor = command(home.path());
    doctor.args(["doctor", "--json"]);
    doctor.envs([
        ("MCP_DOCKER_TOOLSETS", "scan"),
        ("DOCKER_HOST", "unix:///nowhere.sock"),
        ("DOCKER_CONFIG", scanners.path()),
        ("PATH", scanners.path()),
    ]);
    let told = doctor.output().await.unwrap().stdout;
    let mut report: Value = serde_json::from_slice(&told).unwrap();
    let checks = report["checks"].as_array_mut().unwrap().iter_mut();
    let mut of_toolset = checks.filter(|it| it["check"] == "scan");
    of_toolset.next().unwrap().take()
}

#[tokio::test]
async fn the_doctor_names_the_scanners_that_are_here() {
    let some = FakeScanners::new().with("trivy", "").with("syft", "");
    let check = check(&some).await;
    assert_eq!(check["status"], "ok", "{check}");
    let text = check["text"].as_str().unwrap();
    let path = some.path();
    let wanted = format!("Trivy 0.99.0, `{path}/trivy`; Syft 1.99.0, `{path}/syft`");
    assert_eq!(text, wanted);
    assert_eq!(check["details"]["found"][1]["version"], "1.99.0");
}

#[tokio::test]
async fn the_doctor_says_what_has_no_scanner() {
    let none = check(&FakeScanners::new()).await;
    assert_eq!(none["status"], "mend", "{none}");
    let mend = none["mend"].as_str().unwrap();
    for part in [
        "Trivy (https://trivy.dev/",
        "Syft (https://",
        "toolset `scan` off",
    ] {
        assert!(mend.contains(part), "{none}");
    }
    let syft = check(&FakeScanners::new().with("syft", "")).await;
    assert_eq!(syft["status"], "note", "{syft}");
    let text = syft["text"].as_str().unwrap();
    assert!(
        text.contains("no program for `docker_image_vulnerabilities`"),
        "{syft}"
    );
    assert!(!text.contains("docker_image_sbom"), "{syft}");
    assert!(!syft["mend"].as_str().unwrap().contains("Syft"), "{syft}");
}
