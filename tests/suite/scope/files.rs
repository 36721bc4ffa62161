//! Keeps the Compose files that are written to the directories of the scope.

use std::path::Path;

use super::*;
use crate::support::workplace::workplace;

fn arguments(directory: &Path) -> Value {
    json!({ "project_directory": directory, "content": "services: {web: {image: 'web:1'}}\n" })
}

const WRITE: &str = "docker_compose_write_file";

#[tokio::test]
async fn a_file_is_written_below_the_directory_of_the_project_alone() {
    let folder = workplace();
    let (own, beside) = (folder.path().join("shop"), folder.path().join("other"));
    for directory in [&own.join("prod"), &beside] {
        fs::create_dir_all(directory).unwrap();
    }
    std::os::unix::fs::symlink(&beside, own.join("link")).unwrap();
    let container = |project: &str, directory: &Path| {
        json!({
            "Id": project, "Names": [format!("/{project}-web-1")], "State": "running",
            "Labels": { PROJECT: project, "com.docker.compose.project.working_dir": directory },
        })
    };
    let listed = json!([container("shop", &own), container("blog", &beside)]);
    let engine = engine().on("GET /containers/json", listed);
    let (client, _state) = server(&shop(), &engine, &[]).await;
    for directory in [&beside, &own.join("link"), folder.path()] {
        let text = refusal(&client, WRITE, arguments(directory)).await;
        let said = "is not below the directory of project `shop`";
        assert!(
            text.contains(said) && text.contains("SAFETY_VOLUME_MOUNT_ALLOWLIST"),
            "{text}"
        );
        assert!(!directory.join("compose.yaml").exists());
    }
    for directory in [&own, &own.join("prod")] {
        let result = client.call(WRITE, arguments(directory)).await;
        assert_ne!(result.is_error, Some(true), "{result:?}");
        assert!(directory.join("compose.yaml").exists());
    }
    client.stop().await;
}

/// A file has no label.
#[tokio::test]
async fn where_labels_say_whose_things_are_an_operator_says_where_files_are_written() {
    let [_, label, mine] = forms();
    for form in [label, mine] {
        let folder = workplace();
        let path = folder.path().to_str().unwrap();
        let engine = engine().labelled(form.own.clone());
        let (client, _state) = server(&form, &engine, &[]).await;
        let text = refusal(&client, WRITE, arguments(folder.path())).await;
        assert!(
            text.contains("a file has no label") && text.contains("SAFETY_VOLUME_MOUNT_ALLOWLIST"),
            "{text}"
        );
        assert!(!folder.path().join("compose.yaml").exists());
        client.stop().await;

        let allowed = [("SAFETY_VOLUME_MOUNT_ALLOWLIST", path)];
        let (client, _state) = server(&form, &engine, &allowed).await;
        let result = client.call(WRITE, arguments(folder.path())).await;
        assert_ne!(result.is_error, Some(true), "{result:?}");
        client.stop().await;
    }
}
