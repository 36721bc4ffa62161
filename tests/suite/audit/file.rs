//! What becomes of the file of the log.

use super::*;

/// What was written before stays, and a file that was moved away is made anew.
#[tokio::test]
async fn the_log_is_appended_to_and_made_again_after_it_was_rotated() {
    let scene = Scene::new();
    fs::write(scene.path(), "{\"earlier\":true}\n").unwrap();
    let mut client = scene.client(&[]).await;
    call(&mut client, "docker_list_containers", json!({})).await;
    let rotated = scene.folder.path().join("audit.1");
    fs::rename(scene.path(), &rotated).unwrap();
    call(
        &mut client,
        "docker_start_container",
        json!({ "container_id": "web" }),
    )
    .await;

    let kept = records(&rotated);
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0], json!({ "earlier": true }));
    assert_eq!(kept[1]["tool"], "docker_list_containers");
    assert_eq!(scene.records().len(), 1);
    assert_eq!(scene.records()[0]["tool"], "docker_start_container");
}

#[tokio::test]
async fn a_log_that_is_made_is_for_the_operators_eyes_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new();
    let mut client = scene.client(&[]).await;
    call(&mut client, "docker_list_containers", json!({})).await;
    let mode = fs::metadata(scene.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn without_the_setting_nothing_is_written() {
    let scene = Scene::new();
    let settings = [("DOCKER_BASE_URL", &*scene.address)];
    let mut client = RawClient::session("2025-11-25", &settings).await;
    call(&mut client, "docker_list_containers", json!({})).await;
    assert!(!scene.path().exists());
}
