//! What doctor says of settings and files.

use std::fs;

use super::*;

#[tokio::test]
async fn the_address_is_traced_to_what_set_it() {
    let docker = healthy();
    let home = TempDir::new().unwrap();
    let address = docker.address();
    let origin = |found: &Diagnosis| found.check("connection")["details"]["origin"].clone();

    let found = diagnose_in(home.path(), &[], &["--docker-base-url", &address]).await;
    assert_eq!(
        origin(&found),
        "`DOCKER_BASE_URL`, set by flag `--docker-base-url`"
    );
    let found = diagnose_in(home.path(), &[("DOCKER_HOST", &address)], &[]).await;
    assert_eq!(origin(&found), "`DOCKER_HOST`, set by the environment");

    let file = home.path().join(".env");
    fs::write(&file, format!("DOCKER_HOST={address}\n")).unwrap();
    let found = diagnose_in(home.path(), &[], &[]).await;
    let text = origin(&found);
    assert!(
        text.as_str()
            .unwrap()
            .starts_with("`DOCKER_HOST`, set by /"),
        "{text}"
    );
    assert!(text.as_str().unwrap().ends_with("/.env"), "{text}");
    fs::remove_file(file).unwrap();

    let meta = home.path().join(".docker/contexts/meta/1");
    fs::create_dir_all(&meta).unwrap();
    let context = json!({ "Name": "near", "Endpoints": { "docker": { "Host": address } } });
    fs::write(meta.join("meta.json"), context.to_string()).unwrap();
    let found = diagnose_in(home.path(), &[("DOCKER_CONTEXT", "near")], &[]).await;
    assert_eq!(
        origin(&found),
        "the Docker context `near` (`DOCKER_CONTEXT`, set by the environment)"
    );
    let current = r#"{ "currentContext": "near" }"#;
    fs::write(home.path().join(".docker/config.json"), current).unwrap();
    let found = diagnose_in(home.path(), &[], &[]).await;
    assert_eq!(
        origin(&found),
        "the Docker context `near`, which is the current one"
    );
    assert_eq!(found.code, 0);
}

#[tokio::test]
async fn settings_that_change_something_are_shown_with_their_origin_and_without_tokens() {
    let found = diagnose(&[
        ("SAFETY_ALLOW_MODERATE_OPERATIONS", "no"),
        ("SAFETY_REDACT_SECRETS", "yes"),
        ("MCP_DOCKER_AUTH_TOKEN", "hunter2"),
    ])
    .await;
    let details = found.check("settings")["details"].as_object().unwrap();
    let environment = "the environment";
    assert_eq!(
        details["SAFETY_ALLOW_MODERATE_OPERATIONS"],
        json!({ "value": "no", "origin": environment })
    );
    assert_eq!(
        details["MCP_DOCKER_AUTH_TOKEN"],
        json!({ "value": null, "origin": environment })
    );
    assert_eq!(
        details.len(),
        2,
        "what is the default is left out: {details:?}"
    );
    assert!(!found.report.to_string().contains("hunter2"));
}

#[tokio::test]
async fn settings_that_no_server_starts_with_are_to_be_mended() {
    for (setting, said) in [
        (
            ("DOCKER_TIMEOUT", "soon"),
            "`DOCKER_TIMEOUT` from the environment must be",
        ),
        (
            ("SAFETY_DENIED_TOOLS", "docker_exec_comand"),
            "docker_exec_command",
        ),
        (
            ("MCP_DOCKER_AUDIT_REQUIRED", "true"),
            "MCP_DOCKER_AUDIT_LOG",
        ),
    ] {
        diagnose(&[setting])
            .await
            .mends("settings", said, "correct it");
    }
}

#[tokio::test]
async fn what_a_found_file_may_not_set_is_worth_a_note() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join(".env"), "SAFETY_REDACT_SECRETS=false\n").unwrap();
    let found = diagnose_in(home.path(), &[], &[]).await;
    let notes = found.report["checks"].as_array().unwrap().iter();
    let mut notes = notes.filter(|check| check["check"] == "settings" && check["status"] == "note");
    let note = notes.next().unwrap();
    assert!(
        note["text"].as_str().unwrap().contains("is ignored"),
        "{note}"
    );
    assert!(
        note["mend"].as_str().unwrap().contains("--env-file"),
        "{note}"
    );
}

/// Docker makes such a folder where a file was to be mounted; Python's have another look.
#[tokio::test]
async fn a_folder_in_the_place_of_a_found_file_is_worth_a_note() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join(".env");
    fs::create_dir(&folder).unwrap();
    let notes = async || {
        let found = diagnose_in(home.path(), &[], &[]).await;
        let checks = found.report["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| {
            let text = check["text"].as_str().unwrap_or_default();
            check["status"] == "note" && text.contains("/.env cannot be read")
        })
    };
    let note = notes().await.expect("a note");
    assert!(
        note["text"].as_str().unwrap().contains("it is a folder"),
        "{note}"
    );
    fs::write(folder.join("pyvenv.cfg"), "").unwrap();
    assert_eq!(notes().await, None);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_names_its_variable_and_none_is_left_behind() {
    let home = TempDir::new().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    for (name, variable) in [
        ("log", "MCP_DOCKER_LOG_PATH"),
        ("audit", "MCP_DOCKER_AUDIT_LOG"),
    ] {
        let missing = [(variable, &*path("missing/file"))];
        let found = diagnose_in(home.path(), &missing, &[]).await;
        found.mends(name, "cannot be written", variable);
        let found = diagnose_in(home.path(), &[(variable, &path("new"))], &[]).await;
        found.is_well(name, "can be written");
        assert!(!home.path().join("new").exists());
        fs::write(path("old"), "kept").unwrap();
        let found = diagnose_in(home.path(), &[(variable, &path("old"))], &[]).await;
        found.is_well(name, "can be written");
        assert_eq!(fs::read_to_string(path("old")).unwrap(), "kept");
    }
    std::os::unix::fs::symlink(path("old"), path("link")).unwrap();
    let found = diagnose_in(home.path(), &[("MCP_DOCKER_AUDIT_LOG", &path("link"))], &[]).await;
    found.mends("audit", "symbolic link", "MCP_DOCKER_AUDIT_LOG");
}
