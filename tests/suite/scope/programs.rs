//! Refuses a project or a stack that is not in the scope before a program is started for it.

use super::*;
use crate::support::fake_compose::{MODEL, STACK as STACK_MODEL};
use crate::support::workplace::workplace;

/// What a program says that was started, whatever for.
const RAN: &str = "the program ran";

/// Programs that say so, and fail.
fn telling() -> FakeCompose {
    let says = format!("echo '{RAN}' >&2; exit 1");
    let resolves = format!("echo '{RAN}' >&2; exit 1");
    FakeCompose::of(&resolves, &says)
}

/// Those that resolve files, and say so of what they are run on.
fn resolving() -> FakeCompose {
    let says = format!("echo '{RAN}' >&2; exit 1");
    FakeCompose::with(MODEL, &says).with_docker(STACK_MODEL, &says)
}

/// A directory with the file of a project.
fn project(text: &str) -> tempfile::TempDir {
    let folder = workplace();
    fs::write(folder.path().join("compose.yaml"), text).unwrap();
    folder
}

const FILE: &str = "services: { web: { image: 'web:1' } }";

#[tokio::test]
async fn a_project_of_another_name_is_refused_by_every_tool_that_changes_one() {
    let folder = project(FILE);
    let programs = telling();
    let path = programs.programs();
    let engine = engine();
    let settings = [("DOCKER_CONFIG", programs.settings()), ("PATH", &path)];
    let (client, _state) = server(&shop(), &engine, &settings).await;
    let mut tried = Vec::new();
    for tool in TOOLS.iter().filter(|tool| tool.tier > Tier::Safe) {
        let takes = |name: &str| tool.params.iter().any(|param| param.name == name);
        let is_stack = ["docker_stack_deploy", "docker_remove_stack"].contains(&tool.name);
        let named = match (
            takes("project_name") || takes("project_directory"),
            is_stack,
        ) {
            (_, true) => "name",
            (true, false) if tool.name != "docker_compose_write_file" => "project_name",
            _ => continue,
        };
        let example = tool.examples[0].args;
        let example = example.replace(CONTEXT, folder.path().to_str().unwrap());
        let mut args: Value = serde_json::from_str(&example).unwrap();
        args[named] = "blog".into();
        let text = refusal(&client, tool.name, args).await;
        assert!(
            text.contains("project `blog` is another one")
                && text.contains("SAFETY_SCOPE=project:shop")
                && !text.contains(RAN),
            "{}: {text}",
            tool.name
        );
        tried.push(tool.name);
    }
    assert_eq!(tried.len(), 11, "{tried:?}");
    assert_eq!(engine.seen().iter().filter(changes).count(), 0);
    client.stop().await;
}

/// The files may say another name than the call.
#[tokio::test]
async fn a_project_whose_file_has_another_name_is_refused_before_compose_starts() {
    let folder = project(&format!(
        "name: blog\n{}",
        "services: { web: { image: 'web:1' } }"
    ));
    let programs = telling();
    let engine = engine();
    let settings = [("DOCKER_CONFIG", programs.settings())];
    let (client, _state) = server(&shop(), &engine, &settings).await;
    for tool in [
        "docker_compose_up",
        "docker_compose_build",
        "docker_compose_pull",
    ] {
        let args = json!({ "project_directory": folder.path() });
        let text = refusal(&client, tool, args).await;
        let is_early = text.contains("project `blog` is another one") && !text.contains(RAN);
        assert!(is_early, "{tool}: {text}");
    }
    client.stop().await;
}

/// Labels beside those by which something is of the project or stack `shop`.
fn of_shop(form: &Form, whose: &Labels) -> Labels {
    let mut labels: Labels = [PROJECT, STACK]
        .map(|key| (key.to_owned(), Some("shop".to_owned())))
        .into();
    if form.scope != "project:shop" {
        labels.extend(
            whose
                .iter()
                .filter(|(key, _)| ![PROJECT, STACK].contains(&&**key))
                .cloned(),
        );
    }
    labels
}

/// Compose and `docker stack` go by the name alone: what they find under it they take for their own.
#[tokio::test]
async fn what_another_has_under_the_same_name_is_refused_before_a_program_changes_anything() {
    let folder = project(FILE);
    let directory = json!({ "project_directory": folder.path() });
    let with = |more: Value| {
        let mut args = directory.clone();
        args.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        args
    };
    for form in forms() {
        for (tool, args) in [
            ("docker_compose_up", with(json!({ "project_name": "shop" }))),
            (
                "docker_compose_scale",
                with(json!({ "project_name": "shop", "replicas": { "web": 1 } })),
            ),
            (
                "docker_stack_deploy",
                with(json!({ "name": "shop", "timeout": 5 })),
            ),
        ] {
            for (whose, labels, is_own) in [
                ("own", &form.own, true),
                ("another's", &form.others, false),
                ("nobody's", &form.nobodys, false),
            ] {
                // The name is what a project's scope goes by.
                let is_own = is_own || form.scope == "project:shop";
                let programs = resolving();
                let engine = engine().labelled(of_shop(&form, labels));
                let path = programs.programs();
                let settings = [("DOCKER_CONFIG", programs.settings()), ("PATH", &path)];
                let (client, _state) = server(&form, &engine, &settings).await;
                let text = refusal(&client, tool, args.clone()).await;
                let what = format!("{tool}, {}, {whose}: {text}", form.scope);
                assert_eq!(text.contains(RAN), is_own, "{what}");
                assert_eq!(text.contains("SAFETY_SCOPE"), !is_own, "{what}");
                if whose == "another's" && !is_own {
                    assert!(text.contains(form.owner), "{what}");
                }
                assert_eq!(engine.seen().iter().filter(changes).count(), 0, "{what}");
                client.stop().await;
            }
        }
    }
}
