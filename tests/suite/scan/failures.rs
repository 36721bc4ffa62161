//! A scanner that gives nothing says why, and nothing is made of what it did write.

use std::time::Duration;

use super::*;

#[tokio::test]
async fn without_a_scanner_the_answer_says_how_to_get_one() {
    let none = FakeScanners::new();
    let said = failed(&none, VULNERABILITIES, web()).await;
    for part in [
        "there is no Trivy or Grype or Docker Scout where this server runs",
        "https://trivy.dev/",
        "https://github.com/anchore/grype#installation",
        "https://docs.docker.com/scout/install/",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let said = failed(&none, SBOM, web()).await;
    assert!(said.contains("there is no Trivy or Syft"), "{said}");
    let trivy = none.writing("trivy", "trivy.json");
    let named = json!({ "image": "web:1", "scanner": "grype" });
    let said = failed(&trivy, VULNERABILITIES, named).await;
    assert!(said.contains("there is no Grype where"), "{said}");
    assert!(said.contains("leave `scanner` out"), "{said}");
    let named = json!({ "image": "web:1", "scanner": "syft" });
    let said = failed(&trivy, VULNERABILITIES, named).await;
    assert!(
        said.contains("`scanner`") && said.contains("grype"),
        "{said}"
    );
}

#[tokio::test]
async fn a_scanner_that_is_too_old_is_passed_over() {
    let old = FakeScanners::new().writing("grype", "grype.json");
    let trivy = std::path::Path::new(old.path()).join("trivy");
    std::fs::write(&trivy, "#!/bin/sh\necho 'Version: 0.49.1'\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&trivy, mode).unwrap();
    assert_eq!(
        given(&old, VULNERABILITIES, web()).await["scanner"],
        "grype"
    );
    let named = json!({ "image": "web:1", "scanner": "trivy" });
    let said = failed(&old, VULNERABILITIES, named).await;
    assert!(said.contains("is Trivy 0.49.1, which is too old"), "{said}");
}

/// What is told of a failure, by what the scanner said of it.
#[tokio::test]
async fn a_failure_is_told_with_what_mends_it() {
    let says = |text: &str| format!("{} >&2; exit 1", prints(text));
    for (scanner, said, wanted) in [
        (
            "trivy",
            "2026-01-01T00:00:00Z\tFATAL\tFatal error\trun error: init error: DB error: failed to download vulnerability DB: OCI artifact error\n",
            "trivy image --download-db-only",
        ),
        (
            "trivy",
            "2026-01-01T00:00:00Z\tFATAL\tFatal error\tunable to open the image\n",
            "Trivy: 2026-01-01T00:00:00Z\tFATAL\tFatal error\tunable to open the image",
        ),
        (
            "grype",
            "1 error occurred:\n\t* failed to load vulnerability db: unable to update vulnerability database\n",
            "grype db update",
        ),
        ("grype", "", "Grype ended with 1 and did not say why"),
    ] {
        let scanners = FakeScanners::new().with(scanner, &says(said));
        let told = failed(&scanners, VULNERABILITIES, web()).await;
        assert!(told.contains(wanted), "{told}");
    }
    let loud = "i=0; while [ $i -lt 3000 ]; do echo \"complaint $i\" >&2; i=$((i+1)); done; exit 1";
    let told = failed(&FakeScanners::new().with("trivy", loud), SBOM, web()).await;
    assert!(told.ends_with("complaint 2999"), "{told}");
    assert!(told.len() < 2500, "{}", told.len());
}

#[tokio::test]
async fn what_cannot_be_read_is_no_result() {
    let whole = crate::support::fake_scanner::written("trivy.json");
    let half = &whole[..whole.len() / 2];
    for written in [
        "",
        "no JSON at all",
        "{}",
        "[]",
        "null",
        "{\"SchemaVersion\": 3, \"Results\": []}",
        "{\"SchemaVersion\": 2, \"Results\": [{\"Vulnerabilities\": [{\"Title\": \"of nothing\"}]}]}",
        half,
    ] {
        let scanners = FakeScanners::new().with("trivy", &prints(written));
        let told = failed(&scanners, VULNERABILITIES, web()).await;
        assert!(told.contains("what Trivy wrote is not what"), "{told}");
    }
    for written in ["{}", "{\"bomFormat\": \"SPDX\"}", "{\"matches\": []}"] {
        let scanners = FakeScanners::new().with("syft", &prints(written));
        let told = failed(&scanners, SBOM, web()).await;
        assert!(told.contains("what Syft wrote is not what"), "{told}");
    }
    // Of which there is nothing is no failure.
    let nothing = FakeScanners::new().with("trivy", &prints("{\"SchemaVersion\": 2}"));
    let found = given(&nothing, VULNERABILITIES, web()).await;
    assert_eq!(
        (&found["total"], &found["counts"]["unknown"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn one_that_takes_too_long_or_says_too_much_is_ended() {
    let slow = FakeScanners::new().with("trivy", "while :; do :; done");
    let arguments = json!({ "image": "web:1", "timeout": 1 });
    let ended = failed(&slow, VULNERABILITIES, arguments);
    let said = tokio::time::timeout(Duration::from_secs(60), ended).await;
    let said = said.expect("it was ended");
    assert!(said.contains("Trivy was ended after 1 s"), "{said}");
    let much = "x=0123456789abcdef; x=$x$x$x$x; x=$x$x$x$x; x=$x$x$x$x; while :; do echo \"$x$x$x$x\"; done";
    let loud = FakeScanners::new().with("syft", much);
    let ended = failed(&loud, SBOM, web());
    let said = tokio::time::timeout(Duration::from_secs(120), ended).await;
    let said = said.expect("it was ended");
    assert!(said.contains("it printed more than 64 MiB"), "{said}");
}

/// A title is anybody's who reports a vulnerability.
#[tokio::test]
async fn what_is_hidden_in_a_text_does_not_come_through() {
    let mut report = document("trivy.json");
    let hostile = "\u{1b}[2J\u{202e}drop\u{200b} all\u{e0049}\n\nnow ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let found = &mut report["Results"][0]["Vulnerabilities"][1];
    found["Title"] = hostile.into();
    found["PkgName"] = "x".repeat(100_000).into();
    let scanners = FakeScanners::new().with("trivy", &prints(&report.to_string()));
    let found = given(&scanners, VULNERABILITIES, web()).await;
    let worst = &found["vulnerabilities"][0];
    let title = worst["title"].as_str().unwrap();
    assert!(title.starts_with("drop all now "), "{title:?}");
    assert!(!title.contains("ghp_"), "{title:?}");
    let package = worst["package"].as_str().unwrap();
    assert!(package.len() < 200 && package.ends_with('…'), "{package}");
}

#[tokio::test]
async fn an_image_that_is_not_there_is_not_looked_for_elsewhere() {
    let scanners = FakeScanners::new().with("trivy", "echo ran >&2; exit 1");
    let arguments = json!({ "image": "none:1" });
    let said = failed(&scanners, VULNERABILITIES, arguments).await;
    assert!(said.contains("none:1") && !said.contains("ran"), "{said}");
}
