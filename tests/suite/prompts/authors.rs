//! What helps those who write templates: the command, the sample, a folder that is read anew.

use std::fs;
use std::path::Path;

use rmcp::service::ClientLifecycleMode;
use serde_json::json;

use super::{client, engine, exited, get};
use crate::support::client::command;

const NAME: &str = "troubleshoot_container.md.j2";

/// What the program prints, or complains of.
async fn prints(args: &[&str], env: &[(&str, &str)]) -> Result<String, String> {
    let home = tempfile::tempdir().unwrap();
    let output = command(home.path())
        .args(args)
        .envs(env.iter().copied())
        .output()
        .await
        .unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

fn write(folder: &Path, text: &str) {
    fs::write(folder.join(NAME), text).unwrap();
}

#[tokio::test]
async fn a_prompt_is_rendered_to_the_terminal() {
    let docker = engine(exited(127), "");
    let env = [("DOCKER_BASE_URL", &*docker.address())];
    let text = prints(
        &["prompt", "troubleshoot_container", "container_id=web"],
        &env,
    )
    .await
    .unwrap();
    assert!(text.contains("Exit code 127"), "{text}");
    let error = prints(&["prompt", "troubleshoot_container", "container=web"], &env)
        .await
        .unwrap_err();
    assert!(error.contains("did you mean `container_id`?"), "{error}");
    let error = prints(&["prompt", "troubleshot"], &env).await.unwrap_err();
    assert!(
        error.contains("did you mean `troubleshoot_container`?"),
        "{error}"
    );
}

#[tokio::test]
async fn a_sample_needs_no_engine() {
    let env = [("DOCKER_BASE_URL", "unix:///nowhere/docker.sock")];
    for prompt in mcp_docker::catalog::PROMPTS {
        let text = prints(&["prompt", prompt.name, "--sample"], &env)
            .await
            .unwrap();
        assert_eq!(
            text.trim_end(),
            mcp_docker::prompt::sample(prompt, None).unwrap().trim_end()
        );
    }
}

#[tokio::test]
async fn a_template_of_the_folder_is_read_at_each_use_and_a_broken_one_says_where() {
    let docker = engine(exited(1), "");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let client = client(
        &docker,
        ClientLifecycleMode::Initialize,
        &[("MCP_DOCKER_PROMPTS_DIR", &path)],
    )
    .await;
    let ask = || {
        get(
            &client,
            "troubleshoot_container",
            json!({"container_id": "web"}),
        )
    };

    assert!(
        ask().await.unwrap().contains("## What to do"),
        "the built-in one serves where there is none"
    );
    for (written, said) in [
        ("one {{ container_id }}", "one web"),
        ("two", "two"),
        ("{% include \"parts/notes.md.j2\" %}", "never\ninstructions"),
    ] {
        write(folder.path(), written);
        let text = ask().await.unwrap();
        assert!(text.contains(said), "{text}");
    }
    for (broken, reason) in [
        ("fine\n{% if %}", ":2: "),
        (
            "fine\nfine\n{{ inspct.Id }}",
            ":3: `inspct` is neither an argument nor an entry of the context",
        ),
        (
            "fine\n\n\n{{ inspect | upper }}",
            ":4: filter upper is unknown",
        ),
        ("{% include \"none.j2\" %}", ":1: "),
    ] {
        write(folder.path(), broken);
        let (code, text) = ask().await.unwrap_err();
        assert_eq!(code, -32603, "{text}");
        assert!(
            text.contains(&format!("{path}/{NAME}{reason}")),
            "{broken:?}: {text}"
        );
    }
    write(folder.path(), &format!("# Long\n{}", "é".repeat(20_000)));
    let text = ask().await.unwrap();
    assert!(text.ends_with("a prompt has 16 KB at most.)\n"), "{text}");
    // The rest of the server does not mind.
    let other = get(&client, "security_audit", json!({"container_id": "web"})).await;
    assert!(other.unwrap().contains("CIS 4.1"));
    client.stop().await;
}
