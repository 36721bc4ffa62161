//! A scanner is given an image by a plain reference, and never something else to look into.

use super::*;

/// Says each of its words, as why it failed.
const FAILS: &str = r#"for word in "$@"; do printf '[[%s]]\n' "$word" >&2; done; exit 1"#;

#[tokio::test]
async fn each_scanner_gets_its_words() {
    let hub = crate::scan::login::config("me", "its-secret-word");
    for (tool, scanner, words) in [
        (
            VULNERABILITIES,
            "trivy",
            "[[image]]\n[[--image-src=docker]]\n[[--scanners=vuln]]\n[[--cache-backend=memory]]\n[[--format=json]]\n[[--]]\n[[web:1]]",
        ),
        (
            VULNERABILITIES,
            "grype",
            "[[docker:web:1]]\n[[--output=json]]",
        ),
        (
            VULNERABILITIES,
            "scout",
            "[[cves]]\n[[--format=sarif]]\n[[local://web:1]]",
        ),
        (
            SBOM,
            "trivy",
            "[[image]]\n[[--image-src=docker]]\n[[--cache-backend=memory]]\n[[--offline-scan]]\n[[--format=cyclonedx]]\n[[--]]\n[[web:1]]",
        ),
        (
            SBOM,
            "syft",
            "[[scan]]\n[[docker:web:1]]\n[[--output=cyclonedx-json]]",
        ),
    ] {
        let scanners = FakeScanners::new().with(scanner, FAILS);
        std::fs::write(
            std::path::Path::new(scanners.path()).join("config.json"),
            &hub,
        )
        .unwrap();
        let said = failed(&scanners, tool, web()).await;
        assert!(said.ends_with(words), "{scanner}: {said}");
    }
}

#[tokio::test]
async fn what_is_no_reference_of_an_image_is_refused() {
    let scanners = FakeScanners::new()
        .with("trivy", FAILS)
        .with("grype", FAILS)
        .with("syft", FAILS);
    let engine = engine();
    for image in [
        "-x",
        "--input=/etc/shadow",
        "fs:///etc",
        "fs:/etc",
        "local://web:1",
        "registry://web:1",
        "archive:///tmp/a.tar",
        "sbom:///tmp/a.json",
        "dir:/etc",
        "dir:.",
        "oci-dir:/tmp",
        "docker-archive:/tmp/a.tar",
        "file:/etc/passwd",
        "/etc/passwd",
        "./web",
        "../web",
        "web:1 --input=/etc",
        "web:1\n--input",
        "web:1?x=1",
        "pkg:deb/debian/bash",
    ] {
        for tool in [VULNERABILITIES, SBOM] {
            for scanner in ["trivy", if tool == SBOM { "syft" } else { "grype" }] {
                let arguments = json!({ "image": image, "scanner": scanner });
                let result = result(&engine, &scanners, &[], tool, arguments).await;
                assert_eq!(result.is_error, Some(true), "{image}: {result:?}");
                let said = text(&result);
                assert!(
                    !said.contains("[["),
                    "{image} was given to {scanner}: {said}"
                );
            }
        }
    }
    let looks = engine.requests();
    assert!(looks.is_empty(), "{looks:?}");
}

/// Such names are images of Docker Hub, too.
#[tokio::test]
async fn a_name_that_is_a_scheme_to_a_scanner_stays_a_name() {
    let engine = engine().on("GET /images/registry:2/json", json!({ "Id": "sha256:2" }));
    for (tool, scanner) in [(VULNERABILITIES, "grype"), (SBOM, "syft")] {
        let scanners = FakeScanners::new().with(scanner, FAILS);
        let arguments = json!({ "image": "registry:2" });
        let result = result(&engine, &scanners, &[], tool, arguments).await;
        let said = text(&result);
        assert!(said.contains("[[docker:registry:2]]"), "{said}");
    }
}
