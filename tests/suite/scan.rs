//! Tests the tools of the toolset `scan` with scripts in place of scanners, which write what scanners wrote.

mod doctor;
mod failures;
#[cfg(target_os = "linux")]
mod kept;
mod login;
mod references;

use rmcp::model::CallToolResult;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::fake_scanner::{FakeScanners, document, prints};

const VULNERABILITIES: &str = "docker_image_vulnerabilities";
const SBOM: &str = "docker_image_sbom";

/// An Engine with one image.
fn engine() -> FakeEngine {
    FakeEngine::start()
        .on(
            "GET /images/*/json",
            Reply::error(404, "No such image: none:1"),
        )
        .on("GET /images/web:1/json", json!({ "Id": "sha256:1" }))
}

/// The result of a call where these scanners are, with more variables.
async fn result(
    engine: &FakeEngine,
    scanners: &FakeScanners,
    more: &[(&str, &str)],
    tool: &str,
    arguments: Value,
) -> CallToolResult {
    let address = engine.address();
    let mut settings = vec![
        ("DOCKER_BASE_URL", address.as_str()),
        ("DOCKER_CONFIG", scanners.path()),
        ("PATH", scanners.path()),
        ("MCP_DOCKER_TOOLSETS", "scan"),
    ];
    settings.extend(more);
    let client = Client::start(&settings).await;
    let result = client.call(tool, arguments).await;
    client.stop().await;
    result
}

async fn given(scanners: &FakeScanners, tool: &str, arguments: Value) -> Value {
    let result = result(&engine(), scanners, &[], tool, arguments).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.unwrap()
}

async fn failed(scanners: &FakeScanners, tool: &str, arguments: Value) -> String {
    let result = result(&engine(), scanners, &[], tool, arguments).await;
    assert_eq!(result.is_error, Some(true), "{result:?}");
    text(&result)
}

fn text(result: &CallToolResult) -> String {
    let content = serde_json::to_value(&result.content).unwrap();
    content[0]["text"].as_str().unwrap().to_owned()
}

fn web() -> Value {
    json!({ "image": "web:1" })
}

#[tokio::test]
async fn what_trivy_finds_comes_worst_first() {
    let scanners = FakeScanners::new().writing("trivy", "trivy.json");
    let wanted = json!({
        "scanner": "trivy",
        "version": "0.99.0",
        "counts": { "critical": 1, "high": 0, "medium": 0, "low": 1, "negligible": 0, "unknown": 0 },
        "vulnerabilities": [
            {
                "id": "CVE-2019-18224", "severity": "critical", "package": "libidn2-0", "installed": "2.0.5-1",
                "fixed": "2.0.5-1+deb10u1",
                "title": "libidn2: heap-based buffer overflow in idn2_to_ascii_4i in lib/lookup.c",
            },
            {
                "id": "CVE-2019-18276", "severity": "low", "package": "bash", "installed": "5.0-4",
                "title": "bash: when effective UID is not equal to its real UID the saved UID is not dropped",
            },
        ],
        "total": 2,
        "truncated": false,
    });
    assert_eq!(given(&scanners, VULNERABILITIES, web()).await, wanted);
}

#[tokio::test]
async fn what_grype_finds_comes_in_the_same_form() {
    let scanners = FakeScanners::new().writing("grype", "grype.json");
    let found = given(&scanners, VULNERABILITIES, web()).await;
    assert_eq!(found["scanner"], "grype");
    assert_eq!(
        found["vulnerabilities"],
        json!([
            { "id": "CVE-1999-0002", "severity": "critical", "package": "package-2", "installed": "2.2.2" },
            {
                "id": "CVE-1999-0001", "severity": "low", "package": "package-1", "installed": "1.1.1",
                "fixed": "1.2.1, 2.1.3, 3.4.0",
            },
        ])
    );
}

/// The counts are of all, whatever is listed.
#[tokio::test]
async fn what_is_listed_can_be_chosen() {
    let scanners = FakeScanners::new().writing("trivy", "trivy.json");
    for (more, ids, total) in [
        (json!({ "severity": "high" }), vec!["CVE-2019-18224"], 1),
        (json!({ "severity": "critical" }), vec!["CVE-2019-18224"], 1),
        (json!({ "fixed_only": true }), vec!["CVE-2019-18224"], 1),
        (
            json!({ "severity": "low" }),
            vec!["CVE-2019-18224", "CVE-2019-18276"],
            2,
        ),
        (json!({ "limit": 1 }), vec!["CVE-2019-18224"], 2),
    ] {
        let mut arguments = more.clone();
        arguments["image"] = "web:1".into();
        let found = given(&scanners, VULNERABILITIES, arguments).await;
        let listed = found["vulnerabilities"].as_array().unwrap().iter();
        let listed: Vec<&str> = listed.map(|it| it["id"].as_str().unwrap()).collect();
        assert_eq!(listed, ids, "{more}");
        assert_eq!(
            (&found["total"], &found["counts"]["low"]),
            (&json!(total), &json!(1))
        );
        let is_cut = listed.len() < total;
        assert_eq!(found["truncated"], is_cut, "{found}");
        let hint = found["hint"].as_str().unwrap_or_default();
        assert_eq!(hint.contains("`severity`"), is_cut, "{found}");
    }
}

/// One is told of again for each place that the package is at.
#[tokio::test]
async fn each_is_told_once() {
    let mut twice = document("trivy.json");
    let results = twice["Results"].as_array_mut().unwrap();
    results.push(results[0].clone());
    let scanners = FakeScanners::new().with("trivy", &prints(&twice.to_string()));
    let found = given(&scanners, VULNERABILITIES, web()).await;
    assert_eq!(
        (&found["total"], &found["counts"]["critical"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn the_first_scanner_that_is_there_looks_or_the_one_that_is_named() {
    let both = || {
        FakeScanners::new()
            .writing("trivy", "trivy.json")
            .writing("grype", "grype.json")
    };
    let named = |name: &str| json!({ "image": "web:1", "scanner": name });
    for (scanners, arguments, looks) in [
        (both(), web(), "trivy"),
        (both(), named("grype"), "grype"),
        (both(), named("trivy"), "trivy"),
        (
            FakeScanners::new().writing("grype", "grype.json"),
            web(),
            "grype",
        ),
    ] {
        let found = given(&scanners, VULNERABILITIES, arguments).await;
        assert_eq!(found["scanner"], looks);
    }
}

#[tokio::test]
async fn the_packages_of_an_image_are_listed_by_name() {
    let trivy = FakeScanners::new()
        .writing("trivy", "trivy.cdx.json")
        .writing("syft", "syft.cdx.json");
    let wanted = json!({
        "scanner": "trivy", "version": "0.99.0",
        "packages": [
            { "name": "openssl", "version": "1.1.1q", "type": "conda" },
            { "name": "pip", "version": "22.2.2", "type": "conda" },
        ],
        "total": 2, "truncated": false,
    });
    assert_eq!(given(&trivy, SBOM, web()).await, wanted);
    let syft = json!({ "image": "web:1", "scanner": "syft", "limit": 1 });
    let found = given(&trivy, SBOM, syft).await;
    assert_eq!(
        found["packages"],
        json!([{ "name": "package-1", "version": "1.0.1", "type": "python" }])
    );
    // The system as a whole is no package.
    assert_eq!(
        (&found["total"], &found["truncated"]),
        (&json!(2), &json!(true))
    );
    let alone = FakeScanners::new().writing("syft", "syft.cdx.json");
    assert_eq!(given(&alone, SBOM, web()).await["scanner"], "syft");
}
